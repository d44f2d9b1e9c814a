"""What people say that sounds like a phrase: frequent words and names, alone and in pairs, with how often.

How often is counted in an hour of talk, 9,000 words: a pair is as frequent as if its words met by chance.
"""

import functools
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez.synth.distance import Encoded, distance, to_starts
from oyez.synth.pronunciation import bare, dictionary, spoken

__all__ = ["WORDS_PER_HOUR", "Neighbour", "Vocabulary", "neighbours", "per_hour", "vocabulary"]

LIST = Path(__file__).parent / "text" / "frequent.txt"
WORDS_PER_HOUR = 9_000
UNKNOWN = 2.5
"""log10 of how often in 10⁹ words, of words too rare for the list."""

IN_PAIRS = 6_000
"""So many of the most frequent words are tried in pairs."""

MOST_EDITS, MOST_EDITS_OF_PAIRS, MOST_PAIRS = 3, 2, 5_000


@dataclass(frozen=True)
class Neighbour:
    """A word, or two words in a row, that sound like the phrase."""

    text: str
    spoken: str
    """Kokoro's symbols, with stress."""
    edits: int
    """Sounds changed, added or left out."""
    distance: float
    """The same, weighed by how much they differ."""
    per_hour: float
    """How often in an hour of talk."""


@dataclass(frozen=True)
class Vocabulary:
    """The frequent words, most frequent first, ready to be measured against."""

    words: tuple[str, ...]
    spoken: tuple[str, ...]
    sounds: tuple[str, ...]
    often: npt.NDArray[np.float64]
    """(words,) log10 of how often in 10⁹ words."""
    forwards: Encoded
    backwards: Encoded

    @functools.cached_property
    def number(self) -> dict[str, int]:
        """Where each word stands."""
        return {word: index for index, word in enumerate(self.words)}

    @functools.cached_property
    def of_sounds(self) -> dict[str, int]:
        """The most frequent word of each string of sounds."""
        first: dict[str, int] = {}
        for index, one in enumerate(self.sounds):
            first.setdefault(one, index)
        return first


@functools.cache
def vocabulary() -> Vocabulary:
    """The frequent words, in American English.

    Raises:
        MissingExtraError: hibari is not installed.
    """
    said = dictionary()
    rows = []
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, often = line.split()
            one = said.get(word) or spoken(word)
            rows.append((word, one, bare(one), float(often)))
    words, all_spoken, all_sounds, often_said = zip(*rows, strict=True)
    forwards = Encoded(list(all_sounds))
    return Vocabulary(words, all_spoken, all_sounds, np.array(often_said), forwards, forwards.reversed())


def per_hour(text: str) -> float:
    """How often a text is said in an hour of talk, its words taken as independent."""
    words = vocabulary()
    rate = float(WORDS_PER_HOUR)
    for word in text.lower().split():
        index = words.number.get(word)
        rate *= 10 ** ((UNKNOWN if index is None else words.often[index]) - 9)
    return rate


@functools.lru_cache(maxsize=256)
def neighbours(phrase: str) -> tuple[Neighbour, ...]:
    """Words within three sounds of a phrase, and pairs of words within two, the nearest first.

    A pair's parts must each share more than half of their sounds with the phrase. What sounds the same as the
    phrase or holds it ("activated") is no neighbour.

    Args:
        phrase: sounds.
    """
    words = vocabulary()
    starts = to_starts(words.forwards, phrase, weighted=False)
    weighed = to_starts(words.forwards, phrase, weighted=True)[:, -1]
    found: dict[str, Neighbour] = {}
    for index in np.flatnonzero(starts[:, -1] <= MOST_EDITS):
        if phrase not in words.sounds[index]:
            rate = WORDS_PER_HOUR * 10 ** (words.often[index] - 9)
            found[words.sounds[index]] = found.get(words.sounds[index]) or Neighbour(
                words.words[index], words.spoken[index], int(starts[index, -1]), float(weighed[index]), rate
            )
    for first, second, count in _pairs(words, starts, phrase):
        said = words.sounds[first] + words.sounds[second]
        if phrase in said or said in found:
            continue
        rate = WORDS_PER_HOUR * 10 ** (words.often[first] + words.often[second] - 18)
        found[said] = Neighbour(
            f"{words.words[first]} {words.words[second]}",
            f"{words.spoken[first]} {words.spoken[second]}",
            count,
            distance(said, phrase) if count else 0.0,
            float(rate),
        )
    order = sorted(found.values(), key=lambda one: (one.edits, one.distance, -one.per_hour, one.text))
    return tuple(order)


def _pairs(words: Vocabulary, starts: npt.NDArray[np.float32], phrase: str) -> Iterator[tuple[int, int, int]]:
    """The likeliest pairs within two edits: first word, second word, edits."""
    ends = to_starts(words.backwards, phrase[::-1], weighted=False)[:IN_PAIRS]
    starts = starts[:IN_PAIRS]
    best: dict[tuple[int, int], int] = {}
    for cut in range(1, len(phrase)):
        left, right = starts[:, cut], ends[:, len(phrase) - cut]
        for wrong in range(MOST_EDITS_OF_PAIRS + 1):
            if 2 * wrong >= cut:
                continue
            firsts = np.flatnonzero(left == wrong)
            allowed = min(MOST_EDITS_OF_PAIRS - wrong, (len(phrase) - cut - 1) // 2)
            seconds = np.flatnonzero(right <= allowed)
            for first in firsts:
                for second in seconds:
                    count = wrong + int(right[second])
                    key = (int(first), int(second))
                    best[key] = min(best.get(key, count), count)
    rows = ((first, second, count) for (first, second), count in best.items())
    return iter(
        heapq.nsmallest(
            MOST_PAIRS, rows, key=lambda row: (row[2], -(words.often[row[0]] + words.often[row[1]]), row)
        )
    )
