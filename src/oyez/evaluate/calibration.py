"""A model's table of thresholds against false accepts per hour, made from a curve over negatives.

`oyez.detect.intent` reads it.
"""

from collections.abc import Mapping
from typing import Any

from oyez.config import EventRate
from oyez.detect.intent import choose
from oyez.errors import DataError, ModelError
from oyez.evaluate.curve import Curve

__all__ = ["MOST_PER_HOUR", "recalibrated", "threshold_table"]

MOST_PER_HOUR = 200.0
"""What is wrong more often is no detector: such rows are left out."""

DIGITS = 3
"""Of rates and hours, after the point."""


def threshold_table(curve: Curve) -> dict[str, Any]:
    """False accepts per hour by threshold, as model files carry them.

    For each number of false accepts a row has the lowest threshold from which on there are never more: with
    a trigger that falls silent after a detection, a higher threshold may well give more than a lower one.
    The last row is the strictest. Rates are rounded up, hours down: no row says less than was counted.

    Args:
        curve: over recordings without the word, thresholds rising.

    Returns:
        `{"hours": H, "rows": [[threshold, false accepts per hour], …]}`, thresholds rising, rates falling,
        at most 200 per hour but for the strictest.

    Raises:
        DataError: no threshold was tried, or next to no sound was heard.
    """
    hours = -_rounded_up(-curve.hours)
    if not curve.points or hours <= 0:
        raise DataError(
            f"a table needs sound without the word, got {curve.hours * 3600:.1f} s and {len(curve.points)} "
            "thresholds. Give longer recordings."
        )
    lowest: dict[int, float] = {}
    most = 0
    for point in reversed(curve.points):
        most = max(most, point.false_accepts)
        lowest[most] = point.threshold
    strictest = curve.points[-1].false_accepts
    rows = [
        [threshold, _rounded_up(count / curve.hours)]
        for count, threshold in lowest.items()
        if count == strictest or count / curve.hours <= MOST_PER_HOUR
    ]
    return {"hours": hours, "rows": rows[::-1]}


def recalibrated(
    values: Mapping[str, Any], word: str, table: Mapping[str, Any], wanted: EventRate | None = None
) -> dict[str, Any]:
    """What to change in a model's metadata for one word's new table, as `train.model_file.annotate` takes it.

    Args:
        values: of the model's card.
        word: one of its words.
        table: of `threshold_table`.
        wanted: false accepts, at most; None leaves the word's threshold as it is.

    Returns:
        The new `table`, `heads` where the file is merged of several, so that it stays when it is merged
        again, and the new `trigger` where a rate is wanted (of a rate that the table does not support, the
        strictest measured threshold: `detect.intent.choose` tells).

    Raises:
        ModelError: the model has no such word.
    """
    if word not in values["words"]:
        raise ModelError(
            f"the model listens for {', '.join(values['words'])}, got “{word}”. Name one of those."
        )
    changes: dict[str, Any] = {"table": {**_tables(values), word: dict(table)}}
    if "heads" in values:
        changes["heads"] = [
            {**head, "table": {**_tables(head), word: dict(table)}} if word in head["words"] else head
            for head in values["heads"]
        ]
    if wanted is not None:
        chosen = {**values["trigger"][word], "threshold": choose(table, word, wanted).threshold}
        changes["trigger"] = {**values["trigger"], word: chosen}
    return changes


def _tables(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(values.get("table") or {})


def _rounded_up(value: float) -> float:
    """Never below the value."""
    near = round(value, DIGITS)
    return near if near >= value else round(near + 10**-DIGITS, DIGITS)
