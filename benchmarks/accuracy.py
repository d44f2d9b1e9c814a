"""How often detectors miss and misfire, on real recordings that trained nothing; ours beside others.

    python benchmarks/accuracy.py [--data DIR] [--models DIR] [--words WORD …] [--jobs N]

DATA is a folder of real audio laid out as recipes/README.md tells; where it is not there, nothing is
measured. MODELS is what benchmarks/training.py wrote: detectors of words that are not shipped are looked for
there. This is the only program that opens the test split. Writes a section of RESULTS.md for each word.
"""

import argparse
import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from results import machine, table, write_section
from rich.progress import Progress
from spoken_near_misses import KINDS, say_near_misses

import oyez
from oyez import audio
from oyez.errors import MissingExtraError, ModelError
from oyez.evaluate.curve import Curve
from oyez.evaluate.draw import draw_plan
from oyez.evaluate.engines import open_engine
from oyez.evaluate.hearing import EngineName
from oyez.evaluate.intervals import poisson_interval, share_interval
from oyez.evaluate.match import Matches
from oyez.evaluate.plan import Plan, Sources
from oyez.evaluate.result import EngineResult, NearMiss, Result
from oyez.evaluate.run import evaluate, seconds_of
from oyez.evaluate.words import find_words

MOST_ACCEPTED = 5  # near misses that are named

BUDGETS = (0, 2, 3)
"""False accepts over all negatives at which miss rates are read off."""

Threshold = Callable[[EngineResult], float | None]
LONGEST_T60_S = 2.0
SEED = 0
LESSON = "activate_coursera/orig_44k"
TRAINED = "trained:"
"""Before the name of a file of `--models`."""

CLIPS = {
    "dev/1.wav": (2.60,),
    "dev/2.wav": (2.40, 5.05),
    "audio_examples/my_audio.wav": (3.10, 6.30),
    "audio_examples/example_train.wav": (4.30, 7.90),
    "audio_examples/insert_reference.wav": (3.17,),
    "audio_examples/train_reference.wav": (2.45, 3.79),
}
"""The lesson's ten-second clips and where "activate" ends in them, in seconds: read off spectrograms, and
for the three examples found by cross-correlation with the words that were laid into them."""


@dataclass(frozen=True)
class Set:
    """One word's recordings, and who hears them."""

    folder: str
    who: str
    """Who speaks, for the reader."""
    engines: tuple[str, ...]
    renderings: int = 1


CROWD = "of a crowd of people whose names are not known, 50 at least"
SETS = {
    "alexa": Set(
        "picovoice_6kw/alexa",
        CROWD,
        ("trained:alexa", "openwakeword:alexa", "microwakeword:alexa", "pocketsphinx:alexa"),
    ),
    "activate": Set(
        f"{LESSON}/activates",
        "those of the lesson, of people whose number is not known; ten renderings of each in noise, "
        "among talkers and in rooms, which are no new evidence: there the intervals are too narrow",
        ("activate", "activate-course", "pocketsphinx:activate"),
        renderings=10,
    ),
    "computer": Set("picovoice_6kw/computer", CROWD, ("trained:computer", "pocketsphinx:computer")),
    "view glass": Set("picovoice_6kw/view_glass", CROWD, ("trained:view-glass", "pocketsphinx:view glass")),
}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, default=Path("build/phrases"))
    parser.add_argument("--words", nargs="+", default=list(SETS), choices=list(SETS), metavar="WORD")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if not (options.data / "splits/speech_test.txt").is_file():
        print(f"{options.data} is not there: no accuracy was measured. Pass --data DIR.")
        return
    for word in options.words:
        text = measured(word, SETS[word], options)
        write_section(f"accuracy on {word}", text)
        print(text)


def measured(word: str, chosen: Set, options: argparse.Namespace) -> str:
    """One word's section: every engine that is installed, on the same streams."""
    data = options.data
    named = [name.replace(TRAINED, f"{options.models}/", 1) for name in chosen.engines]
    named = [f"{name}.onnx" if name not in chosen.engines else name for name in named]
    engines = [engine for engine in map(installed, named) if engine is not None]
    plan = planned(word, chosen, data)
    with Progress() as progress:
        task = progress.add_task(word, total=seconds_of(plan))
        result = evaluate(
            plan,
            engines,
            jobs=options.jobs,
            cuts=0,
            on_progress=lambda seconds: progress.advance(task, seconds),
        )
    return report(word, chosen, result) + (clips(data) if word == "activate" else "")


def installed(name: str) -> EngineName | None:
    """The engine, if it is there."""
    try:
        open_engine(name)
    except (MissingExtraError, ModelError) as error:
        print(f"{name} is left out: {error}")
        return None
    return name, None


def planned(word: str, chosen: Set, data: Path) -> Plan:
    """The word's recordings, the test split, noises and rooms that trained nothing, and near misses."""
    words, skipped = find_words(data / chosen.folder)
    near, unsaid = find_words(say_near_misses(word), "near misses")
    for reason in (*skipped, *unsaid):
        print(f"left out: {reason}")
    lines = (data / "splits/speech_test.txt").read_text(encoding="utf-8").split()
    sources = Sources(
        words=words,
        near_misses=near,
        negatives=tuple((data / line, line) for line in lines),
        noises=tuple(data / "noise_blanket" / row["path"] for row in rows(data / "noise_blanket")),
        rooms=tuple(
            data / "rir" / row["path"]
            for row in rows(data / "rir")
            if row["path"].startswith("openair_free/") and float(row["t60_est"]) <= LONGEST_T60_S
        ),
    )
    return draw_plan(sources, SEED, renderings=chosen.renderings)


def rows(folder: Path) -> list[dict[str, str]]:
    """Metadata, in order of names."""
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["path"])


def report(word: str, chosen: Set, result: Result) -> str:
    """Tables of one word."""
    return (
        f"## Accuracy on “{word}”\n\n"
        f"{machine()} {result.words} recordings: {chosen.who}. Speech without the word: {result.hours:.2f} h "
        "(`splits/speech_test.txt`, each recording once, half clean, half in noise at 10 dB). Noises, rooms "
        "and talkers trained nothing of ours. Intervals are exact, 95 %.\n\n"
        "At each engine's own threshold. Latency is the time from a word's end until its detection is "
        "known, of the words in clean speech that were heard: the median and the 95th percentile; below 0 is "
        "before the end.\n\n"
        + table(
            ["engine", "threshold", "false accepts", "per hour", "latency", "CPU s per s of sound"],
            [own(engine, result.hours) for engine in result.engines],
        )
        + "\nWords missed at its own threshold:\n\n"
        + conditions(result, lambda engine: engine.threshold)
        + "".join(
            f"\nWords missed at the threshold that gives at most {budget} false accepts in these hours, read "
            "off each engine's own curve:\n\n" + conditions(result, budgeted(budget))
            for budget in BUDGETS
        )
        + near_misses(result)
    )


def near_misses(result: Result) -> str:
    """What sounds like the word, and what holds it, accepted at each engine's own threshold."""
    body = []
    for engine in result.engines:
        kinds = [[one for one in engine.near_misses if one.phrase.startswith(f"{kind}: ")] for kind in KINDS]
        most = sorted((one for one in kinds[0] if one.accepted), key=lambda one: -one.accepted)
        named = [
            f"{one.phrase.partition(': ')[2]} {one.accepted} of {one.said}" for one in most[:MOST_ACCEPTED]
        ]
        cells = [engine.name, f"{engine.threshold:g}", *map(accepted, kinds)]
        body.append([*cells, ", ".join(named) or "–"])
    return (
        "\nThe frozen lists of benchmarks/near_misses, in synthetic voices that `oyez train` holds out: "
        "accepted at each engine's own threshold:\n\n"
        + table(["engine", "threshold", *KINDS, "most often of the near misses"], body)
    )


def accepted(phrases: list[NearMiss]) -> str:
    """How many recordings of some phrases set an engine off, with the interval of their share."""
    return share(sum(one.accepted for one in phrases), sum(one.said for one in phrases))


def own(engine: EngineResult, hours: float) -> list[str]:
    """An engine at its own threshold."""
    count = engine.negatives.at(engine.threshold).false_accepts
    low, high = poisson_interval(count, hours)
    clean = engine.conditions[0].curve.at(engine.threshold).matches
    return [
        engine.name, f"{engine.threshold:g}", str(count), f"{count / hours:.2f} ({low:.2f}–{high:.2f})",
        latency(clean), f"{engine.cpu_s_per_s:.4f}",
    ]  # fmt: skip


def budgeted(budget: int) -> Threshold:
    """The lowest threshold from which on there are at most so many false accepts."""
    return lambda engine: within(engine.negatives, budget)


def within(curve: Curve, budget: int) -> float | None:
    """The lowest threshold of a curve from which on there are at most so many false accepts."""
    beyond = [number for number, point in enumerate(curve.points) if point.false_accepts > budget]
    first = beyond[-1] + 1 if beyond else 0
    return curve.points[first].threshold if first < len(curve.points) else None


def conditions(result: Result, threshold: Threshold) -> str:
    """Misses of each engine in each surrounding."""
    head = ["engine", "threshold", *(one.name for one in result.engines[0].conditions)]
    body = []
    for engine in result.engines:
        at = threshold(engine)
        if at is None:
            body.append([engine.name, "none"] + ["–"] * len(engine.conditions))
            continue
        cells = [missed(one.curve.at(at).matches) for one in engine.conditions]
        body.append([engine.name, f"{at:g}", *cells])
    return table(head, body)


def clips(data: Path) -> str:
    """What is heard in each of the lesson's clips."""
    body = []
    for name, ends in CLIPS.items():
        samples, rate = audio.read(data / LESSON / name)
        cells = []
        for model in ("activate", "activate-course"):
            detector = oyez.load(model, rate=rate)
            found = detector.push(samples) + detector.finish()
            cells.append(", ".join(f"{one.time_s:.2f}" for one in found) or "nothing")
        body.append([f"`{name}`", ", ".join(f"{end:.2f}" for end in ends), *cells])
    return "\nThe lesson's own clips, detections in seconds:\n\n" + table(
        ["clip", "“activate” ends at", "`activate`", "`activate-course`"], body
    )


def missed(matches: Matches) -> str:
    """Misses of words, with the interval of their share."""
    return share(matches.misses, matches.hits + matches.misses)


def share(count: int, total: int) -> str:
    """Some of all, with the interval of their share."""
    low, high = share_interval(count, total)
    return f"{count} of {total}: {100 * count / total:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def latency(matches: Matches) -> str:
    """Milliseconds from words' ends until their detections are known."""
    if not matches.delays_s:
        return "–"
    median, late = np.percentile(matches.delays_s, (50, 95)) * 1000
    return f"{median:.0f} ms, {late:.0f} ms"


if __name__ == "__main__":
    main()
