"""Kokoro's style packs: who a voice is, as numbers, and blends of them.

A style has 256 numbers. The first half is timbre, the second prosody; each half of a blend has parents.
"""

import functools
from importlib import resources

import numpy as np
import numpy.typing as npt

__all__ = ["BRITISH", "Parents", "Styles", "blend", "draw_parents", "stock", "style_names"]

Styles = npt.NDArray[np.float32]
"""(rows, 256): one style for each number of tokens."""

Parents = tuple[tuple[str, int], ...]
"""Names of style packs, with their shares in percent."""

PACKS = "kokoro_voices.npz"
TIMBRE = slice(0, 128)
PROSODY = slice(128, 256)
BRITISH = ("bf_", "bm_")


@functools.cache
def stock() -> dict[str, Styles]:
    """Every style pack by its name, which begins with a letter for its language and one for its sex."""
    with resources.files("oyez.synth.tts").joinpath(PACKS).open("rb") as file, np.load(file) as packs:
        names, styles = packs["names"], packs["style"].astype(np.float32)
    return dict(zip(map(str, names), styles, strict=True))


def style_names() -> tuple[str, ...]:
    """The voices, sorted: English ones, and those of other languages, whose English has an accent."""
    return tuple(sorted(stock()))


def blend(timbre: Parents, prosody: Parents) -> Styles:
    """(rows, 256): each half a mean of its parents, by their shares."""
    packs = stock()
    mixed = np.zeros_like(next(iter(packs.values())))
    for half, parents in ((TIMBRE, timbre), (PROSODY, prosody)):
        whole = sum(share for _, share in parents)
        for name, share in parents:
            mixed[:, half] += packs[name][:, half] * np.float32(share / whole)
    return mixed


def draw_parents(rng: np.random.Generator, names: tuple[str, ...]) -> Parents:
    """Two or three of the names (one, where there is but one) and their shares, none below 1 %.

    Args:
        rng: all chance comes from it.
        names: who may be a parent.
    """
    count = min(len(names), int(rng.integers(2, 4)))
    chosen = [names[number] for number in rng.choice(len(names), count, replace=False)]
    shares = np.maximum(1, np.rint(100 * rng.dirichlet(np.full(count, 2.0)))).astype(int)
    shares[shares.argmax()] += 100 - shares.sum()
    return tuple((name, int(share)) for name, share in zip(chosen, shares, strict=True))
