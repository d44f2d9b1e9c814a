import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import sounds
from oyez.record.take import Limits, examine, examine_room
from oyez.sound import rms_dbfs

RATE = 16_000
HUMMING = sounds.take(level=0.1) + sounds.tone(100, 2.0, RATE, level=0.05)
"""The word is 10 dB over a loud mains hum."""


def problems(samples, limits=None):
    return [problem.what for problem in examine(samples, RATE, limits).problems]


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_good_take_is_measured_and_trimmed(rate):
    samples = sounds.take(level=0.1, room=0.001, at_s=0.8, word_s=0.5, rate=rate)
    take = examine(samples, rate)
    assert take.passes
    got = take.measures
    assert got.seconds == pytest.approx(0.5, abs=0.021)
    assert got.level_dbfs == pytest.approx(-20, abs=0.3)
    assert got.peak_dbfs == pytest.approx(-17, abs=0.3)
    assert got.noise_dbfs == pytest.approx(-60, abs=0.3)
    assert got.snr_db == pytest.approx(40, abs=0.5)
    assert got.clipped_share == 0
    # 0.2 s are left before and after the word, and no sample is changed
    assert take.start_s == pytest.approx(0.6, abs=0.011)
    start = round(take.start_s * rate)
    assert len(take.clip) / rate == pytest.approx(0.9, abs=0.021)
    assert np.array_equal(take.clip, samples[start : start + len(take.clip)])


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (sounds.take(level=0.1), []),
        (sounds.take(level=0.003, room=1e-4), ["too quiet"]),
        (sounds.take(level=0.45), ["too loud"]),
        (np.clip(sounds.take(level=0.9), -1, 1), ["clipped"]),
        (HUMMING, ["too noisy"]),
        (0.03 * HUMMING, ["too quiet", "too noisy"]),
        (HUMMING[12_900:], ["too noisy"]),  # cut off as well, but that is not certain
        (sounds.take(level=0.1, room=0.05), ["no word heard"]),
        (sounds.take(word_s=0.06), ["too short"]),
        (sounds.take(word_s=2.5, seconds=4), ["too long"]),
        (sounds.take(at_s=0)[160:], ["cut off"]),
        (sounds.take(at_s=1.6)[:-160], ["cut off"]),
        (sounds.take(at_s=0, word_s=3, seconds=3)[160:-160], ["no word heard"]),  # nothing to compare with
        (sounds.noise(0, 2, RATE, 0.01), ["no word heard"]),
        (sounds.noise(0, 2, RATE, 0.3), ["no word heard"]),
        (sounds.noise(0, 2, RATE, 1e-5), ["silent"]),
        (np.zeros(2 * RATE, np.float32), ["silent"]),
        (np.full(2 * RATE, 0.3, np.float32), ["silent"]),  # an offset is no sound
        (np.zeros(0, np.float32), ["silent"]),
    ],
)
def test_what_is_wrong_is_told(samples, expected):
    assert problems(samples) == expected


def test_a_problem_says_what_was_measured_and_what_to_do():
    (problem,) = examine(sounds.take(level=0.0032, room=1e-4), RATE).problems
    assert str(problem) == "too quiet (-50 dBFS). Come closer, or turn the microphone up."


@pytest.mark.parametrize(
    ("samples", "detail"),
    [
        (sounds.take(at_s=0)[160:], "began before the recording"),
        (sounds.take(at_s=1.6)[:-160], "went on after its end"),
    ],
)
def test_a_word_that_is_cut_off_is_told_where(samples, detail):
    assert examine(samples, RATE).problems[0].detail == detail


def test_hiss_that_hides_the_word_is_not_called_a_long_word(rng):
    """The vowel is loud, and its slope is not: to `find_word` the hiss is louder than it is to an ear."""
    samples = sounds.tone(200, 0.5, RATE, 0.3)
    samples = np.concatenate((np.zeros(RATE, np.float32), samples, np.zeros(RATE, np.float32)))
    (problem,) = examine(samples + sounds.noise(1, 2.5, RATE, 0.02), RATE).problems
    assert (problem.what, problem.detail) == ("too noisy", "hiss hides where the word starts and ends")


def test_both_ends_can_be_missing():
    loud, quiet = (sounds.tone(500, 0.2, RATE, level) for level in (0.2, 0.002))
    samples = np.concatenate((loud, quiet, loud))
    assert examine(samples, RATE).problems[0].detail == "began before the recording and went on after its end"


def test_a_word_that_fades_out_at_the_edges_is_whole():
    """A file that was trimmed before has no room around the word; its quietest tenth stands for the room."""
    fade = np.hanning(RATE // 2).astype(np.float32)
    take = examine(sounds.tone(500, 0.5, RATE, 0.3) * fade, RATE)
    assert take.passes
    assert take.measures.snr_db > 20


def test_limits_can_be_chosen():
    assert problems(HUMMING, Limits(min_snr_db=8)) == []
    assert problems(sounds.take(), Limits(min_snr_db=60)) == ["too noisy"]
    assert problems(sounds.take(), Limits(longest_s=0.3)) == ["too long"]


def test_an_offset_does_not_count():
    samples = sounds.take()
    plain, shifted = examine(samples, RATE), examine(samples + np.float32(0.05), RATE)
    assert shifted.measures.level_dbfs == pytest.approx(plain.measures.level_dbfs, abs=0.1)
    assert shifted.measures.noise_dbfs == pytest.approx(plain.measures.noise_dbfs, abs=0.1)


def test_a_few_samples_at_full_scale_are_no_clipping():
    samples = sounds.take(level=0.2)
    samples[14_000] = 1.0
    assert problems(samples) == []
    samples[14_000:14_010] = 1.0
    assert problems(samples) == ["clipped"]


def test_levels_are_finite_where_the_room_is_digital_silence():
    samples = np.concatenate((np.zeros(RATE, np.float32), sounds.word(), np.zeros(RATE, np.float32)))
    assert examine(samples, RATE).measures.noise_dbfs == -96


@given(arrays.arrays(np.int16, st.integers(0, 3_000)), st.sampled_from([100, 8_000, 48_000]))
def test_any_samples_get_a_verdict(pcm, rate):
    samples = pcm.astype(np.float32) / np.float32(32768)
    take = examine(samples, rate)
    start = round(take.start_s * rate)
    assert np.array_equal(take.clip, samples[start : start + len(take.clip)])
    got = take.measures
    values = (got.seconds, got.level_dbfs, got.peak_dbfs, got.noise_dbfs, got.snr_db, got.clipped_share)
    assert np.isfinite(values).all()


def test_a_room_is_kept_whole():
    samples = sounds.noise(0, 3, RATE, 0.001)
    take = examine_room(samples, RATE)
    assert take.passes
    assert np.array_equal(take.clip, samples)
    assert take.measures.level_dbfs == pytest.approx(rms_dbfs(samples))
    assert (take.measures.seconds, take.measures.snr_db) == (3.0, 0.0)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.zeros(100, np.float32), ["silent"]),
        (np.zeros(0, np.float32), ["silent"]),
        (np.clip(sounds.noise(0, 1, RATE, 0.5), -1, 1), ["clipped"]),
    ],
)
def test_a_room_can_be_silent_or_too_loud(samples, expected):
    assert [problem.what for problem in examine_room(samples, RATE).problems] == expected
