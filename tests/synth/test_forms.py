"""What holds a phrase, however loosely it is said."""

from oyez.synth.forms import MOST_FORMS, containing, holds
from oyez.synth.pronunciation import sounds, spoken


def test_a_phrase_is_held_however_it_is_pronounced():
    assert holds(spoken("activated"), spoken("activate"))
    assert holds(spoken("active eight"), spoken("activate"))
    assert holds("kəmpjˈudəɹ", spoken("computer"))
    assert not holds(spoken("captivate"), spoken("activate"))


def test_forms_of_a_word():
    found = containing("activate")
    assert {"activates", "deactivate"} <= set(found)
    assert "activate" not in found
    assert all(sounds("activate") in sounds(text) for text in found)
    assert [len(sounds(text)) for text in found] == sorted(len(sounds(text)) for text in found)


def test_forms_of_several_words():
    assert {"review glass", "view glass's"} <= set(containing("view glass"))


def test_a_short_word_is_in_very_many():
    assert len(containing("hi")) == MOST_FORMS
