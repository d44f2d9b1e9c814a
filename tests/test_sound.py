"""Samples: types, levels, and a resampler that does not care how a stream is cut."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sounds
from oyez import sound
from oyez.errors import AudioError
from oyez.sound import Resampler


def test_as_samples_takes_floats_and_int16():
    np.testing.assert_array_equal(sound.as_samples([0.5, -1.0]), np.array([0.5, -1.0], np.float32))
    for kind in (np.float16, np.float32, np.float64):
        assert sound.as_samples(np.array([0.5, -2.0], kind)).tolist() == [0.5, -2.0]
    pcm = np.array([-32768, 0, 16384], np.int16)
    assert sound.as_samples(pcm).tolist() == [-1.0, 0.0, 0.5]
    assert sound.as_samples([]).shape == (0,)


def test_as_samples_averages_channels():
    both = np.array([[0.5, 0.0], [1.0, -1.0]])
    assert sound.as_samples(both).tolist() == [0.25, 0.0]
    assert sound.as_samples((both * 16384).astype(np.int16)).tolist() == [0.125, 0.0]
    assert sound.as_samples(np.zeros((0, 2))).shape == (0,)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_piece_may_have_fewer_samples_than_channels(length):
    """Any cut of a stream is one: a single stereo sample too."""
    assert sound.as_samples(np.full((length, 6), 0.5)).tolist() == [0.5] * length


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((2, 3, 4)), r"got shape \(2, 3, 4\)"),
        (np.float32(1.0), r"got shape \(\)"),
        (np.zeros((2, 1600)), r"got shape \(2, 1600\).*Transpose it"),
        (np.zeros((5, 0)), r"got shape \(5, 0\)"),
        ([[1.0], [1.0, 2.0]], "rows of different lengths"),
        (np.zeros(5, np.int32), "floats in ±1 or int16, got int32"),
        (np.zeros(5, np.uint8), "got uint8"),
        (np.zeros(5, complex), "got complex128"),
        ([None], "got object"),
        (["a"], "got <U1"),
        ([0.0, math.nan], "no numbers"),
        ([[math.inf, -math.inf]], "no numbers"),
        ([1e300], "no numbers"),
        ([0.0, -2.1], r"lie in ±1, got 2\.1\. If they are 16-bit samples, pass int16"),
        (np.array([12_000.0]), "pass int16"),
    ],
)
def test_as_samples_refuses(x, said):
    with pytest.raises(AudioError, match=said):
        sound.as_samples(x)


@pytest.mark.parametrize("length", [0, 3, 5, 8])
def test_fit_cuts_and_pads_at_the_end(length):
    samples = np.arange(1, 6, dtype=np.float32)
    fitted = sound.fit(samples, length)
    assert fitted.dtype == np.float32
    assert fitted.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0, 0.0][:length]


def test_levels():
    assert sound.db_to_gain(-20) == pytest.approx(0.1)
    assert sound.rms_dbfs(np.ones(10, np.float32)) == 0
    assert sound.rms_dbfs(sounds.tone(100, 1, 8_000, level=1.0)) == pytest.approx(-3.01, abs=0.01)
    assert sound.rms_dbfs(np.zeros(10, np.float32)) == -math.inf
    assert sound.rms_dbfs(np.zeros(0, np.float32)) == -math.inf


# -- rates


def streamed(samples: np.ndarray, cuts: list[int], from_rate: int, to_rate: int) -> np.ndarray:
    resampler = Resampler(from_rate, to_rate)
    parts = np.split(samples, np.minimum(np.cumsum(cuts), len(samples)).astype(int))
    return np.concatenate([*(resampler.push(part) for part in parts), resampler.finish()])


@given(
    cuts=st.lists(st.integers(0, 2_000), max_size=10),
    rates=st.sampled_from([(44_100, 16_000), (16_000, 44_100), (48_000, 44_100), (8_000, 8_000)]),
)
@settings(deadline=None, max_examples=40)
def test_any_cut_of_the_stream_gives_identical_samples(cuts, rates):
    samples = sounds.noise(0, 0.2, rates[0])
    whole = streamed(samples, [], *rates)
    np.testing.assert_array_equal(streamed(samples, cuts, *rates), whole)
    assert abs(len(whole) - 0.2 * rates[1]) <= 1


@pytest.mark.parametrize("rates", [(44_100, 16_000), (16_000, 44_100)])
def test_a_stream_agrees_with_the_whole_clip(rates):
    samples = sounds.noise(0, 0.5, rates[0])
    whole = sound.resample(samples, *rates)
    stream = streamed(samples, [777] * 40, *rates)
    assert len(stream) == len(whole)
    assert sounds.snr_db(stream, whole) > 80


@pytest.mark.parametrize("rates", [(44_100, 16_000), (16_000, 44_100)])
def test_a_tone_survives(rates):
    samples = sounds.tone(1000, 1, rates[0], level=0.5)
    for resampled in (sound.resample(samples, *rates), streamed(samples, [999] * 20, *rates)):
        middle = resampled[rates[1] // 4 : 3 * rates[1] // 4]  # whole periods, without the edges
        assert sound.rms_dbfs(middle) == pytest.approx(sound.rms_dbfs(samples), abs=0.1)
        assert sounds.spectrum_db(middle, rates[1], 990, 1010) > -0.01


def test_a_tone_above_the_new_nyquist_is_killed():
    samples = sounds.tone(9_000, 1, 44_100, level=0.5)
    for resampled in (sound.resample(samples, 44_100, 16_000), streamed(samples, [], 44_100, 16_000)):
        assert sound.rms_dbfs(resampled[4_000:12_000]) < sound.rms_dbfs(samples) - 60


def test_after_finish_and_reset_a_stream_starts_anew():
    samples = sounds.noise(0, 0.1, 44_100)
    resampler = Resampler(44_100, 16_000)
    first = np.concatenate((resampler.push(samples), resampler.finish()))
    again = np.concatenate((resampler.push(samples), resampler.finish()))
    np.testing.assert_array_equal(first, again)
    resampler.push(samples[:1234])
    resampler.reset()
    again = np.concatenate((resampler.push(samples), resampler.finish()))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("rates", [(44_100, 16_000), (16_000, 44_100)])
def test_a_stream_is_not_kept_waiting(rates):
    resampler = Resampler(*rates)
    ready = len(resampler.push(sounds.noise(0, 0.1, rates[0])))
    assert 0.04 < ready / rates[1] < 0.1


def test_a_stream_of_nothing():
    assert streamed(np.zeros(0, np.float32), [], 44_100, 16_000).shape == (0,)
    assert streamed(np.zeros(0, np.float32), [], 16_000, 16_000).shape == (0,)


def test_the_same_rate_changes_nothing():
    samples = sounds.noise(0, 0.01, 16_000)
    np.testing.assert_array_equal(sound.resample(samples, 16_000, 16_000), samples)
    np.testing.assert_array_equal(streamed(samples, [7, 9], 16_000, 16_000), samples)
