"""Codecs leave speech where it is, and lose what each is known to lose."""

import numpy as np
import pytest

import sounds
from oyez import sound
from oyez.errors import ConfigError
from oyez.synth.codecs import CODECS, coded

RATE = 16_000


def _chirp(seconds=2.0):
    """100 Hz to 7.5 kHz, rising, over a little noise."""
    t = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * (100 * t + (7_400 / seconds) * t**2 / 2)
    return (0.3 * np.sin(phase)).astype(np.float32) + sounds.noise(0, seconds, RATE, 0.01)


@pytest.mark.parametrize("codec", CODECS)
def test_nothing_moves_in_time_and_the_length_stays(codec):
    samples = sound.fit(_chirp()[: RATE // 2], 31_234)  # 250 Hz to 2 kHz, then silence
    heard = coded(samples, RATE, codec)
    assert heard.shape == samples.shape
    assert heard.dtype == np.float32
    size = 65_536
    against = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(samples, size).conj(), size)
    lag = int(np.argmax(against))
    assert min(lag, size - lag) <= 2
    assert against.max() > 0.8 * np.linalg.norm(heard) * np.linalg.norm(samples)


@pytest.mark.parametrize("codec", CODECS)
def test_something_is_lost(codec):
    samples = _chirp()
    assert 0 < sounds.snr_db(coded(samples, RATE, codec), samples) < 60


def test_a_mobile_call_ends_at_4_khz_and_a_file_does_not():
    samples = sounds.tone(5_500, 1, RATE) + sounds.tone(1_000, 1, RATE)
    assert sounds.spectrum_db(coded(samples, RATE, "gsm"), RATE, 4_500, 8_000) < -40
    assert sounds.spectrum_db(coded(samples, RATE, "adpcm"), RATE, 5_400, 5_600) > -6


def test_another_rate_comes_back_at_that_rate():
    samples = sounds.tone(1_000, 0.5, 44_100)
    heard = coded(samples, 44_100, "vorbis")
    assert heard.shape == samples.shape
    assert sounds.spectrum_db(heard, 44_100, 950, 1_050) > -0.5


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_sound_gives_the_same(codec):
    samples = _chirp(0.5)
    np.testing.assert_array_equal(coded(samples, RATE, codec), coded(samples, RATE, codec))
    assert coded(samples[:0], RATE, codec).shape == (0,)


def test_an_unknown_codec_is_told():
    with pytest.raises(ConfigError, match="'speex' is unknown, expected one of adpcm, gsm"):
        coded(_chirp(0.1), RATE, "speex")
