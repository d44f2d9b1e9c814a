"""Phrases that are nearly the one that is listened for: what a detector must learn to let pass.

None of them is the phrase, sounds like it, or holds it, in American or British. Forms that hold it are
in `forms`: whether a detector should answer to "activated" is a question of its own.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from oyez.errors import ConfigError
from oyez.synth import distance as measure
from oyez.synth.forms import holds
from oyez.synth.neighbours import neighbours, vocabulary
from oyez.synth.pronunciation import (
    STRESSES,
    VOWELS,
    bare,
    spoken,
)

__all__ = ["KINDS", "NearMissPhrase", "near_misses"]

LIKELY_CHANGE = 0.75
"""A sound is changed for one that costs at most this."""

WEAK_CHANGE = 0.25
"""A vowel without stress must change by more than this: people say it as they like."""

AMERICAN = "pbtdkɡfvθðszʃʒhʧʤmnŋlɹwjiɪɛæəʌuʊɔɑAIYOW"
ATTESTED = 15
"""Frequent words in which two sounds must follow each other for a made-up word to have them."""

TWICE_CHANGED = 400
SHORTEST_PART = 3


@dataclass(frozen=True)
class NearMissPhrase:
    """Something that is nearly the phrase."""

    text: str
    """In words; where no word sounds so, the symbols in slashes."""
    spoken: str
    """Kokoro's symbols with stress: what a voice is given to say."""
    kind: str
    """One of `KINDS`."""
    edits: int
    """Sounds that are changed, added or left out."""
    distance: float
    """The same, weighed by how much they differ."""


def near_misses(phrase: str, count: int, seed: int) -> list[NearMissPhrase]:
    """Phrases that sound like one, of all kinds.

    Args:
        phrase: English words.
        count: how many at most; a long phrase has fewer neighbours.
        seed: the same seed gives the same list.

    Returns:
        The nearest first; never the phrase, what sounds the same, or what holds it.

    Raises:
        ConfigError: the count is below 1, or the phrase cannot be said.
        MissingExtraError: hibari is not installed.
    """
    if count < 1:
        raise ConfigError(f"the number of near misses must be 1 or more, got {count}.")
    rng = np.random.default_rng(seed)
    said, british = spoken(phrase), spoken(phrase, british=True)
    target = bare(said)
    found: dict[str, NearMissPhrase] = {}
    spare: list[NearMissPhrase] = []
    for kind, (share, make) in KINDS.items():
        wanted = max(1, round(share * count))
        for text, one in make(said, rng):
            way = bare(one)
            if way in found or len(way) < 2 or holds(one, said) or _sounds_british(text, british):
                continue
            row = NearMissPhrase(text, one, kind, measure.edits(way, target), measure.distance(way, target))
            if wanted > 0:
                found[way] = row
                wanted -= 1
            elif len(spare) < 10 * count:
                spare.append(row)
    for row in sorted(spare, key=lambda row: row.distance):
        found.setdefault(bare(row.spoken), row)
    first = list(found.values())[:count]
    return sorted(first, key=lambda row: (row.distance, row.text))


def _sounds_british(text: str, phrase: str) -> bool:
    return not text.startswith("/") and holds(spoken(text, british=True), phrase)


def _words(said: str, _rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Frequent words, names and pairs; in a phrase of words each of them for one like it."""
    parts = said.split()
    rows = [(one.distance, one.text, one.spoken) for one in neighbours(bare(said)) if one.edits]
    if len(parts) > 1:
        texts = [_text(part) for part in parts]
        for place, part in enumerate(parts):
            for one in neighbours(bare(part)):
                if 0 < one.edits <= 2 and " " not in one.text:
                    line = [*texts[:place], one.text, *texts[place + 1 :]]
                    way = [*parts[:place], one.spoken, *parts[place + 1 :]]
                    rows.append((one.distance, " ".join(line), " ".join(way)))
    rows.sort(key=lambda row: (row[0], row[1]))
    yield from ((text, one) for _, text, one in rows if "/" not in text)


def _changed(said: str, rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """One sound changed, all such in random order; then two, as many as are drawn."""
    once = _variants(said)
    for index in rng.permutation(len(once)):
        yield _named(once[index])
    for index in rng.integers(len(once), size=TWICE_CHANGED) if once else ():
        twice = _variants(once[index])
        if twice:
            yield _named(twice[rng.integers(len(twice))])


def _variants(said: str) -> list[str]:
    """One sound for another, or one left out, where English has such words."""
    found = []
    for place, sign in enumerate(said):
        for new in _instead(said, place) if bare(sign) else ():
            way = said[:place] + new + said[place + 1 :]
            if all(pair in _attested() for word in way.split() for pair in _followers(bare(word))):
                found.append(way)
    return found


def _instead(said: str, place: int) -> list[str]:
    """What may stand in place of a sound; nothing too, but for a stressed vowel's sake."""
    old, stressed = bare(said[place]), said[place - 1 : place] in tuple(STRESSES)
    least = WEAK_CHANGE if old in VOWELS and not stressed else 0.0
    others = [one for one in AMERICAN if least < measure.change(old, one) <= LIKELY_CHANGE]
    return others if old in VOWELS or stressed else [*others, ""]


def _parts(said: str, _rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Its words; the beginnings and ends of a long one."""
    words = said.split()
    if len(words) > 1:
        for width in range(len(words) - 1, 0, -1):
            for start in range(len(words) - width + 1):
                yield _named(" ".join(words[start : start + width]))
    for first, second in _halves(said):
        for part in (first, second):
            if len(bare(part)) >= SHORTEST_PART and any(sign in VOWELS for sign in part):
                yield _named(part.strip())


def _swapped(said: str, _rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Its second half first; another word order."""
    words = said.split()
    if len(words) > 1:
        for start in range(1, len(words)):
            yield _named(" ".join([*words[start:], *words[:start]]))
    else:
        for first, second in _halves(said):
            yield _named(f"{second} {first}")


def _rhymes(said: str, _rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Words with the same last stressed vowel and all that follows."""
    words = vocabulary()
    stresses = [place for place, sign in enumerate(said) if sign in STRESSES]
    tail = bare(said[stresses[-1] :]) if stresses else bare(said)[-2:]
    rows = [index for index, one in enumerate(words.sounds) if len(tail) > 1 and one.endswith(tail)]
    lengths = {index: abs(len(words.sounds[index]) - len(bare(said))) for index in rows}
    for index in sorted(rows, key=lambda index: (lengths[index], index)):
        yield words.words[index], words.spoken[index]


Maker = Callable[[str, np.random.Generator], Iterator[tuple[str, str]]]

KINDS: dict[str, tuple[float, Maker]] = {
    "part": (0.08, _parts),
    "swapped": (0.04, _swapped),
    "rhyme": (0.10, _rhymes),
    "word": (0.48, _words),
    "sound": (0.30, _changed),
}
"""What near misses there are: the share of each, and what makes them."""


def _halves(said: str) -> list[tuple[str, str]]:
    """Cuts before the sound that leads to a vowel, each syllable's start but the first."""
    vowels = [place for place, sign in enumerate(said) if bare(sign) in VOWELS and bare(sign)]
    cuts = []
    for place in vowels[1:]:
        start = place - 1 if said[place - 1] in STRESSES else place
        start -= bool(start) and bare(said[start - 1]) != "" and bare(said[start - 1]) not in VOWELS
        cuts.append((said[:start].strip(), said[start:].strip()))
    return [pair for pair in cuts if bare(pair[0]) and bare(pair[1])]


def _named(way: str) -> tuple[str, str]:
    """A way to say something, with the words that sound so if there are any."""
    texts = [_text(part) for part in way.split()]
    unknown = any(text.startswith("/") for text in texts)
    return (f"/{way}/" if unknown else " ".join(texts)), way


def _text(way: str) -> str:
    words = vocabulary()
    index = words.of_sounds.get(bare(way))
    return f"/{way}/" if index is None else words.words[index]


def _followers(word: str) -> list[str]:
    """The pairs of sounds in a word; # is its edge."""
    edged = f"#{word}#"
    return [edged[place : place + 2] for place in range(len(edged) - 1)]


@functools.cache
def _attested() -> set[str]:
    """Pairs of sounds, with # for a word's edge, that many frequent words have."""
    counts: dict[str, int] = {}
    for one in vocabulary().sounds:
        for pair in _followers(one):
            counts[pair] = counts.get(pair, 0) + 1
    return {pair for pair, count in counts.items() if count >= ATTESTED}
