"""The sign test against hand values, scipy and what it promises; moments against mir_eval's matching."""

from itertools import pairwise
from math import comb

import mir_eval
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.errors import ConfigError
from oyez.evaluate.differences import Differences, moments_in_both, sign_test

counts = st.integers(0, 60)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p", "p_worse"),
    [
        (0, 0, 1.0, 1.0),  # nothing to tell them apart
        (0, 1, 1.0, 1 / 2),
        (1, 0, 1.0, 1.0),
        (0, 5, 2 / 32, 1 / 32),  # five heads in a row, or five tails
        (5, 0, 2 / 32, 1.0),
        (3, 3, 1.0, 42 / 64),  # 3, 4, 5 or 6 heads of 6: 20 + 15 + 6 + 1
        (2, 8, 112 / 1024, 56 / 1024),  # 8, 9 or 10 heads of 10: 45 + 10 + 1
        (8, 2, 112 / 1024, 1013 / 1024),  # 2 heads or more: all but 1 + 10
    ],
)
def test_hand_values(only_a, only_b, p, p_worse):
    found = Differences(both=99, only_a=only_a, only_b=only_b)
    assert (found.p, found.p_worse) == pytest.approx((p, p_worse))
    assert found.p_better == Differences(both=99, only_a=only_b, only_b=only_a).p_worse


@given(only_a=counts, only_b=counts)
@settings(deadline=None, max_examples=100)
def test_one_side_is_the_tail_of_a_fair_coin_and_the_other_side_is_its_mirror(only_a, only_b):
    total = only_a + only_b
    tail = sum(comb(total, heads) for heads in range(only_b, total + 1)) / 2**total
    assert sign_test(only_a, only_b, "greater") == pytest.approx(tail)
    assert sign_test(only_a, only_b) == pytest.approx(sign_test(only_b, only_a))
    twice = 2 * min(tail, sign_test(only_b, only_a, "greater"))
    assert sign_test(only_a, only_b) == pytest.approx(min(1.0, twice))


@pytest.mark.parametrize("expected", [0.5, 3.0, 12.0])
def test_equals_on_the_same_hours_fail_no_more_often_than_alpha(expected):
    """Two Poisson counts with one mean, over all pairs that have any chance worth counting."""
    chance = scipy.stats.poisson.pmf(np.arange(60), expected)
    fails = sum(
        chance[k_a] * chance[k_b]
        for k_a in range(60)
        for k_b in range(60)
        if chance[k_a] * chance[k_b] > 1e-9 and sign_test(k_a, k_b, "greater") < 0.05
    )
    assert 0 < fails <= 0.05


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_equals_fail_no_more_often_than_alpha(alpha):
    """All outcomes of n tosses, weighed by their chance: the level holds for each n, so for any mixture."""
    for total in range(60):
        fails = sum(
            comb(total, heads) / 2**total
            for heads in range(total + 1)
            if sign_test(total - heads, heads, "greater") < alpha
        )
        assert fails <= alpha


@pytest.mark.parametrize(("alpha", "needed"), [(0.05, 5), (0.01, 7), (0.001, 10)])
def test_how_many_differences_can_show_anything(alpha, needed):
    assert [Differences(9, 0, n).could_show(alpha) for n in (needed - 1, needed)] == [False, True]
    assert [Differences(9, 0, n).p_worse < alpha for n in (needed - 1, needed)] == [False, True]


def test_counts_must_be_counts():
    for bad in ((-1, 2), (2, -1)):
        with pytest.raises(ConfigError, match="counts must be 0 or more"):
            sign_test(*bad)


@pytest.mark.parametrize(
    ("times_a", "times_b", "both"),
    [
        ([], [], 0),
        ([1.0], [], 0),
        ([1.0], [1.0], 1),
        ([1.0], [1.75], 1),  # the edge is in…
        ([0.93], [0.18], 1),  # …also where 0.93 − 0.18 is a little more in binary
        ([1.0], [1.76], 0),
        ([1.0, 1.5], [1.25], 1),  # one to one
        ([1.0, 1.5], [0.5, 1.25], 2),
        ([5.0, 1.0], [1.5, 5.5, 9.0], 2),  # in any order
    ],
)
def test_moments_set_by_hand(times_a, times_b, both):
    assert moments_in_both(times_a, times_b) == moments_in_both(times_b, times_a) == both


grid = st.lists(st.integers(0, 640).map(lambda step: step / 64), max_size=12)


@given(grid, grid)
@settings(deadline=None, max_examples=200)
def test_moments_are_as_many_as_mir_eval_can_pair(times_a, times_b):
    """Times are multiples of 1/64 s, so that no edge is rounded."""
    pairs = mir_eval.util.match_events(np.array(times_a), np.array(times_b), 0.75)
    assert moments_in_both(times_a, times_b) == len(pairs)


def test_a_wider_moment_never_pairs_fewer(rng):
    times_a, times_b = rng.uniform(0, 60, 40), rng.uniform(0, 60, 40)
    found = [moments_in_both(times_a, times_b, within_s) for within_s in np.linspace(0, 3, 31)]
    assert all(one <= two for one, two in pairwise(found))
    assert found[0] < found[-1]
