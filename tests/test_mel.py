"""Log-mel frames: against the definition, any scale of time and level, silence, the matrix form."""

from dataclasses import replace

import numpy as np
import pytest

from oyez.config import FULL_SCALE, MelConfig
from oyez.mel import dft_bins, log_mel, mel_weights, windowed_dft

MEL = MelConfig()


def _noise(rng, samples=16_000, level=0.05):
    return np.asarray(rng.standard_normal(samples) * level, np.float32)


def test_a_frame_is_what_the_definition_says(rng):
    samples = _noise(rng, 800)
    n = np.arange(400)
    window = samples[240:640].astype(np.float64) * FULL_SCALE * (0.5 - 0.5 * np.cos(2 * np.pi * n / 400))
    power = np.abs([np.sum(window * np.exp(-2j * np.pi * k * n / 512)) for k in range(257)]) ** 2
    np.testing.assert_allclose(log_mel(samples)[3], np.log10(power @ mel_weights(MEL)) + 2, atol=1e-5)


def test_frames_end_with_their_hop_and_silence_comes_first(rng):
    samples = _noise(rng, 1_000)
    frames = log_mel(samples)
    assert frames.shape == (6, 32)
    assert frames.dtype == np.float32
    later = log_mel(np.concatenate((np.zeros(320, np.float32), samples)))
    np.testing.assert_array_equal(later[2:], frames)
    changed = samples.copy()
    changed[480:] = 0
    np.testing.assert_array_equal(log_mel(changed)[:3], frames[:3])
    assert not np.array_equal(log_mel(changed)[3], frames[3])


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (159, 0), (160, 1), (319, 1), (48_000, 300)])
def test_a_frame_for_each_whole_hop(samples, frames):
    assert log_mel(np.zeros(samples, np.float32)).shape == (frames, 32)


def test_a_tone_is_in_its_band(rng):
    hertz = np.arange(257) * 16_000 / 512
    for band in (0, 7, 20, 31):
        centre = hertz[np.argmax(mel_weights(MEL)[:, band])]
        tone = np.asarray(0.1 * np.sin(2 * np.pi * centre * np.arange(16_000) / 16_000), np.float32)
        assert log_mel(tone)[50].argmax() == band


def test_ten_decibels_are_one(rng):
    samples = _noise(rng)
    louder = log_mel(samples * np.float32(np.sqrt(10)))
    np.testing.assert_allclose(louder[5:] - log_mel(samples)[5:], 1, atol=1e-4)


def test_silence_is_as_loud_as_dither(rng):
    silence = log_mel(np.zeros(16_000, np.float32))
    assert np.all(silence == 2)
    dither = log_mel((rng.integers(0, 2, 160_000) / FULL_SCALE - 0.5 / FULL_SCALE).astype(np.float32))
    assert np.mean(10.0 ** (dither[10:] - 2)) == pytest.approx(1.35, abs=0.1)  # what falls below 1 is 1


def test_bands_have_area_one_and_the_edges_that_are_asked_for():
    weights = mel_weights(MEL)
    np.testing.assert_allclose(weights.sum(0) * 16_000 / 512, 1, atol=0.02)
    hertz = np.arange(257) * 16_000 / 512
    assert not weights[hertz <= 60].any()
    assert not weights[hertz >= 3_800].any()
    assert weights[2:122].any(axis=1).all()
    assert (dft_bins(MEL).start, dft_bins(MEL).stop) == (2, 122)


def test_the_matrix_form_is_the_same(rng):
    samples = _noise(rng, 1_600)
    products = samples[240:640].astype(np.float64) @ windowed_dft(MEL)
    power = np.square(products).reshape(2, -1).sum(0) @ mel_weights(MEL)[dft_bins(MEL)]
    np.testing.assert_allclose(np.log10(power) + 2, log_mel(samples)[3], atol=1e-5)


def test_other_numbers_than_the_trunks(rng):
    config = replace(MEL, bands=10, window=320, fft=1024, hop=80, low_hz=2_000.0, high_hz=8_000.0)
    assert log_mel(_noise(rng), config).shape == (200, 10)
