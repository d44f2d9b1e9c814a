import sys

import numpy as np
import pytest

from oyez.course.segments import RATE
from oyez.course.voices import Speech, Voice
from oyez.errors import MissingExtraError
from oyez.sound import Samples
from sounds import spectrum_db


@pytest.fixture(scope="module")
def speech() -> Speech:
    return Speech()


def say(speech: Speech, voice: Voice, text: str = "activate") -> Samples:
    return speech.say(text, voice, np.random.default_rng(0))


def pitch_hz(samples: Samples) -> float:
    """Of the loudest 50 ms, by autocorrelation, between 60 and 500 Hz."""
    size = RATE // 20
    starts = range(0, len(samples) - size, size // 4)
    loudest = max(starts, key=lambda start: float(np.square(samples[start : start + size]).sum()))
    part = samples[loudest : loudest + size].astype(np.float64)
    correlation = np.correlate(part, part, "full")[size - 1 :]
    shortest, longest = RATE // 500, RATE // 60
    return RATE / (shortest + int(np.argmax(correlation[shortest:longest])))


def test_word_is_cut_levelled_and_faded(speech: Speech) -> None:
    samples = say(speech, Voice())
    assert samples.dtype == np.float32
    assert 0.4 < len(samples) / RATE < 1.0
    assert np.abs(samples).max() == pytest.approx(10 ** (-3 / 20), abs=1e-4)
    assert samples[0] == samples[-1] == 0


def test_same_chance_says_the_same(speech: Speech) -> None:
    assert np.array_equal(say(speech, Voice()), say(speech, Voice()))


def test_other_words_differ_in_length(speech: Speech) -> None:
    assert len(say(speech, Voice(), "a long sentence is spoken here")) > 2 * len(say(speech, Voice(), "tea"))


def test_pitch_moves_by_semitones(speech: Speech) -> None:
    middle, deep = (pitch_hz(say(speech, Voice(semitones=n, melody=0.0))) for n in (0, -12))
    assert deep / middle == pytest.approx(0.5, rel=0.06)


def test_small_head_moves_resonances_up(speech: Speech) -> None:
    low, high = (spectrum_db(say(speech, Voice(tract=n), "oh"), RATE, 500, 1_500) for n in (0.85, 1.15))
    assert high > low + 2


def test_monotone_keeps_one_pitch(speech: Speech) -> None:
    """The pitch of both halves of a word, with the melody and without."""
    strays = []
    for melody in (0.0, 1.5):
        first, second = np.array_split(say(speech, Voice(melody=melody), "nowhere"), 2)
        strays.append(abs(np.log2(pitch_hz(first) / pitch_hz(second))))
    assert strays[0] < 0.02 < strays[1]


def test_pace_shortens(speech: Speech) -> None:
    assert len(say(speech, Voice(pace=1.3))) < len(say(speech, Voice(pace=0.8)))


def test_drawn_voices_differ_and_repeat(rng: np.random.Generator) -> None:
    voices = [Voice.draw(rng) for _ in range(20)]
    assert len(set(voices)) == 20
    assert Voice.draw(np.random.default_rng(0)) == voices[0]
    assert all(-9 <= voice.semitones <= 4 and 0.8 < voice.tract < 1.1 for voice in voices)


def test_missing_synthesiser_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hibari", None)
    with pytest.raises(MissingExtraError, match=r"needs hibari, .* pip install 'oyez\[notebook\]'"):
        Speech()
