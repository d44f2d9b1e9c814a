"""Twenty real recordings more: `oyez train --from computer.onnx --recordings DIR`, drawn five times.

    python benchmarks/few_shot.py [--data DIR] [--models DIR] [--draws 5] [--count 20] [--jobs N]

The recordings of "computer" in `precise_community` (57, of two contributors) are drawn from; other people's,
in `picovoice_6kw`, test. MODELS is what benchmarks/training.py wrote: the model, and its run's folder.
Each model is judged at the threshold at which it makes at most two false accepts in the test split, so that
neither is bought with the other. Writes its section of RESULTS.md.
"""

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from accuracy import SETS, planned, rows, share, within
from results import machine, table, write_section
from rich.progress import Progress

from oyez.config import TriggerConfig
from oyez.evaluate.curve import Track, sweep
from oyez.evaluate.engine import Engine
from oyez.evaluate.engines import open_engine
from oyez.evaluate.hear_both import outcomes
from oyez.evaluate.hearing import hear_plan
from oyez.evaluate.outcomes import Outcomes
from oyez.evaluate.paired import Comparison, compare
from oyez.evaluate.plan import Plan
from oyez.evaluate.run import seconds_of

WORD = "computer"
RECORDINGS = "precise_community"
BUDGET = 2
"""False accepts over all negatives."""
CONDITIONS = ("clean", "noise 10 dB", "six talkers 10 dB", "rooms")
ABOVE_ALL = 0.999
"""Where none is low enough."""


@dataclass(frozen=True)
class At:
    """An engine with a trigger of its own; what `outcomes` asks for."""

    engine: Engine
    trigger: TriggerConfig

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)


def main() -> None:
    """Draw, refine, hear, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, default=Path("build/phrases"))
    parser.add_argument("--out", type=Path, default=Path("build/few_shot"))
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if not (options.data / RECORDINGS).is_dir():
        print(f"{options.data} is not there: nothing was measured. Pass --data DIR.")
        return
    before = options.models / f"{WORD}.onnx"
    after = [refined(before, number, options) for number in range(options.draws)]
    plan = planned(WORD, SETS[WORD], options.data)
    text = report(plan, [before, *after], options)
    write_section("twenty recordings more", text)
    print(text)


def refined(model: Path, number: int, options: argparse.Namespace) -> Path:
    """The model, after one draw; a draw that is there already is not made again."""
    folder = (options.out / f"{number}").resolve()
    out = folder / f"{WORD}-{number}.onnx"
    if out.exists():
        return out
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "people").mkdir(parents=True)
    (folder / "runs").mkdir()
    (folder / "runs" / WORD).symlink_to((options.models / WORD).resolve())
    source = options.data / RECORDINGS
    paths = [source / row["path"] for row in rows(source) if row["label"] == WORD]
    for path in Random(number).sample(paths, options.count):
        shutil.copy(path, folder / "people")
    command = [sys.executable, "-m", "oyez", "train", "--from", model.resolve(), "--recordings", "people"]
    env = os.environ | {"HOME": str(options.out.resolve() / "home")}  # clips are said once for all draws
    subprocess.run(
        [*map(str, command), "--out", out.name, "--even-if-worse"], cwd=folder, env=env, check=True
    )
    return out


def report(plan: Plan, models: list[Path], options: argparse.Namespace) -> str:
    """A row for each draw, against the model that it began with."""
    names = [(str(path), None) for path in models]
    engines = [open_engine(name) for name, _ in names]
    rate = max(engine.rate for engine in engines)
    kept = tuple(take for take in plan.takes if take.condition in CONDITIONS)
    plan = replace(plan, takes=kept, near_takes=())
    with Progress() as progress:
        task = progress.add_task(WORD, total=seconds_of(plan))
        scored = hear_plan(plan, names, rate, options.jobs, lambda seconds: progress.advance(task, seconds))
    made: list[Outcomes] = []
    for engine, one in zip(engines, scored, strict=True):
        curve = sweep([], [Track(np.concatenate(one.parts))], engine.trigger, engine.step_s)
        threshold = within(curve, BUDGET)
        trigger = replace(engine.trigger, threshold=threshold or ABOVE_ALL)
        made.append(outcomes(At(engine, trigger), plan, one))
    found = [compare(made[0], one) for one in made[1:]]
    conditions = [row.name for row in found[0].conditions]
    first = [share(row.wrong_a, row.renderings) for row in [*found[0].conditions, found[0].pooled]]
    body = [["before", *first, "", str(len_of(made[0]))]]
    for number, (one, after) in enumerate(zip(found, made[1:], strict=True)):
        cells = [f"{row.wrong_b}" for row in [*one.conditions, one.pooled]]
        body.append([f"draw {number}", *cells, p_of(one), str(len_of(after))])
    return (
        f"## Twenty recordings more\n\n{machine()} “{WORD}” as it was trained from text, and after `oyez "
        f"train --from {WORD}.onnx --recordings DIR` with {options.count} recordings, drawn {options.draws} "
        f"times from 57 of two contributors (`{RECORDINGS}`). Words missed of {len(plan.words)} by other "
        f"people, at the threshold at which each model makes at most {BUDGET} false accepts in "
        f"{plan.hours:.2f} h. p: that it looks so much better by chance; exact, one-sided, each recording "
        "once with all its conditions.\n\n" + table(["model", *conditions, "all", "p", "false accepts"], body)
    )


def len_of(one: Outcomes) -> int:
    """How many false accepts."""
    return sum(len(times) for times in one.false_accepts.times_s.values())


def p_of(one: Comparison) -> str:
    """How often the second would look so much better by chance."""
    return f"{one.pooled.by_recording.p_better:.2g}"


if __name__ == "__main__":
    main()
