import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sounds
from oyez.config import FULL_SCALE, FeatureConfig
from oyez.features import SpectrogramStream, apply_scale, dft_kernels, spectrogram

COURSE = FeatureConfig()


def int16_noise(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(-32768, 32768, 30_000).astype(np.int16)


def int16_speech_like(rng: np.random.Generator) -> np.ndarray:
    """Harmonics of a gliding voice, loud and soft, over room noise."""
    t = np.arange(40_000) / 44_100
    phase = 2 * np.pi * np.cumsum(110 + 40 * np.sin(2 * np.pi * 3 * t)) / 44_100
    voice = sum(np.sin(k * phase) / k for k in range(1, 40)) * (0.5 + 0.5 * np.sin(2 * np.pi * 5 * t)) ** 2
    return np.rint(4000 * voice + 3 * rng.standard_normal(len(t))).astype(np.int16)


@pytest.mark.parametrize("make", [int16_noise, int16_speech_like])
def test_equals_matplotlib(rng, make):
    from matplotlib import mlab

    pcm = make(rng)
    reference, _, _ = mlab.specgram(pcm.astype(np.float64), 200, 8000, noverlap=120)  # (bins, frames)
    ours = spectrogram((pcm / FULL_SCALE).astype(np.float32))
    np.testing.assert_allclose(ours.T, reference, rtol=1e-6)


@pytest.mark.parametrize("window", [199, 256])
def test_equals_matplotlib_for_other_windows(rng, window):
    from matplotlib import mlab

    pcm = int16_noise(rng)
    config = FeatureConfig(rate=16_000, window=window, hop=64, density_rate=16_000)
    reference, _, _ = mlab.specgram(pcm.astype(np.float64), window, 16_000, noverlap=window - 64)
    ours = spectrogram((pcm / FULL_SCALE).astype(np.float32), config)
    np.testing.assert_allclose(ours.T, reference, rtol=1e-6)


def test_ten_seconds_have_the_shape_of_the_lesson():
    frames = spectrogram(np.zeros(441_000, np.float32))
    assert frames.shape == (5511, 101)
    assert frames.dtype == np.float32


@pytest.mark.parametrize("samples", [0, 1, 199])
def test_less_than_a_window_gives_no_frame(samples):
    assert spectrogram(np.zeros(samples, np.float32)).shape == (0, 101)


def test_a_tone_is_where_it_belongs():
    frames = spectrogram(sounds.tone(4410.0, 0.1, 44_100))
    assert set(frames.argmax(axis=1)) == {20}  # 4410 Hz / 220.5 Hz


@given(st.lists(st.integers(0, 900), max_size=12), st.sampled_from(["power", "log"]))
@settings(deadline=None, max_examples=30)
def test_any_cut_of_the_stream_gives_the_same_numbers(cuts, scale):
    samples = sounds.noise(1, 0.15, 44_100)
    config = FeatureConfig(scale=scale, max_hz=9000)
    stream = SpectrogramStream(config)
    parts = np.split(samples, np.minimum(np.cumsum(cuts), len(samples)).astype(int))
    frames = np.concatenate([stream.push(part) for part in parts])
    np.testing.assert_array_equal(frames, spectrogram(samples, config))


def test_a_long_stream_in_odd_pieces_is_the_whole():
    samples = sounds.noise(2, 1.0, 44_100)  # more than one block of frames
    stream = SpectrogramStream()
    frames = [stream.push(samples[start : start + 4_411]) for start in range(0, len(samples), 4_411)]
    np.testing.assert_array_equal(np.concatenate(frames), spectrogram(samples))


def test_finish_and_reset_start_anew():
    samples = sounds.noise(3, 0.01, 44_100)
    stream = SpectrogramStream()
    first = stream.push(samples)
    assert stream.finish().shape == (0, 101)
    np.testing.assert_array_equal(stream.push(samples), first)
    stream.push(samples[:100])
    stream.reset()
    np.testing.assert_array_equal(stream.push(samples), first)


@pytest.mark.parametrize("config", [COURSE, FeatureConfig(window=129, hop=50), FeatureConfig(max_hz=7000)])
def test_kernels_give_the_spectrogram(config):
    samples = sounds.noise(4, 0.05, 44_100)
    kernels = dft_kernels(config)
    assert kernels.shape == (2 * config.bins, config.window)
    windows = np.lib.stride_tricks.sliding_window_view(samples, config.window)[:: config.hop]
    real, imaginary = np.split(windows @ kernels.T, 2, axis=1)
    frames = spectrogram(samples, config)
    error = np.abs(real**2 + imaginary**2 - frames).max(axis=1)
    assert (error <= 1e-4 * frames.max(axis=1)).all()
    assert not kernels[config.used_bins : config.bins].any()


def test_the_log_scale_is_the_logarithm_above_a_floor():
    samples = sounds.noise(5, 0.05, 44_100)
    power = spectrogram(samples)
    expected = np.log10(power.astype(np.float64) + 1e-3)
    log = spectrogram(samples, replace(COURSE, scale="log"))
    np.testing.assert_allclose(log, expected, atol=1e-5)
    silence = spectrogram(np.zeros(400, np.float32), replace(COURSE, scale="log"))
    np.testing.assert_allclose(silence, -3, atol=1e-6)


@pytest.mark.parametrize(("scale", "nothing"), [("power", 0.0), ("log", -3.0)])
def test_above_max_hz_there_is_nothing(scale, nothing):
    samples = sounds.noise(6, 0.05, 44_100)
    config = FeatureConfig(scale=scale, max_hz=7000.0)
    cut, full = spectrogram(samples, config), spectrogram(samples, FeatureConfig(scale=scale))
    above = np.arange(101) * 220.5 > 7000
    np.testing.assert_allclose(cut[:, above], nothing, atol=1e-6)
    np.testing.assert_array_equal(cut[:, ~above], full[:, ~above])


def test_apply_scale_leaves_its_input_alone():
    power = np.ones((3, 101), np.float32)
    apply_scale(power, FeatureConfig(max_hz=1000))
    assert (power == 1).all()


def test_loudness_scales_power_and_shifts_the_logarithm():
    """The trap: 20 dB less make the lesson's features 100 times smaller, the log's 2 lower."""
    loud = sounds.noise(7, 0.1, 44_100, level=0.1)
    quiet = loud * np.float32(0.1)
    np.testing.assert_allclose(spectrogram(loud), 100 * spectrogram(quiet), rtol=1e-4)
    log = replace(COURSE, scale="log")
    shift = spectrogram(loud, log) - spectrogram(quiet, log)
    strong = spectrogram(quiet) > 1.0  # far above the floor
    assert strong.mean() > 0.9
    np.testing.assert_allclose(shift[strong], 2.0, atol=1e-3)


def test_matplotlib_is_not_imported():
    code = "import sys, oyez.features; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
