"""Sentences that nobody wrote: slots of a few frames, filled by chance. None holds the word.

Two kinds: plain sentences, so that the detector hears a synthetic voice say all sorts of things, and near
misses in running speech, which is where they occur.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

__all__ = ["near_misses", "read_slots", "sentence"]

FOLDER = Path(__file__).resolve().parent

FRAMES = (
    "{who} {did} the {a_kind} {thing} {where}.",
    "{when}, {who} {did} a {thing}.",
    "Did {who} say that the {thing} was {a_kind}?",
    "I think {opinion}, but {who} {did} the {thing} anyway.",
    "Please {order}.",
    "Could you {order}, and then {order}?",
    "{number} of the {a_kind} ones, and {number} more {when}.",
    "The {thing} {where} costs {number} dollars.",
    "Well, {opinion}.",
    "{who} told me {when} that {opinion}.",
    "No, the {thing}, not the {thing}!",
    "There were {number} people {where} when {who} {did} it.",
)

NEAR_FRAMES = (
    "{near}.",
    "I would call it {near}.",
    "They said {near}, or {near}.",
    "{near}, {near} and {near}.",
    "The word {near} is in the title.",
    "{who} wrote {near} {where}.",
    "What does {near} mean?",
    "{near} {when}.",
    "She spelled {near}, then {near}.",
)


def read_slots() -> dict[str, tuple[str, ...]]:
    """What may stand in each slot: `slots.txt`, a line each."""
    lines = (FOLDER / "slots.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(": ", 1) for line in lines)
    return {name: tuple(values.split(", ")) for name, values in pairs}


def near_misses(folder: Path) -> tuple[str, ...]:
    """The words that sound like it, a line each, as the recipe of `activate-course` lists them."""
    return tuple((folder / "near_misses.txt").read_text(encoding="utf-8").splitlines())


def sentence(rng: np.random.Generator, slots: dict[str, tuple[str, ...]], near: tuple[str, ...] = ()) -> str:
    """One sentence.

    Args:
        rng: all chance comes from it.
        slots: as `read_slots` gives them.
        near: near misses to put into it; none for a plain sentence.

    Returns:
        Words, with a capital and punctuation.
    """
    frames = NEAR_FRAMES if near else FRAMES
    text = frames[rng.integers(len(frames))]
    slots = {**slots, "near": near}
    while "{" in text:
        before, _, rest = text.partition("{")
        name, _, after = rest.partition("}")
        text = before + slots[name][rng.integers(len(slots[name]))] + after
    return text[0].upper() + text[1:]
