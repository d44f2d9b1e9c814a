"""Curves from scores set by hand, and what holds for any scores, which is less than people think."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.config import TriggerConfig
from oyez.detect.trigger import Trigger
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


LEVELS = tuple(level / 16 for level in range(1, 16))
"""Thresholds that are exact in binary, as the drawn scores and their means are: no edge is rounded."""

tracks = st.lists(st.integers(0, 16).map(lambda level: level / 16), min_size=1, max_size=60).map(
    lambda scores: Track(np.array(scores, np.float32))
)
rules = st.builds(
    TriggerConfig,
    smoothing=st.sampled_from([1, 2, 4]),
    release=st.sampled_from([0.25, 0.5, 1.0]),
    refractory_s=st.sampled_from([0.0, 0.3, 1.0]),
)


def spoken(track, start_s=0.0):
    """The same scores, where the word lasts to the end."""
    return Track(track.scores, (Span("w", start_s, len(track.scores) * STEP_S),))


def accepts(track, config=CONFIG, thresholds=LEVELS):
    return [point.false_accepts for point in sweep([], [track], config, STEP_S, thresholds).points]


def misses(track, config=CONFIG, thresholds=LEVELS):
    return [point.matches.misses for point in sweep([track], [], config, STEP_S, thresholds).points]


@given(tracks, rules)
@settings(deadline=None, max_examples=100)
def test_a_recording_sets_it_off_where_its_highest_mean_reaches_the_threshold(track, config):
    """What does fall as the threshold rises: the number of recordings with any false accept."""
    padded = np.concatenate((np.zeros(config.smoothing - 1), track.scores))
    means = np.convolve(padded, np.ones(config.smoothing) / config.smoothing, "valid")
    fired = [count > 0 for count in accepts(track, config)]
    assert fired == [threshold <= means.max() for threshold in LEVELS]


@given(tracks, rules)
@settings(deadline=None, max_examples=100)
def test_a_word_that_fills_its_recording_stays_missed_as_the_threshold_rises(track, config):
    found = misses(spoken(track), config)
    assert all(one <= two for one, two in pairwise(found))


def test_false_accepts_may_rise_with_the_threshold():
    """Two peaks with a valley: at 0.3 one long event, as the score never sinks below it; at 0.5 two.

    So a curve of false accepts over thresholds need not fall, and cannot be searched by halving.
    """
    two_peaks = Track(np.array([0.0, 0.8, 0.4, 0.8, 0.0], np.float32))
    config = TriggerConfig(smoothing=1, release=1.0, refractory_s=0.0)
    assert accepts(two_peaks, config, [0.3, 0.5, 0.9]) == [1, 2, 0]


def test_misses_may_fall_as_the_threshold_rises():
    """A score swells before the word: at 0.2 it fires too early, and has not let go when the word comes."""
    swelling = np.array([0.0, 0.3, 0.4, 0.5, 0.9, 0.9, 0.0], np.float32)
    word = Track(swelling, (Span("w", 0.45, 0.6),))
    config = TriggerConfig(smoothing=1, release=1.0, refractory_s=0.0)
    points = sweep([word], [], config, STEP_S, [0.2, 0.6, 0.95]).points
    assert [(point.matches.misses, point.matches.false_accepts) for point in points] == [
        (1, 1),
        (0, 0),
        (1, 0),
    ]


def test_misses_may_fall_as_the_threshold_rises_by_the_refractory_time():
    """A click before the word costs the word, unless the threshold is above the click."""
    scores = np.array([0.0, 0.4, 0.0, 0.9, 0.0], np.float32)
    word = Track(scores, (Span("w", 0.35, 0.5),))
    config = TriggerConfig(smoothing=1, release=1.0, refractory_s=0.3)
    assert misses(word, config, [0.3, 0.5]) == [1, 0]


def test_misses_may_fall_where_two_words_follow_each_other():
    """Of two words in a row the second needs the score to sink between them: at 0.3 they are one event."""
    scores = np.array([0.0, 0.8, 0.4, 0.8, 0.0], np.float32)
    words = Track(scores, (Span("w", 0.1, 0.2), Span("w", 0.3, 0.4)))
    config = TriggerConfig(smoothing=1, release=1.0, refractory_s=0.0)
    assert misses(words, config, [0.3, 0.5, 0.9]) == [1, 0, 2]


@given(st.lists(tracks, max_size=4), st.lists(tracks, max_size=4), rules)
@settings(deadline=None, max_examples=50)
def test_a_curve_is_the_sum_of_its_recordings(positives, negatives, config):
    words = [spoken(track, 0.2) for track in positives]
    whole = sweep(words, negatives, config, STEP_S, LEVELS)
    parts = [misses(track, config) for track in words]
    false = [accepts(track, config) for track in negatives]
    for number, point in enumerate(whole.points):
        assert point.matches.misses == sum(part[number] for part in parts)
        assert point.matches.hits + point.matches.misses == len(words)
        assert point.false_accepts == sum(part[number] for part in false)
    assert whole.hours == pytest.approx(sum(len(track.scores) for track in negatives) * STEP_S / 3600)


@given(st.lists(tracks, max_size=4), st.lists(tracks, min_size=1, max_size=4), rules)
@settings(deadline=None, max_examples=50)
def test_who_allows_more_false_accepts_misses_no_more(positives, negatives, config):
    """Whatever the shape of the curve: `at_most` looks at all points, and does not search by halving."""
    curve = sweep([spoken(track, 0.2) for track in positives], negatives, config, STEP_S, LEVELS)
    possible = [point for point in curve.points if point.false_accepts <= 0]
    budgets = range(min(point.false_accepts for point in curve.points), 30)
    found = [curve.at_most(budget) for budget in budgets]
    assert all(one.matches.misses >= two.matches.misses for one, two in pairwise(found))
    assert all(point.false_accepts <= budget for point, budget in zip(found, budgets, strict=True))
    if possible:
        assert curve.at_most(0).matches.misses == min(point.matches.misses for point in possible)


pieces = st.lists(st.tuples(tracks, st.integers(0, 40)), max_size=5)


@given(pieces, rules)
@settings(deadline=None, max_examples=100)
def test_it_counts_what_a_trigger_hears_that_passes_over_nothing(pieces, config):
    """With gaps of silence shorter and longer than smoothing and the refractory time."""
    parts = [part for track, gap in pieces for part in (track.scores, np.zeros(gap, np.float32))]
    scores = np.concatenate([np.zeros(1, np.float32), *parts])
    expected = [
        len(Trigger(replace(config, threshold=threshold), STEP_S).push(scores)) for threshold in LEVELS
    ]
    assert accepts(Track(scores), config) == expected
