"""Budgets as a person says them, and what fits into them."""

from dataclasses import fields

import pytest

from oyez.errors import ConfigError
from oyez.train.budget import COST_S, LEAST, STANDARD_S, USED, Counts, counts_for, read_budget


@pytest.mark.parametrize(("text", "seconds"), [("15m", 900), ("90s", 90), ("1.5h", 5400), (" 2 m ", 120)])
def test_budgets_are_read(text, seconds):
    assert read_budget(text) == seconds


@pytest.mark.parametrize("text", ["15", "m", "15 minutes", "-5m", "", "1d"])
def test_what_is_no_time_is_an_error(text):
    with pytest.raises(ConfigError, match="such as 15m"):
        read_budget(text)


def test_less_than_a_minute_is_an_error():
    with pytest.raises(ConfigError, match="a minute or more, got 30s"):
        read_budget("30s")


def test_a_quarter_of_an_hour_on_two_cores_is_the_standard():
    assert counts_for(900, 2) == Counts()
    assert counts_for(1800, 1) == Counts()


def test_more_time_gives_no_less_of_anything():
    budgets = [60, 120, 300, 900, 1800, 7200]
    counts = [counts_for(budget_s) for budget_s in budgets]
    assert counts[0] == LEAST or all(
        getattr(counts[0], field.name) >= getattr(LEAST, field.name) for field in fields(Counts)
    )
    for field in fields(Counts):
        values = [getattr(one, field.name) for one in counts]
        assert values == sorted(values), field.name


def test_the_standard_costs_what_it_may():
    counts = Counts()
    clips = counts.words * COST_S["words"] + counts.near_misses * COST_S["near_misses"]
    clips += counts.sentences * COST_S["sentences"]
    scenes = counts.scenes * COST_S["scenes"]
    learning = counts.scenes * counts.epochs * COST_S["epochs"]
    assert clips + scenes + learning <= STANDARD_S * USED


def test_counts_are_checked():
    with pytest.raises(ConfigError, match="words must be 1 or more, got 0"):
        Counts(words=0)
