"""Numbers and sentences, word for word."""

from dataclasses import replace

import pytest

import made_result
from oyez.evaluate.result import Condition
from oyez.evaluate.verdict import Delay, FalseAccepts, Share
from oyez.evaluate.wording import between, cpu, delays, number, percent, rates, sentences, share, shares


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.0032, "0.0032"), (0.123, "0.12"), (4.05, "4.05"), (25.96, "26.0"), (1238.2, "1238")],
)
def test_numbers(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (0.0095, "0.9 %"), (0.5, "50.0 %"), (1.0, "100 %")]
)
def test_percent(value, text):
    assert percent(value) == text


def test_counts_with_their_intervals():
    assert between(0.0, 0.0088) == "0–0.9 %"
    assert share(Share(3, 315)) == "3 of 315, 1.0 %"
    assert shares(Share(3, 315)) == "3 of 315, 1.0 % (0.2–2.8 %)"
    assert rates(FalseAccepts(2, 4.0)) == "0.50 (0.061–1.81)"


def test_a_dash_where_nothing_is_known():
    assert rates(FalseAccepts(0, 0.0)) == "–"
    assert delays(None) == "–"
    assert cpu(made_result.other()) == "–"


def test_delays_before_the_end_have_a_minus():
    assert delays(Delay(-0.04, 0.31)) == "−0.04 s, 0.31 s"


def test_the_verdict_in_plain_words():
    assert sentences(made_result.engine()) == [
        "Missed 2 of 100, 2.0 % (0.2–7.0 %) in “clean”.",
        "Worst was “noise 10 dB”: 11 of 100, 11.0 % (5.6–18.8 %).",
        (
            "Went off 3 times in 4.00 hours without the word: 0.75 (0.15–2.19) per hour. "
            "With 95 % confidence at most 1.94 per hour."
        ),
        "To claim 0.1 per hour, 73.5 further hours without a false accept are needed.",
        "A word that was heard was known 0.19 s after its end (median), 19 of 20 by 0.28 s after it.",
        "A second of sound took 0.0071 s on one thread.",
    ]


def test_what_one_threshold_tells():
    said = sentences(made_result.other())
    assert said[-1] == "It tells only what it heard, so no other threshold could be tried."
    assert not any(one.startswith(("Worst", "A second")) for one in said)


@pytest.mark.parametrize(("count", "times"), [(0, "not once"), (1, "once"), (2, "2 times")])
def test_enough_hours_say_so(count, times):
    curve = made_result.curve((0,), 0, hours=100.0, false_accepts=(count,), thresholds=(0.5,))
    said = sentences(made_result.engine(negatives=curve))
    assert any(one.startswith(f"Went off {times} in 100 hours") for one in said)
    assert "That is enough to claim 0.1 per hour." in said


def test_nothing_is_claimed_from_nothing():
    engine = made_result.engine(
        conditions=(Condition("clean", made_result.curve((0,) * 5, words=0)),),
        negatives=made_result.curve((0,) * 5, 0, hours=0.0),
    )
    said = sentences(engine)
    assert said[0].startswith("No recording of the word was used")
    assert said[1].startswith("No sound without the word was given")
    assert sentences(replace(engine, conditions=()))[0] == said[0]


def test_a_word_known_before_its_end():
    engine = made_result.engine()
    point = engine.conditions[0].curve.points[0]
    early = replace(point, matches=replace(point.matches, delays_s=(-0.05, -0.05)))
    curve = replace(engine.conditions[0].curve, points=(early,))
    said = sentences(replace(engine, conditions=(Condition("clean", curve),)))
    assert any("known 0.05 s before its end (median), 19 of 20 by 0.05 s before it" in one for one in said)
