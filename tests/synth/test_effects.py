import numpy as np
import pytest

import sounds
from oyez import sound
from oyez.synth.effects import colour, loop

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
