"""Results of evaluations that nobody made: numbers by hand, sounds from sines."""

from collections.abc import Sequence

import numpy as np

import sounds
from oyez.evaluate.curve import Curve, Point
from oyez.evaluate.match import Matches
from oyez.evaluate.result import Condition, Cut, EngineResult, Group, NearMiss, Result
from oyez.events import Span

RATE = 16_000
HOURS = 4.0
THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.9)
FALSE_ACCEPTS = (40, 12, 3, 1, 0)


def curve(
    misses: Sequence[int],
    words: int = 100,
    hours: float = HOURS,
    false_accepts: Sequence[int] = FALSE_ACCEPTS,
    thresholds: Sequence[float] = THRESHOLDS,
) -> Curve:
    """One point for each threshold; the words that were heard were known 0.10, 0.11, … s after their end."""
    points = []
    for threshold, missed, false in zip(thresholds, misses, false_accepts, strict=True):
        hits = words - missed
        delays_s = tuple(0.1 + 0.01 * (number % 20) for number in range(hits))
        points.append(Point(threshold, Matches(hits, missed, 0, 0, delays_s), false))
    return Curve(tuple(points), hours)


def cut(kind: str = "miss", condition: str = "clean", source: str = "anna/yes_1.wav", **fields) -> Cut:
    """Half a second of a tone; the word lies in its middle unless it is a false accept."""
    span = None if kind == "false accept" else Span("yes", 0.1, 0.4)
    given = {"at_s": 61.5, "score": 0.25, "samples": sounds.word(500.0, RATE), "rate": RATE, "span": span}
    return Cut(kind, "ours", condition, source, **given | fields)


def engine(name: str = "ours", **fields) -> EngineResult:
    """Good in silence, worse in noise; judged at 0.5, where it went off three times."""
    conditions = (
        Condition("clean", curve((0, 0, 2, 4, 10))),
        Condition("noise 10 dB", curve((1, 4, 11, 22, 60))),
    )
    given = {
        "word": "yes",
        "threshold": 0.5,
        "sweeps": True,
        "conditions": conditions,
        "negatives": curve((0,) * 5, words=0),
        "groups": (
            Group("sex", "female", {"clean": (1, 60), "noise 10 dB": (5, 60)}),
            Group("sex", "male", {"clean": (1, 40), "noise 10 dB": (6, 40)}),
            Group("age", "", {"clean": (2, 100)}),
        ),
        "near_misses": (NearMiss("yet", 20, 1), NearMiss("guess", 20, 9)),
        "cuts": (
            cut(),
            cut("miss", "noise 10 dB", "ben/yes_2.flac"),
            cut("false accept", "negatives", "talk.flac", at_s=-0.5, score=0.75),
        ),
        "cpu_s_per_s": 0.0071,
    }
    return EngineResult(name, **given | fields)


def other() -> EngineResult:
    """An engine that tells only its detections, and does less well."""
    one = curve((7,), false_accepts=(9,), thresholds=(0.5,))
    return engine(
        "theirs", sweeps=False, conditions=(Condition("clean", one),), groups=(), near_misses=(), cuts=(),
        negatives=curve((0,), 0, false_accepts=(9,), thresholds=(0.5,)), cpu_s_per_s=0.0,
    )  # fmt: skip


def result(*engines: EngineResult, **fields) -> Result:
    """Those engines on 100 words and four hours."""
    given = {
        "hours": HOURS,
        "words": 100,
        "seed": 7,
        "about": {"positives": "words/yes", "noise": "rain, 10 dB"},
        "skipped": ("words/yes/quiet.wav: no word was found in it",),
    }
    return Result(engines or (engine(), other()), **given | fields)


def silence(seconds: float, rate: int = RATE) -> np.ndarray:
    """Nothing to hear: (samples,)."""
    return np.zeros(round(seconds * rate), np.float32)
