"""What scenes happen in: stretches, gaps, made noises, rooms from files."""

import numpy as np
import pytest

import sounds
from oyez import audio
from oyez.synth.material import (
    Material,
    joined,
    made_noise,
    read_material,
    read_pcm,
    read_rooms,
    simulated_rooms,
    take,
)
from oyez.synth.rooms import draw_hall, draw_room, impulse

RATE = 16_000


@pytest.mark.parametrize(("start", "length"), [(0, 3), (3, 4), (4, 9), (7, 2), (0, 5), (2, 17)])
def test_a_stretch_begins_anew_where_the_recording_ends(start, length):
    pcm = np.array([0, 8_192, 16_384, -16_384, -32_768], np.int16)
    wanted = [pcm[n % 5] / 32_768 for n in range(start, start + length)]
    got = take(pcm, start, length)
    assert got.tolist() == wanted
    assert got.dtype == np.float32


def test_short_recordings_are_joined_with_gaps(rng):
    pcms = [np.full(RATE, n + 1, np.int16) for n in range(5)]
    long = joined(pcms, rng, RATE, longest_s=3.0)
    assert [sorted(set(one.tolist()) - {0}) for one in long] == [[1, 2, 3], [4, 5]]
    gaps_s = [np.flatnonzero(one == 0).size / RATE for one in long]
    assert 0.6 <= gaps_s[0] <= 2.4
    assert joined([], rng) == []


def test_made_noise_falls_with_frequency_or_is_white():
    slopes = []
    for seed in range(12):
        samples = take(made_noise(np.random.default_rng(seed), 4.0), 0, 4 * RATE)
        assert np.abs(samples).max() == pytest.approx(0.5, abs=1e-4)
        low, high = (sounds.spectrum_db(samples, RATE, hz, 2 * hz) for hz in (500, 2_000))
        slopes.append((high - low) / 2 - 3)  # an octave of white noise holds 3 dB more than the one below
    assert -8.5 < min(slopes) < -5
    assert -2 < max(slopes) < 0.5


def test_silence_at_the_end_is_cut_off(tmp_path):
    samples = np.concatenate((sounds.tone(500, 0.5, RATE), np.zeros(RATE, np.float32)))
    audio.write(tmp_path / "a.wav", samples, RATE)
    audio.write(tmp_path / "b.wav", np.zeros(100, np.float32), RATE)
    assert len(read_pcm(tmp_path / "a.wav")) == pytest.approx(RATE / 2, abs=3)
    assert len(read_pcm(tmp_path / "b.wav")) == 100


def test_a_room_from_a_file_begins_with_its_direct_path(tmp_path):
    response = np.zeros(RATE, np.float32)
    response[700], response[900] = -0.4, 0.1
    audio.write(tmp_path / "room.wav", response, RATE)
    audio.write(tmp_path / "silent.wav", np.zeros(100, np.float32), RATE)
    (room,) = read_rooms(tmp_path)
    heard = room.heard(np.eye(1, 1_000, dtype=np.float32)[0])
    assert heard[0] == pytest.approx(-1, abs=1e-3)
    assert heard[200] == pytest.approx(0.25, abs=1e-3)


def test_simulated_rooms_do_not_depend_on_how_many_there_are():
    few, many = simulated_rooms(3, 1), simulated_rooms(3, 2)
    np.testing.assert_array_equal(few[0].spectrum, many[0].spectrum)
    wanted = impulse(draw_room(np.random.default_rng((3, 1))), RATE)
    assert many[1].length == len(wanted)


def test_every_fourth_simulated_room_is_a_hall():
    rooms = simulated_rooms(3, 8)
    for number in (2, 3, 7):
        draw = draw_hall if number % 4 == 3 else draw_room
        assert rooms[number].length == len(impulse(draw(np.random.default_rng((3, number))), RATE))


def test_kinds_of_talk_are_weighed_by_seconds():
    second = np.ones(RATE, np.int16)
    material = Material({"noise": [second]}, {"a": [second, second], "b": [second], "none": []})
    assert material.talk_s() == {"a": 2.0, "b": 1.0}
    assert material.recording("a", 1) is material.talk["a"][1]
    assert material.recording("noise", 0) is material.noises["noise"][0]


def test_material_is_read_from_files(tmp_path):
    for number in range(4):
        audio.write(tmp_path / f"talk/{number}.wav", sounds.tone(300, 2.0, RATE), RATE)
    audio.write(tmp_path / "rain.wav", sounds.noise(1, 1.0, RATE), RATE)
    audio.write(tmp_path / "rooms/a.wav", np.eye(1, 50, dtype=np.float32)[0], RATE)
    talk = {"people": audio.files_in(tmp_path / "talk")}
    material = read_material(
        {"noise": [tmp_path / "rain.wav"]}, talk, tmp_path / "rooms", simulated=2, made=3, talk_s=3.0
    )
    assert {kind: len(pcms) for kind, pcms in material.noises.items()} == {"noise": 1, "made": 3}
    assert 4.0 < material.talk_s()["people"] < 6.0  # two of the four, with gaps
    assert len(material.rooms) == 3
    again = read_material({}, talk, simulated=0, made=0, talk_s=3.0)
    np.testing.assert_array_equal(again.talk["people"][0], material.talk["people"][0])
    assert (len(again.rooms), again.noises) == (0, {"made": []})
