"""Our own sound for "heard you", and recordings with it laid over."""

import numpy as np

from oyez.sound import Samples

__all__ = ["LENGTH_S", "chime", "overlay"]

NOTES_HZ = (783.99, 1174.66)  # G5, then D6: a fifth up
NOTE_S = 0.09
LENGTH_S = 0.55
"""Seconds of the whole sound."""
PARTIALS = ((1.0, 1.0, 0.16), (2.756, 0.35, 0.07), (5.404, 0.12, 0.035))
"""Frequency ratio, amplitude and decay in seconds, of a struck bar (Fletcher, Rossing 1998, §2.16)."""
ATTACK_S = 0.004
PEAK = 0.4


def chime(rate: int) -> Samples:
    """Two struck notes, 0.55 s, synthesised.

    Args:
        rate: Hertz.

    Returns:
        (0.55 × rate,), peak 0.4; partials above half the rate are left out. Silence where that
        leaves none.
    """
    t = np.arange(round(LENGTH_S * rate)) / rate
    sound = np.zeros(len(t))
    for number, pitch_hz in enumerate(NOTES_HZ):
        since = t - number * NOTE_S
        after = since >= 0
        for ratio, amplitude, decay_s in PARTIALS:
            if pitch_hz * ratio < rate / 2:
                wave = np.sin(2 * np.pi * pitch_hz * ratio * since) * np.exp(-since / decay_s)
                attack = np.minimum(since / ATTACK_S, 1)  # each note's own: none begins with a click
                sound[after] += (amplitude * wave * attack)[after]
    release = np.minimum((LENGTH_S - t) / 0.03, 1)
    sound *= release
    peak = float(np.abs(sound).max(initial=0.0))
    return np.asarray(sound * (PEAK / peak if peak else 0.0), np.float32)


def overlay(samples: Samples, rate: int, times_s: list[float]) -> Samples:
    """A copy with a chime from each of the times on; its length stays.

    Args:
        samples: (samples,).
        rate: Hertz.
        times_s: seconds; what lies beyond the end is left out.

    Returns:
        (samples,), limited to ±1.
    """
    out, sound = samples.copy(), chime(rate)
    for time_s in times_s:
        start = round(time_s * rate)
        part = out[start : start + len(sound)]
        part += sound[: len(part)]
    return np.clip(out, -1, 1)
