import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sounds
from oyez.record.utterances import Utterances

RATE = 8_000


def recording(starts_s, seconds, word_s=0.5, level=0.1, room=1e-3, rate=RATE):
    """Words of one length in a room."""
    samples = sounds.noise(0, seconds, rate, room)
    for start_s in starts_s:
        start = round(start_s * rate)
        samples[start : start + round(word_s * rate)] += sounds.tone(500, word_s, rate, level)
    return samples


def split(samples, cuts=(), rate=RATE):
    utterances = Utterances(rate)
    found = [one for part in np.split(samples, cuts) for one in utterances.push(part)]
    return [*found, *utterances.finish()]


THREE = recording([1.0, 3.2, 20.0], 22)


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_each_word_is_found_with_the_silence_around_it(rate):
    samples = recording([1.0, 3.2, 20.0], 22, rate=rate)
    found = split(samples, rate=rate)
    assert [one.start_s for one in found] == pytest.approx([0.6, 2.8, 19.6], abs=0.011)
    for one in found:
        assert len(one.samples) / rate == pytest.approx(1.3, abs=0.021)
        start = round(one.start_s * rate)
        assert np.array_equal(one.samples, samples[start : start + len(one.samples)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, len(THREE)), max_size=12).map(sorted))
def test_cuts_do_not_matter(cuts):
    expected, got = split(THREE), split(THREE, cuts)
    assert [one.start_s for one in got] == [one.start_s for one in expected]
    for one, other in zip(got, expected, strict=True):
        assert np.array_equal(one.samples, other.samples)


def test_pieces_smaller_than_a_frame():
    samples = THREE[: 5 * RATE]
    assert [one.start_s for one in split(samples, range(7, len(samples), 7))] == [
        one.start_s for one in split(samples)
    ]


def test_words_come_before_the_end_of_the_stream():
    utterances = Utterances(RATE)
    assert len(utterances.push(THREE[: 15 * RATE])) == 2


@pytest.mark.parametrize(("gap_s", "count"), [(0.3, 1), (0.5, 2)])
def test_a_short_gap_is_part_of_what_is_said(gap_s, count):
    assert len(split(recording([2.0, 2.5 + gap_s], 6))) == count


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros(10, np.float32),
        np.zeros(3 * RATE, np.float32),
        sounds.noise(0, 30, RATE, 0.1),
        recording([1.0, 5.0], 8, word_s=0.02),  # clicks
    ],
)
def test_where_nothing_is_said_nothing_is_found(samples):
    assert split(samples) == []


def test_a_word_at_each_end_is_found():
    found = split(recording([0.0, 4.5], 5))
    assert [one.start_s for one in found] == pytest.approx([0.0, 4.1], abs=0.011)
    assert len(found[1].samples) / RATE == pytest.approx(0.9, abs=0.011)


def test_quiet_words_long_after_loud_ones_are_found():
    samples = np.concatenate(
        (recording([2.0], 15, level=0.5, room=1e-4), recording([10.0], 15, level=0.005, room=1e-4))
    )
    assert [one.start_s for one in split(samples)] == pytest.approx([1.6, 24.6], abs=0.011)


def test_what_never_pauses_is_cut():
    rng = np.random.default_rng(1)
    loudness = np.repeat(rng.uniform(0.01, 0.3, 500), RATE // 10)  # speech without a pause for 50 s
    samples = sounds.noise(0, 50, RATE, 1.0) * loudness.astype(np.float32)
    samples = np.concatenate((sounds.noise(1, 5, RATE, 1e-4), samples, sounds.noise(1, 5, RATE, 1e-4)))
    longest = max(len(one.samples) for one in split(samples)) / RATE
    assert 5 < longest < 21


def test_memory_does_not_grow():
    utterances = Utterances(RATE)
    for _ in range(60):
        utterances.push(sounds.noise(0, 1, RATE, 0.01))
    assert len(utterances._samples) < 8 * RATE
    assert len(utterances._levels) < 1_200


def test_after_finish_the_next_recording_starts_anew():
    utterances = Utterances(RATE)
    for _ in range(2):
        found = [*utterances.push(THREE), *utterances.finish()]
        assert [one.start_s for one in found] == pytest.approx([0.6, 2.8, 19.6], abs=0.011)
