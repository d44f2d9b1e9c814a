"""Ten seconds to learn from: words among other words, or speech without the word; and where words end."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from material import RATE, WORD, Material, Said, take
from surroundings import at_level, draw, surround

from oyez import sound
from oyez.events import Span
from oyez.synth import effects
from oyez.synth.rooms import draw_room, impulse

__all__ = ["LENGTH", "Heard", "negative", "positive", "rooms", "segments"]

SECONDS = 10.0
LENGTH = round(SECONDS * RATE)
WORDS, OTHERS = (1, 3), (0, 2)
AT_ONCE_SHARE = 0.25
"""Of the scenes that begin with a clip, within `AT_ONCE_S`."""

AT_ONCE_S = 0.3
LEVEL_DB = 3.0  # by which a clip is louder or softer than the others
SPEED = (0.88, 1.14)
CLEAN_DBFS = (-40.0, -16.0)


@dataclass(frozen=True)
class Heard:
    """Sound and the words in it."""

    samples: sound.Samples
    """(160000,)"""
    spans: tuple[Span, ...] = ()


def rooms(seed: int, count: int = 400) -> list[sound.Samples]:
    """Impulse responses of rooms drawn by chance."""
    return [impulse(draw_room(np.random.default_rng((seed, number))), RATE) for number in range(count)]


def positive(rng: np.random.Generator, material: Material, echoes: Sequence[sound.Samples]) -> Heard:
    """One to three words and up to two others, in some surroundings.

    Args:
        rng: all chance comes from it.
        material: clips, noises, talkers.
        echoes: impulse responses.

    Returns:
        Ten seconds.
    """
    words = [material.words[i] for i in _indices(rng, WORDS, len(material.words))]
    said = words + [material.others[i] for i in _indices(rng, OTHERS, len(material.others))]
    order = rng.permutation(len(said))
    clips = [_faster(said[i], rng) for i in order]
    is_word = [bool(i < len(words)) for i in order]
    mix, spans = np.zeros(LENGTH, np.float32), []
    free = LENGTH - sum(len(samples) for samples, _, _ in clips)
    gaps = rng.dirichlet(np.ones(len(clips) + 1)) * max(free, 0)
    if rng.random() < AT_ONCE_SHARE:
        spare = gaps[0] - min(gaps[0], rng.uniform(0, AT_ONCE_S) * RATE)
        gaps[0], gaps[-1] = gaps[0] - spare, gaps[-1] + spare
    at = 0.0
    for (samples, start_s, end_s), gap, word in zip(clips, gaps, is_word, strict=False):
        at += gap
        start = int(at)
        fitting = samples[: max(0, LENGTH - start)]
        mix[start : start + len(fitting)] += fitting
        if word and len(fitting) == len(samples):
            spans.append(Span(WORD, start / RATE + start_s, start / RATE + end_s))
        at += len(samples)
    by = draw(rng, material, len(echoes))
    return Heard(surround(mix, by, material, echoes), tuple(spans))


def segments(material: Material) -> list[tuple[str, int, int]]:
    """Speech without the word cut into tens of seconds: kind, recording, first sample."""
    return [
        (kind, index, start)
        for kind, pcms in material.speech.items()
        for index, pcm in enumerate(pcms)
        for start in range(0, len(pcm), LENGTH)
    ]


def negative(
    rng: np.random.Generator,
    material: Material,
    echoes: Sequence[sound.Samples],
    segment: tuple[str, int, int],
    clean: bool,
) -> Heard:
    """Speech without the word, as it is or in some surroundings.

    Args:
        rng: all chance comes from it.
        material: speech, noises, talkers.
        echoes: impulse responses.
        segment: which speech.
        clean: whether only its level is changed.

    Returns:
        Ten seconds.
    """
    kind, index, start = segment
    pcm = material.speech[kind][index]
    if clean:
        samples = at_level(take(pcm, start, LENGTH), rng.uniform(*CLEAN_DBFS))
        return Heard(sound.to_int16(samples).astype(np.float32) / np.float32(32768))
    speed = rng.uniform(*SPEED)
    samples = effects.at_speed(take(pcm, start, round(LENGTH * speed) + RATE), RATE, speed)
    samples = sound.fit(samples, LENGTH)
    return Heard(surround(samples, draw(rng, material, len(echoes)), material, echoes))


def _indices(rng: np.random.Generator, bounds: tuple[int, int], count: int) -> list[int]:
    if not count:
        return []
    return [int(i) for i in rng.integers(count, size=rng.integers(bounds[0], bounds[1] + 1))]


def _faster(said: Said, rng: np.random.Generator) -> tuple[sound.Samples, float, float]:
    """A clip at another speed and level: samples, and where in them the word starts and ends."""
    speed, gain_db = rng.uniform(*SPEED), rng.uniform(-LEVEL_DB, LEVEL_DB)
    samples = effects.at_speed(take(said.pcm, 0, len(said.pcm)), RATE, speed)
    samples = samples * np.float32(sound.db_to_gain(gain_db))
    return samples, said.start_s / speed, said.end_s / speed
