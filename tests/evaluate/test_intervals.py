"""Intervals against values from tables, against scipy, and against what they must contain."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert scipy.stats.poisson.cdf(count, rate * 4.05) == pytest.approx(0.05)
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


counted = st.integers(0, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
confidences = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


@given(counted, confidences)
@settings(deadline=None, max_examples=100)
def test_share_is_scipys_exact_interval(counted, confidence):
    count, total = counted
    if total:
        exact = scipy.stats.binomtest(count, total).proportion_ci(confidence, method="exact")
        assert share_interval(count, total, confidence) == pytest.approx((exact.low, exact.high), abs=1e-9)


@given(st.integers(0, 500), st.floats(0.01, 1000), confidences)
@settings(deadline=None, max_examples=100)
def test_rate_is_where_the_count_would_be_a_surprise(count, hours, confidence):
    """By what the interval means, not by its formula: at each end the tail is half of what is left."""
    low, high = poisson_interval(count, hours, confidence)
    rest = (1 - confidence) / 2
    assert scipy.stats.poisson.cdf(count, high * hours) == pytest.approx(rest)
    if count:
        assert scipy.stats.poisson.sf(count - 1, low * hours) == pytest.approx(rest)
    else:
        assert low == 0


@given(st.integers(0, 500), st.floats(0.01, 1000), confidences)
@settings(deadline=None, max_examples=50)
def test_rate_is_scipys_gamma(count, hours, confidence):
    """The other road: the rate at which the next event comes so soon, or the last one so late."""
    low, high = poisson_interval(count, hours, confidence)
    upper = scipy.stats.gamma(count + 1, scale=1 / hours).ppf((1 + confidence) / 2)
    lower = scipy.stats.gamma(count, scale=1 / hours).ppf((1 - confidence) / 2) if count else 0.0
    assert (low, high) == pytest.approx((lower, upper))


@pytest.mark.parametrize("total", [1, 10, 37])
def test_share_covers_the_truth_as_often_as_it_says(total):
    """Every count that can come of every share on a grid, weighed by its chance: no simulation, no luck."""
    bounds = [share_interval(count, total) for count in range(total + 1)]
    for share in np.linspace(0, 1, 501):
        chance = scipy.stats.binom.pmf(np.arange(total + 1), total, share)
        covered = sum(one for one, (low, high) in zip(chance, bounds, strict=True) if low <= share <= high)
        assert covered >= 0.95


def test_rate_covers_the_truth_as_often_as_it_says():
    bounds = [poisson_interval(count, 2.0) for count in range(120)]
    for rate in np.linspace(0, 25, 501):
        chance = scipy.stats.poisson.pmf(np.arange(120), rate * 2.0)
        covered = sum(one for one, (low, high) in zip(chance, bounds, strict=True) if low <= rate <= high)
        assert covered >= 0.95


def test_exact_is_careful_the_usual_approximation_is_not():
    """Normal intervals (p ± 1.96 σ) cover a share of 0.02 in ten words less than one time in five."""
    chance = scipy.stats.binom.pmf(np.arange(11), 10, 0.02)
    shares = np.arange(11) / 10
    half = 1.96 * np.sqrt(shares * (1 - shares) / 10)
    usual = chance[(shares - half <= 0.02) & (shares + half >= 0.02)].sum()
    assert usual < 0.2
    exact = [share_interval(count, 10) for count in range(11)]
    assert sum(one for one, (low, high) in zip(chance, exact, strict=True) if low <= 0.02 <= high) >= 0.95


def test_more_words_or_hours_say_more():
    shares = [np.ptp(share_interval(n, 10 * n)) for n in (1, 2, 5, 20, 100)]
    rates = [np.ptp(poisson_interval(n, 10.0 * n)) for n in (1, 2, 5, 20, 100)]
    assert shares == sorted(shares, reverse=True)
    assert rates == sorted(rates, reverse=True)
    assert np.ptp(share_interval(3, 10, 0.99)) > np.ptp(share_interval(3, 10, 0.9))
    assert np.ptp(poisson_interval(3, 10.0, 0.99)) > np.ptp(poisson_interval(3, 10.0, 0.9))
