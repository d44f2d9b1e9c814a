"""Verdicts: the order that experience has, reasons in words, suggestions that score better."""

import pytest

from oyez.errors import ConfigError
from oyez.synth.neighbours import neighbours
from oyez.synth.pronunciation import sounds
from oyez.synth.verdict import FOR_SAID, FOR_SYLLABLES, better, judge, often


@pytest.mark.parametrize(
    ("phrase", "word"),
    [("hi", "poor"), ("stop", "poor"), ("jarvis", "usable"), ("alexa", "usable"), ("computer", "usable"),
     ("activate", "good"), ("view glass", "good"), ("hey computer", "good"), ("smart kettle", "good")],
)  # fmt: skip
def test_verdicts(phrase, word):
    assert judge(phrase).word == word


def test_counts_are_those_of_the_neighbours():
    one = judge("view glass")
    near = neighbours(sounds("view glass"))
    assert one.within == tuple(sum(other.edits <= most for other in near) for most in (1, 2, 3))
    assert one.near_per_hour == pytest.approx(sum(other.per_hour for other in near if other.edits <= 2))
    assert (one.n_sounds, one.n_syllables) == (7, 2)


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("hi", "too short: 2 sounds"),
        ("hi", "1 syllable, where 4"),
        ("view glass", "short: 7 sounds"),
        ("view glass", "2 syllables, where 4"),
        ("computer", "people say it anyway: 1.8 times in an hour"),
        ("stop", "sounds like what is often said"),
        ("activate", "begins with a vowel"),
        ("alexa", "another assistant's wake word: that one would answer"),
        ("hey computer", "holds another assistant's wake word, computer"),
        ("hey sirry", "another assistant's wake word"),
        ("hey roky", "one sound from another assistant's wake word, hey roku"),
        ("blorptangle kettle", "the pronunciation of blorptangle is a guess"),
    ],
)
def test_reasons(phrase, reason):
    assert any(reason in one for one in judge(phrase).reasons)


def test_a_long_rare_phrase_has_nothing_against_it():
    one = judge("hello smart kettle")
    assert (one.score, one.reasons) == (100, ())


def test_each_reason_costs():
    assert judge("computer").score == 100 - FOR_SYLLABLES[3] - FOR_SAID[1.0] - 15


@pytest.mark.parametrize(
    "phrase", ["alexa", "hi", "view glass", "hey oyez", "computer", "smart kettle", "old brass kettle"]
)
def test_suggestions_score_better(phrase):
    found = better(phrase)
    assert 1 <= len(found) <= 3
    assert len(found) == 3 or len(phrase.split()) > 2
    assert all(one.score > judge(phrase).score for one in found)
    assert all(set(one.phrase.split()) & set(phrase.split()) for one in found)
    assert len({one.phrase for one in found}) == len(found)


def test_a_phrase_of_five_words_gets_no_longer():
    assert all(len(one.phrase.split()) <= 5 for one in better("stop it i say now"))


def test_the_best_cannot_be_bettered():
    assert better("hello smart kettle") == []


@pytest.mark.parametrize("phrase", ["", "...", "one two three four five six", "kettle 9000"])
def test_what_is_no_phrase_is_refused(phrase):
    with pytest.raises(ConfigError, match="one to five words in letters, got"):
        judge(phrase)


def test_rates_in_words():
    assert often(0) == "hardly ever"
    assert often(3121) == "3,100 times in an hour of talk"
    assert often(1 / 2217) == "once in 2,200 hours of talk"
