import numpy as np
import pytest

import sounds
from oyez import sound
from oyez.synth.effects import (
    ECHO_BLOCK,
    Echo,
    at_speed,
    at_tempo,
    colour,
    loop,
    overload,
    reverberate,
    telephone,
)

RATE = 44_100


def gain_db(hz: float, **effect: float) -> float:
    """What `colour` does to a tone."""
    samples = sounds.tone(hz, 1, RATE)
    return sound.rms_dbfs(colour(samples, RATE, **effect)) - sound.rms_dbfs(samples)


@pytest.mark.parametrize("low_pass_hz", [2_000.0, 6_957.0])
def test_the_low_pass_keeps_what_is_below_and_kills_what_is_15_percent_above(low_pass_hz):
    for share in (0.05, 0.5, 0.99):
        assert gain_db(round(share * low_pass_hz), low_pass_hz=low_pass_hz) == pytest.approx(0, abs=0.1)
    assert -60 < gain_db(round(1.05 * low_pass_hz), low_pass_hz=low_pass_hz) < -15
    for share in (1.16, 1.5, 2.5):
        assert gain_db(round(share * low_pass_hz), low_pass_hz=low_pass_hz) < -60


@pytest.mark.parametrize("tilt_db", [-6.0, 3.0])
@pytest.mark.parametrize(
    ("hz", "octaves"), [(60, -3), (125, -3), (500, -1), (1000, 0), (4000, 2), (8000, 3), (16_000, 3)]
)
def test_the_slope_turns_about_1_khz(hz, octaves, tilt_db):
    assert gain_db(hz, tilt_db=tilt_db) == pytest.approx(octaves * tilt_db, abs=0.1)


def test_low_pass_and_slope_together():
    both = gain_db(4_000, tilt_db=-3.0, low_pass_hz=5_000.0)
    assert both == pytest.approx(-6, abs=0.1)


BANDS_DB = ((250.0, -6.0), (1_000.0, 6.0), (4_000.0, 0.0))


@pytest.mark.parametrize(
    ("hz", "wanted_db"), [(60, -6), (250, -6), (500, 0), (1_000, 6), (2_000, 3), (4_000, 0), (12_000, 0)]
)
def test_a_microphone_has_straight_lines_between_its_bands(hz, wanted_db):
    assert gain_db(hz, bands_db=BANDS_DB) == pytest.approx(wanted_db, abs=0.1)


def test_bands_slope_and_low_pass_add_up():
    assert gain_db(2_000, bands_db=BANDS_DB, tilt_db=-2.0, low_pass_hz=5_000.0) == pytest.approx(1, abs=0.1)
    assert gain_db(6_000, bands_db=BANDS_DB, low_pass_hz=5_000.0) < -60


def test_what_is_over_the_limit_is_cut_and_the_rest_stays(rng):
    samples = rng.uniform(-1, 1, 1_000).astype(np.float32)
    samples[7] = 1
    cut = overload(samples, 6.0)
    limit = 10 ** (-6 / 20)
    assert np.abs(cut).max() == pytest.approx(limit, rel=1e-6)
    quiet = np.abs(samples) < limit
    np.testing.assert_array_equal(cut[quiet], samples[quiet])
    np.testing.assert_allclose(cut[~quiet], np.sign(samples[~quiet]) * limit, rtol=1e-6)
    assert cut.dtype == np.float32


def test_overload_of_a_tone_makes_its_odd_harmonics():
    cut = overload(sounds.tone(1_000, 1, RATE), 20.0)  # nearly a square: the third is a third
    third_db = sounds.spectrum_db(cut, RATE, 2_950, 3_050) - sounds.spectrum_db(cut, RATE, 950, 1_050)
    assert third_db == pytest.approx(20 * np.log10(1 / 3), abs=0.5)
    assert sounds.spectrum_db(cut, RATE, 1_950, 2_050) < -60


@pytest.mark.parametrize("over_db", [0.0, -3.0])
def test_what_is_not_over_the_limit_is_not_cut(over_db, rng):
    samples = rng.uniform(-1, 1, 100).astype(np.float32)
    np.testing.assert_array_equal(overload(samples, over_db), samples)
    assert overload(np.zeros(0, np.float32), over_db).shape == (0,)


def test_nothing_moves_in_time():
    samples = np.zeros(RATE, np.float32)
    samples[12_345] = 1
    assert int(np.abs(colour(samples, RATE, 5_000.0, -3.0)).argmax()) == 12_345


@pytest.mark.parametrize("effect", [{}, {"low_pass_hz": 22_050.0}, {"low_pass_hz": 1e6}, {"tilt_db": 0.0}])
def test_what_changes_nothing_changes_no_bit(effect):
    samples = sounds.noise(0, 0.1, RATE)
    np.testing.assert_array_equal(colour(samples, RATE, **effect), samples)


@pytest.mark.parametrize("length", [1, 2, 4_409])
def test_length_and_type_stay(length):
    coloured = colour(sounds.noise(0, 1, RATE)[:length], RATE, 3_000.0, 2.0)
    assert coloured.shape == (length,)
    assert coloured.dtype == np.float32


def test_nothing_stays_nothing():
    assert colour(np.zeros(0, np.float32), RATE, 3_000.0).shape == (0,)


def test_a_loop_repeats_from_the_start_or_is_cut():
    samples = np.array([1, 2, 3], np.float32)
    assert loop(samples, 7).tolist() == [1, 2, 3, 1, 2, 3, 1]
    assert loop(samples, 2).tolist() == [1, 2]
    silence = loop(np.zeros(0, np.float32), 3)
    assert silence.tolist() == [0, 0, 0]
    assert silence.dtype == np.float32


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_faster_is_shorter_and_higher(speed):
    samples = at_speed(sounds.tone(1_000, 1, RATE), RATE, speed)
    assert len(samples) == pytest.approx(RATE / speed, abs=2)
    assert sounds.spectrum_db(samples, RATE, 1_000 * speed - 20, 1_000 * speed + 20) > -0.1


def test_an_echo_is_heard_when_it_comes_and_cut_off_at_the_end(rng):
    samples = rng.standard_normal(1_000).astype(np.float32)
    response = np.zeros(301, np.float32)
    response[0], response[300] = 1, 0.5
    wanted = samples.copy()
    wanted[300:] += 0.5 * samples[:700]
    np.testing.assert_allclose(reverberate(samples, response), wanted, atol=1e-5)


def test_a_response_longer_than_the_sound_does_not_wrap_around():
    response = np.zeros(9_000, np.float32)
    response[0], response[8_500] = 1, 1
    heard = reverberate(np.ones(10, np.float32), response)
    np.testing.assert_allclose(heard, np.ones(10), atol=1e-5)
    assert heard.dtype == np.float32


def test_a_telephone_passes_speech_and_no_more():
    def level_db(hz):
        samples = sounds.tone(hz, 1, RATE)
        return sound.rms_dbfs(telephone(samples, RATE)) - sound.rms_dbfs(samples)

    for hz in (400, 1_000, 3_300):
        assert level_db(hz) == pytest.approx(0, abs=0.2)
    for hz in (100, 240, 4_000, 8_000):
        assert level_db(hz) < -60


def test_a_telephone_has_few_steps_the_finer_the_quieter():
    loud, quiet = (telephone(sounds.tone(1_000, 1, RATE, level), RATE) for level in (0.9, 0.01))
    assert len(np.unique(np.round(loud, 6))) <= 255
    for heard, level in ((loud, 0.9), (quiet, 0.01)):
        assert 25 < sounds.snr_db(heard, sounds.tone(1_000, 1, RATE, level)) < 45


def test_a_telephone_cuts_off_what_is_too_loud():
    assert np.abs(telephone(sounds.tone(1_000, 1, RATE, 1.9), RATE)).max() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("effect", [telephone, lambda samples, rate: reverberate(samples, samples[:1])])
def test_nothing_stays_nothing_whatever_happens(effect):
    assert effect(np.zeros(0, np.float32), RATE).shape == (0,)


@pytest.mark.parametrize(
    ("length", "rings"), [(1, 1), (100, 3_000), (60_000, 5_000), (50_000, 20_000), (7_000, 40_000)]
)
def test_an_echo_in_blocks_is_the_whole_convolution(length, rings, rng):
    samples, response = (rng.standard_normal(n).astype(np.float32) for n in (length, rings))
    size = length + rings
    wanted = np.fft.irfft(np.fft.rfft(samples.astype(float), size) * np.fft.rfft(response, size), size)
    echo = Echo(response)
    assert echo.block >= max(ECHO_BLOCK, 2 * rings)
    heard = echo.heard(samples)
    assert heard.dtype == np.float32
    np.testing.assert_allclose(heard, wanted[:length], atol=2e-3)
    np.testing.assert_array_equal(echo.heard(samples), heard)
    assert len(echo.heard(samples[:0])) == 0


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("tempo", [0.6, 0.85, 1.3, 2.0])
def test_tempo_changes_the_length_and_neither_pitch_nor_level(tempo, rate):
    samples = sounds.tone(150, 1, rate, 0.5)
    said = at_tempo(samples, rate, tempo)
    assert said.dtype == np.float32
    assert len(said) == round(len(samples) / tempo)
    inside = said[rate // 20 : -rate // 20]
    assert sound.rms_dbfs(inside) == pytest.approx(sound.rms_dbfs(samples), abs=0.1)
    assert sounds.spectrum_db(inside, rate, 140, 160) > -0.5


@pytest.mark.parametrize("tempo", [0.7, 1.5])
def test_tempo_moves_what_happens_to_where_it_belongs(tempo, rng):
    samples = np.zeros(RATE, np.float32)
    samples[RATE // 2 : RATE // 2 + 2_000] = 0.3 * rng.standard_normal(2_000)
    loud = np.flatnonzero(np.abs(at_tempo(samples, RATE, tempo)) > 0.02) / RATE
    assert loud[0] == pytest.approx(0.5 / tempo, abs=0.02)
    assert loud[-1] == pytest.approx((0.5 + 2_000 / RATE) / tempo, abs=0.03)


def test_no_tempo_and_next_to_nothing_stay_as_they_are(rng):
    samples = rng.standard_normal(RATE).astype(np.float32)
    np.testing.assert_array_equal(at_tempo(samples, RATE, 1.0), samples)
    np.testing.assert_array_equal(at_tempo(samples[:100], RATE, 2.0), samples[:100])
    assert len(at_tempo(samples[:0], RATE, 2.0)) == 0
