"""Words to say that are not the trigger word: common ones, short and long, of many sounds."""

from collections.abc import Collection, Iterator
from itertools import cycle

__all__ = ["WORDS", "other_words"]

WORDS = (
    "water", "seven", "music", "yes", "tomorrow", "kitchen", "blue", "telephone", "never", "open",
    "light", "banana", "question", "go", "window", "number", "please", "orange", "morning", "stop",
    "family", "eight", "garden", "louder", "thank you", "paper", "weather", "no", "chocolate", "under",
    "twenty", "visit", "cloud", "remember", "finish", "jacket", "evening", "start", "potato", "left",
    "yellow", "journey", "quiet", "airplane", "five", "picture", "good night", "shoulder", "zebra", "up",
    "minute", "everybody", "church", "volume", "hospital", "three", "inside", "doctor", "breakfast", "wait",
)  # fmt: skip
"""In the order in which they are asked for."""


def other_words(word: str, said: Collection[str] = ()) -> Iterator[str]:
    """Words to ask for, without end: first those that were not said yet.

    Args:
        word: the trigger word: what it shares a word with is left out.
        said: words that are recorded already.
    """
    own = set(word.casefold().split())
    asked = [one for one in WORDS if not own & set(one.split())]
    yield from (one for one in asked if one not in said)
    yield from cycle(asked)
