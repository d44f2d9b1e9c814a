"""Misses against false accepts: the trigger run again on stored scores, at many thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from oyez.config import TriggerConfig
from oyez.detect.trigger import Trigger
from oyez.evaluate.match import Matches, match
from oyez.events import Detection, Span

__all__ = ["THRESHOLDS", "Curve", "Point", "Track", "heard", "sweep"]

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
    wait_s: float = 0.0,
) -> Curve:
    """Run the trigger at every threshold.

    Args:
        positives: recordings with the word; they tell hits and misses.
        negatives: recordings without it; they tell false accepts and hours.
        config: smoothing, release and refractory time; its threshold is replaced.
        step_s: seconds per score.
        thresholds: to try, rising.
        wait_s: seconds of sound that the detector takes at once: delays count until a block is full.

    Returns:
        The curve.
    """
    points = []
    for threshold in thresholds:
        tried = replace(config, threshold=threshold)
        found = Matches()
        for track in positives:
            word = track.spans[0].word if track.spans else ""
            found += match(track.spans, heard(track, word, tried, step_s), wait_s=wait_s)
        false = sum(len(heard(track, "", tried, step_s)) for track in negatives)
        points.append(Point(threshold, found, false))
    hours = sum(len(track.scores) for track in negatives) * step_s / 3600
    return Curve(tuple(points), hours)


def heard(track: Track, word: str, config: TriggerConfig, step_s: float) -> list[Detection]:
    """What a trigger makes of stored scores.

    It sees only the steps around those that could matter: where the score stays under what would let
    go of a word, nothing happens, however long.
    """
    if not len(track.scores):
        return []
    found = []
    for start, stop in _lively(track.scores, config, step_s):
        crossings = Trigger(config, step_s).push(track.scores[start:stop])
        found += [Detection(word, (start + step + 1) * step_s, score) for step, score in crossings]
    return found


def _lively(scores: npt.NDArray[np.float32], config: TriggerConfig, step_s: float) -> list[tuple[int, int]]:
    """Runs of steps outside of which a trigger is at rest: armed, and past its refractory time."""
    loud = np.flatnonzero(scores >= np.float64(config.release * config.threshold))
    if not len(loud):
        return []
    # a mean can reach what one of its scores does; then it falls, and the refractory time passes
    rest = config.smoothing + round(config.refractory_s / step_s) + 1
    cuts = np.flatnonzero(np.diff(loud) > rest + config.smoothing) + 1
    return [
        (max(0, int(run[0]) - config.smoothing), int(run[-1]) + 1 + config.smoothing)
        for run in np.split(loud, cuts)
        if float(scores[run].max()) >= config.threshold
    ]
