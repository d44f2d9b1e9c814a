from itertools import islice

from oyez.record.prompts import WORDS, other_words


def test_every_word_is_asked_for_once_then_again():
    asked = list(islice(other_words("activate"), 2 * len(WORDS)))
    assert asked == [*WORDS, *WORDS]
    assert len(set(WORDS)) == len(WORDS)


def test_what_was_said_comes_last():
    asked = list(islice(other_words("activate", {"water", "music"}), len(WORDS)))
    assert asked[:2] == ["seven", "yes"]
    assert asked[-2:] == ["water", "seven"]


def test_the_trigger_word_is_never_asked_for():
    asked = set(islice(other_words("Good STOP"), 200))
    assert asked == set(WORDS) - {"stop", "good night"}
