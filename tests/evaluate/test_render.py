"""A plan made sound: what is drawn is what is measured in the samples."""

import numpy as np
import pytest

from oyez import audio, sound
from oyez.evaluate.plan import Piece, Stretch, Take
from oyez.evaluate.render import render_stretch, render_take, span_of
from oyez.evaluate.words import Word
from sounds import noise, tone, word

RATE = 16_000


@pytest.fixture
def spoken(tmp_path):
    audio.write(tmp_path / "w.wav", word(500.0), RATE)
    return Word(tmp_path / "w.wav", "w.wav", 0.6, 0.1, 0.5)


@pytest.fixture
def hiss(tmp_path):
    audio.write(tmp_path / "hiss.wav", noise(1, 6.0, RATE), RATE)
    return tmp_path / "hiss.wav"


def _active(samples, take, spoken, rate=RATE):
    span = span_of(take, spoken)
    return samples[round(span.start_s * rate) : round(span.end_s * rate)]


def test_a_word_stands_between_silences(spoken):
    take = Take(0, "clean", 1.5, 2.0)
    samples = render_take(take, spoken, RATE)
    assert len(samples) == round((1.5 + 0.6 + 2.0) * RATE)
    assert not samples[: round(1.5 * RATE)].any()
    assert not samples[round(2.1 * RATE) :].any()
    np.testing.assert_allclose(_active(samples, take, spoken), tone(500.0, 0.4, RATE), atol=1e-4)


def test_a_word_at_once_loses_what_stood_before_it(spoken):
    take = Take(0, "at once", -0.05, 1.0)
    samples = render_take(take, spoken, RATE)
    assert len(samples) == round((0.6 - 0.05 + 1.0) * RATE)
    np.testing.assert_allclose(samples[round(0.05 * RATE) :][:6400], tone(500.0, 0.4, RATE), atol=1e-4)


@pytest.mark.parametrize("snr_db", [10.0, 3.0, 0.0])
def test_the_ratio_is_that_of_word_and_noise_on_the_same_samples(spoken, hiss, snr_db):
    take = Take(0, "noise", 1.5, 2.0, ((Piece(hiss, 0.5),),), snr_db)
    both = render_take(take, spoken, RATE)
    alone = render_take(Take(0, "clean", 1.5, 2.0), spoken, RATE)
    rest = _active(both - alone, take, spoken)
    measured = sound.rms_dbfs(_active(alone, take, spoken)) - sound.rms_dbfs(rest)
    assert measured == pytest.approx(snr_db, abs=0.01)


def test_talkers_are_at_one_level(spoken, hiss, tmp_path):
    audio.write(tmp_path / "quiet.wav", tone(2_000.0, 6.0, RATE, level=0.001), RATE)
    around = ((Piece(hiss, 0.0),), (Piece(tmp_path / "quiet.wav", 0.0),))
    take = Take(0, "babble", 1.5, 2.0, around, 10.0)
    rest = render_take(take, spoken, RATE) - render_take(Take(0, "clean", 1.5, 2.0), spoken, RATE)
    spectrum = np.abs(np.fft.rfft(rest)) ** 2
    hertz = np.fft.rfftfreq(len(rest), 1 / RATE)
    in_tone = spectrum[np.abs(hertz - 2_000) < 20].sum()
    assert in_tone / spectrum.sum() == pytest.approx(0.5, abs=0.05)


def test_pieces_follow_one_another_and_are_repeated(spoken, tmp_path):
    audio.write(tmp_path / "a.wav", np.full(RATE, 0.2), RATE)
    audio.write(tmp_path / "b.wav", np.full(RATE, -0.2), RATE)
    around = ((Piece(tmp_path / "a.wav", 0.5), Piece(tmp_path / "b.wav", 0.0)),)
    take = Take(0, "noise", 1.0, 2.0, around, 10.0)
    rest = render_take(take, spoken, RATE) - render_take(Take(0, "clean", 1.0, 2.0), spoken, RATE)
    signs = np.sign(rest[:: RATE // 4][:13])
    assert signs.tolist() == [1, 1, -1, -1, -1, -1, 1, 1, -1, -1, -1, -1, 1]


def test_a_room_moves_nothing_and_keeps_the_level(spoken, tmp_path):
    response = np.zeros(4_000, np.float32)
    response[100], response[1_700] = 0.02, 0.01
    audio.write(tmp_path / "room.flac", response, RATE)
    dry, wet = Take(0, "clean", 1.5, 2.0), Take(0, "rooms", 1.5, 2.0, room=tmp_path / "room.flac")
    before, after = render_take(dry, spoken, RATE), render_take(wet, spoken, RATE)
    assert len(after) == len(before)
    assert int(np.argmax(np.abs(after) > 0.01)) == pytest.approx(int(np.argmax(np.abs(before) > 0.01)), abs=4)
    levels = [sound.rms_dbfs(_active(one, dry, spoken)) for one in (before, after)]
    assert levels[0] == pytest.approx(levels[1], abs=0.01)
    assert np.abs(after[round(2.05 * RATE) : round(2.09 * RATE)]).max() > 0.01  # the echo


def test_a_telephone_lets_little_through(tmp_path):
    audio.write(tmp_path / "w.wav", tone(100.0, 0.5, RATE) + tone(1_000.0, 0.5, RATE), RATE)
    samples = render_take(
        Take(0, "telephone", 1.0, 1.0, telephone=True), Word(tmp_path / "w.wav", "w", 0.5, 0.0, 0.5), RATE
    )
    spectrum = np.abs(np.fft.rfft(samples[RATE : RATE + 8_000]))
    assert spectrum[50] < 0.05 * spectrum[500]


def test_what_would_be_too_loud_is_turned_down(spoken, hiss):
    take = Take(0, "noise", 1.5, 2.0, ((Piece(hiss, 0.0),),), -30.0)
    assert np.abs(render_take(take, spoken, RATE)).max() == pytest.approx(0.999, abs=1e-4)


def test_a_stretch_is_a_piece_of_its_recording(hiss, tmp_path):
    whole, _ = audio.read(hiss)
    samples = render_stretch(Stretch(hiss, "hiss", 2.0, 1.5), RATE)
    np.testing.assert_array_equal(samples, whole[2 * RATE :][: round(1.5 * RATE)])
    audio.write(tmp_path / "hum.wav", tone(50.0, 2.0, RATE), RATE)
    noisy = render_stretch(Stretch(hiss, "hiss", 2.0, 1.5, Piece(tmp_path / "hum.wav", 0.0), 10.0), RATE)
    rest = noisy - samples
    assert sound.rms_dbfs(samples) - sound.rms_dbfs(rest) == pytest.approx(10.0, abs=0.01)


def test_silence_takes_noise_as_it_is(tmp_path, hiss):
    audio.write(tmp_path / "silence.wav", np.zeros(RATE), RATE)
    noisy = render_stretch(Stretch(tmp_path / "silence.wav", "s", 0.0, 1.0, Piece(hiss, 0.0), 10.0), RATE)
    assert sound.rms_dbfs(noisy) == pytest.approx(sound.rms_dbfs(audio.read(hiss)[0]), abs=0.5)
