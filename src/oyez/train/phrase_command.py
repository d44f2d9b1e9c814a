"""What `oyez train PHRASE` does with its options: the terminal's side of a training from text."""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from oyez.config import EventRate
from oyez.errors import ConfigError
from oyez.output import check_free, write_text
from oyez.train.budget import Counts, counts_for, read_budget
from oyez.train.phrase import Learnt, Material, PhraseConfig, check_folder, train_phrase
from oyez.train.phrase_file import engine_licences, write_phrase_model
from oyez.train.progress import shown
from oyez.train.speaking import gather
from oyez.train.stages import Stages
from oyez.train.versions import versions

__all__ = ["PER_HOUR", "SYNTHETIC", "minutes", "run", "slug", "tell_notes"]

PER_HOUR = EventRate.of(0.5)
"""False accepts at the threshold that is chosen, where nothing else is asked for."""

BUDGET = "15m"
SYNTHETIC = "These voices are synthetic: people may be missed more often. Measure it: oyez evaluate."


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
    rate = EventRate.of(PER_HOUR if options.false_accepts is None else options.false_accepts)
    config = PhraseConfig(phrase, _counts(options, folder), options.seed, rate.per_hour)
    console = Console(stderr=True)
    if check_folder(folder, config):
        tell_notes(console, [f"{folder}: this training had ended before; its model is written again"])
    with shown(console) as on_progress:
        stages = Stages(folder, on_progress)
        try:
            material, notes = gather(config, options, stages.told)
            stages.save()
            tell_notes(console, notes)
            _keep_counts(options, config.counts, folder)
            learnt = train_phrase(config, material, folder, jobs=options.threads, on_progress=on_progress)
        except KeyboardInterrupt:
            tell_notes(console, ["what was made is kept; the same command goes on with it"])
            raise
    _write(config, material, learnt, out, overwrite=options.overwrite)
    _tell(config, learnt, out)


def slug(phrase: str) -> str:
    """A phrase as the name of a file: `hey-computer`."""
    return re.sub(r"[^\w]+", "-", phrase.casefold()).strip("-") or "word"


def minutes(seconds: Mapping[str, float]) -> str:
    """Where the minutes went, a line for each stage, and all of them."""
    rows = [*seconds.items(), ("all", sum(seconds.values()))]
    return "\n".join(f"  {name:<20} {length_s / 60:5.1f} min" for name, length_s in rows)


def tell_notes(console: Console, notes: list[str]) -> None:
    """On stderr, above bars."""
    for note in notes:
        console.print(f"oyez: note: {note}", highlight=False, soft_wrap=True, markup=False)


def _counts(options: argparse.Namespace, folder: Path) -> Counts:
    """Those of the run that is gone on with, else those that the budget is worth.

    Raises:
        ConfigError: the run was begun with another budget than the one that is typed.
    """
    path, budget_s = folder / "counts.json", read_budget(options.budget or BUDGET)
    if not path.exists():
        return counts_for(budget_s, options.threads)
    kept = json.loads(path.read_text(encoding="utf-8"))
    if options.budget is not None and budget_s != kept.get("budget_s"):
        raise ConfigError(
            f"{folder} holds a training of {kept.get('budget_s'):g} s, got --budget {options.budget}. Name "
            "another --run folder, or leave --budget out."
        )
    return Counts.from_dict(kept)


def _keep_counts(options: argparse.Namespace, counts: Counts, folder: Path) -> None:
    """Write them down: the machine that goes on may have other cores."""
    path = folder / "counts.json"
    if not path.exists():
        kept = {"budget_s": read_budget(options.budget or BUDGET), **counts.to_dict()}
        write_text(path, json.dumps(kept, indent=1) + "\n")


def _write(config: PhraseConfig, material: Material, learnt: Learnt, out: Path, *, overwrite: bool) -> None:
    people = {}
    if learnt.measured:
        people["recordings_held_out"] = f"{learnt.measured_missed} of {learnt.measured} missed"
    write_phrase_model(
        learnt.head,
        config.phrase,
        learnt.verdict,
        out,
        trained={
            "counts": config.counts.to_dict(),
            "seed": config.seed,
            "clips": len(material.words),
            "recordings": len(material.recorded),
            "own_hours": round(sum(one.seconds for one in material.own) / 3600, 3),
            "versions": versions(),
        },
        evaluated=people,
        licences={**engine_licences((*material.words, *material.others)), **material.negatives.licences},
        overwrite=overwrite,
    )


def _tell(config: PhraseConfig, learnt: Learnt, out: Path) -> None:
    verdict = learnt.verdict
    print(
        f"{out}: listens for “{config.phrase}” from {verdict.trigger.threshold:g} on.\n"
        f"On voices that trained nothing, in noise, talk and rooms, it missed {verdict.missed} of "
        f"{verdict.words}. {SYNTHETIC}\n"
        f"In {verdict.hours:.2f} h of speech that trained nothing it went off {verdict.false_accepts} times: "
        f"{verdict.false_accepts / verdict.hours:.2f} per hour."
    )
    if learnt.measured:
        print(
            f"Of {learnt.measured} recordings of people that trained nothing it missed "
            f"{learnt.measured_missed}."
        )
    print(f"Where the time went:\n{minutes(learnt.seconds)}")
    print(f"try it: oyez listen --model {out}", file=sys.stderr)
