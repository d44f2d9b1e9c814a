"""Whether something said holds a phrase, and the forms and longer words that do, as "activated" does."""

from collections.abc import Iterator

from oyez.synth.neighbours import vocabulary
from oyez.synth.pronunciation import bare, dictionary, is_known, sounds, weakened

__all__ = ["containing", "holds"]

MOST_FORMS = 40
TAPPED = str.maketrans("T", "d")
"""The t of "water", which Americans say as a d."""


def holds(text_spoken: str, phrase_spoken: str) -> bool:
    """Whether something said is, or has in it, the phrase, as loosely as people speak."""
    if bare(phrase_spoken) in bare(text_spoken) or weakened(phrase_spoken) in weakened(text_spoken):
        return True
    return weakened(phrase_spoken.translate(TAPPED)) in weakened(text_spoken.translate(TAPPED))


def containing(phrase: str) -> list[str]:
    """Forms and longer words that hold a phrase: at most 40, the shortest first.

    Args:
        phrase: English words.

    Raises:
        ConfigError: the phrase cannot be said.
        MissingExtraError: hibari is not installed.
    """
    target, words = sounds(phrase), phrase.lower().split()
    found: dict[str, str] = {}
    for text in (*_inflected(words), *_extended(words, target)):
        way = sounds(text)
        known = all(is_known(word) for word in text.split() if word not in words)
        if known and target in way and way != target:
            found.setdefault(way, text)
    return [found[way] for way in sorted(found, key=lambda way: (len(way), found[way]))][:MOST_FORMS]


def _inflected(words: list[str]) -> Iterator[str]:
    last = words[-1]
    stem = last.removesuffix("e")
    verbs = (f"{stem}{ending}" for ending in ("ed", "ing", "er", "or"))
    for form in (f"{last}s", f"{last}'s", *(one for one in (*verbs, f"{last}ly") if one in dictionary())):
        yield " ".join([*words[:-1], form])


def _extended(words: list[str], target: str) -> Iterator[str]:
    """Longer words in place of the only one, or of the first and the last."""
    if len(words) == 1:
        yield from (
            word for word, one in dictionary().items() if len(one) > len(target) and target in bare(one)
        )
        return
    frequent = vocabulary()
    first, last = sounds(words[0]), sounds(words[-1])
    for word, one in zip(frequent.words, frequent.sounds, strict=True):
        if one != first and one.endswith(first):
            yield " ".join([word, *words[1:]])
        if one != last and one.startswith(last):
            yield " ".join([*words[:-1], word])
