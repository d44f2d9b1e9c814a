"""What `oyez train PHRASE` does with its options: the terminal's side of a training from text."""

import argparse
import json
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from oyez.config import PRESETS, EventRate, SmallConfig
from oyez.errors import ConfigError
from oyez.output import check_free
from oyez.train.budget import Counts, counts_for, read_budget
from oyez.train.export import export
from oyez.train.models import SmallNetwork
from oyez.train.phrase import Learnt, PhraseConfig, train_phrase
from oyez.train.speaking import gather
from oyez.train.trunk import load_trunk

__all__ = ["run"]

PER_HOUR = EventRate.of(0.5)
"""False accepts at the threshold that is chosen, where nothing else is asked for."""


def run(options: argparse.Namespace) -> None:
    """Train as the options say, and write the model file.

    Args:
        options: of `oyez train`, with a phrase.

    Raises:
        OyezError: bad options, folders or files; what was made so far is kept in the run's folder.
    """
    phrase = " ".join(options.phrase.split())
    if not phrase:
        raise ConfigError('expected a phrase to listen for, got nothing. Try: oyez train "hey computer"')
    out = options.out or Path(f"{slug(phrase)}.onnx")
    check_free(out, overwrite=options.overwrite)
    folder = options.run_folder or Path("runs") / out.stem
    rate = PER_HOUR if options.false_accepts is None else EventRate.of(options.false_accepts)
    config = PhraseConfig(phrase, _counts(options, folder), options.seed, rate.per_hour)
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:20}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def on_progress(stage: str, done: float, total: float) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
                if not console.is_terminal:
                    print(stage, file=sys.stderr, flush=True)
            progress.update(tasks[stage], completed=done, total=total)

        material, notes = gather(config, options, on_progress)
        for note in notes:
            console.print(f"oyez: note: {note}", highlight=False, soft_wrap=True)
        learnt = train_phrase(config, material, folder, jobs=options.threads, on_progress=on_progress)
    _write(config, learnt, out, overwrite=options.overwrite)
    _tell(config, learnt, out)


def slug(phrase: str) -> str:
    """A phrase as the name of a file: `hey-computer`."""
    return re.sub(r"[^\w]+", "-", phrase.casefold()).strip("-") or "word"


def _counts(options: argparse.Namespace, folder: Path) -> Counts:
    """Those of the run that is gone on with, else those that the budget is worth."""
    path = folder / "counts.json"
    if path.exists():
        return Counts.from_dict(json.loads(path.read_text(encoding="utf-8")))
    counts = counts_for(read_budget(options.budget), options.threads)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(counts.to_dict(), indent=1) + "\n", encoding="utf-8")
    return counts


def _write(config: PhraseConfig, learnt: Learnt, out: Path, *, overwrite: bool) -> None:
    network = SmallNetwork(PRESETS["small"].features, SmallConfig())
    network.trunk, network.head = load_trunk(), learnt.head
    verdict = learnt.verdict
    notes = {
        "table": {config.phrase: verdict.table},
        "trained": {"phrase": config.phrase, "counts": config.counts.to_dict(), "seed": config.seed},
        "evaluated": {
            "held_out_hours": round(verdict.hours, 3),
            "false_accepts": verdict.false_accepts,
            "held_out_voices": f"{verdict.missed} of {verdict.words} missed, in noise, talk and rooms",
        },
    }
    export(network, out, (config.phrase,), {config.phrase: verdict.trigger}, notes=notes, overwrite=overwrite)


def _tell(config: PhraseConfig, learnt: Learnt, out: Path) -> None:
    verdict = learnt.verdict
    minutes = sum(learnt.seconds.values()) / 60
    print(
        f"{out}: listens for “{config.phrase}” from {verdict.trigger.threshold:g} on.\n"
        f"On voices that trained nothing, in noise, talk and rooms, it missed {verdict.missed} of "
        f"{verdict.words}; in {verdict.hours:.2f} h of speech that trained nothing it went off "
        f"{verdict.false_accepts} times. Voices were synthetic: measure it with people, oyez evaluate.\n"
        f"{minutes:.1f} minutes."
    )
    print(f"try it: oyez listen --model {out}", file=sys.stderr)
