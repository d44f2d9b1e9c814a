"""The wake words of other assistants: what a detector hears in the same room and must not answer."""

import functools
from pathlib import Path

__all__ = ["other_wake_words"]

LIST = Path(__file__).parent / "text" / "wake_words.txt"


@functools.cache
def other_wake_words() -> tuple[str, ...]:
    """All of them, in lower case."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))
