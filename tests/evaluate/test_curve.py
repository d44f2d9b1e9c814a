"""Curves from scores set by hand."""

import numpy as np
import pytest

from oyez.config import TriggerConfig
from oyez.evaluate.curve import THRESHOLDS, Track, sweep
from oyez.events import Span

STEP_S = 0.1
CONFIG = TriggerConfig(refractory_s=2.0)


def _scores(peaks, length=1000):
    scores = np.zeros(length, np.float32)
    for step, height in peaks:
        scores[step : step + 10] = height
    return scores


@pytest.fixture
def curve():
    words = [
        Track(_scores([(310, 0.9)]), (Span("w", 25.0, 30.8),)),
        Track(_scores([(310, 0.6)]), (Span("w", 25.0, 30.8),)),
        Track(_scores([(310, 0.3)]), (Span("w", 25.0, 30.8),)),
    ]
    quiet = [Track(_scores([(100, 0.7), (500, 0.5)], 1_800)), Track(_scores([(50, 0.2)], 1_800))]
    return sweep(words, quiet, CONFIG, STEP_S)


def test_hours_are_those_of_the_negatives(curve):
    assert curve.hours == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("threshold", "hits", "false"),
    [(0.1, 3, 3), (0.25, 3, 2), (0.4, 2, 2), (0.55, 2, 1), (0.8, 1, 0), (0.95, 0, 0)],
)
def test_each_threshold(curve, threshold, hits, false):
    point = curve.at(threshold)
    assert (point.matches.hits, point.matches.misses, point.false_accepts) == (hits, 3 - hits, false)


@pytest.mark.parametrize(("budget", "misses"), [(0, 2), (1, 1), (2, 0), (3, 0), (99, 0)])
def test_misses_at_most_so_many_false_accepts(curve, budget, misses):
    point = curve.at_most(budget)
    assert point.matches.misses == misses
    assert point.false_accepts <= budget


def test_of_equals_the_highest_threshold(curve):
    assert curve.at_most(99).threshold == pytest.approx(0.3, abs=0.006)


def test_where_nothing_is_allowed_the_highest_threshold_is_taken():
    noisy = sweep([], [Track(np.ones(500, np.float32))], CONFIG, STEP_S)
    assert noisy.at_most(0).threshold == max(THRESHOLDS)
    assert noisy.at_most(0).false_accepts == 1


def test_thresholds_rise_and_are_many():
    assert len(THRESHOLDS) >= 200
    assert list(THRESHOLDS) == sorted(set(THRESHOLDS))
    assert 0 < THRESHOLDS[0] < THRESHOLDS[-1] < 1
