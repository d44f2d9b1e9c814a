"""Two detectors on the same audio: whether the second is worse, and how sure that is.

Knows outcomes and times, nothing of audio or models.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oyez.errors import ConfigError, DataError
from oyez.evaluate.differences import Differences, moments_in_both, sign_test

__all__ = [
    "Comparison",
    "FalseAccepts",
    "Outcome",
    "Outcomes",
    "Row",
    "Rule",
    "compare",
]


@dataclass(frozen=True)
class Outcome:
    """One recording of the word in one surrounding, and whether a detector heard it."""

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
class Rule:
    """When B counts as worse than A: the difference is no chance, and larger than what is tolerated."""

    alpha: float = 0.05
    """How often equals may fail, for misses, false accepts and near misses each: the one-sided p must be
    below it."""
    margin: float = 0.0
    """Rise that is tolerated in the share of words that are missed, and of near misses that are accepted:
    0.01 is one more of a hundred."""
    margin_per_hour: float = 0.0
    """Rise of the false accepts per hour that is tolerated."""

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise ConfigError(f"alpha must be between 0 and 1, got {self.alpha}. Usual is 0.05.")
        if not 0 <= self.margin < 1:
            raise ConfigError(
                f"margin must be at least 0, below 1, got {self.margin}. One word in 100: 0.01."
            )
        if not (self.margin_per_hour >= 0 and math.isfinite(self.margin_per_hour)):
            raise ConfigError(f"margin per hour must be 0 or more, got {self.margin_per_hour}.")


@dataclass(frozen=True)
class Row:
    """Recordings that have something in common, and who got them wrong."""

    name: str
    recordings: int
    wrong: Differences

    def to_dict(self) -> dict[str, Any]:
        """All numbers, by name."""
        return {"name": self.name, "recordings": self.recordings, **self.wrong.to_dict()}


@dataclass(frozen=True)
class Comparison:
    """What `compare` found. B is worse when it is so in misses, in false accepts or in near misses."""

    rule: Rule
    conditions: tuple[Row, ...]
    """One by one, in order of first appearance: to look at; a p here is not corrected for their number."""
    pooled: Row
    """Each recording once: `only_b` are those that B missed in more conditions than A did, `both` those
    that they missed in equally many. With one condition the same as its row."""
    rise: float
    """B's miss rate less A's. A recording's is the share of its conditions in which it was missed, and each
    recording weighs the same."""
    false_accepts: Differences
    hours: float
    near_misses: Row

    @property
    def rise_per_hour(self) -> float:
        """B's false accepts per hour less A's."""
        return (self.false_accepts.only_b - self.false_accepts.only_a) / self.hours

    @property
    def p_of_counts(self) -> float:
        """Two-sided, for the counts of false accepts alone, as if heard on other hours of the same kind.

        Source: Przyborowski, Wilenski (1940), Biometrika 31(3–4), p. 313.
        """
        accepts = self.false_accepts
        return sign_test(accepts.both + accepts.only_a, accepts.both + accepts.only_b)

    @property
    def more_misses(self) -> bool:
        """Whether B is worse in misses, by the rule."""
        # a rise that is the margin, but for rounding, is tolerated
        return self.pooled.wrong.p_worse < self.rule.alpha and self.rise > self.rule.margin + 1e-12

    @property
    def more_false_accepts(self) -> bool:
        """Whether B is worse in false accepts, by the rule."""
        above = self.rise_per_hour > self.rule.margin_per_hour + 1e-12
        return self.false_accepts.p_worse < self.rule.alpha and above

    @property
    def more_near_misses(self) -> bool:
        """Whether B is worse in near misses, by the rule."""
        near = self.near_misses
        rise = (near.wrong.only_b - near.wrong.only_a) / max(1, near.recordings)
        return near.wrong.p_worse < self.rule.alpha and rise > self.rule.margin + 1e-12

    @property
    def worse(self) -> bool:
        """The verdict."""
        return self.more_misses or self.more_false_accepts or self.more_near_misses

    def to_dict(self) -> dict[str, Any]:
        """All numbers, by name."""
        accepts = {"p_of_counts": self.p_of_counts, "rise_per_hour": self.rise_per_hour, "hours": self.hours}
        return {
            "worse": self.worse,
            "more_misses": self.more_misses,
            "more_false_accepts": self.more_false_accepts,
            "more_near_misses": self.more_near_misses,
            "alpha": self.rule.alpha,
            "margin": self.rule.margin,
            "margin_per_hour": self.rule.margin_per_hour,
            "conditions": [row.to_dict() for row in self.conditions],
            "misses": {**self.pooled.to_dict(), "rise": self.rise},
            "false_accepts": {**self.false_accepts.to_dict(), **accepts},
            "near_misses": self.near_misses.to_dict(),
        }


def compare(a: Outcomes, b: Outcomes, rule: Rule | None = None) -> Comparison:
    """Say whether B is worse than A.

    Misses: a word that is rendered in six surroundings is heard or missed in several of them for the same
    reason, so six renderings are not six pieces of evidence. Each recording votes once, for the detector
    that missed it in fewer conditions, and a sign test counts the votes. If A and B are equals, their
    outcomes on a recording may be exchanged, whatever ties the conditions together, so the test stays exact;
    and a loss in one condition counts, unless the same recordings gain in another.

    Near misses: a recording that sets off only one of them is a difference, as with words.

    False accepts: moments at which both fired cancel out. The rest are tested as words are. Where nothing is
    common this is the conditional test of two Poisson counts; where much is, it sees more. Bursts are taken
    as they come: a radio that says the word every minute weighs more than it should.

    Args:
        a: what the detector in use made of the audio.
        b: what the new one made of the same.
        rule: when B counts as worse; None is 0.05 and no margin.

    Returns:
        Counts, p and verdict.

    Raises:
        DataError: they were not heard on the same audio.
    """
    accepts_a, accepts_b = a.false_accepts, b.false_accepts
    _check_same(accepts_a.times_s, accepts_b.times_s, "stream")
    if accepts_a.hours != accepts_b.hours or not (accepts_a.hours > 0 and math.isfinite(accepts_a.hours)):
        raise DataError(
            f"A and B must be heard on the same hours, more than 0, got {accepts_a.hours} and "
            f"{accepts_b.hours}. Run both over the same folders."
        )
    conditions: dict[str, list[tuple[int, int]]] = {}
    sources: dict[str, list[tuple[int, int]]] = {}
    for (source, condition), (in_a, in_b) in _side_by_side(a.words, b.words).items():
        missed = (int(not in_a), int(not in_b))
        conditions.setdefault(condition, []).append(missed)
        sources.setdefault(source, []).append(missed)
    votes = [(sum(one for one, _ in pairs), sum(two for _, two in pairs)) for pairs in sources.values()]
    rises = [(two - one) / len(pairs) for (one, two), pairs in zip(votes, sources.values(), strict=True)]
    near = [(int(in_a), int(in_b)) for in_a, in_b in _side_by_side(a.near_misses, b.near_misses).values()]
    times = [(accepts_a.times_s[stream], accepts_b.times_s[stream]) for stream in accepts_a.times_s]
    both = sum(moments_in_both(*pair) for pair in times)
    accepts = Differences(
        both, sum(len(one) for one, _ in times) - both, sum(len(two) for _, two in times) - both
    )
    return Comparison(
        rule=rule or Rule(),
        conditions=tuple(_row(name, pairs) for name, pairs in conditions.items()),
        pooled=_row("each word once", votes),
        rise=math.fsum(rises) / len(rises) if rises else 0.0,
        false_accepts=accepts,
        hours=accepts_a.hours,
        near_misses=_row("near misses", near),
    )


def _row(name: str, pairs: Sequence[tuple[int, int]]) -> Row:
    """Of how often A and B were wrong on each recording."""
    both = sum(one == two > 0 for one, two in pairs)
    only_a, only_b = sum(one > two for one, two in pairs), sum(one < two for one, two in pairs)
    return Row(name, len(pairs), Differences(both, only_a, only_b))


def _side_by_side(
    of_a: Sequence[Outcome], of_b: Sequence[Outcome]
) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Whether A heard it and whether B did, by recording and condition."""
    in_a, in_b = ({(one.source, one.condition): one.heard for one in of} for of in (of_a, of_b))
    if len(in_a) < len(of_a) or len(in_b) < len(of_b):
        raise DataError("a recording has two outcomes in one condition. Give each of them its own source.")
    _check_same(in_a, in_b, "recording")
    return {key: (heard, in_b[key]) for key, heard in in_a.items()}


def _check_same(of_a: Mapping[Any, object], of_b: Mapping[Any, object], what: str) -> None:
    alone = sorted(of_a.keys() ^ of_b.keys())
    if alone:
        whose = "A" if alone[0] in of_a else "B"
        raise DataError(
            f"A and B must be heard on the same audio, but the {what} {alone[0]!r} is {whose}'s alone. "
            "Run both over the same folders."
        )
