"""What one detector made of each recording, and those of two side by side. Plain data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oyez.errors import DataError

__all__ = ["FalseAccepts", "Outcome", "Outcomes", "Pair", "check_same", "side_by_side"]


@dataclass(frozen=True)
class Outcome:
    """One rendering of a recording of the word, and whether a detector heard it."""

    source: str
    """The recording; however often it is rendered, it is one piece of evidence."""
    condition: str
    heard: bool


@dataclass(frozen=True)
class FalseAccepts:
    """When a detector fired in audio without the word."""

    times_s: Mapping[str, Sequence[float]]
    """By stream, in seconds of it; a stream in which it was silent is there too, with none."""
    hours: float


@dataclass(frozen=True)
class Outcomes:
    """What one detector made of the audio."""

    words: tuple[Outcome, ...]
    false_accepts: FalseAccepts
    near_misses: tuple[Outcome, ...] = ()
    """Recordings of what sounds like the word: here it is wrong to hear it."""


@dataclass(frozen=True)
class Pair:
    """One rendering, and what both detectors made of it."""

    source: str
    condition: str
    heard_a: bool
    heard_b: bool


def side_by_side(of_a: Sequence[Outcome], of_b: Sequence[Outcome]) -> list[Pair]:
    """Join the outcomes of two detectors.

    Args:
        of_a: in any order, but renderings of a recording in one condition come in the same one in both.
        of_b: of the same renderings.

    Returns:
        A pair for each, in order of A.

    Raises:
        DataError: they are not of the same renderings.
    """
    in_a, in_b = _numbered(of_a), _numbered(of_b)
    check_same(in_a, in_b, "rendering")
    return [Pair(key[0], key[1], heard, in_b[key]) for key, heard in in_a.items()]


def check_same(of_a: Mapping[Any, object], of_b: Mapping[Any, object], what: str) -> None:
    """Make sure that A and B were heard on the same things.

    Raises:
        DataError: one of them lacks something that the other has, named by `what` and its key.
    """
    alone = sorted(of_a.keys() ^ of_b.keys())
    if alone:
        whose = "A" if alone[0] in of_a else "B"
        raise DataError(
            f"A and B must be heard on the same audio, but the {what} {alone[0]!r} is {whose}'s alone. "
            "Run both over the same folders."
        )


def _numbered(outcomes: Sequence[Outcome]) -> dict[tuple[str, str, int], bool]:
    found: dict[tuple[str, str, int], bool] = {}
    times: Counter[tuple[str, str]] = Counter()
    for one in outcomes:
        times[one.source, one.condition] += 1
        found[one.source, one.condition, times[one.source, one.condition]] = one.heard
    return found
