"""A recording, heard from end to end as a stream would be."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.detect.stream import FASTEST, SLOWEST, Scores, Threshold
from oyez.errors import AudioError
from oyez.events import Detection

__all__ = ["Heard", "hear"]


@dataclass(frozen=True)
class Heard:
    """What a detector made of a recording."""

    path: Path
    seconds: float
    detections: tuple[Detection, ...]
    scores: Scores
    """(steps, words), the tail of silence included."""


def hear(
    model: Model,
    path: Path,
    threshold: Threshold | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Heard:
    """Run a detector over a recording of any length, in constant memory but for the scores.

    Args:
        model: an open model file.
        path: the recording.
        threshold: score that every word needs, or by word; None means the model's own.
        on_progress: called with the seconds heard so far.

    Returns:
        What was heard. A word at the very end is heard in the silence after it: its time is then
        that of the end.

    Raises:
        AudioError: the recording cannot be used.
    """
    detector: Detector | None = None
    detections, scores = [], []
    count = 0
    for samples, rate in audio.blocks(path):
        if detector is None:
            _check_rate(path, rate)
            detector = Detector(model, rate=rate, threshold=threshold)
        try:
            detections += detector.push(samples)
        except AudioError as error:
            raise AudioError(f"{path}: {error}") from None
        scores.append(detector.last_scores)
        count += len(samples)
        on_progress(count / rate)
    assert detector is not None  # a file without samples is an error
    seconds = count / detector.rate
    for late in detector.finish():
        detections.append(Detection(late.word, min(late.time_s, seconds), late.score))
    scores.append(detector.last_scores)
    return Heard(path, seconds, tuple(detections), np.concatenate(scores))


def _check_rate(path: Path, rate: int) -> None:
    if not SLOWEST <= rate <= FASTEST:
        raise AudioError(f"{path} has a rate of {rate} Hz, expected {SLOWEST}..{FASTEST}. Convert it.")
