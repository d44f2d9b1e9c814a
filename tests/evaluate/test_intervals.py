"""Intervals against values from tables, and against what they must contain."""

import math

import pytest
from scipy.stats import poisson

from oyez.errors import ConfigError
from oyez.evaluate.intervals import hours_to_claim, poisson_interval, share_interval, upper_rate


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (0, 0, 0.0, 1.0),
    ],
)
def test_clopper_pearson(count, total, low, high):
    assert share_interval(count, total) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "hours", "low", "high"),
    [(0, 1.0, 0.0, 3.6889), (0, 4.0, 0.0, 0.9222), (3, 1.0, 0.6187, 8.7673), (10, 2.0, 2.3977, 9.1952)],
)
def test_garwood(count, hours, low, high):
    assert poisson_interval(count, hours) == pytest.approx((low, high), abs=1e-3)


def test_one_sided_bound_of_nothing_in_four_hours():
    """No event at all still allows 0.75 per hour, one-sided at 95 %."""
    assert poisson_interval(0, 4.0, confidence=0.90)[1] == pytest.approx(0.749, abs=0.001)


def test_values_out_of_range():
    for bad in ((-1, 10), (11, 10)):
        with pytest.raises(ConfigError):
            share_interval(*bad)
    for worse in ((-1, 1.0), (1, 0.0), (1, float("nan"))):
        with pytest.raises(ConfigError):
            poisson_interval(*worse)


@pytest.mark.parametrize("count", [0, 1, 3, 20])
def test_at_the_upper_rate_so_few_events_have_one_chance_in_twenty(count):
    rate = upper_rate(count, 4.05)
    assert poisson.cdf(count, rate * 4.05) == pytest.approx(0.05)
    assert rate < poisson_interval(count, 4.05)[1]


def test_upper_rate_by_hand():
    assert upper_rate(0, 4.0) == pytest.approx(-math.log(0.05) / 4)
    assert upper_rate(0, 4.0, confidence=0.5) == pytest.approx(math.log(2) / 4)


@pytest.mark.parametrize(
    ("rate", "count", "hours", "further"),
    [
        (0.1, 0, 0.0, 29.957),
        (0.1, 0, 4.0, 25.957),
        (0.1, 1, 4.0, 43.439),
        (1.0, 0, 2.0, 0.996),
        (1.0, 0, 3.0, 0.0),
    ],
)
def test_hours_to_claim(rate, count, hours, further):
    assert hours_to_claim(rate, count, hours) == pytest.approx(further, abs=1e-3)


@pytest.mark.parametrize("count", [0, 2, 7])
def test_after_these_hours_the_rate_can_be_claimed(count):
    hours = 5.0 + hours_to_claim(0.1, count, 5.0)
    assert upper_rate(count, hours) == pytest.approx(0.1)
    assert hours_to_claim(0.1, count, hours) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "bad", [(0.0, 0, 1.0), (float("nan"), 0, 1.0), (0.1, -1, 1.0), (0.1, 0, -1.0), (0.1, 0, math.inf)]
)
def test_what_cannot_be_claimed(bad):
    with pytest.raises(ConfigError, match="rate must be above 0"):
        hours_to_claim(*bad)
    with pytest.raises(ConfigError, match="more than 0 hours"):
        upper_rate(0, 0.0)
