"""Where a passage ends: after a pause, when nothing is said, or at the longest."""

import numpy as np
import pytest

from oyez.listen.passage import End, Passage

FRAME_S, RATE = 0.02, 8_000


def _frames(seconds, dbfs, seed=0):
    size = round(FRAME_S * RATE)
    noise = np.random.default_rng(seed).standard_normal((round(seconds / FRAME_S), size))
    return (10 ** (dbfs / 20) * noise).astype(np.float32)


def _run(passage, *parts):
    """Seconds until the end, and why; None where it goes on. A part is seconds and dBFS, and "ours"."""
    count = 0
    for seconds, dbfs, *ours in parts:
        for frame in _frames(seconds, dbfs):
            count += 1
            end = passage.push(frame, bool(ours))
            if end is not None:
                return count * FRAME_S, end
    return None


@pytest.fixture
def passage():
    """The room at −50 dBFS, the word, then the wake."""
    one = Passage(FRAME_S)
    assert _run(one, (4, -50), (0.8, -20)) is None
    one.wake()
    return one


def test_a_pause_ends_it(passage):
    seconds, end = _run(passage, (0.4, -50), (1.5, -20), (5, -50))
    assert end is End.PAUSE
    assert seconds == pytest.approx(0.4 + 1.5 + 0.8, abs=0.13)
    assert not passage.is_open


def test_short_pauses_do_not(passage):
    seconds, _ = _run(passage, (0.4, -50), *[(0.5, -20), (0.6, -50)] * 4, (5, -50))
    assert seconds == pytest.approx(0.4 + 4 * 1.1 - 0.6 + 0.8, abs=0.13)


def test_who_says_nothing_has_three_seconds(passage):
    seconds, end = _run(passage, (10, -50))
    assert end is End.NOTHING
    assert seconds == pytest.approx(3.0, abs=0.13)


def test_the_rest_of_the_word_is_no_beginning(passage):
    seconds, end = _run(passage, (0.3, -20), (10, -50))
    assert end is End.NOTHING
    assert seconds == pytest.approx(3.3, abs=0.13)


def test_a_click_is_no_speech(passage):
    seconds, end = _run(passage, (1.0, -50), (0.02, -20), (10, -50))
    assert end is End.NOTHING
    assert seconds == pytest.approx(1.0 + 0.12 + 3.0, abs=0.13)


def test_at_fifteen_seconds_it_ends_in_any_case(passage):
    seconds, end = _run(passage, (20, -20))
    assert (round(seconds, 2), end) == (15.0, End.LONGEST)


def test_our_own_sound_is_neither_speech_nor_silence(passage):
    seconds, end = _run(passage, (0.85, -10, "ours"), (10, -50))
    assert end is End.NOTHING
    assert seconds == pytest.approx(0.85 + 3.0, abs=0.13)


def test_a_louder_room_asks_for_louder_speech():
    passage = Passage(FRAME_S)
    _run(passage, (5, -30))
    passage.wake()
    assert _run(passage, (1, -25), (10, -30))[1] is End.NOTHING


def test_digital_silence_is_a_quiet_room():
    passage = Passage(FRAME_S)
    _run(passage, (5, -400))
    passage.wake()
    assert _run(passage, (1, -400), (1, -50), (10, -400))[1] is End.PAUSE


def test_a_wake_before_anything_was_heard():
    passage = Passage(FRAME_S)
    passage.wake()
    assert _run(passage, (0.6, -50), (1, -30), (10, -80))[1] is End.PAUSE


def test_without_a_wake_nothing_ends(passage):
    passage.reset()
    assert _run(passage, (20, -20), (5, -50)) is None
    passage.wake()
    assert passage.is_open
