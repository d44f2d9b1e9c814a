"""An evaluation for the terminal: the same verdict as on the page, in at most 100 columns."""

import textwrap

from oyez.evaluate.result import Condition, EngineResult, Result
from oyez.evaluate.verdict import ALLOWED, allowing, missed
from oyez.evaluate.wording import between, number, percent, sentences

__all__ = ["summary"]

WIDTH = 100
INDENT = "  "


def summary(result: Result) -> str:
    """What was found, for a person.

    Args:
        result: one evaluation.

    Returns:
        Lines without an end of line after the last.
    """
    parts = [
        f"seed {result.seed}, {number(result.hours)} hours without the word, {result.words} recordings of it"
        + (f"; {len(result.skipped)} more left out" if result.skipped else "")
    ]
    parts += [_engine(engine) for engine in result.engines]
    return "\n\n".join(parts)


def _engine(engine: EngineResult) -> str:
    lines = [f"{engine.name}: “{engine.word}”, threshold {engine.threshold:g}"]
    for sentence in sentences(engine):
        lines += textwrap.wrap(sentence, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT * 2)
    if engine.conditions:
        lines += ["", *_table(engine)]
    return "\n".join(lines)


def _table(engine: EngineResult) -> list[str]:
    """Misses by condition, columns aligned."""
    rows = [("condition", "words", "missed", "", "95 %", *(f"at {count} fa" for count in ALLOWED))]
    rows += [_row(one, engine.threshold) for one in engine.conditions]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, *cells in rows:
        aligned = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        lines.append(INDENT + "  ".join((name.ljust(widths[0]), *aligned)).rstrip())
    return [*lines, f"{INDENT}fa: misses read off the curve, at so many false accepts at most"]


def _row(condition: Condition, threshold: float) -> tuple[str, ...]:
    one = missed(condition.curve.at(threshold))
    name = textwrap.shorten(condition.name, 30, placeholder="…")
    points = [allowing(condition.curve, count) for count in ALLOWED]
    read_off = [percent(missed(point).value) if point else "–" for point in points]
    own = (str(one.total), str(one.count), percent(one.value), between(*one.interval))
    return (name, *own, *read_off)
