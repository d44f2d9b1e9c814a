"""What is said: the word itself, and everything that is not the word.

Words and sentences are dealt to one split only; near misses, which are few and all needed in
training, are heard in every split, there by other voices.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

__all__ = ["WORD", "deal", "positive_text", "spoken_alike"]

WORD = "activate"
ENDINGS = ("", ".", "!", "?", ",")
FOLDER = Path(__file__).resolve().parent
KINDS = {"near_misses": 0.4, "words": 0.3, "sentences": 0.3}  # shares of the negatives
SHARED = ("near_misses",)
HELD_OUT_RESIDUES = {"validation": 0, "test": 1}  # of a text's line number, modulo 10
STRESS = re.compile("[ˈˌː\\W]")
LIKE_THE_WORD = re.compile("[æa]kt[əɪʌɒ]v(At|eɪt)")


def positive_text(rng: np.random.Generator) -> str:
    """The word, with punctuation by chance: it changes the prosody."""
    return WORD + ENDINGS[rng.integers(len(ENDINGS))]


def spoken_alike(phonemes: str) -> bool:
    """Whether a phoneme string holds the word, as in "active eight"."""
    return bool(LIKE_THE_WORD.search(STRESS.sub("", phonemes)))


def deal(split: str, count: int, rng: np.random.Generator, phonemes: Callable[[str, bool], str]) -> list[str]:
    """Texts without the word, every text of a kind as often as the others.

    Args:
        split: train, validation or test.
        count: how many texts.
        rng: shuffles.
        phonemes: how a text is said, American (False) or British (True).

    Returns:
        `count` texts in random order.
    """
    dealt: list[str] = []
    for kind, share in KINDS.items():
        texts = _read(kind, split)
        for text in texts:
            if spoken_alike(phonemes(text, False)) or spoken_alike(phonemes(text, True)):
                raise ValueError(f"{kind}.txt should not hold the word, got {text!r}: remove it")
        wanted = round(count * share)
        decks = [rng.permutation(texts) for _ in range(-(-wanted // len(texts)))]
        dealt += [str(text) for text in np.concatenate(decks)[:wanted]]
    order = rng.permutation(count)
    return [_with_ending(dealt[n % len(dealt)], rng) for n in order]


def _read(kind: str, split: str) -> list[str]:
    """The lines of one kind that belong to one split."""
    texts = (FOLDER / f"{kind}.txt").read_text(encoding="utf-8").splitlines()
    if kind in SHARED:
        return texts
    split_of = {residue: name for name, residue in HELD_OUT_RESIDUES.items()}
    return [text for n, text in enumerate(texts) if split_of.get(n % 10, "train") == split]


def _with_ending(text: str, rng: np.random.Generator) -> str:
    if text[-1] in ".!?":
        return text
    return text + ENDINGS[rng.integers(len(ENDINGS))]
