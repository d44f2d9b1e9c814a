"""Surroundings: drawn as plain data, and the sound that physics says they make."""

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest

import sounds
from oyez import sound
from oyez.errors import ConfigError
from oyez.synth.effects import Echo
from oyez.synth.material import Material
from oyez.synth.surroundings import (
    Bed,
    Surroundings,
    SurroundingsConfig,
    active_rms_dbfs,
    at_level,
    draw_surroundings,
    surround,
)

RATE = 16_000
PLAIN = Surroundings(level_dbfs=-25.0)


def _pcm(samples):
    return sound.to_int16(samples)


def _echo(at, gain):
    response = np.zeros(at + 1, np.float32)
    response[0], response[at] = 1, gain
    return Echo(response)


@pytest.fixture
def material():
    noises = {"noise": [_pcm(sounds.noise(1, 3, RATE))], "made": [_pcm(sounds.noise(2, 3, RATE))]}
    talk = {"a": [_pcm(sounds.tone(3_000, 4, RATE)), _pcm(sounds.tone(5_000, 4, RATE))], "empty": []}
    return Material(noises, talk, [_echo(800, 0.5), _echo(400, 0.5)])


def _said(seconds=2.0):
    """A tone of 1 kHz in the middle of silence."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    samples[RATE // 2 : RATE] = sounds.tone(1_000, 0.5, RATE)
    return samples


def test_the_same_seed_draws_the_same_plain_data(material):
    one, two, other = (draw_surroundings(np.random.default_rng(seed), material) for seed in (3, 3, 4))
    assert one == two != other
    json.dumps(asdict(one))


def test_shares_and_ranges_are_kept(material):
    config = SurroundingsConfig()
    drawn = [draw_surroundings(np.random.default_rng((5, n)), material, config) for n in range(2_000)]
    share = lambda holds: sum(bool(holds(by)) for by in drawn) / len(drawn)  # noqa: E731
    talk = lambda by: sum(bed.kind == "a" for bed in by.beds)  # noqa: E731
    assert share(lambda by: not by.beds) == pytest.approx(0.08, abs=0.03)
    assert share(lambda by: by.beds and not talk(by)) == pytest.approx(0.3, abs=0.04)
    assert share(lambda by: talk(by) == len(by.beds) > 0) == pytest.approx(0.5, abs=0.04)
    assert {talk(by) for by in drawn} == set(range(7))
    assert share(lambda by: by.room is not None) == pytest.approx(config.room_share, abs=0.04)
    assert {by.room for by in drawn} == {by.bed_room for by in drawn} == {None, 0, 1}
    assert share(lambda by: by.low_pass_hz is not None) == pytest.approx(0.6, abs=0.04)
    assert share(lambda by: by.bands_db != ()) == pytest.approx(0.4, abs=0.04)
    assert share(lambda by: by.overload_db > 0) == pytest.approx(0.06, abs=0.02)
    assert share(lambda by: by.telephone) == pytest.approx(0.06, abs=0.02)
    assert share(lambda by: by.codec is not None) == pytest.approx(0.1, abs=0.02)
    assert {by.codec for by in drawn} >= {None, "adpcm", "gsm", "mp3", "vorbis"}
    for name in ("snr_db", "level_dbfs", "tilt_db"):
        values, (low, high) = [getattr(by, name) for by in drawn], getattr(config, name)
        assert low <= min(values) < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < max(values) <= high
    assert config.level_dbfs[1] - config.level_dbfs[0] >= 40


def test_what_is_not_there_is_not_drawn():
    bare = Material()
    for number in range(50):
        by = draw_surroundings(np.random.default_rng(number), bare)
        assert (by.room, by.bed_room, by.beds) == (None, None, ())


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 12.0])
def test_the_bed_lies_as_far_under_what_is_said_as_was_drawn(material, snr_db):
    said = _said()
    by = replace(PLAIN, beds=(Bed("noise", 0, 0.25, 0.0),), snr_db=snr_db)
    heard = surround(said, by, material)
    rest = sound.rms_dbfs(heard[RATE:])  # nothing is said there
    both = 10 ** (sound.rms_dbfs(heard[RATE // 2 : RATE]) / 10)
    assert 10 * math.log10(both - 10 ** (rest / 10)) - rest == pytest.approx(snr_db, abs=0.5)


def test_talkers_have_the_levels_that_were_drawn(material):
    beds = (Bed("a", 0, 0.0, 3.0), Bed("a", 1, 0.5, -3.0))
    heard = surround(_said(), replace(PLAIN, beds=beds, snr_db=0.0), material)
    low, high = (sounds.spectrum_db(heard, RATE, hz - 50, hz + 50) for hz in (3_000, 5_000))
    assert low - high == pytest.approx(6, abs=0.2)


def test_what_is_said_and_what_it_is_said_over_have_rooms_of_their_own(material):
    said = _said()
    heard = surround(said, replace(PLAIN, room=0), material)
    # the echo comes 800 samples after the tone ends, half as loud
    tail = sound.rms_dbfs(heard[RATE : RATE + 800]) - sound.rms_dbfs(heard[RATE // 2 + 800 : RATE])
    direct = said + np.roll(said, 800) * 0.5
    assert tail == pytest.approx(
        sound.rms_dbfs(direct[RATE : RATE + 800]) - sound.rms_dbfs(direct[RATE // 2 + 800 : RATE]), abs=0.2
    )
    assert np.abs(heard[RATE + 801 :]).max() < 1e-3
    bed = replace(PLAIN, beds=(Bed("a", 0, 0.0, 0.0),), snr_db=0.0)
    assert not np.array_equal(
        surround(said, bed, material), surround(said, replace(bed, bed_room=1), material)
    )


def test_the_level_is_the_one_that_was_drawn(material):
    for level_dbfs in (-56.0, -30.0):
        heard = surround(_said(), replace(PLAIN, level_dbfs=level_dbfs), material)
        assert sound.rms_dbfs(heard) == pytest.approx(level_dbfs, abs=0.1)
    loud = surround(_said(), replace(PLAIN, level_dbfs=0.0), material)
    assert 0.99 < np.abs(loud).max() < 1


def test_everything_that_is_drawn_is_heard(material):
    said, before = _said(), surround(_said(), PLAIN, material)
    for change in (
        {"low_pass_hz": 900.0},
        {"tilt_db": 3.0},
        {"bands_db": ((500.0, 0.0), (2_000.0, 6.0))},
        {"overload_db": 10.0},
        {"telephone": True},
        {"codec": "gsm"},
    ):
        heard = surround(said, replace(PLAIN, **change), material)
        assert not np.array_equal(heard, before) or "tilt_db" in change, change  # a pure tone has no slope
        assert heard.shape == said.shape
        assert heard.dtype == np.float32
        steps = heard * 32_768
        np.testing.assert_array_equal(steps, np.rint(steps))


def test_silence_is_laid_over_a_bed_all_the_same(material):
    silent = np.zeros(RATE, np.float32)
    assert not surround(silent, PLAIN, material).any()
    heard = surround(silent, replace(PLAIN, beds=(Bed("noise", 0, 0.0, 0.0),)), material)
    assert sound.rms_dbfs(heard) == pytest.approx(-25.0, abs=0.2)
    mute = Material({"noise": [np.zeros(100, np.int16)]})
    by = replace(PLAIN, beds=(Bed("noise", 0, 0.0, 0.0),))
    assert not surround(silent, by, mute).any()
    np.testing.assert_array_equal(surround(_said(), by, mute), surround(_said(), PLAIN, mute))


def test_a_pause_does_not_lower_the_level_of_what_is_said():
    said = sounds.tone(1_000, 0.5, RATE)
    assert active_rms_dbfs(_said(20.0)) == pytest.approx(sound.rms_dbfs(said), abs=0.05)
    assert active_rms_dbfs(np.zeros(RATE, np.float32)) == -math.inf
    assert active_rms_dbfs(said[:100]) == -math.inf


def test_silence_has_no_level_to_change():
    assert not at_level(np.zeros(10, np.float32), -20.0).any()
    assert at_level(np.zeros(0, np.float32), -20.0).shape == (0,)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"snr_db": (5.0, -5.0)}, "snr_db must be lowest, highest"),
        ({"low_pass_hz": (0.0, 100.0)}, "low_pass_hz must be above 0"),
        ({"talkers": (0, 2)}, "talkers must be 1 or more"),
        ({"room_share": 1.5}, "room_share must be 0..1"),
        ({"noise_share": 0.9}, "must be 1 at most"),
    ],
)
def test_a_value_out_of_range_is_told(values, said):
    with pytest.raises(ConfigError, match=said):
        SurroundingsConfig.from_dict(values)


def test_the_configuration_goes_to_plain_data_and_back():
    config = SurroundingsConfig(snr_db=(0.0, 10.0))
    assert SurroundingsConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
