"""Turns: who says what when, and where the words are afterwards."""

import json
from dataclasses import asdict

import numpy as np
import pytest

import sounds
from oyez import sound
from oyez.errors import ConfigError
from oyez.synth.material import Material
from oyez.synth.turns import Turn, TurnsConfig, draw_turns, speak

RATE = 16_000
TALK = Material(talk={"people": [sound.to_int16(sounds.tone(5_000, 6, RATE))]})
WORDS = [sounds.clip(sounds.word(500.0), RATE), sounds.clip(sounds.word(600.0, 8_000), 8_000)]
OTHERS = [sounds.clip(sounds.word(1_500.0), RATE, "no")]


def _drawn(count=300, config=None, words=WORDS, others=OTHERS, material=TALK):
    return [draw_turns(np.random.default_rng((8, n)), words, others, material, config) for n in range(count)]


def test_counts_speeds_and_places_are_those_that_were_asked_for():
    for turns in _drawn():
        kinds = [turn.kind for turn in turns]
        assert 1 <= kinds.count("word") <= 3
        assert kinds.count("other") <= 2
        clips = [turn for turn in turns if turn.kind != "people"]
        ends_s = [turn.start_s + 0.6 / turn.pace for turn in clips]
        assert all(turn.start_s >= end_s - 1e-9 for turn, end_s in zip(clips[1:], ends_s, strict=False))
        assert ends_s[-1] <= 10.0 + 1e-9
        assert all(
            0.88 <= turn.speed <= 1.14 and 0.7 <= turn.tempo <= 1.15 and abs(turn.gain_db) <= 3
            for turn in turns
        )
        json.dumps([asdict(turn) for turn in turns])
    assert _drawn(3) == _drawn(3)


def test_a_quarter_of_the_scenes_begins_at_once():
    first_s = np.array([min(turn.start_s for turn in turns) for turns in _drawn(1_000)])
    at_once = float((first_s < 0.3).mean())
    rest = [min(turn.start_s for turn in turns) for turns in _drawn(1_000, TurnsConfig(at_once_share=0.0))]
    assert at_once - float((np.array(rest) < 0.3).mean()) == pytest.approx(0.22, abs=0.06)


def test_talk_stands_close_to_words_but_never_in_them():
    config = TurnsConfig(close_share=1.0, words=(1, 1), others=(0, 0))
    before = after = 0
    for turns in _drawn(200, config):
        word, *talk = turns
        start_s, end_s = word.start_s + 0.1 / word.pace, word.start_s + 0.5 / word.pace
        for turn in talk:
            stop_s = turn.start_s + turn.length_s
            assert 0.5 <= turn.length_s <= 3.0
            if stop_s <= start_s:
                before += 1
                assert 0.03 <= start_s - stop_s <= 0.3 + 1e-9
            else:
                after += 1
                assert 0.03 <= turn.start_s - end_s <= 0.3 + 1e-9
            assert turn.start_s >= -1e-9
            assert stop_s <= 10 + 1e-9
    assert min(before, after) > 120  # not where a clip stands in the way


@pytest.mark.parametrize("material", [Material(), Material(talk={"none": []})])
def test_without_talk_there_is_none(material):
    config = TurnsConfig(close_share=1.0)
    assert {turn.kind for turns in _drawn(20, config, material=material) for turn in turns} <= {
        "word",
        "other",
    }
    assert all(turn.kind == "word" for turns in _drawn(20, others=[], material=material) for turn in turns)


@pytest.mark.parametrize("tempo", [0.7, 1.3])
def test_tempo_moves_spans_and_no_pitch(tempo):
    samples, (span,) = speak((Turn("word", 0, 2.0, 1.0, 0.0, tempo=tempo),), WORDS, OTHERS, TALK)
    assert (span.start_s, span.end_s) == (2.0 + 0.1 / tempo, 2.0 + 0.5 / tempo)
    loud = np.flatnonzero(np.abs(samples) > 0.01) / RATE
    assert loud[0] == pytest.approx(span.start_s, abs=0.02)
    assert loud[-1] == pytest.approx(span.end_s, abs=0.02)
    inside = samples[round((span.start_s + 0.05) * RATE) : round((span.end_s - 0.05) * RATE)]
    assert sounds.spectrum_db(inside, RATE, 470, 530) > -0.5


@pytest.mark.parametrize("index", [0, 1])  # at the scene's rate, and at another
@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_words_are_where_the_spans_say_at_one_level(index, speed):
    turns = (Turn("word", index, 2.0, speed, 1.5), Turn("other", 0, 5.0, 1.0, 0.0))
    samples, spans = speak(turns, WORDS, OTHERS, TALK)
    assert samples.shape == (160_000,)
    assert samples.dtype == np.float32
    (span,) = spans
    assert (span.word, span.start_s, span.end_s) == ("yes", 2.0 + 0.1 / speed, 2.0 + 0.5 / speed)
    loud = np.flatnonzero(np.abs(samples[: 4 * RATE]) > 0.01) / RATE
    assert loud[0] == pytest.approx(span.start_s, abs=0.01)
    assert loud[-1] == pytest.approx(span.end_s, abs=0.01)
    inside = samples[round((span.start_s + 0.05) * RATE) : round((span.end_s - 0.05) * RATE)]
    # active frames count, of which the first and the last are not full
    assert sound.rms_dbfs(inside) == pytest.approx(-26 + 1.5, abs=0.4)
    hz = (500, 600)[index] * speed
    assert sounds.spectrum_db(inside, RATE, hz - 30, hz + 30) > -0.5


def test_a_word_that_is_cut_off_is_no_word():
    turns = (Turn("word", 0, 9.7, 1.0, 0.0), Turn("word", 0, 10.5, 1.0, 0.0))
    samples, spans = speak(turns, WORDS, OTHERS, TALK)
    assert spans == ()
    assert np.abs(samples[round(9.85 * RATE) :]).max() > 0.01


def test_talk_is_faded_and_only_where_it_was_laid():
    samples, spans = speak((Turn("people", 0, 3.0, 1.1, 0.0, 0.5, 1.0),), WORDS, OTHERS, TALK)
    assert spans == ()
    assert not samples[: 3 * RATE].any()
    assert not samples[4 * RATE :].any()
    assert np.abs(samples[3 * RATE : 3 * RATE + 16]).max() < 0.2 * np.abs(samples).max()
    assert sounds.spectrum_db(samples, RATE, 5_450, 5_550) > -0.5


def test_silent_clips_stay_silent():
    silent = sounds.clip(np.zeros(RATE, np.float32), RATE)
    samples, spans = speak((Turn("word", 0, 1.0, 1.0, 0.0),), [silent], [], TALK)
    assert not samples.any()
    assert len(spans) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"words": (3, 1)}, "words must be lowest, highest"),
        ({"duration_s": 0.0}, "duration_s must be positive"),
        ({"speed": (0.0, 1.0)}, "speed must be positive"),
        ({"tempo": (0.0, 1.0)}, "tempo must be positive"),
        ({"close_share": -0.1}, "close_share must be 0..1"),
    ],
)
def test_a_value_out_of_range_is_told(values, said):
    with pytest.raises(ConfigError, match=said):
        TurnsConfig.from_dict(values)
