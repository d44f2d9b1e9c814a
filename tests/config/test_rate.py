"""Rates as a person says them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oyez.config import EventRate
from oyez.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "per_hour", "said"),
    [
        ("1/day", 1 / 24, "1 per day"),
        ("2/hour", 2, "2 per hour"),
        ("0.5/h", 0.5, "0.5 per hour"),
        (".5/h", 0.5, "0.5 per hour"),
        ("12/d", 0.5, "12 per day"),
        ("1 per week", 1 / 168, "1 per week"),
        ("3/week", 3 / 168, "3 per week"),
        (" 1 / Month ", 1 / 720, "1 per month"),
        ("10 PER day", 10 / 24, "10 per day"),
    ],
)
def test_what_people_say(text, per_hour, said):
    rate = EventRate.of(text)
    assert rate.per_hour == pytest.approx(per_hour)
    assert str(rate) == said
    assert EventRate.of(said) == rate


@pytest.mark.parametrize("number", [2, 0.25])
def test_a_number_is_per_hour(number):
    assert EventRate.of(number).per_hour == number
    assert EventRate.of(EventRate.of(number)) == EventRate(number, "hour")


@pytest.mark.parametrize(
    "value",
    [
        "", "1", "day", "1/", "/day", "1/year", "1/days", "1perday", "0/day", "-1/day", "1e400/day",
        "nan/day", "1/day/hour", "1,5/day", "١/day", "1//day", 0, -1.0, float("nan"), float("inf"),
    ],
)  # fmt: skip
def test_what_is_no_rate(value):
    with pytest.raises(
        ConfigError, match=r"expected a rate such as 1/day, .*, got .* one of hour, day, week"
    ):
        EventRate.of(value)


def test_the_error_shows_what_was_typed():
    with pytest.raises(ConfigError, match="got '0/d'"):
        EventRate.of("0/d")


@given(st.floats(0.001, 1e4), st.sampled_from(["hour", "day", "week", "month"]))
def test_what_is_shown_is_what_was_asked(count, unit):
    rate = EventRate(count, unit)
    assert EventRate.of(f"{count:f}/{unit}").per_hour == pytest.approx(rate.per_hour, rel=1e-2)
    assert EventRate.of(rate.per_hour).per_hour == rate.per_hour
