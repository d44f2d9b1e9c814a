from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.config import PRESETS, TriggerConfig
from oyez.detect.trigger import Trigger

STEP_S = 0.1


def steps(scores: list[float], **config: float) -> list[int]:
    """Where a trigger fires; without a refractory time unless it is named."""
    trigger = Trigger(TriggerConfig(**{"refractory_s": 0.0, **config}), STEP_S)
    return [step for step, _ in trigger.push(scores)]


def test_it_fires_once_per_crossing():
    assert steps([0.1, 0.4, 0.6, 0.9, 0.8, 0.1, 0.7]) == [2, 6]


def test_a_score_that_equals_the_threshold_is_enough():
    assert steps([0.49, 0.5], threshold=0.5) == [1]


def test_the_first_step_may_fire():
    assert steps([0.9]) == [0]


def test_it_is_silent_until_the_score_was_released():
    scores = [0.6, 0.3, 0.6, 0.25, 0.6, 0.24, 0.6]
    assert steps(scores, release=0.5) == [0, 6]
    assert steps(scores, release=0.9) == [0, 2, 4, 6]
    assert steps([0.6, 0.5, 0.6, 0.49, 0.6], release=1.0) == [0, 4]


def test_a_high_score_for_ever_fires_once():
    assert steps([0.9] * 1000, refractory_s=0.5) == [0]


@pytest.mark.parametrize(("refractory_s", "expected"), [(0.0, 2), (0.2, 2), (0.3, 4), (0.5, 6), (0.54, 6)])
def test_it_is_silent_for_the_refractory_time(refractory_s, expected):
    assert steps([0.9, 0.0] * 4, refractory_s=refractory_s)[:2] == [0, expected]


def test_a_crossing_in_the_refractory_time_fires_when_that_is_over():
    assert steps([0.9, 0.0, 0.9, 0.9, 0.9, 0.9], refractory_s=0.4) == [0, 4]


def test_the_course_preset_waits_as_long_as_the_lesson():
    """More than 75 steps between chimes."""
    trigger = Trigger(PRESETS["course"].trigger, 320 / 44_100)
    fired = [step for step, _ in trigger.push([0.9, 0.0] * 200)]
    assert fired[:3] == [0, 76, 152]


def test_smoothing_is_the_mean_of_the_last_scores():
    trigger = Trigger(TriggerConfig(threshold=0.5, smoothing=4), STEP_S)
    assert trigger.push([0.0, 0.9, 0.9, 0.0, 0.2]) == [(4, pytest.approx(0.5))]
    assert steps([0.0, 0.9, 0.0, 0.0], smoothing=4) == []  # one step alone is no word


def test_before_the_start_there_is_silence():
    """So that the first step cannot fire on less than it would later."""
    assert steps([0.9, 0.9, 0.9], smoothing=3) == [1]


def test_the_score_is_the_smoothed_one():
    trigger = Trigger(TriggerConfig(smoothing=2), STEP_S)
    assert trigger.push(np.array([0.5, 1.0], np.float32)) == [(1, 0.75)]


def test_reset_forgets_everything():
    trigger = Trigger(TriggerConfig(smoothing=2, refractory_s=10), STEP_S)
    first = trigger.push([0.0, 0.9, 0.9])
    trigger.reset()
    assert trigger.push([0.0, 0.9, 0.9]) == first == [(2, 0.9)]


@given(
    scores=st.lists(st.floats(0, 1), max_size=60),
    cuts=st.lists(st.integers(0, 20), max_size=8),
    smoothing=st.integers(1, 5),
    release=st.floats(0.01, 1),
    refractory_s=st.floats(0, 2),
)
@settings(deadline=None, max_examples=100)
def test_any_cut_gives_the_same_crossings(scores, cuts, smoothing, release, refractory_s):
    config = TriggerConfig(0.5, smoothing, release, refractory_s)
    whole = Trigger(config, STEP_S).push(scores)
    trigger = Trigger(config, STEP_S)
    parts = np.split(np.array(scores), np.minimum(np.cumsum(cuts), len(scores)).astype(int))
    assert [crossing for part in parts for crossing in trigger.push(part)] == whole
    assert all(score >= 0.5 for _, score in whole)
    fired = [step for step, _ in whole]
    assert all(later - earlier >= round(refractory_s / STEP_S) for earlier, later in pairwise(fired))
