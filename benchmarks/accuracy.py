"""How often the shipped models miss and misfire, on real recordings that trained nothing.

    python benchmarks/accuracy.py [--data DIR] [--voices DIR] [--model M …]

DATA is a folder of real audio laid out as recipes/README.md tells; where it is not there, nothing is
measured. This is the only program that opens the test split. Writes a section of RESULTS.md for each model.
"""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from recordings import Take, babble, lesson_clips, lesson_words, negatives, test_noises, test_rooms, voices
from results import table, write_section
from rich.progress import track

import oyez
from oyez import sound
from oyez.config import Preset
from oyez.detect.detector import Detector
from oyez.evaluate.curve import Curve, Track, sweep
from oyez.evaluate.intervals import poisson_interval, share_interval
from oyez.evaluate.match import Matches

BUDGETS = (0, 3, 10, 40)
"""False accepts over all negatives at which miss rates are read off."""

TURN_S, WARM_UP_S = 60, 5
GAINS_DB = (-20, -10, 0, 10)
MODELS = ("activate", "activate-course")
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99)
RATE = 44_100


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--voices", type=Path, help="folder of synthetic voices that trained nothing")
    parser.add_argument("--model", nargs="+", default=MODELS, metavar="M")
    options = parser.parse_args()
    if not (options.data / "splits/speech_test.txt").is_file():
        print(f"{options.data} is not there: no accuracy was measured. Pass --data DIR.")
        return
    for model in options.model:
        detector = oyez.load(model, rate=RATE)
        write_section(f"accuracy of {model}", measured(detector, model, options.data, options.voices))


def measured(detector: Detector, model: str, data: Path, synthetic: Path | None) -> str:
    """Every table of one model."""
    config = detector.trigger["activate"]
    noises, talkers, echoes = test_noises(data), babble(data), test_rooms(data)
    lesson = data / "activate_coursera/orig_44k"
    conditions: dict[str, list[Take]] = {
        "the lesson's words, alone": list(lesson_words(lesson, "clean", [])),
        "… in its own two backgrounds": list(lesson_words(lesson, "own", [])),
        "… in 13 other noises at 10 dB": list(lesson_words(lesson, "noise", noises)),
        "… among six talkers at 10 dB": list(lesson_words(lesson, "babble", talkers)),
        "… among six talkers at 5 dB": list(lesson_words(lesson, "babble", talkers, snr_db=5.0)),
        f"… in {len(echoes)} large rooms": list(lesson_words(lesson, "rooms", echoes)),
        "… over a telephone": list(lesson_words(lesson, "telephone", [])),
        "the lesson's 10 s clips, as they are": list(lesson_clips(lesson)),
    }
    if synthetic is not None:
        conditions["synthetic voices, alone"] = list(voices(synthetic, "clean", []))
        conditions["… in noise at 10 dB"] = list(voices(synthetic, "noise", noises))
    heard = {name: scored(detector, takes, name) for name, takes in conditions.items()}
    # minutes: once for all conditions
    endless, in_turns = (
        sweep([], [hear(detector, negatives(data, noises), "the test split")], config, detector.step_s)
        for hear in (streamed, relieved)
    )
    silence = in_turns if drifts(detector) else endless
    curves = {
        name: joined(sweep(tracks, [], config, detector.step_s), silence) for name, tracks in heard.items()
    }
    return (
        report(curves, config.threshold, model, drifts(detector))
        + both(endless, in_turns, config.threshold)
        + clips(detector, conditions["the lesson's 10 s clips, as they are"])
        + loudness(detector, conditions["… in its own two backgrounds"])
    )


def joined(said: Curve, silence: Curve) -> Curve:
    """Misses of one curve, false accepts and hours of another, at the same thresholds."""
    pairs = zip(said.points, silence.points, strict=True)
    points = [replace(one, false_accepts=other.false_accepts) for one, other in pairs]
    return Curve(tuple(points), silence.hours)


def scored(detector: Detector, takes: Iterable[Take], name: str) -> list[Track]:
    """Scores of each recording from a fresh state."""
    return [
        Track(detector.scores(take.samples)[:, 0], take.spans)
        for take in track(takes, description=name, transient=True)
    ]


def streamed(detector: Detector, takes: Iterable[Take], name: str) -> Track:
    """Scores of recordings heard one after the other, as one stream that never ends."""
    fresh = Detector(detector.model, rate=RATE)
    scores = []
    for take in track(takes, description=name, transient=True):
        fresh.push(take.samples)
        scores.append(fresh.last_scores[:, 0])
    return Track(np.concatenate(scores))


def relieved(detector: Detector, takes: Iterable[Take], name: str) -> Track:
    """The same by a detector that is relieved each minute by another, which has heard the last 5 s.

    So does `oyez listen` with a network that drifts: in an endless stream it goes deaf, and makes nothing up.
    """
    warm_up, scores = np.zeros(0, np.float32), []
    waiting = np.zeros(0, np.float32)

    def turn(samples: sound.Samples) -> None:
        nonlocal warm_up
        fresh = Detector(detector.model, rate=RATE)
        fresh.push(np.concatenate((warm_up, samples)))
        scores.append(fresh.last_scores[round(len(warm_up) / RATE / fresh.step_s) :, 0])
        warm_up = samples[-WARM_UP_S * RATE :]

    for take in track(takes, description=name, transient=True):
        waiting = np.concatenate((waiting, take.samples))
        while len(waiting) >= TURN_S * RATE:
            turn(waiting[: TURN_S * RATE])
            waiting = waiting[TURN_S * RATE :]
    turn(waiting)
    return Track(np.concatenate(scores))


def drifts(detector: Detector) -> bool:
    """Whether it learnt from ten seconds at a time, and hears less after minutes."""
    return isinstance(detector.model.card.preset, Preset)


def report(curves: dict[str, Curve], threshold: float, model: str, in_turns: bool) -> str:
    """The tables of misses and false accepts."""
    stream = "one stream, by two that take turns each minute" if in_turns else "one stream"
    first = next(iter(curves.values()))
    own = first.at(threshold)
    low, high = poisson_interval(own.false_accepts, first.hours)
    rows = []
    for name, curve in curves.items():
        cells = [missed(curve.at_most(budget).matches) for budget in BUDGETS]
        shipped = curve.at(threshold).matches
        rows.append([name, missed(shipped), latency(shipped), *cells])
    at = [f"at most {budget} false accepts" for budget in BUDGETS]
    rates = [
        [f"{point.threshold:g}", point.false_accepts, rate(point.false_accepts, first.hours)]
        for point in (first.at(value) for value in THRESHOLDS)
    ]
    return (
        f"## Accuracy of `{model}`\n\n"
        f"Speech without the word: {first.hours:.2f} h (`splits/speech_test.txt`, each recording once, "
        f"half clean, half in noise at 10 dB, in {stream}). At the shipped threshold of "
        f"{threshold:g}: **{own.false_accepts} false accept{'s' * (own.false_accepts != 1)}, "
        f"{own.false_accepts / first.hours:.1f} per hour** "
        f"(95 %: {low:.1f} to {high:.1f}).\n\n"
        "Misses, with exact 95 % intervals. The ten words are real recordings of people whose number is not "
        "known; "
        "several renderings of one recording are no new evidence, so the intervals are too narrow for the "
        "rows with more than ten. Latency is the time from a word's end to its detection, of the words "
        "that were heard: the median and the 95th percentile; below 0 is before the end. Columns to the "
        "right read the miss rate off the curve.\n\n"
        + table(["words", "missed at the shipped threshold", "latency", *at], rows)
        + "\nFalse accepts by threshold:\n\n"
        + table(["threshold", "false accepts", "per hour (95 %)"], rates)
    )


def both(endless: Curve, in_turns: Curve, threshold: float) -> str:
    """False accepts of one that listens on and on, and of one that begins anew each minute."""
    one, anew = (curve.at(threshold).false_accepts for curve in (endless, in_turns))
    return (
        f"\nFalse accepts at the shipped threshold: {one} by one detector that listens on and on, "
        f"{anew} by two that take turns each minute (each begins 5 s before its turn), which is nearer to "
        "short recordings.\n"
    )


def clips(detector: Detector, takes: list[Take]) -> str:
    """What is heard in each of the lesson's clips."""
    rows = []
    for take in takes:
        fresh = Detector(detector.model, rate=RATE)
        found = fresh.push(take.samples) + fresh.finish()
        said = ", ".join(f"{span.end_s:.2f}" for span in take.spans)
        rows.append([f"`{take.name}`", said, ", ".join(f"{one.time_s:.2f}" for one in found) or "nothing"])
    return "\nThe lesson's own clips:\n\n" + table(["clip", "“activate” ends at (s)", "detections (s)"], rows)


def loudness(detector: Detector, takes: list[Take]) -> str:
    """Hits of the words in their own backgrounds when everything is turned up or down."""
    rows = []
    for gain_db in GAINS_DB:
        turned = [
            Take(take.name, np.clip(take.samples * np.float32(sound.db_to_gain(gain_db)), -1, 1), take.spans)
            for take in takes
        ]
        tracks = scored(detector, turned, f"{gain_db} dB")
        config = detector.trigger["activate"]
        curve = sweep(tracks, [], config, detector.step_s, [config.threshold])
        rows.append([f"{gain_db:+d} dB", missed(curve.points[0].matches)])
    return "\nThe words in their own backgrounds, the whole turned up or down:\n\n" + table(
        ["level", "missed at the shipped threshold"], rows
    )


def missed(matches: Matches) -> str:
    """Misses of words, as a share with its interval."""
    total = matches.hits + matches.misses
    low, high = share_interval(matches.misses, total)
    return f"{matches.misses} of {total} ({100 * low:.0f}–{100 * high:.0f} %)"


def latency(matches: Matches) -> str:
    """Milliseconds from words' ends to their detections: the median, and the 95th percentile."""
    if not matches.delays_s:
        return ""
    median, late = np.percentile(matches.delays_s, (50, 95)) * 1000
    return f"{median:.0f} ms, {late:.0f} ms"


def rate(count: int, hours: float) -> str:
    """Events per hour with their interval."""
    low, high = poisson_interval(count, hours)
    return f"{count / hours:.2f} ({low:.2f}–{high:.2f})"


if __name__ == "__main__":
    main()
