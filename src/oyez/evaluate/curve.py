"""Misses against false accepts: the trigger run again on stored scores, at many thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from oyez.config import TriggerConfig
from oyez.detect.trigger import Trigger
from oyez.evaluate.match import Matches, match
from oyez.events import Detection, Span

__all__ = ["THRESHOLDS", "Curve", "Point", "Track", "sweep"]

THRESHOLDS = tuple(
    np.round(np.concatenate((np.linspace(0.005, 0.9, 180), 1 - np.geomspace(0.099, 1e-4, 60))), 6).tolist()
)
"""240 of them, from 0.005 to 0.9999, closer to each other near 1."""


@dataclass(frozen=True)
class Track:
    """One word's scores over a recording, and where the word is in it."""

    scores: npt.NDArray[np.float32]
    """(steps,), 0..1."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Point:
    """What one threshold gives."""

    threshold: float
    matches: Matches
    """On the recordings with the word: hits and misses."""
    false_accepts: int
    """On the recordings without it."""


@dataclass(frozen=True)
class Curve:
    """All thresholds, from the lowest."""

    points: tuple[Point, ...]
    hours: float
    """Of the recordings without the word."""

    def at_most(self, false_accepts: int) -> Point:
        """The point with the fewest misses among those with at most that many false accepts.

        Of several the highest threshold; if there is none, the highest threshold of all.
        """
        allowed = [point for point in self.points if point.false_accepts <= false_accepts]
        if not allowed:
            return self.points[-1]
        return min(allowed, key=lambda point: (point.matches.misses, -point.threshold))

    def at(self, threshold: float) -> Point:
        """The point whose threshold is nearest."""
        return min(self.points, key=lambda point: abs(point.threshold - threshold))


def sweep(
    positives: Sequence[Track],
    negatives: Sequence[Track],
    config: TriggerConfig,
    step_s: float,
    thresholds: Sequence[float] = THRESHOLDS,
) -> Curve:
    """Run the trigger at every threshold.

    Args:
        positives: recordings with the word; they tell hits and misses.
        negatives: recordings without it; they tell false accepts and hours.
        config: smoothing, release and refractory time; its threshold is replaced.
        step_s: seconds per score.
        thresholds: to try, rising.

    Returns:
        The curve.
    """
    points = []
    for threshold in thresholds:
        tried = replace(config, threshold=threshold)
        found = Matches()
        for track in positives:
            word = track.spans[0].word if track.spans else ""
            found += match(track.spans, _heard(track, word, tried, step_s))
        false = sum(len(_heard(track, "", tried, step_s)) for track in negatives)
        points.append(Point(threshold, found, false))
    hours = sum(len(track.scores) for track in negatives) * step_s / 3600
    return Curve(tuple(points), hours)


def _heard(track: Track, word: str, config: TriggerConfig, step_s: float) -> list[Detection]:
    # below the threshold nothing can happen: most recordings are passed over at once
    if float(track.scores.max(initial=0.0)) < config.threshold:
        return []
    crossings = Trigger(config, step_s).push(track.scores)
    return [Detection(word, (step + 1) * step_s, score) for step, score in crossings]
