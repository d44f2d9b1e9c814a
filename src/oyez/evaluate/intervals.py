"""Exact intervals for counts: what a few misses and false accepts really say.

Needs scipy, which the extra `evaluate` installs.
"""

import math

from oyez.errors import ConfigError, require

__all__ = ["hours_to_claim", "poisson_interval", "share_interval", "upper_rate"]

CONFIDENCE = 0.95


def share_interval(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Two-sided interval for a share, such as misses among words.

    Args:
        count: of what is counted, 0..total.
        total: of all.
        confidence: 0..1.

    Returns:
        Lowest and highest share, 0..1; (0, 1) where there was nothing to count.

    Raises:
        ConfigError: the count lies outside 0..total.

    Source: Clopper, Pearson (1934), Biometrika 26(4), p. 404.
    """
    if not 0 <= count <= total:
        raise ConfigError(f"count must be 0..{total}, got {count}.")
    if total == 0:
        return 0.0, 1.0
    beta = require("scipy.stats", "evaluate").beta
    rest = (1 - confidence) / 2
    low = float(beta.ppf(rest, count, total - count + 1)) if count else 0.0
    high = float(beta.ppf(1 - rest, count + 1, total - count)) if count < total else 1.0
    return low, high


def poisson_interval(count: int, hours: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Two-sided interval for a rate, such as false accepts per hour.

    Args:
        count: of events.
        hours: listened to.
        confidence: 0..1.

    Returns:
        Lowest and highest rate per hour.

    Raises:
        ConfigError: the count is negative, or no hour was listened to.

    Source: Garwood (1936), Biometrika 28(3–4), p. 437.
    """
    _check_hours(count, hours)
    rest = (1 - confidence) / 2
    low = float(require("scipy.stats", "evaluate").chi2.ppf(rest, 2 * count)) / 2 if count else 0.0
    return low / hours, _most(count, 1 - rest) / hours


def upper_rate(count: int, hours: float, confidence: float = CONFIDENCE) -> float:
    """One-sided limit for a rate: what can be claimed, "at most so many per hour".

    Args:
        count: of events.
        hours: listened to.
        confidence: 0..1.

    Returns:
        The highest rate per hour.

    Raises:
        ConfigError: the count is negative, or no hour was listened to.

    Source: Garwood (1936), Biometrika 28(3–4), p. 437.
    """
    _check_hours(count, hours)
    return _most(count, confidence) / hours


def hours_to_claim(rate: float, count: int, hours: float, confidence: float = CONFIDENCE) -> float:
    """Hours to listen further, without one more event, until `upper_rate` falls to a rate.

    Args:
        rate: to be claimed, per hour.
        count: of events so far.
        hours: listened to so far; may be 0.
        confidence: 0..1.

    Returns:
        Hours; 0 where the rate can be claimed already.

    Raises:
        ConfigError: the rate is not above 0, or the count or the hours are negative.

    Example:
        >>> round(hours_to_claim(0.1, 0, 4.0), 2)
        25.96
    """
    if not rate > 0 or count < 0 or not 0 <= hours < math.inf:
        raise ConfigError(
            f"rate must be above 0, count and hours 0 or more, got {rate}, {count} and {hours}."
        )
    return max(0.0, _most(count, confidence) / rate - hours)


def _most(count: int, confidence: float) -> float:
    """The highest expectation that still gives as few events."""
    return float(require("scipy.stats", "evaluate").chi2.ppf(confidence, 2 * count + 2)) / 2


def _check_hours(count: int, hours: float) -> None:
    if count < 0 or not hours > 0 or not math.isfinite(hours):
        raise ConfigError(f"count must be 0 or more in more than 0 hours, got {count} in {hours}.")
