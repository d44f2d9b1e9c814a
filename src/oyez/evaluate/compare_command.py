"""What `oyez compare` does with its options, and how a comparison reads in a terminal."""

import argparse
import json
import math
from collections.abc import Sequence

from oyez.errors import ConfigError, require
from oyez.evaluate.command import listening, planned
from oyez.evaluate.differences import Differences
from oyez.evaluate.engine import Engine
from oyez.evaluate.engines import open_engine
from oyez.evaluate.hear_both import hear_both
from oyez.evaluate.paired import Comparison, Row, Rule, compare

__all__ = ["comparison_text", "run", "verdict"]


def run(options: argparse.Namespace) -> bool:
    """Compare as the options say, and print what was found.

    Args:
        options: of `oyez compare`.

    Returns:
        Whether B is worse.

    Raises:
        OyezError: bad options, folders or files.
    """
    require("scipy", "evaluate")  # before an hour is heard
    rule = Rule(options.alpha, options.margin, options.margin_per_hour)
    for name in ("positives", "negatives"):
        if getattr(options, name) is None:
            raise ConfigError(f"a comparison needs words and hours without them. Pass --{name} DIR.")
    names = [(name, options.word) for name in (options.a, options.b)]
    engines = [open_engine(*name) for name in names]
    plan, skipped = planned(options)
    with listening(plan) as on_progress:
        a, b = hear_both(plan, engines, names, options.jobs, on_progress)
    found = compare(a, b, rule)
    if options.json:
        rows = [{"name": one.name, "word": one.word, "threshold": one.trigger.threshold} for one in engines]
        values = {"a": rows[0], "b": rows[1], **found.to_dict(), "skipped": list(skipped)}
        print(json.dumps(values, indent=1, ensure_ascii=False))
    else:
        print(comparison_text(found, engines, skipped))
    return found.worse


def comparison_text(found: Comparison, engines: Sequence[Engine], skipped: Sequence[str] = ()) -> str:
    """For a person: who was compared, a table, the verdict.

    Args:
        found: the comparison.
        engines: A and B.
        skipped: recordings that were left out, each with the reason.

    Returns:
        Lines, none of them longer than the names of conditions make it.
    """
    lines = [
        f"{letter}  {one.name}: “{one.word}”, threshold {one.trigger.threshold:.4g}"
        for letter, one in zip("AB", engines, strict=True)
    ]
    lines += ["", *_aligned(_rows(found)), ""]
    lines += [
        "Only A, only B: recordings that one got wrong more often than the other, moments at which it",
        "fired alone. p: how often equals differ so much. B worse: how often equals look as if B were so",
        "much worse. The row of each word once decides; those of surroundings are to look at.",
    ]
    if skipped:
        lines += ["", f"Left out: {len(skipped)}, as {skipped[0]}"]
    return "\n".join([*lines, "", *verdict(found)])


def verdict(found: Comparison) -> list[str]:
    """The verdict in a sentence, and what kept it from being another."""
    alpha = found.rule.alpha
    kinds: list[tuple[str, Differences, bool]] = [
        ("misses", found.pooled.by_recording, found.more_misses),
        ("false accepts", found.false_accepts, found.more_false_accepts),
    ]
    if found.near_misses.recordings:
        kinds.append(("accepted near misses", found.near_misses.by_recording, found.more_near_misses))
    worse = [f"more {name} (p {_p(wrong.p_worse)})" for name, wrong, more in kinds if more]
    lines = [f"B is worse: {', '.join(worse)}." if worse else f"B is not shown to be worse at {alpha:g}."]
    needed = math.floor(-math.log2(alpha)) + 1
    for name, wrong, more in kinds:
        differences = wrong.only_a + wrong.only_b
        if not more and wrong.p_worse < alpha:
            lines.append(f"It has more {name} (p {_p(wrong.p_worse)}), but within the margin.")
        elif wrong.p_better < alpha:
            lines.append(f"It has fewer {name} (p {_p(wrong.p_better)}).")
        elif not wrong.could_show(alpha):
            lines.append(f"Too few {name} to tell: {differences} of one alone, {needed} could show it.")
    return lines


def _rows(found: Comparison) -> list[tuple[str, ...]]:
    def row(name: str, of: str, a: int, b: int, differ: Differences) -> tuple[str, ...]:
        only = (str(differ.only_a), str(differ.only_b))
        return name, of, str(a), str(b), *only, _p(differ.p), _p(differ.p_worse)

    def words(name: str, one: Row) -> tuple[str, ...]:
        return row(name, str(one.renderings), one.wrong_a, one.wrong_b, one.by_recording)

    accepts = found.false_accepts
    counts = (accepts.both + accepts.only_a, accepts.both + accepts.only_b)
    rows: list[tuple[str, ...]] = [("", "of", "A", "B", "only A", "only B", "p", "B worse")]
    rows += [words(f"missed, {one.name}", one) for one in found.conditions]
    rows.append(words(f"missed, {found.pooled.name}", found.pooled))
    rows.append(row("false accepts", f"{found.hours:.2f} h", *counts, accepts))
    if found.near_misses.recordings:
        rows.append(words("near misses accepted", found.near_misses))
    return rows


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _p(p: float) -> str:
    return f"{p:.3f}" if p >= 0.0005 else f"{p:.0e}"
