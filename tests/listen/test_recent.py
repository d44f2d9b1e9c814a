"""The last seconds of a stream: what is kept is right, what is forgotten is gone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oyez.listen.recent import Recent


@given(lengths=st.lists(st.integers(0, 40), max_size=20), keep=st.integers(1, 100), data=st.data())
def test_any_cut_of_what_is_kept(lengths, keep, data):
    whole = np.arange(sum(lengths), dtype=np.float32)
    recent = Recent(keep)
    at = 0
    for length in lengths:
        recent.push(whole[at : at + length])
        at += length
    assert recent.stop == len(whole)
    assert recent.start <= max(0, len(whole) - keep)
    start = data.draw(st.integers(-5, len(whole) + 5))
    stop = data.draw(st.integers(start, len(whole) + 5))
    wanted = whole[max(start, recent.start) : max(stop, recent.start)]
    assert np.array_equal(recent.cut(start, stop), wanted)


def test_memory_is_bounded():
    recent = Recent(100)
    for _ in range(1000):
        recent.push(np.zeros(30, np.float32))
    assert recent.stop - recent.start < 130


def test_numbers_go_on_when_all_is_forgotten_and_start_anew_at_a_reset():
    recent = Recent(100)
    recent.push(np.ones(50, np.float32))
    recent.forget()
    assert (recent.start, recent.stop) == (50, 50)
    recent.push(np.full(10, 2, np.float32))
    assert np.array_equal(recent.cut(0, 60), np.full(10, 2, np.float32))
    recent.reset()
    assert (recent.start, recent.stop, len(recent.cut(0, 60))) == (0, 0, 0)
