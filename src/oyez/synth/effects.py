"""What happens to sound on its way: pure functions of samples, parameters drawn beforehand."""

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.sound import Samples

__all__ = ["at_speed", "colour", "loop", "reverberate", "telephone"]

ROLL_OFF = 0.15  # of the cut-off: the low-pass falls from 0 to −60 dB over it
STOP_DB = -60.0
PIVOT_HZ = 1_000.0
TELEPHONE_HZ = (300.0, 3_400.0)
MU = 255.0  # of the μ-law
MU_STEPS = 127  # on each side of zero
FFT_BLOCK = 4_096  # lengths that are multiples of it are quick to transform


def colour(samples: Samples, rate: int, low_pass_hz: float | None = None, tilt_db: float = 0.0) -> Samples:
    """A low-pass and a spectral slope, without delay (by way of the spectrum).

    Everything in a scene goes through the same, so that neither the width nor the slope of a band
    tells a word from what is not one.

    Args:
        samples: (samples,).
        rate: Hertz.
        low_pass_hz: the highest frequency that passes; 15 % above it 60 dB are gone. None: all.
        tilt_db: dB per octave, level at 1 kHz; flat below 125 Hz and above 8 kHz.

    Returns:
        (samples,).
    """
    passes_all = low_pass_hz is None or low_pass_hz >= rate / 2
    if not len(samples) or (passes_all and tilt_db == 0):
        return samples
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    gain_db: npt.NDArray[np.float64] = tilt_db * np.clip(
        np.log2(np.maximum(hertz, 1.0) / PIVOT_HZ), -3.0, 3.0
    )
    if low_pass_hz is not None and not passes_all:
        past = (hertz - low_pass_hz) / (ROLL_OFF * low_pass_hz)
        gain_db = gain_db + STOP_DB * np.clip(past, 0.0, 4.0)
    gains = (10.0 ** (gain_db / 20)).astype(np.float32)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * gains, len(samples)), np.float32)


def loop(samples: Samples, length: int) -> Samples:
    """Cut, or repeated from its start, to exactly `length` samples; nothing gives silence."""
    if not len(samples):
        return np.zeros(length, np.float32)
    return np.resize(samples, length)


def at_speed(samples: Samples, rate: int, speed: float) -> Samples:
    """Played faster or slower, as a tape: the pitch moves with it.

    Args:
        samples: (samples,).
        rate: Hertz.
        speed: above 1 is faster, and so shorter and higher.

    Returns:
        (about samples / speed,).
    """
    return sound.resample(samples, round(rate * speed), rate)


def reverberate(samples: Samples, response: Samples) -> Samples:
    """Heard in a room: convolved with its impulse response, what rings past the end cut off.

    Args:
        samples: (samples,).
        response: (samples,), at the same rate, the direct path first: nothing moves in time.

    Returns:
        (samples,), as long as it was.
    """
    if not len(samples):
        return samples
    length = -(-(len(samples) + len(response)) // FFT_BLOCK) * FFT_BLOCK
    spectrum = np.fft.rfft(samples, length) * np.fft.rfft(response, length)
    return np.asarray(np.fft.irfft(spectrum, length)[: len(samples)], np.float32)


def telephone(samples: Samples, rate: int) -> Samples:
    """Heard over a telephone: 300 to 3400 Hz, in 8 bits.

    Args:
        samples: (samples,), within ±1; what is louder is cut off.
        rate: Hertz.

    Returns:
        (samples,).

    Source: ITU-T G.711, its continuous μ-law: sgn(x) ln(1 + μ|x|) / ln(1 + μ).
    """
    if not len(samples):
        return samples
    low_hz, high_hz = TELEPHONE_HZ
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    rising = np.clip((hertz - low_hz * (1 - ROLL_OFF)) / (ROLL_OFF * low_hz), 0.0, 1.0)
    falling = np.clip((high_hz * (1 + ROLL_OFF) - hertz) / (ROLL_OFF * high_hz), 0.0, 1.0)
    narrow = np.clip(np.fft.irfft(spectrum * rising * falling, len(samples)), -1.0, 1.0)
    pressed = np.log1p(MU * np.abs(narrow)) / np.log1p(MU)
    steps = np.rint(pressed * MU_STEPS) / MU_STEPS
    return np.asarray(np.sign(narrow) * np.expm1(steps * np.log1p(MU)) / MU, np.float32)
