"""Near misses are near, and never the phrase; the frozen lists hold what they say."""

from pathlib import Path

import pytest

from oyez.errors import ConfigError
from oyez.synth.distance import edits
from oyez.synth.forms import holds
from oyez.synth.phrases import KINDS, near_misses
from oyez.synth.pronunciation import bare, sounds, spoken

FROZEN = Path(__file__).parents[2] / "benchmarks" / "near_misses"
PHRASES = ("alexa", "computer", "view glass", "activate", "smart kettle")
EACH = pytest.mark.parametrize("phrase", PHRASES)


def _lines(name: str) -> list[str]:
    lines = (FROZEN / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _held(text: str, phrase: str) -> list[bool]:
    return [holds(spoken(text, british=one), spoken(phrase, british=one)) for one in (False, True)]


@pytest.mark.parametrize("phrase", [*PHRASES, "hi"])
def test_near_misses_are_near_and_not_the_phrase(phrase):
    found = near_misses(phrase, 60, seed=1)
    assert len(found) == 60
    assert len({bare(one.spoken) for one in found}) == 60
    for one in found:
        assert not holds(one.spoken, spoken(phrase))
        assert one.edits == edits(bare(one.spoken), sounds(phrase))
        if one.text.startswith("/"):
            assert one.text == f"/{one.spoken}/"
        else:
            assert not any(_held(one.text, phrase)), one.text
    assert [one.distance for one in found] == sorted(one.distance for one in found)


def test_all_kinds_are_there():
    found = near_misses("view glass", 80, seed=1)
    assert {one.kind for one in found} == set(KINDS)
    texts = {one.text: one.kind for one in found}
    assert texts["glass view"] == "swapped"
    assert texts["view"] == texts["glass"] == "part"
    assert texts["few glass"] == "word"


def test_the_seed_decides():
    assert near_misses("computer", 40, seed=1) == near_misses("computer", 40, seed=1)
    assert near_misses("computer", 40, seed=1) != near_misses("computer", 40, seed=2)


def test_a_tapped_t_is_no_other_sound_than_d():
    assert "kəmpjudəɹ" not in [bare(one.spoken) for one in near_misses("computer", 300, seed=1)]


def test_there_are_hundreds_even_of_a_rare_phrase():
    found = near_misses("computer", 300, seed=1)
    assert len(found) == 300
    assert {1, 2} <= {one.edits for one in found if one.kind == "sound"}


def test_none_is_refused():
    with pytest.raises(ConfigError, match="1 or more, got 0"):
        near_misses("computer", 0, seed=1)


@EACH
def test_frozen_near_misses(phrase):
    lines = _lines(f"{phrase.replace(' ', '_')}.txt")
    assert len(lines) >= 40
    assert len({sounds(line) for line in lines}) == len(lines)
    far = [line for line in lines if edits(sounds(line), sounds(phrase)) > 2]
    assert far == []
    assert [line for line in lines if any(_held(line, phrase))] == []


@EACH
def test_frozen_forms_hold_the_phrase(phrase):
    lines = _lines(f"{phrase.replace(' ', '_')}_containing.txt")
    assert len(lines) >= 5
    assert [line for line in lines if not any(_held(line, phrase))] == []
    assert [line for line in lines if f" {phrase} " in f" {line} "] == []
