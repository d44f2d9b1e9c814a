"""A detector on recordings with hand-set labels: the lesson's dev set, or your own."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from oyez import audio
from oyez.detect.model import Model, model_path
from oyez.detect.recording import hear
from oyez.detect.stream import Threshold
from oyez.errors import DataError
from oyez.evaluate.match import Matches, match
from oyez.evaluate.steps import StepCounts, count_steps
from oyez.events import read_spans
from oyez.synth.render import targets

__all__ = ["Evaluation", "evaluate_folder"]

LABELS = (".txt", ".json", ".spans.json", ".npy")


@dataclass(frozen=True)
class Evaluation:
    """How a detector did on labelled recordings."""

    recordings: int
    hours: float
    steps: StepCounts
    """At a score of 0.5, against labels of 50 steps after each word."""
    events: Matches
    """At the trigger's threshold."""

    def to_dict(self) -> dict[str, Any]:
        """All numbers, by name."""
        steps, events = self.steps, self.events
        return {
            "recordings": self.recordings,
            "hours": self.hours,
            "steps": {
                "accuracy": steps.accuracy,
                "accuracy_of_silence": steps.accuracy_of_silence,
                "precision": steps.precision,
                "recall": steps.recall,
                "f1": steps.f1,
            },
            "events": {
                "hits": events.hits,
                "misses": events.misses,
                "duplicates": events.duplicates,
                "false_accepts": events.false_accepts,
                "precision": events.precision,
                "recall": events.recall,
                "f1": events.f1,
            },
        }

    def text(self) -> str:
        """For a person."""
        steps, events = self.steps, self.events
        return (
            f"{self.recordings} recordings, {self.hours * 60:.1f} minutes\n"
            f"events   {events.hits} of {events.hits + events.misses} words heard, "
            f"{events.false_accepts} false accepts, {events.duplicates} duplicates\n"
            f"         precision {events.precision:.3f}, recall {events.recall:.3f}, F1 {events.f1:.3f}\n"
            f"steps    precision {steps.precision:.3f}, recall {steps.recall:.3f}, F1 {steps.f1:.3f}\n"
            f"         accuracy {steps.accuracy:.4f}, the lesson's measure; a detector that never says "
            f"anything has {steps.accuracy_of_silence:.4f}"
        )


def evaluate_folder(model: str | Path, folder: Path, threshold: Threshold | None = None) -> Evaluation:
    """Run a detector over a folder of labelled recordings.

    Args:
        model: shipped name or path; of a label without a name, its first word is meant.
        folder: recordings, each with a label file of its name (see `read_spans`) beside it. Labels of
            other names are notes; upper and lower case are the same.
        threshold: score that every word needs, or by word; None means the model's own.

    Returns:
        Counts over all recordings.

    Raises:
        DataError: there are no recordings, or one has no labels.
        AudioError, ModelError: a file cannot be used.
    """
    opened = Model(model_path(model))
    card = opened.card
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. Name one of recordings with labels beside them.")
    paths = audio.files_in(folder)
    if not paths:
        raise DataError(f"{folder} holds no recordings. Name one that does.")
    steps, events, seconds = StepCounts(), Matches(), 0.0
    known = {word.lower(): word for word in card.words}
    others: set[str] = set()
    for path in paths:
        heard = hear(opened, path, threshold)
        labels = read_spans(_labels_of(path), card.words[0], heard.seconds)
        spans = [
            replace(span, word=known[span.word.lower()]) for span in labels if span.word.lower() in known
        ]
        others |= {span.word for span in labels} - {span.word for span in spans}
        events += match(spans, heard.detections)
        # the clip's own steps are those of the stream, but for the delay before the first
        count = card.preset.steps(round(heard.seconds * card.rate))
        scores = heard.scores[card.delay_steps : card.delay_steps + count]
        steps += count_steps(targets(tuple(spans), card.words, heard.seconds, len(scores)), scores)
        seconds += heard.seconds
    if others and not events.hits + events.misses:
        raise DataError(
            f"{folder}: no label says {' or '.join(card.words)}, they say {', '.join(sorted(others))}. "
            "Name each label after the word."
        )
    return Evaluation(len(paths), seconds / 3600, steps, events)


def _labels_of(recording: Path) -> Path:
    for suffix in LABELS:
        path = recording.with_suffix(suffix)
        if path.is_file():
            return path
    raise DataError(
        f"{recording} has no label file beside it. Add {recording.with_suffix('.txt').name}: a label "
        "track exported from Audacity, empty where there is no word."
    )
