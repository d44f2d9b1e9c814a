"""Intervals against values from tables, and against what they must contain."""

import pytest

from oyez.errors import ConfigError
from oyez.evaluate.intervals import poisson_interval, share_interval


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
