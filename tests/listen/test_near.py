"""Near misses: peaks between half the threshold and the threshold, told once, never beside a detection."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oyez.config import TriggerConfig
from oyez.listen.near import NearMisses

STEP_S = 0.1


def _near(smoothing=1):
    return NearMisses("tone", TriggerConfig(threshold=0.6, smoothing=smoothing), STEP_S)


def _told(near, scores, detected_s=()):
    """Near misses in scores that come one by one, and when each was told."""
    told = []
    for step, score in enumerate(scores, 1):
        now_s = step * STEP_S
        heard_s = [time_s for time_s in detected_s if now_s - STEP_S / 2 < time_s <= now_s + STEP_S / 2]
        told += [(one, now_s) for one in near.push([score], heard_s)]
    return told


def test_a_peak_is_told_a_second_after_it():
    ((peak, now_s),) = _told(_near(), [0, 0.31, 0.5, 0.4, *[0] * 20])
    assert (peak.word, peak.score) == ("tone", 0.5)
    assert peak.time_s == pytest.approx(0.3)
    assert now_s == pytest.approx(1.3)


def test_below_half_the_threshold_is_nothing():
    assert _told(_near(), [0.29] * 30) == []
    assert len(_told(_near(), [0.3, *[0] * 20])) == 1


def test_a_score_that_stays_is_told_once():
    assert len(_told(_near(), [0.4] * 60)) == 1
    assert len(_told(_near(), [*[0.4] * 30, 0.1, *[0.4] * 30])) == 2


def test_a_higher_peak_within_the_second_takes_its_place():
    ((peak, _),) = _told(_near(), [0.4, 0, 0, 0.5, 0, 0.45, *[0] * 30])
    assert peak.score == 0.5


def test_a_detection_within_a_second_takes_its_place():
    assert _told(_near(), [0.4, 0, 0, 0.7, 0.5, *[0] * 30], detected_s=[0.4]) == []


def test_what_follows_a_detection_belongs_to_it():
    scores = [0.7, 0.5, 0, 0.5, *[0] * 30]
    assert _told(_near(), scores, detected_s=[0.1]) == []
    later = [0.7, *[0] * 11, 0.5, *[0] * 30]
    assert len(_told(_near(), later, detected_s=[0.1])) == 1


def test_scores_are_smoothed_as_the_trigger_does():
    near = _near(smoothing=2)
    ((peak, _),) = _told(near, [0.5, 0.5, *[0] * 30])
    assert peak.score == 0.5
    assert _told(_near(smoothing=2), [0.5, 0.0, *[0] * 30]) == []
    near.push([0.2, 0.6])
    assert near.score == pytest.approx(0.4)


def test_the_end_tells_what_waits():
    near = _near()
    near.push([0.4, 0.5])
    assert [one.score for one in near.finish()] == [0.5]
    assert near.finish() == []


def test_reset_forgets():
    near = _near()
    near.push([0.5])
    near.reset()
    assert near.finish() == []
    assert near.score == 0


@given(scores=st.lists(st.floats(0, 0.59), max_size=120))
def test_near_misses_of_a_word_lie_a_second_apart(scores):
    near = _near()
    times = [one.time_s for one, _ in _told(near, scores)] + [one.time_s for one in near.finish()]
    assert all(second - first > 0.9 for first, second in pairwise(times))
