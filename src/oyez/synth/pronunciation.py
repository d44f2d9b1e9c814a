"""How a text is said: its sounds, American or British, as the voices say them.

The only module of `synth` that knows hibari's G2P, whose symbols are those of Kokoro and misaki: one sign for
each sound, diphthongs and affricates included ("A" is the vowel of "say", "ʧ" begins "cheese").
"""

import functools
from typing import Any

from oyez.errors import ConfigError, require

__all__ = [
    "SCHWA",
    "STRESSES",
    "VOWELS",
    "bare",
    "dictionary",
    "is_known",
    "is_symbols",
    "sounds",
    "spoken",
    "syllables",
    "weakened",
]

VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌ")
CONSONANTS = frozenset("bdfhjklmnpstvwzðŋɡɹʃʒʤʧθ")
STRESSES = "ˈˌ"
SCHWA = "ə"
WEAK = frozenset("əɪʌ")
ALIKE = str.maketrans({"ᵊ": SCHWA, "ɐ": SCHWA, "ᵻ": "ɪ", "T": "t", "ɾ": "t", "ʔ": "t"})
"""Signs for the same sound, said weakly or between vowels."""


def spoken(text: str, *, british: bool = False) -> str:
    """What a voice is given to say.

    Args:
        text: English words; or symbols between slashes, which are taken as they are.
        british: the British pronunciation in place of the American one.

    Returns:
        Kokoro's symbols, with stress marks and spaces.

    Raises:
        ConfigError: there is nothing in the text that can be said.
        MissingExtraError: hibari is not installed.
    """
    said = text[1:-1] if is_symbols(text) else str(_g2p(british)(text))
    if not bare(said):
        raise ConfigError(f"a phrase should hold words that can be said, got {text!r}. Write it in letters.")
    return said


def is_symbols(text: str) -> bool:
    """Whether a text is symbols between slashes, which are said as they are.

    >>> is_symbols("/kɑmpjˈuːtə/"), is_symbols("and/or")
    (True, False)
    """
    return len(text) > 2 and text[0] == text[-1] == "/"


def bare(said: str) -> str:
    """The sounds alone, one character each: no stress, length, spaces or punctuation.

    >>> bare("kəmpjˈuTəɹ")
    'kəmpjutəɹ'
    """
    return "".join(sign for sign in said.translate(ALIKE) if sign in VOWELS or sign in CONSONANTS)


def weakened(said: str) -> str:
    """The sounds alone, with all short vowels without stress taken for one: people say them as they like.

    >>> weakened("ˈæktɪv ˈAt") == weakened("ˈæktəvˌAt")
    True
    """
    marked = said.translate(ALIKE)
    before = " " + marked
    return bare(
        "".join(
            SCHWA if one in WEAK and stress not in STRESSES else one
            for stress, one in zip(before, marked, strict=False)
        )
    )


@functools.lru_cache(maxsize=100_000)
def sounds(text: str, *, british: bool = False) -> str:
    """The sounds of a text, one character each.

    Raises:
        ConfigError: there is nothing in the text that can be said.
        MissingExtraError: hibari is not installed.
    """
    return bare(spoken(text, british=british))


def syllables(said: str) -> int:
    """How many syllables sounds have: one for each vowel.

    >>> syllables("kəmpjutəɹ")
    3
    """
    return sum(sign in VOWELS for sign in bare(said))


def is_known(word: str) -> bool:
    """Whether a word's pronunciation stands in the lexicon, or is made from one there; else it is a guess.

    Raises:
        MissingExtraError: hibari is not installed.
    """
    lexicon = _g2p(british=False).lexicon
    return bool(lexicon.is_known(word.lower(), "NN")) or any(
        lexicon.is_known(word.lower().removesuffix(ending), "NN")
        for ending in ("'s", "s", "es", "ed", "d", "ing")
        if word.lower().endswith(ending)
    )


@functools.cache
def dictionary() -> dict[str, str]:
    """Every word of the American lexicon in lower case, and how it is said.

    Raises:
        MissingExtraError: hibari is not installed.
    """
    lexicon = _g2p(british=False).lexicon
    said: dict[str, str] = {}
    for entries in (lexicon.silvers.d, lexicon.golds.d):
        for word, value in entries.items():
            one = value["DEFAULT"] if isinstance(value, dict) else value
            if one and word.isascii() and len(word) > 1:
                said[word.lower()] = one
    return said


@functools.cache
def _g2p(british: bool) -> Any:
    return require("hibari.g2p", "train").G2P(british=british)
