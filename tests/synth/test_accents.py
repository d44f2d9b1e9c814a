"""What is changed in a phrase for an accent, and how far it may go."""

import numpy as np
import pytest

from oyez.errors import ConfigError
from oyez.synth.accents import FARTHEST, accented
from oyez.synth.distance import distance
from oyez.synth.pronunciation import CONSONANTS, STRESSES, VOWELS, bare, is_symbols, sounds

pytest.importorskip("hibari", reason="hibari-tts is not installed: pip install 'oyez[train]'")

PHRASES = ("computer", "alexa", "view glass", "smart kettle", "hey jarvis", "thank you")
SIGNS = VOWELS | CONSONANTS | set(STRESSES) | set("Tᵊɐᵻʔː ")


def _many(phrase: str, count: int = 200) -> list[str]:
    rng = np.random.default_rng(0)
    return [accented(phrase, rng) for _ in range(count)]


@pytest.mark.parametrize("phrase", PHRASES)
def test_accents_are_many_and_near(phrase: str) -> None:
    accents = _many(phrase)
    assert all(is_symbols(one) and set(one[1:-1]) <= SIGNS for one in accents)
    assert len(set(accents)) > 30
    known = (sounds(phrase), sounds(phrase, british=True))
    apart = [min(distance(bare(one), said) / len(said) for said in known) for one in accents]
    assert max(apart) <= FARTHEST
    assert np.mean(np.array(apart) > 0) > 0.8
    assert all(one.count(" ") == phrase.count(" ") for one in accents)


def test_weak_vowels_become_full_and_the_flap_a_stop() -> None:
    accents = [bare(one) for one in _many("computer")]
    assert {one[1] for one in accents} >= set("ʌɑɔə")
    assert any("ud" in one for one in accents)
    assert any("t" in one and "T" not in one for one in _many("computer"))


def test_clusters_and_hard_ends() -> None:
    kettles = _many("smart kettle")
    assert any(one.startswith("/ɛsm") for one in kettles)
    assert any("tə " in one for one in kettles)
    assert any("ɡəl" in one for one in _many("view glass"))
    assert any(bare(one).endswith("k") for one in _many("big dog"))


def test_chance_is_all_in_the_generator() -> None:
    assert _many("computer", 20) == _many("computer", 20)


def test_what_can_hardly_be_changed_is_left() -> None:
    assert accented("/m/", np.random.default_rng(0)) == "/m/"


def test_nothing_to_say_is_refused() -> None:
    with pytest.raises(ConfigError, match="words that can be said"):
        accented("!", np.random.default_rng(0))
