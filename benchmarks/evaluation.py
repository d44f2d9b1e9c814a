"""What an evaluation costs: hours of sound heard by one model, in time and memory.

    python benchmarks/evaluation.py [--jobs N]

Writes its section of RESULTS.md. The sound is the demo's recording over and over, under many names: what it
says does not matter here.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from results import machine, table, write_section

from oyez import audio
from oyez.evaluate.run import evaluate, plan_folders

ROOT = Path(__file__).parent.parent
RATE, RECORDING_S = 16_000, 600
HOURS = (1, 10)
WORDS = 100


def main() -> None:
    """Measure, each number of hours in a process of its own, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--hours", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.hours is not None:
        print(*measured(options.hours, options.jobs))
        return
    rows = []
    for hours in HOURS:
        command = [sys.executable, __file__, "--jobs", str(options.jobs), "--hours", str(hours)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        spent_s, parent_mb, child_mb, heard_h = map(float, run.stdout.split())
        rows.append(
            [hours, f"{heard_h:.1f}", f"{spent_s:.0f} s", f"{parent_mb:.0f} MB", f"{child_mb:.0f} MB"]
        )
    text = (
        f"## Evaluation\n\n{machine()} `activate` on hours of sound without the word, half of it in noise, "
        f"and on {WORDS} words in each surrounding; {options.jobs} processes, wall clock.\n\n"
        + table(
            [
                "hours without the word",
                "heard in all (h)",
                "took",
                "memory of the first process",
                "of the others",
            ],
            rows,
        )
    )
    write_section("evaluation", text)
    print(text)


def measured(hours: int, jobs: int) -> tuple[float, float, float, float]:
    """Seconds, megabytes at the highest of this process and of the largest other, hours heard."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make(folder, hours)
        start, heard_s = time.monotonic(), 0.0

        def on_progress(seconds: float) -> None:
            nonlocal heard_s
            heard_s += seconds

        plan, _ = plan_folders(folder / "words", folder / "speech", noise=folder / "noise")
        evaluate(plan, [("activate", None)], jobs=jobs, on_progress=on_progress)
        spent_s = time.monotonic() - start
    highest = [
        resource.getrusage(who).ru_maxrss / 1000 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return spent_s, *highest, heard_s / 3600


def _make(folder: Path, hours: int) -> None:
    """Words, noise, and as many recordings as make the hours: one file by many names."""
    samples, _ = audio.read(ROOT / "examples" / "demo.flac", RATE)
    rng = np.random.default_rng(0)
    audio.write(folder / "long.wav", np.resize(samples, RECORDING_S * RATE), RATE)
    audio.write(folder / "noise" / "hiss.wav", rng.standard_normal(RATE * 60) * 0.05, RATE)
    for number in range(WORDS):
        audio.write(folder / "words" / f"{number}.wav", samples[: 2 * RATE], RATE)
    (folder / "speech").mkdir()
    for number in range(round(hours * 3600 / RECORDING_S)):
        (folder / "speech" / f"{number:03}.wav").hardlink_to(folder / "long.wav")


if __name__ == "__main__":
    main()
