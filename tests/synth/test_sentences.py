"""Sentences: many, repeatable, and never the phrase."""

import pytest

from oyez.errors import ConfigError
from oyez.synth import sentences as module
from oyez.synth.forms import holds
from oyez.synth.pronunciation import spoken
from oyez.synth.sentences import sentences
from oyez.synth.wake_words import other_wake_words


def test_thousands_of_distinct_sentences():
    found = sentences(1, 4_000)
    assert len(set(found)) == 4_000
    assert all(text[0] == text[0].upper() and text[-1] in ".?!" for text in found)
    assert not any("{" in text or "}" in text for text in found)


def test_the_seed_decides():
    assert sentences(1, 20) == sentences(1, 20)
    assert sentences(1, 20) != sentences(2, 20)
    assert sentences(1, 0) == []


def test_the_phrase_is_never_said():
    plain = sentences(3, 300)
    assert any(holds(spoken(text), spoken("kettle")) for text in plain)
    without = sentences(3, 300, without=["kettle"])
    assert len(without) == 300
    assert not any(holds(spoken(text), spoken("kettle")) for text in without)


def test_every_slot_is_filled_by_something():
    frames, slots = module._read()
    assert set(frames) == {"order", "talk", "radio"}
    named = {part.partition("}")[0] for text in _texts(frames, slots) for part in text.split("{")[1:]}
    assert named == slots.keys()
    assert all(len(values) == len(set(values)) for values in slots.values())


def _texts(frames, slots):
    return [text for lines in (*frames.values(), *slots.values()) for text in lines]


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(module, "_read", lambda: ({"order": ["stop it.", "go on."]}, {}))
    with pytest.raises(ConfigError, match="give 2 sentences without it, got 5"):
        sentences(1, 5)
    with pytest.raises(ConfigError, match="0 or more, got -1"):
        sentences(1, -1)


def test_wake_words_of_others():
    words = other_wake_words()
    assert len(words) == len(set(words)) >= 40
    assert {"alexa", "hey siri", "ok google"} <= set(words)
    assert all(word == word.lower() and spoken(word) for word in words)
