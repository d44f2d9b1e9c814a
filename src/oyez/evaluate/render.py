"""A plan made sound: pure functions of its takes and stretches, and of the recordings that they name."""

import math
from pathlib import Path

import numpy as np

from oyez import audio, sound
from oyez.evaluate.plan import Piece, Stretch, Take
from oyez.evaluate.words import Word
from oyez.events import Span
from oyez.sound import Samples
from oyez.synth import effects

__all__ = ["render_stretch", "render_take", "span_of"]

PEAK = 0.999
"""Largest magnitude: what would be louder is turned down as a whole."""

DIRECT_DB = 20.0  # under the peak: the direct path of a room is the first sample above it
TALKER_DBFS = -25.0


def span_of(take: Take, word: Word, name: str = "") -> Span:
    """Where in a take its word is, in seconds."""
    return Span(name, take.lead_s + word.start_s, take.lead_s + word.end_s)


def render_take(take: Take, word: Word, rate: int) -> Samples:
    """A word in its surrounding.

    The SNR is the RMS of the word, from its start to its end, over that of the rest on the same
    samples. A room or a telephone changes the whole, and a room keeps the word's level.

    Args:
        take: of the plan.
        word: its recording.
        rate: Hertz of what is returned.

    Returns:
        (samples,), within ±1.

    Raises:
        AudioError: a recording cannot be read.
    """
    spoken, _ = audio.read(word.path, rate)
    cut = max(0, round(-take.lead_s * rate))
    lead = max(0, round(take.lead_s * rate))
    spoken = spoken[cut:]
    mix = np.zeros(lead + len(spoken) + round(take.trail_s * rate), np.float32)
    mix[lead : lead + len(spoken)] = spoken
    span = span_of(take, word)
    active = slice(max(0, round(span.start_s * rate)), round(span.end_s * rate))
    if take.around:
        rest = np.zeros_like(mix)
        for talker in take.around:
            part = _pieces(talker, len(mix), rate)
            level = sound.rms_dbfs(part)
            if len(take.around) > 1 and math.isfinite(level):
                part = part * np.float32(sound.db_to_gain(TALKER_DBFS - level))
            rest += part
        mix += rest * _gain(sound.rms_dbfs(mix[active]), sound.rms_dbfs(rest[active]), take.snr_db)
    if take.room is not None:
        level = sound.rms_dbfs(mix[active])
        mix = effects.reverberate(mix, _response(take.room, rate))
        mix = mix * _gain(level, sound.rms_dbfs(mix[active]), 0.0)
    mix = _within(mix)
    return effects.telephone(mix, rate) if take.telephone else mix


def render_stretch(stretch: Stretch, rate: int) -> Samples:
    """Some minutes without the word: (length_s × rate,), within ±1.

    Raises:
        AudioError: a recording cannot be read.
    """
    samples = audio.segment(stretch.path, stretch.start_s, stretch.length_s, rate)
    if stretch.noise is None:
        return samples
    noise = _pieces((stretch.noise,), len(samples), rate)
    gain = _gain(sound.rms_dbfs(samples), sound.rms_dbfs(noise), stretch.snr_db)
    return _within(samples + noise * gain)


def _gain(signal_dbfs: float, rest_dbfs: float, snr_db: float | None) -> np.float32:
    """Factor for the rest; silence on either side leaves it as it is."""
    wanted_db = signal_dbfs - rest_dbfs - (snr_db or 0.0)
    return np.float32(sound.db_to_gain(wanted_db) if math.isfinite(wanted_db) else 1.0)


def _pieces(pieces: tuple[Piece, ...], length: int, rate: int) -> Samples:
    """Recordings one after the other, then again from the first one's start."""
    parts, count = [], 0
    for piece in pieces:
        left_s = audio.duration_s(piece.path) - piece.start_s
        wanted_s = min(left_s, (length - count) / rate)
        if wanted_s > 0:
            parts.append(audio.segment(piece.path, piece.start_s, wanted_s, rate))
            count += len(parts[-1])
    return effects.loop(np.concatenate([*parts, np.zeros(0, np.float32)]), length)


def _response(path: Path, rate: int) -> Samples:
    """From its direct path on: nothing moves in time."""
    response, _ = audio.read(path, rate)
    loud = np.abs(response) >= np.abs(response).max() * sound.db_to_gain(-DIRECT_DB)
    return response[int(np.argmax(loud)) :]


def _within(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max(initial=0.0))
    return samples if peak <= PEAK else samples * np.float32(PEAK / peak)
