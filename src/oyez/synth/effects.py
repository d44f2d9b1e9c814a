"""What happens to sound on its way: pure functions of samples, parameters drawn beforehand."""

import numpy as np
import numpy.typing as npt

from oyez.sound import Samples

__all__ = ["colour", "loop"]

ROLL_OFF = 0.15  # of the cut-off: the low-pass falls from 0 to −60 dB over it
STOP_DB = -60.0
PIVOT_HZ = 1_000.0


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
