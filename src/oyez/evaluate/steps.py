"""Scores against labels, step by step: the lesson's accuracy, and what tells more."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez.errors import DataError

__all__ = ["StepCounts", "count_steps"]


@dataclass(frozen=True)
class StepCounts:
    """Output steps by label and score."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0
    true_negatives: int = 0

    def __add__(self, other: "StepCounts") -> "StepCounts":
        """Pooled."""
        return StepCounts(
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
            self.true_negatives + other.true_negatives,
        )

    @property
    def total(self) -> int:
        """All steps."""
        positives = self.true_positives + self.false_negatives
        return positives + self.false_positives + self.true_negatives

    @property
    def accuracy(self) -> float:
        """Share of steps that are right: the lesson's measure."""
        return (self.true_positives + self.true_negatives) / self.total if self.total else 0.0

    @property
    def accuracy_of_silence(self) -> float:
        """Accuracy of a detector that never says anything; above 0.93 on the lesson's labels."""
        negatives = self.false_positives + self.true_negatives
        return negatives / self.total if self.total else 0.0

    @property
    def precision(self) -> float:
        """Share of steps scored as word that are labelled so; 0 where none is scored so."""
        said = self.true_positives + self.false_positives
        return self.true_positives / said if said else 0.0

    @property
    def recall(self) -> float:
        """Share of steps labelled as word that are scored so; 0 where none is labelled so."""
        meant = self.true_positives + self.false_negatives
        return self.true_positives / meant if meant else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 0 for a detector that never says anything."""
        wrong = self.false_positives + self.false_negatives
        both = 2 * self.true_positives + wrong
        return 2 * self.true_positives / both if both else 0.0


def count_steps(labels: npt.ArrayLike, scores: npt.ArrayLike, threshold: float = 0.5) -> StepCounts:
    """Compare scores with labels.

    Args:
        labels: 0 or 1, any shape.
        scores: 0..1, the same shape.
        threshold: a score above it says "word", as in the lesson.

    Returns:
        The counts.

    Raises:
        DataError: the shapes differ.
    """
    truth, said = np.asarray(labels) > 0.5, np.asarray(scores) > threshold
    if truth.shape != said.shape:
        raise DataError(f"labels and scores differ in shape: {truth.shape} and {said.shape}.")
    return StepCounts(
        int(np.sum(truth & said)),
        int(np.sum(~truth & said)),
        int(np.sum(truth & ~said)),
        int(np.sum(~truth & ~said)),
    )
