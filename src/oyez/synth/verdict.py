"""Whether a phrase is a good wake word, before anyone trains it: length, rarity, neighbours; and better ones.

The score starts at 100, and each weakness takes from it by the tables below. They are judgements, not
measurements: they put phrases in the order in which wake words are known to do well, and say why.
"""

import functools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from oyez.errors import ConfigError
from oyez.synth.distance import edits
from oyez.synth.neighbours import MOST_EDITS, Neighbour, neighbours, per_hour
from oyez.synth.pronunciation import VOWELS, is_known, sounds, spoken, syllables
from oyez.synth.wake_words import other_wake_words

__all__ = ["GOOD", "USABLE", "Verdict", "better", "judge", "often"]

GOOD, USABLE = 75, 50
"""Least scores out of 100."""

FOR_SOUNDS = {3: 45, 4: 35, 5: 26, 6: 10, 7: 4}
"""Taken for so few sounds, or fewer."""
FOR_SYLLABLES = {1: 30, 2: 12, 3: 3}
FOR_SAID = {1.0: 25, 0.1: 15, 0.01: 6}
"""Taken where the phrase itself is said so often in an hour of talk, or oftener."""
FOR_NEAR = {10.0: 20, 1.0: 12, 0.1: 6}
"""The same for all that is within `NEAR` sounds of it."""
NEAR = 2
FOR_VOWEL, FOR_GUESS, FOR_TAKEN, FOR_NEARLY_TAKEN = 6, 5, 15, 10
HELD_SOUNDS = 4
"""So long must another assistant's word be to be heard inside a phrase."""

LISTED = 8
GREETINGS = ("hey", "okay", "hello")
GREETED = (*GREETINGS, "hi")
SECOND_WORDS = (
    "lantern", "mercury", "kettle", "robin", "velvet", "captain", "bramble", "juniper", "magnet", "piccolo",
    "marigold", "pelican",
)  # fmt: skip
WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Verdict:
    """What is known about a phrase without training it."""

    phrase: str
    spoken: str
    """American, in Kokoro's symbols."""
    british: str
    n_sounds: int
    n_syllables: int
    per_hour: float
    """How often it is said in an hour of talk, its words taken as independent."""
    within: tuple[int, ...]
    """Frequent words and pairs within 1, 2 and 3 sounds."""
    near_per_hour: float
    """How often one of those within 2 sounds is said in an hour of talk."""
    neighbours: tuple[Neighbour, ...]
    """The nearest."""
    score: int
    """0 to 100."""
    reasons: tuple[str, ...]
    """What took from the score, the worst first."""

    @property
    def word(self) -> str:
        """`good`, `usable` or `poor`."""
        return "good" if self.score >= GOOD else "usable" if self.score >= USABLE else "poor"


@functools.lru_cache(maxsize=512)
def judge(phrase: str) -> Verdict:
    """Length, rarity, neighbours and a score.

    Args:
        phrase: English words.

    Raises:
        ConfigError: it is no phrase of one to five words.
        MissingExtraError: hibari is not installed.
    """
    words = WORDS.findall(phrase)
    if not 1 <= len(words) <= 5 or re.search(r"\d", phrase):
        raise ConfigError(
            f"a phrase must be one to five words in letters, got {phrase!r}. Write numbers out."
        )
    text = " ".join(words).lower()
    said, way = spoken(text), sounds(text)
    near = neighbours(way)
    rate = per_hour(text)
    near_rate = sum(one.per_hour for one in near if 0 < one.edits <= NEAR)
    taken = sorted(
        (
            *_length(len(way), syllables(way)),
            *_rarity(rate, near, near_rate),
            *_saying(words, way),
            *_taken(way),
        ),
        key=lambda pair: -pair[0],
    )
    return Verdict(
        phrase=" ".join(words),
        spoken=said,
        british=spoken(text, british=True),
        n_sounds=len(way),
        n_syllables=syllables(way),
        per_hour=rate,
        within=tuple(sum(0 < one.edits <= most for one in near) for most in range(1, MOST_EDITS + 1)),
        near_per_hour=near_rate,
        neighbours=tuple(one for one in near if one.edits)[:LISTED],
        score=max(0, 100 - sum(points for points, _ in taken)),
        reasons=tuple(reason for _, reason in taken),
    )


def better(phrase: str, count: int = 3) -> list[Verdict]:
    """Phrases made of this one that score better: with a greeting, or a second word.

    Args:
        phrase: English words.
        count: at most so many.

    Returns:
        The best first; fewer or none where the phrase is hard to better.
    """
    own = judge(phrase)
    tried = [judge(text) for text in _made_of(own.phrase.lower())]
    rest = [one for one in tried if one.score > own.score]
    rest.sort(key=lambda one: (-one.score, one.near_per_hour))
    greeted = [one for one in rest if one.phrase.split()[0] in GREETINGS]
    longer = [one for one in rest if one not in greeted]
    mixed = [one for pair in zip_longest(greeted, longer) for one in pair if one]  # of both kinds
    return sorted(mixed[:count], key=lambda one: -one.score)


def _made_of(phrase: str) -> Iterator[str]:
    words = phrase.split()
    core = words[1:] if words[0] in GREETINGS and len(words) > 1 else words
    if len(core) <= 4 and core[0] not in GREETED:
        yield from (" ".join([greeting, *core]) for greeting in GREETINGS if [greeting, *core] != words)
    if len(core) <= 2:
        first = zlib.crc32(core[0].encode()) % len(SECOND_WORDS)  # not the same two for every phrase
        turned = SECOND_WORDS[first:] + SECOND_WORDS[:first]
        yield from (f"{core[0]} {second}" for second in turned if second not in core)


def often(rate: float) -> str:
    """A rate in words, from how often in an hour of talk.

    >>> often(2.5), often(0.04)
    ('2.5 times in an hour of talk', 'once in 25 hours of talk')
    """
    if rate >= 1:
        return f"{float(f'{rate:.2g}'):,g} times in an hour of talk"
    return f"once in {float(f'{1 / rate:.2g}'):,.0f} hours of talk" if rate else "hardly ever"


def _length(n_sounds: int, n_syllables: int) -> Iterator[tuple[int, str]]:
    for most, points in FOR_SOUNDS.items():
        if n_sounds <= most:
            yield (
                points,
                f"short: {n_sounds} sounds, and each of 8 or more helps"
                if most > 5
                else (f"too short: {n_sounds} sounds, where 8 or more are safe"),
            )
            break
    if n_syllables in FOR_SYLLABLES:
        plural = "syllable" if n_syllables == 1 else "syllables"
        yield FOR_SYLLABLES[n_syllables], f"{n_syllables} {plural}, where 4 are better"


def _rarity(rate: float, near: tuple[Neighbour, ...], near_rate: float) -> Iterator[tuple[int, str]]:
    points = _points(FOR_SAID, rate)
    if points:
        yield points, f"people say it anyway: {often(rate)}"
    points = _points(FOR_NEAR, near_rate)
    if points:
        most = sorted((one for one in near if 0 < one.edits <= NEAR), key=lambda one: -one.per_hour)[:3]
        yield points, f"sounds like what is often said: {', '.join(one.text for one in most)}"


def _saying(words: list[str], way: str) -> Iterator[tuple[int, str]]:
    if way[0] in VOWELS:
        yield FOR_VOWEL, "begins with a vowel, which synthetic voices often corrupt and rooms swallow"
    guessed = [word for word in words if not is_known(word)]
    if guessed:
        yield FOR_GUESS, f"the pronunciation of {', '.join(guessed)} is a guess: read it above"


def _taken(way: str) -> Iterator[tuple[int, str]]:
    others = {word: sounds(word) for word in other_wake_words()}
    apart = {word: edits(one, way) for word, one in others.items()}
    nearest = min(apart, key=lambda word: apart[word])
    if apart[nearest] == 0:
        yield FOR_TAKEN, "another assistant's wake word: that one would answer too"
        return
    held = [word for word, one in others.items() if len(one) >= HELD_SOUNDS and one in way]
    if held:
        yield FOR_NEARLY_TAKEN, f"holds another assistant's wake word, {held[0]}: that one may answer too"
    elif apart[nearest] == 1:
        yield FOR_NEARLY_TAKEN, f"one sound from another assistant's wake word, {nearest}"


def _points(table: dict[float, int], rate: float) -> int:
    return max((points for least, points in table.items() if rate >= least), default=0)
