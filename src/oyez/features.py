"""The lesson's spectrogram in numpy: for plots, checks, training, and as the reference.

The network's own features are computed inside the model file; this is what they must equal.
"""

import numpy as np
import numpy.typing as npt

from oyez.config import FULL_SCALE, FeatureConfig
from oyez.sound import Samples

__all__ = ["SpectrogramStream", "apply_scale", "dft_kernels", "spectrogram"]

Frames = npt.NDArray[np.float32]

BLOCK_FRAMES = 256  # small enough for a core's cache: 256 × 200 float64 is 0.4 MB


def spectrogram(samples: Samples, config: FeatureConfig | None = None) -> Frames:
    """Power spectral density, as `matplotlib.mlab.specgram(x, 200, 8000, noverlap=120)` gives it.

    Samples count at 16-bit scale, as the lesson reads them. Windows are symmetric Hann, the
    spectrum is one-sided: doubled but for the first and the last bin.

    Args:
        samples: (samples,), full scale is 1.0.
        config: defaults to the lesson's.

    Returns:
        (frames, bins); frames is 0 where there is not one whole window.

    Source: Oppenheim, Schafer (2010), Discrete-Time Signal Processing, §10.6 (the periodogram).
    """
    config = config or FeatureConfig()
    count = config.frames(len(samples))
    taper, gains = _taper(config), _bin_gains(config)
    power = np.empty((count, config.bins), np.float32)
    if count:
        windows = np.lib.stride_tricks.sliding_window_view(samples, config.window)[:: config.hop]
        for start in range(0, count, BLOCK_FRAMES):
            part = slice(start, min(start + BLOCK_FRAMES, count))
            spectrum = np.fft.rfft(windows[part] * taper)
            power[part] = (np.square(spectrum.real) + np.square(spectrum.imag)) * gains
    return apply_scale(power, config)


class SpectrogramStream:
    """`spectrogram` of a stream: the same numbers, however it is cut."""

    def __init__(self, config: FeatureConfig | None = None) -> None:
        self.config = config or FeatureConfig()
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._waiting = np.zeros(0, np.float32)

    def push(self, samples: Samples) -> Frames:
        """Take samples, return the frames that became whole, (frames, bins)."""
        waiting = np.concatenate((self._waiting, samples))
        frames = spectrogram(waiting, self.config)
        self._waiting = waiting[len(frames) * self.config.hop :]
        return frames

    def finish(self) -> Frames:
        """Return nothing: a window that is not whole gives no frame. Starts anew."""
        self.reset()
        return np.zeros((0, self.config.bins), np.float32)


def apply_scale(power: Frames, config: FeatureConfig) -> Frames:
    """Power as the network reads it: as it is, or as decimal logarithm above the floor.

    Args:
        power: (..., bins), not negative.
        config: its `scale`, `max_hz` and `floor` count.

    Returns:
        The same shape; bins above `max_hz` are those of no power.
    """
    if config.used_bins < config.bins:
        power = power.copy()
        power[..., config.used_bins :] = 0
    if config.scale == "power":
        return power
    return np.asarray(np.log10(power + np.float32(config.floor)), np.float32)


def dft_kernels(config: FeatureConfig) -> npt.NDArray[np.float32]:
    """Windowed DFT as a matrix whose outputs, squared and added in pairs, are the power.

    Args:
        config: window, density and rate count.

    Returns:
        (2 × bins, window): cosines, then sines; the 16-bit scale and the density are in them. Bins
        above `max_hz` are zero.
    """
    angle = 2 * np.pi * np.outer(np.arange(config.bins), np.arange(config.window)) / config.window
    gains = np.sqrt(_bin_gains(config))[:, None] * _taper(config)
    gains[config.used_bins :] = 0
    return np.concatenate((np.cos(angle) * gains, -np.sin(angle) * gains)).astype(np.float32)


def _taper(config: FeatureConfig) -> npt.NDArray[np.float64]:
    return np.hanning(config.window) * FULL_SCALE


def _bin_gains(config: FeatureConfig) -> npt.NDArray[np.float64]:
    window_power = float(np.square(np.hanning(config.window)).sum())
    gains = np.full(config.bins, 2 / (config.density_rate * window_power))
    gains[0] /= 2
    if config.window % 2 == 0:
        gains[-1] /= 2
    return gains
