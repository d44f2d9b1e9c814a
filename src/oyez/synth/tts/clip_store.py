"""Clips on disk: one file for each (engine, voice, text, seed), found by a hash of them.

A file is written whole under another name and then renamed, so two processes may fill one folder, and one
that is stopped leaves nothing that is broken.
"""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.errors import AudioError
from oyez.output import whole
from oyez.sound import Samples, db_to_gain, resample
from oyez.synth.clips import find_word

__all__ = ["RATE", "ClipStore", "default_folder"]

RATE = 16_000
"""Hertz of every clip: rates that differ would tell one engine from another."""
RENDERING = 1  # of what is done to a clip before it is written: another number makes all clips anew
PEAK_DBFS = -3.0
MARGIN_S = 0.05
FADE_S = 0.005


def default_folder() -> Path:
    """Where this system keeps what can be made again, and Oyez's part of it."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "oyez" / "clips"


@dataclass(frozen=True)
class ClipStore:
    """A folder of clips."""

    folder: Path

    def path(self, engine: str, voice: str, text: str, seed: int) -> Path:
        """Where a clip is, or would be."""
        key = json.dumps([RENDERING, engine, voice, text, seed], ensure_ascii=False)
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        return self.folder / name[:2] / f"{name}.flac"

    def get(self, path: Path) -> Samples | None:
        """A clip at `RATE`; None where there is none, or a broken one."""
        if not path.exists():
            return None
        try:
            return audio.read(path, RATE)[0]
        except AudioError:
            return None

    def put(self, path: Path, samples: Samples, rate: int) -> None:
        """Cut to the word, level and write a clip; one without a word is kept as a moment of silence.

        Raises:
            OutputError: the disk refuses.
        """
        with whole(path, overwrite=True) as draft:
            draft.write_bytes(audio.encode(_finished(resample(samples, rate, RATE)), RATE))


def _finished(samples: Samples) -> Samples:
    samples = samples - np.float32(samples.mean()) if len(samples) else samples
    try:
        start_s, end_s = find_word(samples, RATE)
    except AudioError:
        return np.zeros(round(2 * MARGIN_S * RATE), np.float32)
    padding = np.zeros(round(MARGIN_S * RATE), np.float32)
    word = samples[round(start_s * RATE) : round(end_s * RATE)].copy()
    edge = np.linspace(0, 1, min(round(FADE_S * RATE), len(word) // 2), dtype=np.float32)
    word[: len(edge)] *= edge
    word[len(word) - len(edge) :] *= edge[::-1]
    word *= np.float32(db_to_gain(PEAK_DBFS) / np.abs(word).max())
    return np.concatenate((padding, word, padding))
