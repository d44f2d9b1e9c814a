"""Two detectors on the same audio: whether the second is worse, and how sure that is.

Knows outcomes and times, nothing of audio or models.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oyez.errors import ConfigError, DataError
from oyez.evaluate.differences import Differences, moments_in_both, sign_test
from oyez.evaluate.outcomes import Outcomes, Pair, check_same, side_by_side

__all__ = [
    "Comparison",
    "Row",
    "Rule",
    "compare",
]


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
    """Recordings under one heading, and who got them wrong."""

    name: str
    recordings: int
    renderings: int
    wrong_a: int
    """Renderings that A got wrong."""
    wrong_b: int
    by_recording: Differences
    """`only_b`: recordings that B got wrong in more renderings than A did; `both`: in equally many."""

    def to_dict(self) -> dict[str, Any]:
        """All numbers, by name."""
        counts = {"recordings": self.recordings, "renderings": self.renderings}
        wrong = {"wrong_a": self.wrong_a, "wrong_b": self.wrong_b}
        return {"name": self.name, **counts, **wrong, **self.by_recording.to_dict()}


@dataclass(frozen=True)
class Comparison:
    """What `compare` found. B is worse when it is so in misses, in false accepts or in near misses."""

    rule: Rule
    conditions: tuple[Row, ...]
    """One by one, in order of first appearance: to look at; a p here is not corrected for their number."""
    pooled: Row
    """All conditions together, each recording once: this row decides."""
    rise: float
    """B's miss rate less A's. A recording's is the share of its renderings that were missed, and each
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
        return self.pooled.by_recording.p_worse < self.rule.alpha and self.rise > self.rule.margin + 1e-12

    @property
    def more_false_accepts(self) -> bool:
        """Whether B is worse in false accepts, by the rule."""
        above = self.rise_per_hour > self.rule.margin_per_hour + 1e-12
        return self.false_accepts.p_worse < self.rule.alpha and above

    @property
    def more_near_misses(self) -> bool:
        """Whether B is worse in near misses, by the rule."""
        near = self.near_misses
        rise = (near.wrong_b - near.wrong_a) / max(1, near.renderings)
        return near.by_recording.p_worse < self.rule.alpha and rise > self.rule.margin + 1e-12

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
    that missed it less often, and a sign test counts the votes. If A and B are equals, their
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
    check_same(accepts_a.times_s, accepts_b.times_s, "stream")
    if accepts_a.hours != accepts_b.hours or not (accepts_a.hours > 0 and math.isfinite(accepts_a.hours)):
        raise DataError(
            f"A and B must be heard on the same hours, more than 0, got {accepts_a.hours} and "
            f"{accepts_b.hours}. Run both over the same folders."
        )
    words = side_by_side(a.words, b.words)
    rises: dict[str, list[int]] = {}
    for one in words:
        rises.setdefault(one.source, []).append(one.heard_a - one.heard_b)
    times = [(accepts_a.times_s[stream], accepts_b.times_s[stream]) for stream in accepts_a.times_s]
    both = sum(moments_in_both(*pair) for pair in times)
    accepts = Differences(
        both, sum(len(one) for one, _ in times) - both, sum(len(two) for _, two in times) - both
    )
    return Comparison(
        rule=rule or Rule(),
        conditions=tuple(
            _row(name, [one for one in words if one.condition == name], wrong=False)
            for name in dict.fromkeys(one.condition for one in words)
        ),
        pooled=_row("each word once", words, wrong=False),
        rise=math.fsum(sum(one) / len(one) for one in rises.values()) / max(1, len(rises)),
        false_accepts=accepts,
        hours=accepts_a.hours,
        near_misses=_row("near misses", side_by_side(a.near_misses, b.near_misses), wrong=True),
    )


def _row(name: str, pairs: Sequence[Pair], *, wrong: bool) -> Row:
    """Counts of pairs, where it is `wrong` to have heard it, or not to."""
    votes: dict[str, tuple[int, int]] = {}
    for one in pairs:
        of_a, of_b = votes.get(one.source, (0, 0))
        votes[one.source] = (of_a + (one.heard_a is wrong), of_b + (one.heard_b is wrong))
    counts = list(votes.values())
    both = sum(of_a == of_b > 0 for of_a, of_b in counts)
    only_a, only_b = sum(of_a > of_b for of_a, of_b in counts), sum(of_a < of_b for of_a, of_b in counts)
    wrong_a, wrong_b = sum(of_a for of_a, _ in counts), sum(of_b for _, of_b in counts)
    return Row(name, len(counts), len(pairs), wrong_a, wrong_b, Differences(both, only_a, only_b))
