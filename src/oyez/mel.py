"""Log-mel frames in numpy, as the speech-embedding trunk reads them: for training, and as the reference.

The network's own are computed inside the model file; this is what they must equal.
"""

import numpy as np
import numpy.typing as npt

from oyez.config import FULL_SCALE, MelConfig
from oyez.sound import Samples

__all__ = ["dft_bins", "log_mel", "mel_weights", "windowed_dft"]

Frames = npt.NDArray[np.float32]

BLOCK_FRAMES = 256  # small enough for a core's cache: 256 × 512 float64 is 1 MB
LINEAR_HZ, LOG_HZ, LOG_STEP = 200 / 3, 1000.0, np.log(6.4) / 27


def log_mel(samples: Samples, config: MelConfig | None = None) -> Frames:
    """Decimal logarithm of the power in mel bands, plus 2.

    That is 10·log10(power) / 10 + 2, the scale on which the trunk was trained, of samples at 16-bit
    scale. As in a stream that begins, silence stands before the first sample: frame i ends with
    sample 160 (i + 1).

    Args:
        samples: (samples,), full scale is 1.0.
        config: defaults to the trunk's.

    Returns:
        (samples // hop, bands); not below log10(floor) + 2.

    Source: Lin et al. (2020), arXiv 2002.01322, §2.1, for the bands; the rest is read off the
    graph that is published with the trunk.
    """
    config = config or MelConfig()
    count = config.frames(len(samples))
    power = np.empty((count, config.bands))
    weights, taper = mel_weights(config), _hann(config) * FULL_SCALE
    heard = np.concatenate((np.zeros(config.past, np.float32), samples))
    if count:
        windows = np.lib.stride_tricks.sliding_window_view(heard, config.window)[:: config.hop]
        for start in range(0, count, BLOCK_FRAMES):
            part = slice(start, min(start + BLOCK_FRAMES, count))
            spectrum = np.fft.rfft(windows[part] * taper, config.fft)
            power[part] = (np.square(spectrum.real) + np.square(spectrum.imag)) @ weights
    return np.asarray(np.log10(np.maximum(power, config.floor)) + 2, np.float32)


def mel_weights(config: MelConfig) -> npt.NDArray[np.float64]:
    """Triangles that overlap by half, equally wide on the mel scale, each of area 1 in Hertz.

    Returns:
        (fft // 2 + 1, bands).

    Source: Slaney (1998), Auditory Toolbox: linear up to 1 kHz, then 27 steps for a factor of 6.4.
    """
    edges = _hertz(np.linspace(_mel(config.low_hz), _mel(config.high_hz), config.bands + 2))
    bins = np.arange(config.fft // 2 + 1)[:, None] * config.rate / config.fft
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangle = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    return np.asarray(np.maximum(0, triangle) * 2 / (high - low))


def dft_bins(config: MelConfig) -> slice:
    """Bins of the transform that some band uses: 2 to 121 of 0 to 256."""
    used = np.flatnonzero(mel_weights(config).sum(axis=1))
    return slice(int(used[0]), int(used[-1]) + 1)


def windowed_dft(config: MelConfig) -> npt.NDArray[np.float64]:
    """Windowed transform as a matrix, at 16-bit scale, of the bins that the bands use.

    Args:
        config: window, transform, rate and bands count.

    Returns:
        (window, 2 × bins): cosines, then sines; squared and added, their products are the power.
    """
    bins = np.arange(config.fft // 2 + 1)[dft_bins(config)]
    angle = 2 * np.pi * np.outer(np.arange(config.window), bins) / config.fft
    taper = _hann(config)[:, None] * FULL_SCALE
    return np.concatenate((np.cos(angle) * taper, np.sin(angle) * taper), axis=1)


def _hann(config: MelConfig) -> npt.NDArray[np.float64]:
    """Periodic: its first point is zero, its last is not."""
    return np.hanning(config.window + 1)[:-1]


def _mel(hertz: float) -> float:
    if hertz < LOG_HZ:
        return hertz / LINEAR_HZ
    return float(LOG_HZ / LINEAR_HZ + np.log(hertz / LOG_HZ) / LOG_STEP)


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    knee = LOG_HZ / LINEAR_HZ
    return np.where(mel < knee, mel * LINEAR_HZ, LOG_HZ * np.exp((mel - knee) * LOG_STEP))
