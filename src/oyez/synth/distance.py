"""How far two phrases are apart: in sounds that must be changed, added or left out.

Two measures. *Edits* count: every change is 1 (Levenshtein 1966). The *distance* weighs: an added or lost
sound costs 1, a changed one between 0.25 and 1, by how differently the two are made. Both are metrics:
symmetric, zero only for equal sounds, and never shorter by way of a third phrase, since what a change costs
is itself a metric on the sounds and none costs more than losing one sound and adding another.
"""

import functools

import numpy as np
import numpy.typing as npt

__all__ = ["Encoded", "change", "distance", "edits", "encode", "to_starts"]

Costs = npt.NDArray[np.float32]

STEP, GLIDE, PLACE, MANNER, VOICE = 0.25, 0.5, 0.5, 0.5, 0.25
LEAST, MOST = 0.25, 1.0

MADE_VOWELS = {
    # height (0 closed to 4 open), backness (0 front to 2 back), where a diphthong glides to
    "i": (0, 0, ""), "ɪ": (1, 0, ""), "ɛ": (2, 0, ""), "æ": (3, 0, ""), "a": (4, 1, ""), "ə": (2, 1, ""),
    "ɜ": (2, 1, ""), "ʌ": (3, 1, ""), "u": (0, 2, ""), "ʊ": (1, 2, ""), "ɔ": (3, 2, ""), "ɑ": (4, 2, ""),
    "ɒ": (4, 2, ""), "A": (2, 0, "i"), "I": (4, 1, "i"), "Y": (3, 2, "i"), "O": (2, 2, "u"), "Q": (2, 1, "u"),
    "W": (4, 1, "u"),
}  # fmt: skip
MADE_CONSONANTS = {
    # place, manner, whether voiced
    "p": ("lips", "stop", 0), "b": ("lips", "stop", 1), "f": ("lips", "friction", 0),
    "v": ("lips", "friction", 1), "m": ("lips", "nose", 1), "w": ("lips", "glide", 1),
    "θ": ("teeth", "friction", 0), "ð": ("teeth", "friction", 1), "t": ("ridge", "stop", 0),
    "d": ("ridge", "stop", 1), "s": ("ridge", "friction", 0), "z": ("ridge", "friction", 1),
    "n": ("ridge", "nose", 1), "l": ("ridge", "liquid", 1), "ɹ": ("palate", "liquid", 1),
    "ʃ": ("palate", "friction", 0), "ʒ": ("palate", "friction", 1), "ʧ": ("palate", "both", 0),
    "ʤ": ("palate", "both", 1), "j": ("palate", "glide", 1), "k": ("back", "stop", 0),
    "ɡ": ("back", "stop", 1), "ŋ": ("back", "nose", 1), "h": ("throat", "friction", 0),
}  # fmt: skip
SIGNS = "".join((*MADE_VOWELS, *MADE_CONSONANTS))
PADDING = len(SIGNS)
INDEX = {sign: index for index, sign in enumerate(SIGNS)}


def change(one: str, other: str) -> float:
    """What it costs to hear one sound for another.

    Two vowels: 0.25 for each step of height or backness, and 0.5 for another glide. Two consonants: 0.5 for
    another place, 0.5 for another manner, 0.25 for voice. At least 0.25, at most 1; a vowel for a consonant
    costs 1.

    >>> change("p", "b"), change("ɪ", "ɛ"), change("s", "m")
    (0.25, 0.25, 1.0)
    """
    if one == other:
        return 0.0
    if one in MADE_VOWELS and other in MADE_VOWELS:
        (height, back, glide), (its_height, its_back, its_glide) = MADE_VOWELS[one], MADE_VOWELS[other]
        cost = STEP * (abs(height - its_height) + abs(back - its_back)) + GLIDE * (glide != its_glide)
    elif one in MADE_CONSONANTS and other in MADE_CONSONANTS:
        parts = zip(MADE_CONSONANTS[one], MADE_CONSONANTS[other], (PLACE, MANNER, VOICE), strict=True)
        cost = sum(weight for part, its_part, weight in parts if part != its_part)
    else:
        return MOST
    return min(MOST, max(LEAST, cost))


class Encoded:
    """Many strings of sounds as one array, to be measured at once."""

    def __init__(self, strings: list[str]) -> None:
        """Of sounds as `pronunciation.bare` gives them."""
        self.lengths = np.array([len(one) for one in strings], np.int64)
        width = int(self.lengths.max(initial=0))
        self.signs = np.full((len(strings), width), PADDING, np.int64)
        for row, one in enumerate(strings):
            self.signs[row, : len(one)] = encode(one)

    def reversed(self) -> "Encoded":
        """The same strings from their ends."""
        turned = Encoded([])
        turned.lengths = self.lengths
        turned.signs = np.full_like(self.signs, PADDING)
        for row, length in enumerate(self.lengths):
            turned.signs[row, :length] = self.signs[row, :length][::-1]
        return turned


def encode(one: str) -> npt.NDArray[np.int64]:
    """(sounds,) numbers of the sounds in a string."""
    return np.array([INDEX[sign] for sign in one], np.int64)


def to_starts(strings: Encoded, phrase: str, *, weighted: bool) -> Costs:
    """How far each string is from each start of a phrase.

    Args:
        strings: n of them.
        phrase: sounds.
        weighted: the distance; else edits.

    Returns:
        (n, sounds of the phrase + 1): column i is against the phrase's first i sounds.
    """
    costs = _costs(weighted)[encode(phrase)] if phrase else np.zeros((0, PADDING + 1), np.float32)
    n_strings, columns = len(strings.lengths), np.ascontiguousarray(strings.signs.T)
    row = np.repeat(
        np.arange(len(phrase) + 1, dtype=np.float32)[:, None], n_strings, axis=1
    )  # (sounds + 1, n)
    result = row.copy()  # (sounds of the phrase + 1, n)
    for column, signs in enumerate(columns):
        after = np.empty_like(row)
        after[0] = column + 1
        for i in range(len(phrase)):
            np.minimum(row[i + 1], after[i], out=after[i + 1])
            after[i + 1] += 1
            np.minimum(after[i + 1], row[i] + costs[i][signs], out=after[i + 1])
        row = after
        ended = strings.lengths == column + 1
        result[:, ended] = row[:, ended]
    return result.T


def distance(one: str, other: str) -> float:
    """The weighted distance of two strings of sounds.

    >>> distance("bɪt", "pɪt"), distance("bɪt", "bɪts")
    (0.25, 1.0)
    """
    return float(to_starts(Encoded([one]), other, weighted=True)[0, -1])


def edits(one: str, other: str) -> int:
    """How many sounds must be changed, added or left out.

    >>> edits("bɪt", "pɪts")
    2
    """
    return int(to_starts(Encoded([one]), other, weighted=False)[0, -1])


@functools.cache
def _costs(weighted: bool) -> Costs:
    """(signs, signs + 1); the last column is padding, which is never part of a result."""
    table = [[change(one, other) if weighted else float(one != other) for other in SIGNS] for one in SIGNS]
    return np.pad(np.array(table, np.float32), ((0, 0), (0, 1)))
