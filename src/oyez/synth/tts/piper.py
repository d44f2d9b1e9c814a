"""Piper voices that the user has: a network for each, with a JSON file beside it that tells what it takes.

Their symbols are those of eSpeak NG, which must be installed.
"""

import functools
import json
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oyez.errors import DataError, require
from oyez.sound import Samples
from oyez.synth.tts.espeak import ipa

__all__ = ["PiperVoice", "piper_voices"]

PAUSE, START, END = "_", "^", "$"
LENGTHS = (0.85, 1.2)
NOISES = (0.5, 0.8)
WIDTHS = (0.6, 1.0)


@dataclass(frozen=True)
class PiperVoice:
    """One speaker of a network."""

    path: Path
    """The .onnx; its .onnx.json lies beside it."""
    speaker: int | None = None
    """None: the network has but one."""

    engine = "piper"

    @property
    def name(self) -> str:
        """The file's name, a checksum of its settings, and the speaker."""
        speaker = "" if self.speaker is None else f"_{self.speaker}"
        return f"{self.path.stem}_{_settings(self.path)['checksum']}{speaker}"

    @property
    def source(self) -> str:
        """The speaker."""
        return f"piper_{self.name}"

    @property
    def language(self) -> str:
        """As eSpeak NG names it."""
        return str(_settings(self.path)["espeak"]["voice"])

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        """Speak (see `Voice`)."""
        settings = _settings(self.path)
        rng = np.random.default_rng(seed)
        scales = [rng.uniform(*NOISES), rng.uniform(*LENGTHS), rng.uniform(*WIDTHS)]
        ids = _ids(ipa(text, self.language), settings["phoneme_id_map"])
        inputs = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        if self.speaker is not None:
            inputs["sid"] = np.array([self.speaker], np.int64)
        samples = _session(self.path, seed).run(None, inputs)[0]
        return np.asarray(samples, np.float32).reshape(-1), int(settings["audio"]["sample_rate"])


def piper_voices(path: Path) -> tuple[PiperVoice, ...]:
    """Every speaker of a network.

    Args:
        path: the .onnx.

    Raises:
        DataError: a file is missing, or is not of a Piper voice.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file. Name the .onnx of a Piper voice.")
    count = int(_settings(path).get("num_speakers", 1))
    if count == 1:
        return (PiperVoice(path),)
    return tuple(PiperVoice(path, speaker) for speaker in range(count))


def _ids(phonemes: str, numbers: Mapping[str, list[int]]) -> list[int]:
    """Numbers of the symbols, a pause after each, as the networks were trained; unknown ones are left out."""
    ids = [*numbers[START], *numbers[PAUSE]]
    for symbol in unicodedata.normalize("NFD", phonemes):
        if symbol in numbers:
            ids += [*numbers[symbol], *numbers[PAUSE]]
    return [*ids, *numbers[END]]


@functools.cache
def _settings(path: Path) -> dict[str, Any]:
    beside = path.with_name(f"{path.name}.json")
    try:
        text = beside.read_bytes()
        settings: dict[str, Any] = json.loads(text)
        for part, name in (("espeak", "voice"), ("audio", "sample_rate"), ("phoneme_id_map", PAUSE)):
            settings[part][name]
    except FileNotFoundError:
        raise DataError(f"{beside}: no such file. It comes with {path.name}: put it beside it.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{beside} is not of a Piper voice ({error!r}). Fetch both files again.") from None
    return {**settings, "checksum": f"{zlib.crc32(text):08x}"}


def _session(path: Path, seed: int) -> Any:
    """The network, opened anew: ONNX Runtime seeds the noise in it only then."""
    runtime = require("onnxruntime", package="onnxruntime")
    runtime.set_seed(seed % 2**31)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
