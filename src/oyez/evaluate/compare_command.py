"""What `oyez compare` does with its options, and how a comparison reads in a terminal."""

import argparse
import json
import math
from collections.abc import Sequence

from oyez.errors import ConfigError
from oyez.evaluate.command import listening, planned
from oyez.evaluate.differences import Differences
from oyez.evaluate.engine import Engine
from oyez.evaluate.engines import open_engine
from oyez.evaluate.outcomes import hear_both
from oyez.evaluate.paired import Comparison, Rule, compare

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
        "p: two-sided, exact, of what only one got wrong. B worse: one-sided. Each word once: “only” means",
        "missed in more surroundings than by the other; rows of surroundings are to look at, not to judge by.",
    ]
    if skipped:
        lines += ["", f"{len(skipped)} recordings were left out: {skipped[0]}"]
    return "\n".join([*lines, "", *verdict(found)])


def verdict(found: Comparison) -> list[str]:
    """The verdict in a sentence, and what kept it from being another."""
    alpha = found.rule.alpha
    kinds: list[tuple[str, Differences, bool]] = [
        ("misses", found.pooled.wrong, found.more_misses),
        ("false accepts", found.false_accepts, found.more_false_accepts),
    ]
    if found.near_misses.recordings:
        kinds.append(("accepted near misses", found.near_misses.wrong, found.more_near_misses))
    worse = [f"more {name} (p {_p(wrong.p_worse)})" for name, wrong, more in kinds if more]
    lines = [
        f"B is worse: {' and '.join(worse)}." if worse else f"B is not shown to be worse (p < {alpha:g})."
    ]
    needed = math.floor(-math.log2(alpha)) + 1
    for name, wrong, more in kinds:
        differences = wrong.only_a + wrong.only_b
        if not more and wrong.p_worse < alpha:
            lines.append(f"It has more {name} (p {_p(wrong.p_worse)}), but within the margin.")
        elif not wrong.could_show(alpha):
            lines.append(
                f"Too little to tell by {name}: they differ in {differences}, {needed} could show it."
            )
    return lines


def _rows(found: Comparison) -> list[tuple[str, ...]]:
    def row(name: str, count: str, wrong: Differences, *, totals: bool = True) -> tuple[str, ...]:
        a, b = (str(wrong.both + one) if totals else "" for one in (wrong.only_a, wrong.only_b))
        return name, count, a, b, str(wrong.only_a), str(wrong.only_b), _p(wrong.p), _p(wrong.p_worse)

    rows: list[tuple[str, ...]] = [("", "of", "A", "B", "only A", "only B", "p", "B worse")]
    rows += [row(f"missed, {one.name}", str(one.recordings), one.wrong) for one in found.conditions]
    pooled, near = found.pooled, found.near_misses
    rows.append(row(f"missed, {pooled.name}", str(pooled.recordings), pooled.wrong, totals=False))
    rows.append(row("false accepts", f"{found.hours:.2f} h", found.false_accepts))
    if near.recordings:
        rows.append(row("near misses accepted", str(near.recordings), near.wrong))
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
    return f"{p:.3f}" if p >= 0.001 else f"{p:.0e}"
