"""How texts are said, and what is the same said otherwise."""

import pytest

from oyez.errors import ConfigError, MissingExtraError
from oyez.synth import pronunciation
from oyez.synth.pronunciation import bare, dictionary, is_known, sounds, spoken, syllables, weakened


def test_both_accents():
    assert spoken("view glass") == "vjˈu ɡlˈæs"
    assert sounds("view glass", british=True) == "vjuɡlɑs"


def test_symbols_between_slashes_are_taken_as_they_are():
    assert spoken("/vjˈu ɡzˈæs/") == spoken("/vjˈu ɡzˈæs/", british=True) == "vjˈu ɡzˈæs"
    assert "/" not in spoken("either/or")


def test_bare_is_one_sign_a_sound():
    assert bare("smˈɑɹt kˈɛTᵊl, ˌA!") == "smɑɹtkɛtəlA"
    assert bare("—") == ""


@pytest.mark.parametrize(
    ("text", "count"), [("hi", 1), ("view glass", 2), ("kettle", 2), ("hey computer", 4)]
)
def test_syllables(text, count):
    assert syllables(spoken(text)) == count


def test_only_vowels_without_stress_are_weak():
    assert weakened("ˈæktɪv ˈAt") == weakened("ˈæktəvˌAt")
    assert weakened("bˈɪt") != weakened("bˈʌt")


def test_what_has_no_sound_is_refused():
    with pytest.raises(ConfigError, match=r"words that can be said, got '\?!'"):
        spoken("?!")


def test_known_words_and_guesses():
    assert is_known("computer")
    assert is_known("Computers")
    assert is_known("kettle's")
    assert not is_known("blorptangle")


def test_dictionary_has_one_way_for_each_word():
    said = dictionary()
    assert len(said) > 150_000
    assert said["computer"] == "kəmpjˈuɾəɹ"
    assert all(isinstance(one, str) for one in said.values())


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    def missing(_module, extra):
        raise MissingExtraError(f"pip install 'oyez[{extra}]'")

    monkeypatch.setattr(pronunciation, "require", missing)
    pronunciation._g2p.cache_clear()
    with pytest.raises(MissingExtraError, match=r"oyez\[train\]"):
        spoken("never said before")
    pronunciation._g2p.cache_clear()
