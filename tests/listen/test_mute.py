"""Our own sounds: their length and 0.3 s more are silence, to the sample."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oyez.listen.mute import Mute


@pytest.fixture
def mute():
    return Mute(1_000)  # 0.3 s are 300 samples


@given(cuts=st.lists(st.integers(0, 2_000), max_size=8))
def test_silence_is_where_the_sound_is_however_the_stream_is_cut(cuts):
    mute = Mute(1_000)
    mute.sound(500, 200)
    edges = [500, *sorted(500 + cut for cut in cuts), 2_500]
    parts = [mute.silence(start, np.ones(stop - start, np.float32)) for start, stop in pairwise(edges)]
    wanted = np.ones(2_000, np.float32)
    wanted[:500] = 0
    assert np.array_equal(np.concatenate(parts), wanted)


def test_what_needs_no_silence_is_passed_on_as_it_is(mute):
    samples = np.ones(10, np.float32)
    assert mute.silence(0, samples) is samples
    mute.sound(0, 5)
    assert not mute.silence(0, samples).any()
    assert samples.all()


def test_covers(mute):
    mute.sound(100, 50)
    assert mute.covers(449)
    assert not mute.covers(450)


def test_a_shorter_sound_does_not_end_a_longer_one(mute):
    mute.sound(0, 1_000)
    mute.sound(10, 20)
    assert mute.covers(1_299)


def test_reset_forgets_sounds(mute):
    mute.sound(0, 1_000)
    mute.reset()
    assert not mute.covers(0)
