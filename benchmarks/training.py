"""What `oyez train PHRASE` costs, and the detectors that accuracy.py measures: as somebody new would do it.

    python benchmarks/training.py [--phrases PHRASE …] [--out DIR] [--budget 15m]

Builds both distributions of this repository, installs them into a fresh environment, and trains each phrase
in an empty home, without a clip in the cache and without any recording. Writes DIR/<phrase>.onnx, each run's
folder beside it, and a section of RESULTS.md. A quarter of an hour for each phrase.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from results import machine, table, write_section

PHRASES = ("alexa", "computer", "view glass", "activate", "smart kettle")
HERE = Path(__file__).resolve().parents[1]
CONSTRAINTS = HERE / "constraints.txt"


def main() -> None:
    """Build, install, train, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phrases", nargs="+", default=PHRASES, metavar="PHRASE")
    parser.add_argument("--out", type=Path, default=Path("build/phrases"))
    parser.add_argument("--budget", default="15m")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        oyez = installed(Path(folder))
        for phrase in options.phrases:
            train(oyez, phrase, options)
    write_section("training from text", report(options))


def installed(folder: Path) -> Path:
    """The command, of wheels that were built here, in a fresh environment."""
    python = folder / "venv/bin/python"
    run([sys.executable, "-m", "venv", folder / "venv"])
    for source in (HERE, HERE / "packages/oyez-bank"):
        run([python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder / "wheels", source])
    wheels = {path.name.split("-")[0]: path for path in (folder / "wheels").glob("*.whl")}
    ours = f"{wheels['oyez']}[train,verify]"
    run([python, "-m", "pip", "install", "-q", "-c", CONSTRAINTS, wheels["oyez_bank"], ours])
    return folder / "venv/bin/oyez"


def train(oyez: Path, phrase: str, options: argparse.Namespace) -> None:
    """One phrase, timed, in a home of its own."""
    name = phrase.replace(" ", "-")
    out, folder = options.out / f"{name}.onnx", options.out / name
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as home:
        began_s, began_cpu_s, before = time.monotonic(), cpu_s(), jiffies()
        command = [oyez, "train", phrase, "--budget", options.budget, "--out", out.name, "--overwrite"]
        said = run([*command, "--run", name], home=Path(home), inside=options.out)
        minutes = (time.monotonic() - began_s) / 60
        busy_minutes = (cpu_s() - began_cpu_s) / 60
    highest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    cost = {
        "phrase": phrase, "minutes": minutes, "cpu_minutes": busy_minutes, "process_gib": highest,
        "others": max(0.0, busy(before) - busy_minutes / minutes), "said": said,
    }  # fmt: skip
    (folder / "cost.json").write_text(json.dumps(cost, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(said, f"{minutes:.1f} minutes, largest process {highest:.2f} GiB", sep="\n", flush=True)


def cpu_s() -> float:
    """Processor time of all commands that have ended, seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def jiffies() -> tuple[int, int]:
    """What all cores have done since they were started: ticks at work, all ticks; zeros where not known."""
    path = Path("/proc/stat")
    if not path.exists():
        return 0, 0
    ticks = [int(field) for field in path.read_text().splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def busy(before: tuple[int, int]) -> float:
    """Cores that were at work since then, on average."""
    work, all_ticks = (now - then for now, then in zip(jiffies(), before, strict=True))
    return work / all_ticks * (os.cpu_count() or 1) if all_ticks else 0.0


def report(options: argparse.Namespace) -> str:
    """Minutes by stage, and what each command said of its own detector."""
    costs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.out.glob("*/cost.json"))]
    stages = {
        cost["phrase"]: json.loads(
            (options.out / cost["phrase"].replace(" ", "-") / "seconds.json").read_text(encoding="utf-8")
        )
        for cost in costs
    }
    names = list(dict.fromkeys(name for one in stages.values() for name in one))
    body = [
        [
            cost["phrase"], f"{cost['minutes']:.1f}", f"{cost['cpu_minutes']:.1f}",
            f"{cost['others']:.1f}", f"{cost['process_gib']:.2f}",
            *(f"{stages[cost['phrase']].get(name, 0):.0f}" for name in names),
        ]
        for cost in costs
    ]  # fmt: skip
    told = "".join(f"\n```\n{cost['said'].strip()}\n```\n" for cost in costs)
    return (
        f"## Training from text\n\n{machine().replace(', one thread', '')} {os.cpu_count()} cores. "
        f"`oyez train PHRASE --budget {options.budget}` of both wheels in an empty home, no clip in the "
        "cache, no recording of the word: minutes on the clock and of processor time, cores that other "
        "programs kept busy meanwhile (0.0: it ran alone), GiB of the largest process, seconds by stage.\n\n"
        + table(["phrase", "minutes", "CPU minutes", "cores for others", "GiB", *names], body)
        + "\nWhat the command said at the end of each, of voices and hours that trained nothing:\n"
        + told
    )


def run(command: list[object], home: Path | None = None, inside: Path | None = None) -> str:
    """Run, and return what it printed; what it tells meanwhile is shown."""
    env = dict(os.environ)
    if home is not None:
        env["HOME"] = str(home)
        env.pop("XDG_CACHE_HOME", None)
    done = subprocess.run(
        list(map(str, command)), env=env, cwd=inside, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
