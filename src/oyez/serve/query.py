"""What the address of a request asks for: `/v1/detect?name=…&threshold=…&scores=1`."""

from collections.abc import Iterable
from dataclasses import dataclass

from oyez.detect.stream import Threshold
from oyez.errors import ConfigError

__all__ = ["Asked", "read_query"]

KEYS = ("name", "threshold", "scores")
FLAGS = {"1": True, "true": True, "0": False, "false": False}
MOST = 256


@dataclass(frozen=True)
class Asked:
    """What is wanted of a recording."""

    names: tuple[str, ...] = ()
    """Of words or models; none: all."""
    threshold: Threshold | None = None
    """Score that every word needs, or by word; otherwise the server's."""
    scores: bool = False
    """Whether scores are wanted too."""


def read_query(items: Iterable[tuple[str, str]]) -> Asked:
    """Read and checked.

    Args:
        items: keys and values, as often as each was given.

    Raises:
        ConfigError: a key is unknown, or a value does not fit.

    Example:
        >>> read_query([("name", "lamp"), ("threshold", "lamp:0.6")])
        Asked(names=('lamp',), threshold={'lamp': 0.6}, scores=False)
    """
    items = list(items)
    if len(items) > MOST:
        raise ConfigError(f"at most {MOST} keys may be asked with, got {len(items)}. Leave some out.")
    unknown = [key for key, _ in items if key not in KEYS]
    if unknown:
        raise ConfigError(f"there is no key {unknown[0][:60]!r}. Known are: {', '.join(KEYS)}. Leave it out.")
    scores = [value for key, value in items if key == "scores"]
    if any(value not in FLAGS for value in scores) or len(scores) > 1:
        raise ConfigError(f"scores must be 1 or 0, once, got {', '.join(scores)[:60]}.")
    return Asked(
        tuple(value for key, value in items if key == "name"),
        _threshold([value for key, value in items if key == "threshold"]),
        bool(scores) and FLAGS[scores[0]],
    )


def _threshold(values: list[str]) -> Threshold | None:
    by_word = {}
    for value in values:
        word, colon, number = value.rpartition(":")
        try:
            by_word[word if colon else None] = float(number)
        except ValueError:
            raise ConfigError(f"threshold must be a number, or WORD:NUMBER, got {value[:60]!r}.") from None
    if None in by_word:
        if len(values) > 1:
            raise ConfigError("threshold must be one number, or WORD:NUMBER for each, got both.")
        return by_word[None]
    return {word: number for word, number in by_word.items() if word is not None} or None
