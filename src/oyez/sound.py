"""Samples of sound: types, rates, levels. The only code that resamples.

Samples are float32, one channel, 1.0 is full scale.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from oyez.config import FULL_SCALE
from oyez.errors import AudioError

__all__ = [
    "Resampler",
    "Samples",
    "as_samples",
    "average_channels",
    "db_to_gain",
    "fit",
    "resample",
    "rms_dbfs",
    "to_int16",
]

Samples = npt.NDArray[np.float32]
"""float32 (samples,), one channel, full scale is 1.0."""

LOUDEST_FLOAT = 2.0
MOST_CHANNELS = 32


def as_samples(x: npt.ArrayLike) -> Samples:
    """What a caller has, as samples.

    Args:
        x: floats in ±1, or int16; (samples,) or (samples, channels), which are averaged.

    Returns:
        (samples,) float32.

    Raises:
        AudioError: another type or shape, values that are no numbers, or floats beyond ±2.
    """
    try:
        array = np.asarray(x)
    except ValueError:
        raise AudioError("samples must be an array of numbers, got rows of different lengths.") from None
    if array.ndim not in (1, 2):
        raise AudioError(f"samples must be (samples,) or (samples, channels), got shape {array.shape}.")
    if array.ndim == 2 and not 1 <= array.shape[1] <= MOST_CHANNELS:
        raise AudioError(
            f"samples must be (samples, channels), got shape {array.shape}: "
            f"1..{MOST_CHANNELS} channels are expected. Transpose it if they come first."
        )
    if array.dtype == np.int16:
        return average_channels(array.astype(np.float32) / np.float32(FULL_SCALE))
    if array.dtype.kind != "f":
        raise AudioError(f"samples must be floats in ±1 or int16, got {array.dtype}. Convert them.")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is told below
        samples = average_channels(array.astype(np.float32))
    if samples.size:
        peak = float(np.abs(samples).max())
        if not math.isfinite(peak):
            raise AudioError("samples hold values that are no numbers (NaN or infinite). Remove them.")
        if peak > LOUDEST_FLOAT:
            raise AudioError(
                f"float samples must lie in ±1, got {peak:g}. If they are 16-bit samples, pass int16."
            )
    return samples


def to_int16(samples: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.int16]:
    """16-bit samples; what lies beyond full scale saturates."""
    scaled = np.rint(samples * np.float32(FULL_SCALE))
    return np.asarray(np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1), np.int16)


def fit(samples: Samples, length: int) -> Samples:
    """Cut, or padded with zeros at the end, to exactly `length` samples."""
    if len(samples) >= length:
        return samples[:length]
    return np.concatenate((samples, np.zeros(length - len(samples), np.float32)))


def resample(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """A whole clip at another rate (soxr, high quality)."""
    if from_rate == to_rate:
        return samples
    return np.asarray(soxr.resample(samples, from_rate, to_rate, quality="HQ"), dtype=np.float32)


def db_to_gain(db: float) -> float:
    """Factor for an amplitude."""
    return float(10.0 ** (db / 20))


def rms_dbfs(samples: npt.NDArray[np.floating[Any]]) -> float:
    """Root mean square in dB re full scale; −inf for silence, or for nothing.

    The reference is pydub's and the lesson's: a square wave of full scale is 0 dBFS.
    """
    if not samples.size:
        return -math.inf
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return 10 * math.log10(power) if power > 0 else -math.inf


def average_channels(samples: npt.NDArray[np.float32]) -> Samples:
    """(samples,) of (samples, channels), or as it is."""
    if samples.ndim == 1:
        return samples
    if samples.shape[1] == 1:
        return samples[:, 0]
    with np.errstate(invalid="ignore"):  # infinities of both signs: told by who checks the values
        return np.asarray(np.mean(samples, axis=1, dtype=np.float32))


class Resampler:
    """Another rate, for a stream: the result does not depend on how the stream is cut.

    The library's stream is fed blocks of one fixed size (10 ms of input), whatever comes in.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self.from_rate, self.to_rate = from_rate, to_rate
        self._block = max(1, from_rate // 100)
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._stream = soxr.ResampleStream(self.from_rate, self.to_rate, 1, dtype="float32", quality="HQ")
        self._waiting = np.zeros(0, np.float32)

    def push(self, samples: Samples) -> Samples:
        """Take samples at the old rate, return those that are ready at the new one."""
        if self.from_rate == self.to_rate:
            return samples
        waiting = np.concatenate((self._waiting, samples))
        whole_blocks = len(waiting) // self._block * self._block
        self._waiting = waiting[whole_blocks:]
        ready = [
            self._stream.resample_chunk(waiting[start : start + self._block])
            for start in range(0, whole_blocks, self._block)
        ]
        return np.concatenate([np.zeros(0, np.float32), *ready])

    def finish(self) -> Samples:
        """Return what is left; afterwards the stream starts anew."""
        if self.from_rate == self.to_rate:
            return np.zeros(0, np.float32)
        rest = np.asarray(self._stream.resample_chunk(self._waiting, last=True), np.float32)
        self.reset()
        return rest
