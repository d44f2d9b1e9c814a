"""What counts say: against scipy, and by hand."""

from dataclasses import replace

import pytest
from scipy.stats import binomtest

import made_result
from oyez.evaluate.result import Condition
from oyez.evaluate.verdict import (
    Delay,
    FalseAccepts,
    Share,
    allowing,
    delay,
    false_accepts,
    missed,
    rows_of,
    worst,
)


def test_a_share_has_its_exact_interval():
    one = Share(3, 315)
    assert one.value == pytest.approx(3 / 315)
    assert one.interval == pytest.approx(tuple(binomtest(3, 315).proportion_ci()))
    assert (Share(0, 0).value, Share(0, 0).interval) == (0.0, (0.0, 1.0))


def test_false_accepts_by_hand():
    one = FalseAccepts(0, 4.0)
    assert (one.per_hour, one.interval[0]) == (0.0, 0.0)
    assert one.interval[1] == pytest.approx(0.922, abs=1e-3)
    assert one.at_most == pytest.approx(0.749, abs=1e-3)
    assert one.hours_to_claim == pytest.approx(25.957, abs=1e-3)
    assert FalseAccepts(0, 30.0).hours_to_claim == 0.0


def test_an_engine_is_judged_at_its_own_threshold():
    engine = made_result.engine()
    assert [missed(one.curve.at(engine.threshold)) for one in engine.conditions] == [
        Share(2, 100),
        Share(11, 100),
    ]
    assert false_accepts(engine.negatives, engine.threshold) == FalseAccepts(3, 4.0)
    assert worst(engine).name == "noise 10 dB"
    assert worst(replace(engine, threshold=0.1, conditions=engine.conditions[:1])).name == "clean"


def test_delays_are_pooled_over_the_conditions_or_not():
    engine = made_result.engine()
    assert delay(engine, "clean") == Delay(pytest.approx(0.19), pytest.approx(0.28))
    late = Condition("late", made_result.curve((0, 0, 99, 0, 0)))
    both = replace(engine, conditions=(engine.conditions[0], late))
    assert delay(both, "late") == Delay(pytest.approx(0.1), pytest.approx(0.1))
    assert delay(both, "clean", "late") == delay(both)
    assert (
        delay(replace(engine, conditions=(Condition("none", made_result.curve((9,) * 5, words=9)),))) is None
    )


def test_what_no_threshold_allows_is_not_read_off():
    curve = made_result.curve((0, 0, 2, 4, 10))
    assert [missed(allowing(curve, count)).count for count in (0, 1, 3, 12)] == [10, 4, 2, 0]
    assert allowing(made_result.curve((7,), false_accepts=(9,), thresholds=(0.5,)), 8) is None


def test_rows_are_the_lowest_thresholds_that_stay_quiet():
    engine = made_result.engine()
    assert [(row.threshold, row.false_accepts) for row in rows_of(engine)] == [
        (0.9, 0),
        (0.7, 1),
        (0.5, 3),
        (0.3, 12),
        (0.1, 40),
    ]


def test_a_quiet_threshold_below_a_loud_one_is_no_row():
    """Nothing says that false accepts rise steadily; who sets a threshold counts on it."""
    curve = made_result.curve((0,) * 5, 0, false_accepts=(40, 0, 500, 0, 0))
    engine = made_result.engine(negatives=curve, threshold=0.9)
    assert [row.threshold for row in rows_of(engine)] == [0.9, 0.7]


def test_its_own_threshold_is_always_a_row():
    curve = made_result.curve((0,) * 5, 0, false_accepts=(900, 800, 700, 600, 500))
    assert [row.threshold for row in rows_of(made_result.engine(negatives=curve))] == [0.5]
