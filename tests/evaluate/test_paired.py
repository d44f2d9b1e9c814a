"""Comparisons of outcomes set by hand, and what must hold for any."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.errors import ConfigError, DataError
from oyez.evaluate.outcomes import FalseAccepts, Outcome, Outcomes
from oyez.evaluate.paired import Rule, compare

CONDITIONS = ("clean", "noise 10 dB", "rooms")


def outcomes(missed=(), count=20, accepts=((), ()), hours=2.0, conditions=("clean",)):
    """Words 0, 1, … in each condition, all heard but those missed; false accepts in two streams."""
    words = tuple(
        Outcome(f"{number}.wav", condition, (number, condition) not in missed and number not in missed)
        for condition in conditions
        for number in range(count)
    )
    return Outcomes(words, FalseAccepts({"s": accepts[0], "t": accepts[1]}, hours))


def numbers(found):
    return found.both, found.only_a, found.only_b


def test_one_condition_is_mcnemars_table():
    a, b = outcomes(missed=range(4)), outcomes(missed=range(3, 12))
    found = compare(a, b)
    assert numbers(found.pooled.by_recording) == (1, 3, 8)
    assert [row.name for row in found.conditions] == ["clean"]
    assert numbers(found.conditions[0].by_recording) == (1, 3, 8)
    assert found.conditions[0].recordings == found.pooled.recordings == 20
    assert found.rise == pytest.approx((9 - 4) / 20)
    assert found.pooled.by_recording.p_worse == pytest.approx(232 / 2048)  # 165 + 55 + 11 + 1 of 2¹¹
    assert not found.worse


def test_conditions_apart_and_each_recording_once():
    missed_by_a = {(0, "clean"), (1, "rooms"), (2, "rooms"), (3, "clean")}
    missed_by_b = {(0, "clean"), (0, "rooms"), (1, "clean"), (4, "clean"), (4, "rooms"), (3, "clean")}
    found = compare(
        outcomes(missed_by_a, 10, conditions=CONDITIONS), outcomes(missed_by_b, 10, conditions=CONDITIONS)
    )
    assert {row.name: numbers(row.by_recording) for row in found.conditions} == {
        "clean": (2, 0, 2),
        "noise 10 dB": (0, 0, 0),
        "rooms": (0, 2, 2),
    }
    # 0 and 4: B more often; 2: A more often; 1: once each, though in different rooms; 3: both
    assert numbers(found.pooled.by_recording) == (2, 1, 2)
    assert found.pooled.recordings == 10
    assert found.rise == pytest.approx((6 - 4) / 30)


def test_renderings_of_one_recording_are_no_new_evidence():
    """Five words missed in 40 conditions alike: 200 failures, and the p of five."""
    many = tuple(f"noise {number} dB" for number in range(40))
    found = compare(outcomes(conditions=many), outcomes(missed=range(5), conditions=many))
    once = compare(outcomes(), outcomes(missed=range(5)))
    assert found.pooled.by_recording == once.pooled.by_recording
    assert (found.pooled.recordings, found.pooled.renderings, found.pooled.wrong_b) == (20, 800, 200)
    assert found.pooled.by_recording.p_worse == pytest.approx(1 / 32)
    assert found.rise == pytest.approx(once.rise)


def test_renderings_in_one_condition_vote_together():
    """Three draws of noise: A misses the first word in one and B in two, each the second in one."""
    accepts = FalseAccepts({}, 1.0)

    def drawn(*heard):
        words = [(f"{number // 3}.wav", one) for number, one in enumerate(heard)]
        return Outcomes(tuple(Outcome(source, "noise", bool(one)) for source, one in words), accepts)

    found = compare(drawn(0, 1, 1, 1, 1, 0), drawn(1, 0, 0, 0, 1, 1))
    (row,) = found.conditions
    assert numbers(row.by_recording) == (1, 0, 1)
    assert (row.recordings, row.renderings, row.wrong_a, row.wrong_b) == (2, 6, 2, 3)
    assert found.rise == pytest.approx((1 / 3 + 0) / 2)


def test_conditions_that_not_all_recordings_have_weigh_by_recording():
    accepts = FalseAccepts({}, 1.0)
    names = (("x", "clean"), ("x", "rooms"), ("y", "clean"))
    a = Outcomes(tuple(Outcome(*name, heard=True) for name in names), accepts)
    b = Outcomes(tuple(Outcome(*name, heard=name != ("x", "rooms")) for name in names), accepts)
    assert compare(a, b).rise == pytest.approx((1 / 2 + 0) / 2)


def test_a_loss_in_one_condition_counts():
    lost = {(number, "rooms") for number in range(6)}
    found = compare(outcomes(conditions=CONDITIONS), outcomes(lost, conditions=CONDITIONS))
    assert found.more_misses
    assert found.worse
    assert not found.more_false_accepts


def test_false_accepts_at_the_same_moment_cancel_out():
    a = outcomes(accepts=([10.0, 50.0], [10.0]))
    b = outcomes(accepts=([10.5, 60.0], [9.5, 70.0, 80.0]))
    found = compare(a, b)
    assert numbers(found.false_accepts) == (2, 1, 3)
    assert found.rise_per_hour == pytest.approx((5 - 3) / 2.0)
    assert found.p_of_counts == pytest.approx(
        186 / 256
    )  # 3 or fewer heads of 8, twice: 2 × (1 + 8 + 28 + 56)
    assert found.false_accepts.p == pytest.approx(10 / 16)


def test_moments_of_different_streams_are_not_the_same():
    found = compare(outcomes(accepts=([10.0], [])), outcomes(accepts=([], [10.0])))
    assert numbers(found.false_accepts) == (0, 1, 1)


def test_what_a_does_and_ten_more_is_worse_though_the_counts_alone_would_not_show_it():
    times_s = [100.0 * number for number in range(1, 51)]
    more = [*times_s, *(100.0 * number + 50 for number in range(10))]
    found = compare(outcomes(accepts=(times_s, ())), outcomes(accepts=(more, ())))
    assert found.p_of_counts > 0.3
    assert found.false_accepts.p_worse == pytest.approx(1 / 1024)
    assert found.more_false_accepts
    assert found.worse
    assert not found.more_misses


@pytest.mark.parametrize(("lost", "worse"), [(4, False), (5, True)])
def test_alpha_is_the_line(lost, worse):
    """1/16 is above 0.05, 1/32 below."""
    assert compare(outcomes(), outcomes(missed=range(lost))).worse is worse
    assert not compare(outcomes(), outcomes(missed=range(lost)), Rule(alpha=0.01)).worse


def test_a_p_that_equals_alpha_is_no_proof():
    found = compare(outcomes(), outcomes(missed=range(5)), Rule(alpha=1 / 32))
    assert found.pooled.by_recording.p_worse == pytest.approx(1 / 32, abs=0)
    assert not found.worse


@pytest.mark.parametrize(("margin", "worse"), [(0.0, True), (0.29, True), (0.3, False), (0.5, False)])
def test_a_rise_that_is_tolerated(margin, worse):
    """6 of 20 words; 0.3 is the rise itself, and tolerated."""
    assert compare(outcomes(), outcomes(missed=range(6)), Rule(margin=margin)).worse is worse


@pytest.mark.parametrize(("margin", "worse"), [(0.0, True), (2.9, True), (3.0, False)])
def test_a_rise_per_hour_that_is_tolerated(margin, worse):
    more = outcomes(accepts=([10.0, 20.0, 30.0], [10.0, 20.0, 30.0]))
    assert compare(outcomes(), more, Rule(margin_per_hour=margin)).worse is worse


def test_margins_do_not_stand_for_each_other():
    lost = outcomes(missed=range(6))
    assert compare(outcomes(), lost, Rule(margin_per_hour=99.0)).worse
    assert compare(outcomes(), outcomes(accepts=(range(0, 60, 10), ())), Rule(margin=0.9)).worse


def test_many_small_losses_against_few_great_gains_are_no_rise():
    """B misses six recordings in one condition, A two in all three: by votes 6 to 2, by rate equal."""
    a = outcomes({(18, c) for c in CONDITIONS} | {(19, c) for c in CONDITIONS}, conditions=CONDITIONS)
    b = outcomes({(number, "rooms") for number in range(6)}, conditions=CONDITIONS)
    found = compare(a, b, Rule(alpha=0.2))
    assert found.pooled.by_recording.p_worse < 0.2
    assert found.rise == pytest.approx(0.0)
    assert not found.worse


masks = st.lists(st.sampled_from([(n, c) for n in range(8) for c in CONDITIONS]), max_size=24)
moments = st.lists(st.floats(0, 600), max_size=8)


@given(masks, masks, moments, moments)
@settings(deadline=None, max_examples=60)
def test_what_must_hold(missed_a, missed_b, times_a, times_b):
    a = outcomes(missed_a, 8, (times_a, ()), conditions=CONDITIONS)
    b = outcomes(missed_b, 8, (times_b, ()), conditions=CONDITIONS)
    found, turned = compare(a, b), compare(b, a)
    assert found.rise == pytest.approx(-turned.rise)
    assert found.rise_per_hour == pytest.approx(-turned.rise_per_hour)
    assert found.pooled.by_recording.p == pytest.approx(turned.pooled.by_recording.p)
    assert numbers(found.false_accepts) == tuple(numbers(turned.false_accepts)[one] for one in (0, 2, 1))
    assert not (found.more_misses and turned.more_misses)
    assert not compare(a, a).worse
    assert compare(a, a).pooled.by_recording.p == 1.0
    for row in found.conditions:
        total_b = sum(not word.heard for word in b.words if word.condition == row.name)
        assert row.by_recording.both + row.by_recording.only_b == row.wrong_b == total_b


def test_the_order_of_outcomes_does_not_matter():
    a, b = outcomes(missed=range(3)), outcomes(missed=range(2, 9))
    turned = dataclasses.replace(b, words=b.words[::-1])
    assert compare(a, turned) == compare(a, b)


def test_a_near_miss_is_wrong_where_it_is_heard():
    def near(*accepted):
        words = tuple(Outcome(f"{n}.wav", "near misses", heard=n in accepted) for n in range(10))
        return dataclasses.replace(outcomes(), near_misses=words)

    found = compare(near(0, 1), near(1, 2, 3, 4, 5, 6, 7, 8))
    assert numbers(found.near_misses.by_recording) == (1, 1, 7)
    assert found.near_misses.recordings == 10
    assert found.more_near_misses
    assert found.worse
    assert not found.more_misses
    assert not found.more_false_accepts
    assert not compare(near(0, 1), near(1, 2, 3, 4, 5, 6, 7, 8), Rule(margin=0.6)).worse
    assert not compare(near(1, 2, 3, 4, 5, 6, 7, 8), near(0, 1)).worse
    with pytest.raises(DataError, match=r"\('0.wav', 'near misses', 1\) is B's alone"):
        compare(outcomes(), near())


def test_no_words_or_no_differences_show_nothing():
    nothing = compare(outcomes(count=0), outcomes(count=0))
    assert (nothing.conditions, nothing.pooled.recordings, nothing.rise, nothing.worse) == ((), 0, 0.0, False)


def test_all_numbers_by_name():
    found = compare(outcomes(missed=[0]), outcomes(missed=range(6), accepts=([1.0], [])))
    values = json.loads(json.dumps(found.to_dict()))
    assert (values["worse"], values["more_misses"], values["more_false_accepts"]) == (True, True, False)
    assert (values["alpha"], values["margin"], values["margin_per_hour"]) == (0.05, 0.0, 0.0)
    assert values["conditions"] == [
        {
            "name": "clean",
            "recordings": 20,
            "renderings": 20,
            "wrong_a": 1,
            "wrong_b": 6,
            "both": 1,
            "only_a": 0,
            "only_b": 5,
            "p": 1 / 16,
            "p_worse": 1 / 32,
            "p_better": 1.0,
        }
    ]
    assert values["misses"] == {**values["conditions"][0], "name": "each word once", "rise": 0.25}
    assert values["false_accepts"] == {
        "both": 0, "only_a": 0, "only_b": 1, "p": 1.0, "p_worse": 0.5, "p_better": 1.0,
        "p_of_counts": 1.0, "rise_per_hour": 0.5, "hours": 2.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("b", "said"),
    [
        (outcomes(count=21), r"the rendering \('20.wav', 'clean', 1\) is B's alone"),
        (outcomes(count=19), r"the rendering \('19.wav', 'clean', 1\) is A's alone"),
        (Outcomes(outcomes().words, FalseAccepts({"s": ()}, 2.0)), "the stream 't' is A's alone"),
        (outcomes(hours=1.0), "same hours, more than 0, got 2.0 and 1.0"),
        (Outcomes(outcomes().words * 2, outcomes().false_accepts), r"\('0.wav', 'clean', 2\) is B's alone"),
    ],
)
def test_only_the_same_audio_can_be_compared(b, said):
    with pytest.raises(DataError, match=said):
        compare(outcomes(), b)


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), float("inf")])
def test_hours_must_be_hours(hours):
    with pytest.raises(DataError, match="same hours, more than 0"):
        compare(outcomes(hours=hours), outcomes(hours=hours))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"alpha": 0.0}, "alpha must be between 0 and 1, got 0.0"),
        ({"alpha": 1.0}, "alpha must be between 0 and 1, got 1.0"),
        ({"alpha": float("nan")}, "alpha must be between 0 and 1"),
        ({"margin": -0.1}, "margin must be at least 0, below 1, got -0.1"),
        ({"margin": 1.0}, "margin must be at least 0, below 1, got 1.0"),
        ({"margin_per_hour": -1.0}, "margin per hour must be 0 or more, got -1.0"),
        ({"margin_per_hour": float("inf")}, "margin per hour must be 0 or more"),
    ],
)
def test_rules_out_of_range(values, said):
    with pytest.raises(ConfigError, match=said):
        Rule(**values)
