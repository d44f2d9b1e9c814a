"""Bends a clip's tempo, pitch and formants, and cuts and levels it.

Knows nothing of engines or files. Bending goes through the WORLD vocoder, which takes speech apart
into pitch, envelope and aperiodicity (Morise, Yokomori and Ozawa, 2016, IEICE Trans. E99-D 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyworld
from numpy.typing import NDArray

__all__ = ["Warp", "finish", "warp"]

Array = NDArray[np.floating[Any]]
FRAME_PERIOD_MS = 5.0
SEMITONES_PER_OCTAVE = 12
PEAK_DB = -3.0
SILENCE_DB = -42.0  # re the loudest 10 ms
BLOCK_S = 0.01
MARGIN_S = 0.03
FADE_S = 0.005


@dataclass(frozen=True)
class Warp:
    """What to change; the default changes nothing."""

    stretch: float = 1.0
    """Above 1: longer"""
    pitch_semitones: float = 0.0
    formant_ratio: float = 1.0
    """Above 1: a shorter vocal tract"""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Warp:
        """Half the clips are stretched, a third get another pitch and other formants."""
        stretch = rng.uniform(0.85, 1.2) if rng.random() < 1 / 2 else 1.0
        if rng.random() >= 1 / 3:
            return cls(stretch)
        return cls(stretch, rng.uniform(-3, 3), rng.uniform(0.9, 1.1))


def warp(samples: Array, rate_hz: int, by: Warp) -> Array:
    """The clip, bent; unchanged if there is nothing to change.

    Args:
        samples: (samples,) mono.
        rate_hz: its rate.
        by: what to change.

    Returns:
        (about samples * stretch,) float64.
    """
    if by == Warp():
        return samples
    x = np.ascontiguousarray(samples, np.float64)
    f0_hz, times_s = pyworld.harvest(x, rate_hz, frame_period=FRAME_PERIOD_MS)
    envelope = pyworld.cheaptrick(x, f0_hz, times_s, rate_hz)  # (frames, bins)
    aperiodicity = pyworld.d4c(x, f0_hz, times_s, rate_hz)
    f0_hz = f0_hz * 2 ** (by.pitch_semitones / SEMITONES_PER_OCTAVE)
    if by.formant_ratio != 1:
        source = np.arange(envelope.shape[1]) / by.formant_ratio
        source = np.minimum(np.rint(source), envelope.shape[1] - 1).astype(int)
        envelope = np.ascontiguousarray(envelope[:, source])
        aperiodicity = np.ascontiguousarray(aperiodicity[:, source])
    # a longer frame at synthesis is the stretch: no phases to mend
    return pyworld.synthesize(f0_hz, envelope, aperiodicity, rate_hz, FRAME_PERIOD_MS * by.stretch)


def finish(samples: Array, rate_hz: int) -> Array:
    """Silence cut to 30 ms at both ends, edges faded, peak at -3 dB re full scale.

    Args:
        samples: (samples,) mono, not all zero.
        rate_hz: its rate.

    Returns:
        (samples,) float32.
    """
    samples = samples - np.mean(samples)
    block = int(BLOCK_S * rate_hz)
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    level_db = 10 * np.log10(np.mean(blocks**2, axis=1) + 1e-12)
    loud = np.flatnonzero(level_db > level_db.max() + SILENCE_DB)
    margin = int(MARGIN_S * rate_hz)
    padded = np.pad(samples, margin)
    # in `padded`, everything lies `margin` later, so the margin before the word starts at its index
    cut = padded[loud[0] * block : (loud[-1] + 1) * block + 2 * margin].copy()
    ramp = np.linspace(0, 1, int(FADE_S * rate_hz))
    cut[: len(ramp)] *= ramp
    cut[-len(ramp) :] *= ramp[::-1]
    return (cut * 10 ** (PEAK_DB / 20) / np.max(np.abs(cut))).astype(np.float32)
