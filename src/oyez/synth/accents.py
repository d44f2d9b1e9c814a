"""How people with another first language say a phrase: full vowels for weak ones, their sounds for rare ones.

Voices speak American and British English alone, and a detector that learns from them alone does not know most
of those who speak English. What is changed here stands in any handbook of English as a second language: no
sound is put in that English does not have, so that every voice can say it.
"""

import numpy as np

from oyez.synth.distance import distance
from oyez.synth.pronunciation import STRESSES, VOWELS, bare, spoken

__all__ = ["accented"]

FULL = "ʌɑɛɔɪ"
INSTEAD = {
    # weak vowels, as they are written
    "ə": FULL, "ᵊ": "əɛʊ", "ɐ": FULL, "ᵻ": "iɛ",
    # pairs of vowels that few languages keep apart, and diphthongs
    "ɪ": "i", "i": "ɪ", "ʊ": "u", "u": "ʊ", "æ": "ɛɑʌ", "a": "ɛɑ", "ɛ": "æA", "ʌ": "ɑɔ", "ɑ": "ɔʌ", "ɒ": "ɔɑ",
    "ɔ": "ɑO", "ɜ": "ɛɔʌ", "A": "ɛ", "O": "ɔ", "Q": "Oɔ",
    # a flap is American; where it stands for a rolled r it is most of the world's
    "T": "ttd", "ʔ": "t", "ɹ": "T",
    "θ": "tsf", "ð": "dz", "v": "wb", "w": "v", "z": "s", "ʒ": "ʤʃ", "ʤ": "ʒʧ", "ʧ": "ʃ", "ŋ": "n",
}  # fmt: skip
HARD_AT_END = {"b": "p", "d": "t", "ɡ": "k", "v": "f", "z": "s", "ʤ": "ʧ"}
STRENGTH = (0.1, 0.6)
FARTHEST = 0.2
"""Of the number of sounds: farther from the phrase is another phrase."""

TRIES = 20


def accented(phrase: str, rng: np.random.Generator) -> str:
    """A phrase as somebody may say it whose first language is another.

    Args:
        phrase: English words, or symbols between slashes.
        rng: all chance comes from it: an American or British beginning, and what is changed.

    Returns:
        Symbols between slashes, for a voice to say; the phrase unchanged, in symbols, where all that was
        drawn is too far from it.

    Raises:
        ConfigError: there is nothing in the phrase that can be said.
        MissingExtraError: hibari is not installed.
    """
    said = spoken(phrase, british=bool(rng.random() < 0.5))
    sounds = bare(said)
    for _ in range(TRIES):
        strength = rng.uniform(*STRENGTH)
        changed = " ".join(_word(word, strength, rng) for word in said.split())
        if 0 < distance(bare(changed), sounds) <= FARTHEST * len(sounds):
            return f"/{changed}/"
    return f"/{said}/"


def _word(word: str, strength: float, rng: np.random.Generator) -> str:
    """One word, each of its sounds changed with that probability."""
    signs = [_sign(sign, rng) if rng.random() < strength else sign for sign in word]
    last = word[-1]
    if last in HARD_AT_END and rng.random() < strength:
        signs[-1] = HARD_AT_END[last]
    elif last not in VOWELS and last.isalpha() and last not in "ɹlmn" and rng.random() < strength / 3:
        signs.append("ə")  # as where no syllable ends with a consonant
    if _is_cluster(word) and rng.random() < strength / 2:
        # as where no syllable begins with two
        signs.insert(*((0, "ɛ") if word[0] == "s" else (1, "ə")))
    return "".join(signs)


def _sign(sign: str, rng: np.random.Generator) -> str:
    instead = INSTEAD.get(sign, sign)
    return instead[int(rng.integers(len(instead)))]


def _is_cluster(word: str) -> bool:
    """Whether it begins with two consonants, the second no glide."""
    first = word[:2]
    return len(first) == 2 and not any(sign in VOWELS or sign in STRESSES or sign in "jwᵊə" for sign in first)
