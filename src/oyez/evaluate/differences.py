"""What only one of two got wrong on the same things, and what chance makes of it.

What both get right or wrong tells nothing about the difference. Whole numbers are all that it takes: a
training, too, may ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oyez.errors import ConfigError
from oyez.evaluate.match import EDGE_S, GRACE_S

__all__ = ["Differences", "moments_in_both", "sign_test"]

SAME_MOMENT_S = GRACE_S
"""Seconds within which two false accepts have the same cause: as long as a word's own detection may wait."""


@dataclass(frozen=True)
class Differences:
    """Errors of two detectors on the same things, by who made them."""

    both: int
    only_a: int
    only_b: int

    @property
    def p(self) -> float:
        """Two-sided: how often equals would differ this much or more, either way."""
        return sign_test(self.only_a, self.only_b)

    @property
    def p_worse(self) -> float:
        """One-sided: how often B would look this much worse or more, if it were A's equal."""
        return sign_test(self.only_a, self.only_b, alternative="greater")

    @property
    def p_better(self) -> float:
        """One-sided: how often B would look this much better or more, if it were A's equal."""
        return sign_test(self.only_b, self.only_a, alternative="greater")

    def could_show(self, alpha: float) -> bool:
        """Whether there are differences enough: if all of them were B's, p would be below alpha."""
        return 0.5 ** (self.only_a + self.only_b) < alpha

    def to_dict(self) -> dict[str, Any]:
        """Counts and p."""
        return {
            "both": self.both,
            "only_a": self.only_a,
            "only_b": self.only_b,
            "p": self.p,
            "p_worse": self.p_worse,
            "p_better": self.p_better,
        }


def sign_test(less: int, more: int, alternative: str = "two-sided") -> float:
    """Exact test whether two counts of differences come from a fair coin.

    On words that only one of two detectors missed it is McNemar's exact test; on two counts of events in
    the same time it is the conditional test of two Poisson rates.

    Args:
        less: differences of one sign, 0 or more.
        more: of the other.
        alternative: `two-sided`, or `greater` for too many of `more`.

    Returns:
        p; 1 where there is no difference.

    Source: McNemar (1947), Psychometrika 12(2), p. 153; its exact form is the sign test.
    """
    if less < 0 or more < 0:
        raise ConfigError(f"counts must be 0 or more, got {less} and {more}.")
    if less + more == 0:
        return 1.0
    if alternative == "greater":
        return _tail(more, less + more)
    return min(1.0, 2 * _tail(max(less, more), less + more))


def _tail(heads: int, tosses: int) -> float:
    """How often a fair coin shows so many heads or more."""
    ways, found = 1, 0  # of `tosses` heads; then of one fewer, and so on
    for number in range(tosses, heads - 1, -1):
        found += ways
        ways = ways * number // (tosses - number + 1)
    return found / (1 << tosses)


def moments_in_both(
    times_a: Sequence[float], times_b: Sequence[float], within_s: float = SAME_MOMENT_S
) -> int:
    """Pairs of times, one to one, that are at most `within_s` seconds apart: as many as there can be.

    In order of time whoever comes first pairs with the other's first, or with nobody: waiting gains nothing.
    """
    rest_a, rest_b = sorted(times_a, reverse=True), sorted(times_b, reverse=True)
    pairs = 0
    while rest_a and rest_b:
        if abs(rest_a[-1] - rest_b[-1]) <= within_s + EDGE_S:
            pairs += 1
            rest_a.pop()
            rest_b.pop()
        else:
            (rest_a if rest_a[-1] < rest_b[-1] else rest_b).pop()
    return pairs
