"""Ten seconds to learn from: words among other words, or speech without the word; and where words end."""

from dataclasses import dataclass

import numpy as np
from material import RATE, Half

from oyez import sound
from oyez.events import Span
from oyez.synth.material import Material, take
from oyez.synth.surroundings import SurroundingsConfig, at_level, draw_surroundings, surround, to_16_bits
from oyez.synth.turns import draw_turns, speak
from oyez.train.fill import CLEAN_DBFS, render_negative
from oyez.train.recordings import SEGMENT_S, SPARE_S

__all__ = ["LENGTH", "Heard", "negative", "positive", "segments"]

LENGTH = round(SEGMENT_S * RATE)
SPARE = round(SPARE_S * RATE)


@dataclass(frozen=True)
class Heard:
    """Sound and the words in it."""

    samples: sound.Samples
    """(160000,)"""
    spans: tuple[Span, ...] = ()


def positive(rng: np.random.Generator, half: Half, material: Material) -> Heard:
    """One to three words and up to two others, in some surroundings.

    Args:
        rng: all chance comes from it.
        half: clips.
        material: noises, talkers, rooms.

    Returns:
        Ten seconds.
    """
    turns = draw_turns(rng, half.words, half.others, material)
    said, spans = speak(turns, half.words, half.others, material)
    return Heard(surround(said, draw_surroundings(rng, material), material), spans)


def segments(half: Half) -> list[tuple[str, int, int]]:
    """Speech without the word cut into tens of seconds: kind, recording, first sample."""
    return [
        (kind, index, start)
        for kind, pcms in half.speech.items()
        for index, pcm in enumerate(pcms)
        for start in range(0, len(pcm), LENGTH)
    ]


def negative(
    rng: np.random.Generator, material: Material, segment: tuple[str, int, int], clean: bool
) -> Heard:
    """Speech without the word, as it is or in some surroundings.

    Args:
        rng: all chance comes from it.
        material: speech, noises, rooms.
        segment: which speech.
        clean: whether only its level is changed.

    Returns:
        Ten seconds.
    """
    kind, index, start = segment
    samples = take(material.talk[kind][index], start, LENGTH + SPARE)
    if clean:
        return Heard(to_16_bits(at_level(samples[:LENGTH], rng.uniform(*CLEAN_DBFS))))
    return Heard(render_negative(samples, rng, material, SurroundingsConfig()))
