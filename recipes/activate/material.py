"""All sound that the recipe of `activate` uses, in memory at 16 kHz, and what is held out of it."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from oyez import audio, sound
from oyez.synth.clips import Clip, find_word
from oyez.synth.effects import Echo
from oyez.synth.material import Material, Pcm, joined, made_noise, read_pcm

__all__ = ["RATE", "WORD", "Half", "load"]

RATE = 16_000
WORD = "activate"
HELD_OUT = {"speech": 0.25, "games": 0.3, "noise": 0.2}
"""Share of speakers, streams and noises that is held out, by kind; all else trains."""


@dataclass
class Half:
    """What trains, or what is held out."""

    words: list[Clip] = field(default_factory=list)
    others: list[Clip] = field(default_factory=list)
    """Other words, near misses and sentences, as clips."""
    speech: dict[str, list[Pcm]] = field(default_factory=lambda: defaultdict(list))
    """Long recordings without the word, by kind."""
    noises: dict[str, list[Pcm]] = field(default_factory=lambda: defaultdict(list))

    def hours(self) -> dict[str, float]:
        """Of speech, by kind."""
        return {kind: sum(map(len, pcms)) / RATE / 3600 for kind, pcms in self.speech.items()}

    def around(self, rooms: Sequence[Echo]) -> Material:
        """What surroundings are drawn from."""
        return Material(self.noises, self.speech, rooms, RATE)


def load(data: Path, voices: Path) -> tuple[Half, Half]:
    """Read everything.

    Args:
        data: one folder per set of real audio, and the splits (see recipes/README.md).
        voices: what the scripts beside this one wrote: `stock*`, `flite`, `sentences`, `prompts`.

    Returns:
        What trains, and what is held out.
    """
    train, held_out = Half(), Half()
    _real_speech(data, train, held_out)
    _noises(data, train, held_out)
    _choosing(data, held_out)
    rng = np.random.default_rng(31)
    for folder in (*sorted(voices.glob("stock*")), voices / "flite"):
        for half, split in ((train, "train"), (held_out, "validation")):
            half.words += _clips(folder / split / WORD)
            half.others += _clips(folder / split / "negatives")
    train.speech["sentences"] = joined((read_pcm(path) for path in audio.files_in(voices / "sentences")), rng)
    train.speech["words"] = joined((sound.to_int16(one.samples) for one in train.others), rng)
    for folder in sorted(path for path in (voices / "prompts").iterdir() if path.name != "deb"):
        train.speech["prompts"] += joined((read_pcm(path) for path in audio.files_in(folder)), rng)
    return train, held_out


def held_out_by(name: str, share: float) -> bool:
    """Whether a speaker, a stream or a noise is held out: by its name, always the same."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32 < share


def _real_speech(data: Path, train: Half, held_out: Half) -> None:
    speakers: dict[str, list[Path]] = defaultdict(list)
    for line in (data / "splits/speech_train.txt").read_text(encoding="utf-8").split():
        path = data / line
        speakers[path.stem if line.startswith("game_") else path.parent.name].append(path)
    rng = np.random.default_rng(32)
    for name, paths in sorted(speakers.items()):
        kind = "games" if name.startswith("game_") else "speech"
        half = held_out if held_out_by(name, HELD_OUT[kind]) else train
        half.speech[kind] += joined((read_pcm(path) for path in paths), rng)


def _choosing(data: Path, held_out: Half) -> None:
    """Real people saying other words, and rooms that they spoke in: never trained on, only chosen by."""
    rng = np.random.default_rng(35)
    for name in ("precise_community", "gsc_bits"):
        with (data / name / "metadata.csv").open(newline="", encoding="utf-8") as file:
            rows = sorted((row["path"], row["label"]) for row in csv.DictReader(file))
        words = [path for path, label in rows if "noise" not in label and "background" not in label]
        held_out.speech["single words"] += joined((read_pcm(data / name / path) for path in words), rng)
        if name == "precise_community":
            held_out.noises["noise"] += [
                read_pcm(data / name / path) for path, label in rows if label == "noise"
            ]


def _noises(data: Path, train: Half, held_out: Half) -> None:
    for name, kind in (("noise_esc10", "noise"), ("music_opsound", "music")):
        with (data / name / "metadata.csv").open(newline="", encoding="utf-8") as file:
            paths = sorted(data / name / row["path"] for row in csv.DictReader(file))
        for path in paths:
            # five pieces of music are too few to hold one out
            half = held_out if kind == "noise" and held_out_by(path.stem, HELD_OUT[kind]) else train
            half.noises[kind].append(read_pcm(path))
    for half, seed in ((train, 33), (held_out, 34)):
        rng = np.random.default_rng(seed)
        half.noises["made"] = [made_noise(rng) for _ in range(40)]


def _clips(folder: Path) -> list[Clip]:
    if not folder.is_dir():
        return []
    clips = []
    for path in audio.files_in(folder):
        samples, _ = audio.read(path, RATE)
        clips.append(Clip(samples, RATE, WORD, *find_word(samples, RATE), path.parent.name, path.name))
    return clips
