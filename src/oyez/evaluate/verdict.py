"""What the counts of an evaluation say: shares and rates with their intervals, delays, hours still needed."""

from dataclasses import dataclass

import numpy as np

from oyez.evaluate.curve import Curve, Point
from oyez.evaluate.intervals import hours_to_claim, poisson_interval, share_interval, upper_rate
from oyez.evaluate.result import Condition, EngineResult

__all__ = [
    "ALLOWED",
    "CLAIM_PER_HOUR",
    "Delay",
    "FalseAccepts",
    "Share",
    "allowing",
    "delay",
    "false_accepts",
    "missed",
    "rows_of",
    "worst",
]

CLAIM_PER_HOUR = 0.1
"""False accepts per hour that products are held to."""

ALLOWED = (0, 3, 10)
"""False accepts at which misses are read off a curve."""

LADDER = (0, 1, 3, 10, 30, 100, 300)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """0..1; 0 of nothing."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Two-sided, 95 % (Clopper–Pearson)."""
        return share_interval(self.count, self.total)


@dataclass(frozen=True)
class FalseAccepts:
    """So many in so many hours. Rates need hours: ask for none where there are 0."""

    count: int
    hours: float

    @property
    def per_hour(self) -> float:
        """The rate that was seen."""
        return self.count / self.hours

    @property
    def interval(self) -> tuple[float, float]:
        """Rates per hour, two-sided, 95 % (Poisson, Garwood)."""
        return poisson_interval(self.count, self.hours)

    @property
    def at_most(self) -> float:
        """The rate per hour that can be claimed: one-sided, 95 %."""
        return upper_rate(self.count, self.hours)

    @property
    def hours_to_claim(self) -> float:
        """Hours to listen further without a false accept, until `CLAIM_PER_HOUR` can be claimed."""
        return hours_to_claim(CLAIM_PER_HOUR, self.count, self.hours)


@dataclass(frozen=True)
class Delay:
    """How long after a word's end it was known."""

    median_s: float
    late_s: float
    """The 95th percentile."""


def missed(point: Point) -> Share:
    """Words missed at one threshold."""
    return Share(point.matches.misses, point.matches.hits + point.matches.misses)


def false_accepts(curve: Curve, threshold: float) -> FalseAccepts:
    """False accepts at one threshold."""
    return FalseAccepts(curve.at(threshold).false_accepts, curve.hours)


def delay(engine: EngineResult, *names: str) -> Delay | None:
    """Of the words that were heard at the engine's own threshold; None where none was.

    Args:
        engine: what was measured.
        names: of conditions; none means all of them.
    """
    delays_s = [
        one
        for condition in engine.conditions
        if not names or condition.name in names
        for one in condition.curve.at(engine.threshold).matches.delays_s
    ]
    if not delays_s:
        return None
    median_s, late_s = np.percentile(delays_s, (50, 95)).tolist()
    return Delay(median_s, late_s)


def allowing(curve: Curve, count: int) -> Point | None:
    """The best point of a curve with at most so many false accepts; None where there is none."""
    point = curve.at_most(count)
    return point if point.false_accepts <= count else None


def worst(engine: EngineResult) -> Condition:
    """The condition with the largest share of words missed at the engine's own threshold."""
    return max(engine.conditions, key=lambda one: missed(one.curve.at(engine.threshold)).value)


def rows_of(engine: EngineResult) -> list[Point]:
    """Points of the negatives' curve worth a row of a table, from the strictest.

    For 0, 1, 3, 10, … false accepts, the lowest threshold from which on there are never more; and
    the engine's own.
    """
    own = engine.negatives.at(engine.threshold)
    lowest: dict[int, Point] = {}
    for allowed in LADDER:
        for point in reversed(engine.negatives.points):
            if point.false_accepts > allowed:
                break
            lowest[allowed] = point
    chosen = {point.threshold: point for point in (own, *lowest.values())}
    return sorted(chosen.values(), key=lambda point: -point.threshold)
