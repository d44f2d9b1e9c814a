"""What `oyez evaluate` does with its options: the terminal's side of an evaluation."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from oyez import plot
from oyez.detect.intent import thresholds
from oyez.detect.model import Model, model_path
from oyez.errors import ConfigError, require
from oyez.evaluate.cuts import write_cuts
from oyez.evaluate.hearing import EngineName
from oyez.evaluate.plain import result_to_dict
from oyez.evaluate.plan import Plan
from oyez.evaluate.report import write_report
from oyez.evaluate.result import Result
from oyez.evaluate.run import evaluate, plan_folders, seconds_of
from oyez.evaluate.summary import summary
from oyez.output import check_empty, check_free

__all__ = ["asked_thresholds", "listening", "planned", "run"]


def run(options: argparse.Namespace) -> Result:
    """Evaluate as the options say, print and write what was found.

    Args:
        options: of `oyez evaluate`.

    Returns:
        What was found, for who calibrates by it.

    Raises:
        OyezError: bad options, folders or files; nothing is written then.
    """
    require("scipy", "evaluate")
    if options.report is not None:
        check_free(options.report, overwrite=options.overwrite)
        plot.require_matplotlib()
    if options.cuts is not None:
        check_empty(options.cuts)
    threshold = asked_thresholds(options)
    engines: list[EngineName] = [(options.model, options.word), *((name, None) for name in options.against)]
    plan, skipped = planned(options)
    with listening(plan) as on_progress:
        result = evaluate(
            plan, engines, jobs=options.jobs, skipped=skipped, threshold=threshold,
            on_progress=on_progress,
        )  # fmt: skip
    if options.report is not None:
        write_report(result, options.report, overwrite=options.overwrite)
    if options.cuts is not None:
        write_cuts(result, options.cuts)
    print(json.dumps(result_to_dict(result), indent=1) if options.json else summary(result))
    return result


def asked_thresholds(options: argparse.Namespace) -> dict[str, float] | None:
    """What `--threshold` or `--false-accepts` give, by word; None where neither is used.

    When a model is calibrated, a rate is for the table that it gets.

    Raises:
        OyezError: the model has no table, or is another engine, whose thresholds are not known here.
    """
    rate = None if options.calibrate else options.false_accepts
    if options.threshold is None and rate is None:
        return None
    found = thresholds(Model(model_path(options.model)), options.threshold, rate, strict=options.strict)
    for note in found.told("--strict"):
        print(f"oyez: note: {note}", file=sys.stderr)
    return found.by_word


def planned(options: argparse.Namespace) -> tuple[Plan, tuple[str, ...]]:
    """The plan that options describe, and what was left out of it.

    Raises:
        OyezError: bad options, folders or files.
    """
    if options.jobs < 1:
        raise ConfigError(f"jobs must be 1 or more, got {options.jobs}.")
    with _console().status("looking for the word in each recording"):
        return plan_folders(
            options.positives,
            options.negatives,
            noise=options.noise,
            rooms=options.rooms,
            near_misses=options.near_misses,
            snr_db=options.snr,
            seed=options.seed,
        )


@contextmanager
def listening(plan: Plan) -> Iterator[Any]:
    """A bar that moves with the seconds that were heard; gives the function that moves it."""
    console = _console()
    columns = (
        TextColumn("listening"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[hours]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    total = seconds_of(plan)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total, hours="")
        heard_s = 0.0

        def on_progress(seconds: float) -> None:
            nonlocal heard_s
            heard_s += seconds
            progress.update(
                task, completed=heard_s, hours=f"{heard_s / 3600:.2f} of {total / 3600:.2f} h of sound"
            )

        yield on_progress


def _console() -> Console:
    return Console(stderr=True)
