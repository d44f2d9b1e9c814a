"""A threshold by intent: from how often a detector may be wrong to the score that a word needs.

A model's own table tells it: for each word `{"hours": H, "rows": [[threshold, false accepts per hour], …]}`,
thresholds rising, measured on H hours of sound without the word.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from oyez.config import EventRate
from oyez.detect.model import Model, ModelCard
from oyez.detect.stream import Threshold, triggers
from oyez.errors import ConfigError, ModelError

__all__ = ["Choice", "Thresholds", "choose", "thresholds", "warned", "worth"]

NOTHING_HEARD = -math.log(0.05)
"""Events: with more than that to be expected, none at all is seen in under 5 % of cases."""

Row = tuple[float, float]
"""A threshold, and its false accepts per hour."""


@dataclass(frozen=True)
class Choice:
    """A threshold for one word."""

    threshold: float
    """0..1."""
    note: str | None = None
    """Where the table does not support what was asked for: what was taken instead, and why."""


@dataclass(frozen=True)
class Thresholds:
    """Those of all words of a model."""

    by_word: dict[str, float]
    notes: dict[str, str | None]
    """By word; None where there is nothing to tell."""

    def told(self, how_to_refuse: str) -> list[str]:
        """The notes that there are, as sentences; each ends with what would refuse instead."""
        return [f"{note}. {how_to_refuse} refuses." for note in self.notes.values() if note]


def choose(table: object, word: str, rate: EventRate, *, strict: bool = False) -> Choice:
    """A threshold that gives false accepts at most so often.

    It is the lowest one with which no more were measured, nor with any higher one. But in H hours, however
    quiet, no rate below −ln(0.05)/H is shown: that is the one-sided upper limit, at 95 %, of a rate of which
    nothing was seen. Where less is asked for, or less than the strictest measured threshold gave, that
    threshold is taken and a note tells so; with `strict` it is an error.

    Args:
        table: of this word, as model files carry it: plain data.
        word: to be named in notes and errors.
        rate: false accepts, at most.
        strict: whether to refuse what the table does not support.

    Returns:
        The threshold, and a note or None.

    Raises:
        ModelError: the table does not fit.
        ConfigError: `strict`, and the table does not support the rate.

    Source: Garwood (1936), Biometrika 28(3–4), p. 437, for a count of 0.
    """
    hours, rows = _read(table, word)
    strictest, fewest = rows[-1]
    shown = NOTHING_HEARD / hours
    if fewest <= rate.per_hour and shown <= rate.per_hour:
        threshold = strictest
        for lower, per_hour in reversed(rows):
            if per_hour > rate.per_hour:
                break
            threshold = lower
        return Choice(threshold)
    asked, last = f"“{word}”: asked for at most {rate}", f"the strictest measured threshold, {strictest:g},"
    if fewest > rate.per_hour:
        reason = f"{asked}; {last} gave {fewest:g} per hour ({_hours(hours)})"
        note = f"{reason}: it is taken"
    else:
        reason = f"{asked}; evidence supports at most {_up(shown):g} per hour ({_hours(hours)})"
        note = f"{reason}: {last} is taken"
    if strict:
        raise ConfigError(f"{reason}. Ask for no less, or measure on more sound without the word.")
    return Choice(strictest, note)


def thresholds(
    model: Model,
    threshold: Threshold | None = None,
    false_accepts: EventRate | str | float | None = None,
    *,
    strict: bool = False,
) -> Thresholds:
    """What was asked for, by one of the two ways of asking, as a threshold for each word.

    Args:
        model: an open model file.
        threshold: score, 0..1, that every word needs, or by word; of words not named it is the model's own.
        false_accepts: how many at most, such as `1/day`, or a number per hour: see `choose`.
        strict: whether to refuse a rate that a table does not support.

    Returns:
        A threshold for each word of the model; its own ones where nothing was asked for.

    Raises:
        ModelError: the model has no table for one of its words, or one that does not fit.
        ConfigError: both ways were used, `strict` without a rate, or see `choose`.
    """
    words = model.card.words
    if false_accepts is None:
        if strict:
            raise ConfigError(
                "strict goes with a rate of false accepts, got none. Give one, or leave strict out."
            )
        by_word = {word: config.threshold for word, config in triggers(model.card, threshold).items()}
        return Thresholds(by_word, dict.fromkeys(words))
    rate = EventRate.of(false_accepts)
    if threshold is not None:
        raise ConfigError(
            f"expected a threshold or a rate of false accepts, got both ({threshold} and {rate}). "
            "Leave one of them out."
        )
    found = {word: _chosen(model, word, rate, strict) for word in words}
    return Thresholds(
        {word: choice.threshold for word, choice in found.items()},
        {word: choice.note for word, choice in found.items()},
    )


def warned(
    model: Model, threshold: Threshold | None, false_accepts: EventRate | str | float | None, strict: bool
) -> dict[str, float]:
    """As `thresholds`, by word; notes become warnings of the code that called the caller."""
    found = thresholds(model, threshold, false_accepts, strict=strict)
    for note in found.told("strict=True"):
        warnings.warn(note, UserWarning, stacklevel=3)
    return found.by_word


def worth(card: ModelCard, word: str) -> str:
    """What the model's table says of its own threshold, for a person.

    Args:
        card: of the model.
        word: one of its words.

    Returns:
        Such as `0.46 false accepts per hour, measured in 3.3 h`.

    Raises:
        ModelError: the table does not fit.
    """
    table = _table(card, word)
    if table is None:
        return "false accepts were not measured"
    hours, rows = _read(table, word)
    at_least = [per_hour for threshold, per_hour in rows if threshold <= card.trigger[word].threshold]
    per_hour = f"{at_least[-1]:g}" if at_least else f"more than {rows[0][1]:g}"
    return f"{per_hour} false accepts per hour, measured in {_hours(hours)}"


def _chosen(model: Model, word: str, rate: EventRate, strict: bool) -> Choice:
    table = _table(model.card, word)
    if table is None:
        raise ModelError(
            f"{model.path} has no table of false accepts for “{word}”, so no threshold for {rate} is known. "
            f"Make one of sound without it: oyez evaluate {model.path} --negatives DIR --calibrate"
        )
    try:
        return choose(table, word, rate, strict=strict)
    except ModelError as error:
        raise ModelError(f"{model.path}: {error}") from None


def _table(card: ModelCard, word: str) -> object:
    """None where there is none."""
    tables = card.values.get("table")
    return tables.get(word) if isinstance(tables, Mapping) else None


def _read(table: Any, word: str) -> tuple[float, list[Row]]:
    """Hours and rows, checked."""
    try:
        hours = float(table["hours"])
        rows = [(float(threshold), float(per_hour)) for threshold, per_hour in table["rows"]]
    except (TypeError, ValueError, KeyError):
        hours, rows = 0.0, []
    rising = all(before < after for (before, _), (after, _) in pairwise(rows))
    fits = all(0 < threshold < 1 and 0 <= per_hour < math.inf for threshold, per_hour in rows)
    if not (rows and rising and fits and 0 < hours < math.inf):
        raise ModelError(
            f"the table of false accepts for “{word}” does not fit: expected hours above 0, and rows of a "
            "rising threshold and a rate per hour. Make one: oyez evaluate MODEL --negatives DIR --calibrate"
        )
    return hours, rows


def _hours(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{hours:.2g} h"


def _up(value: float) -> float:
    """Two digits, rounded up: it is told as a limit."""
    scale = 10.0 ** (1 - math.floor(math.log10(value)))
    return math.ceil(value * scale) / scale
