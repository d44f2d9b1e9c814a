"""Backgrounds for the notebooks: rooms that nobody recorded, made of noise, hum and far voices."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from oyez.course.segments import RATE
from oyez.sound import Samples, db_to_gain, rms_dbfs
from oyez.synth.effects import colour, loop

__all__ = ["ROOMS", "cafe", "fan", "office", "room"]

LEVEL_DBFS = -26.0
MAINS_HZ = 50.0
REVERBERATION_S = 0.6  # until an echo is 60 dB down
SLOW_HZ = 0.4


def office(rng: np.random.Generator, seconds: float) -> Samples:
    """A quiet room: soft noise, and the hum of the mains with its overtones."""
    hum: npt.NDArray[np.float64] = np.zeros(round(seconds * RATE))
    for overtone in range(1, 8):
        hum += _sine(rng, MAINS_HZ * overtone, len(hum)) / overtone**1.5
    return _levelled(_noise(rng, len(hum), tilt_db=-7.0) + 0.4 * hum)


def fan(rng: np.random.Generator, seconds: float) -> Samples:
    """A fan: wind whose strength comes and goes slowly, and the tone of its blades."""
    count = round(seconds * RATE)
    swell = 1 + 0.3 * _sine(rng, SLOW_HZ, count)
    blades = _sine(rng, rng.uniform(90, 140), count)
    return _levelled(swell * (_noise(rng, count, tilt_db=-6.0) + 0.25 * blades))


def cafe(rng: np.random.Generator, seconds: float, voices: Sequence[Samples] = ()) -> Samples:
    """A café: several people who talk at once at other tables, and the room around them.

    Args:
        rng: all chance comes from it.
        seconds: how long.
        voices: what is said there; one talker each. With none it is an empty café.

    Returns:
        (samples,) at 44.1 kHz.
    """
    count = round(seconds * RATE)
    talk: npt.NDArray[np.float64] = np.zeros(count)
    for voice in voices:
        talk += rng.uniform(0.4, 1.0) * np.roll(loop(voice, count), rng.integers(count))
    decay = rng.standard_normal(round(REVERBERATION_S * RATE))
    decay *= 10 ** (-3 * np.arange(len(decay)) / len(decay))
    size = count + len(decay)
    far = np.fft.irfft(np.fft.rfft(talk, size) * np.fft.rfft(decay, size), size)[:count]
    spread = float(np.std(far)) or 1.0
    return _levelled(far / spread + 0.7 * _noise(rng, count, tilt_db=-6.0))


ROOMS = ("office", "fan", "cafe")
"""Every kind of room."""


def room(kind: str, rng: np.random.Generator, seconds: float, voices: Sequence[Samples] = ()) -> Samples:
    """A background of a kind.

    Args:
        kind: a name in `ROOMS`.
        rng: all chance comes from it.
        seconds: how long.
        voices: what is said in it, for the rooms where people talk.

    Returns:
        (samples,) at 44.1 kHz, at −26 dBFS.
    """
    if kind == "cafe":
        return cafe(rng, seconds, voices)
    return {"office": office, "fan": fan}[kind](rng, seconds)


def _sine(rng: np.random.Generator, hz: float, count: int) -> npt.NDArray[np.float64]:
    return np.asarray(np.sin(2 * np.pi * (hz * np.arange(count) / RATE + rng.uniform())))


def _noise(rng: np.random.Generator, count: int, tilt_db: float) -> npt.NDArray[np.float64]:
    """Noise of standard deviation 1 that falls by `tilt_db` per octave."""
    noise = colour(rng.standard_normal(count).astype(np.float32), RATE, tilt_db=tilt_db)
    return np.asarray(noise / np.std(noise), np.float64)


def _levelled(samples: npt.NDArray[np.float64]) -> Samples:
    return np.asarray(samples * db_to_gain(LEVEL_DBFS - rms_dbfs(samples)), np.float32)
