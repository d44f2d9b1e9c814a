"""Ordinary sentences that nobody wrote: orders to a house, small talk, radio; frames filled by chance.

Negatives are spoken from them, so that a detector hears its own training voices say all sorts of things.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from oyez.errors import ConfigError
from oyez.synth.forms import holds
from oyez.synth.pronunciation import spoken

__all__ = ["sentences"]

LIST = Path(__file__).parent / "text" / "sentences.txt"
TRIES = 20
"""Draws for each sentence before it is said that there are no more."""


def sentences(seed: int, count: int, *, without: Sequence[str] = ()) -> list[str]:
    """Distinct sentences, orders, talk and radio in turn.

    Args:
        seed: the same seed gives the same sentences.
        count: how many.
        without: phrases that none of them may hold, by sound, in American or British.

    Returns:
        `count` sentences with a capital and punctuation.

    Raises:
        ConfigError: the count is negative, or more than the frames give; a phrase cannot be said.
        MissingExtraError: hibari is not installed, and there are phrases.
    """
    if count < 0:
        raise ConfigError(f"the number of sentences must be 0 or more, got {count}.")
    rng = np.random.default_rng(seed)
    frames, slots = _read()
    unwanted = [(british, spoken(phrase, british=british)) for phrase in without for british in (False, True)]
    found: dict[str, None] = {}
    for _ in range(TRIES * count):
        if len(found) == count:
            break
        kind = list(frames)[len(found) % len(frames)]
        text = _filled(frames[kind][rng.integers(len(frames[kind]))], slots, rng)
        if not any(holds(spoken(text, british=british), phrase) for british, phrase in unwanted):
            found[text] = None
    if len(found) < count:
        raise ConfigError(f"the frames give {len(found)} sentences without it, got {count}. Ask for fewer.")
    return list(found)


def _filled(frame: str, slots: dict[str, list[str]], rng: np.random.Generator) -> str:
    text = frame
    while "{" in text:
        before, _, rest = text.partition("{")
        name, _, after = rest.partition("}")
        text = before + slots[name][rng.integers(len(slots[name]))] + after
    return text[0].upper() + text[1:]


@functools.cache
def _read() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Frames by who speaks, and what may stand in each slot."""
    frames: dict[str, list[str]] = {}
    slots: dict[str, list[str]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(": ")
        if name == "frame":
            kind, _, frame = rest.partition(" | ")
            frames.setdefault(kind, []).append(frame)
        elif not line.startswith("#"):
            slots[name] = rest.split("; ")
    return frames, slots
