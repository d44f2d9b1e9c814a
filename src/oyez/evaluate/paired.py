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
    "Rule",
    "Words",
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


@dataclass(frozen=True)
class Rule:
    """When B counts as worse than A: the difference is no chance, and larger than what is tolerated."""

    alpha: float = 0.05
    """How often equals may fail, for misses and for false accepts each: one-sided p must be below it."""
    margin: float = 0.0
    """Rise of the miss rate that is tolerated: 0.01 is one more of a hundred words."""
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
class Words:
    """The words in one condition, and who missed them."""

    condition: str
    words: int
    missed: Differences


@dataclass(frozen=True)
class Comparison:
    """What `compare` found. B is worse when it is so in misses or in false accepts."""

    rule: Rule
    conditions: tuple[Words, ...]
    """One by one, in order of first appearance: to look at; a p here is not corrected for their number."""
    pooled: Words
    """Each recording once: `only_b` are those that B missed in more conditions than A did, `both` those
    that they missed in equally many. With one condition the same as its row."""
    rise: float
    """B's miss rate less A's. A recording's is the share of its conditions in which it was missed, and each
    recording weighs the same."""
    false_accepts: Differences
    hours: float

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
        return self.pooled.missed.p_worse < self.rule.alpha and self.rise > self.rule.margin + 1e-12

    @property
    def more_false_accepts(self) -> bool:
        """Whether B is worse in false accepts, by the rule."""
        above = self.rise_per_hour > self.rule.margin_per_hour + 1e-12
        return self.false_accepts.p_worse < self.rule.alpha and above

    @property
    def worse(self) -> bool:
        """The verdict."""
        return self.more_misses or self.more_false_accepts

    def to_dict(self) -> dict[str, Any]:
        """All numbers, by name."""

        def row(words: Words) -> dict[str, Any]:
            return {"condition": words.condition, "words": words.words, **words.missed.to_dict()}

        accepts = {"p_of_counts": self.p_of_counts, "rise_per_hour": self.rise_per_hour, "hours": self.hours}
        return {
            "worse": self.worse,
            "more_misses": self.more_misses,
            "more_false_accepts": self.more_false_accepts,
            "alpha": self.rule.alpha,
            "margin": self.rule.margin,
            "margin_per_hour": self.rule.margin_per_hour,
            "conditions": [row(words) for words in self.conditions],
            "misses": {**row(self.pooled), "rise": self.rise},
            "false_accepts": {**self.false_accepts.to_dict(), **accepts},
        }


def compare(a: Outcomes, b: Outcomes, rule: Rule | None = None) -> Comparison:
    """Say whether B is worse than A.

    Misses: a word that is rendered in six surroundings is heard or missed in several of them for the same
    reason, so six renderings are not six pieces of evidence. Each recording votes once, for the detector
    that missed it in fewer conditions, and a sign test counts the votes. If A and B are equals, their
    outcomes on a recording may be exchanged, whatever ties the conditions together, so the test stays exact;
    and a loss in one condition counts, unless the same recordings gain in another.

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
    heard_a, heard_b = _by_rendering(a.words), _by_rendering(b.words)
    _check_same(heard_a, heard_b, "rendering")
    accepts_a, accepts_b = a.false_accepts, b.false_accepts
    _check_same(accepts_a.times_s, accepts_b.times_s, "stream")
    if accepts_a.hours != accepts_b.hours or not (accepts_a.hours > 0 and math.isfinite(accepts_a.hours)):
        raise DataError(
            f"A and B must be heard on the same hours, more than 0, got {accepts_a.hours} and "
            f"{accepts_b.hours}. Run both over the same folders."
        )
    conditions: dict[str, list[tuple[int, int]]] = {}
    sources: dict[str, list[tuple[int, int]]] = {}
    for (source, condition), heard in heard_a.items():
        missed = (int(not heard), int(not heard_b[source, condition]))
        conditions.setdefault(condition, []).append(missed)
        sources.setdefault(source, []).append(missed)
    votes = [(sum(one for one, _ in pairs), sum(two for _, two in pairs)) for pairs in sources.values()]
    rises = [(two - one) / len(pairs) for (one, two), pairs in zip(votes, sources.values(), strict=True)]
    times = [(accepts_a.times_s[stream], accepts_b.times_s[stream]) for stream in accepts_a.times_s]
    both = sum(moments_in_both(*pair) for pair in times)
    accepts = Differences(
        both, sum(len(one) for one, _ in times) - both, sum(len(two) for _, two in times) - both
    )
    return Comparison(
        rule=rule or Rule(),
        conditions=tuple(Words(name, len(pairs), _errors(pairs)) for name, pairs in conditions.items()),
        pooled=Words("all", len(sources), _errors(votes)),
        rise=math.fsum(rises) / len(rises) if rises else 0.0,
        false_accepts=accepts,
        hours=accepts_a.hours,
    )


def _errors(pairs: Sequence[tuple[int, int]]) -> Differences:
    return Differences(
        sum(one == two > 0 for one, two in pairs),
        sum(one > two for one, two in pairs),
        sum(one < two for one, two in pairs),
    )


def _by_rendering(words: Sequence[Outcome]) -> dict[tuple[str, str], bool]:
    heard = {(word.source, word.condition): word.heard for word in words}
    if len(heard) < len(words):
        raise DataError("a recording has two outcomes in one condition. Give each of them its own source.")
    return heard


def _check_same(of_a: Mapping[Any, object], of_b: Mapping[Any, object], what: str) -> None:
    alone = sorted(of_a.keys() ^ of_b.keys())
    if alone:
        whose = "A" if alone[0] in of_a else "B"
        raise DataError(
            f"A and B must be heard on the same audio, but the {what} {alone[0]!r} is {whose}'s alone. "
            "Run both over the same folders."
        )
