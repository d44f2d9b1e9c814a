import numpy as np
import pytest

from oyez.errors import DataError
from oyez.evaluate.steps import StepCounts, count_steps


def test_steps_are_counted_by_label_and_score():
    counts = count_steps([1, 1, 1, 0, 0, 0, 0], [0.9, 0.51, 0.5, 0.6, 0.5, 0.1, 0.0])
    assert counts == StepCounts(true_positives=2, false_negatives=1, false_positives=1, true_negatives=3)
    assert counts.total == 7
    assert counts.accuracy == 5 / 7
    assert counts.precision == 2 / 3
    assert counts.recall == 2 / 3
    assert counts.f1 == pytest.approx(2 / 3)
    assert counts.accuracy_of_silence == 4 / 7


def test_the_threshold_can_be_set_and_is_not_reached_by_its_equal():
    labels, scores = np.ones(3), np.array([0.2, 0.3, 0.4])
    assert count_steps(labels, scores, threshold=0.3).true_positives == 1


def test_a_detector_that_never_speaks_is_mostly_right():
    """The lesson's 25 dev recordings: runs of 50 ones after each of 47 words in 25 × 1375 steps."""
    labels = np.zeros((25, 1375, 1))
    for word in range(47):
        at = 100 + 300 * (word // 25)
        labels[word % 25, at : at + 50] = 1
    silent = count_steps(labels, np.zeros_like(labels))
    assert silent.accuracy == silent.accuracy_of_silence == pytest.approx(0.9316, abs=1e-4)
    assert (silent.precision, silent.recall, silent.f1) == (0, 0, 0)
    perfect = count_steps(labels, labels)
    assert (perfect.accuracy, perfect.precision, perfect.recall, perfect.f1) == (1, 1, 1, 1)
    assert perfect.accuracy_of_silence == silent.accuracy


def test_f1_is_the_harmonic_mean():
    counts = StepCounts(true_positives=3, false_positives=1, false_negatives=6, true_negatives=90)
    assert counts.f1 == pytest.approx(2 / (1 / counts.precision + 1 / counts.recall))


def test_counts_are_pooled():
    assert StepCounts(1, 2, 3, 4) + StepCounts(10, 20, 30, 40) == StepCounts(11, 22, 33, 44)


def test_nothing_has_no_accuracy():
    nothing = count_steps([], [])
    assert (nothing.total, nothing.accuracy, nothing.accuracy_of_silence) == (0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (0, 0, 0)


def test_shapes_must_agree():
    with pytest.raises(DataError, match=r"differ in shape: \(1375,\) and \(1375, 1\)"):
        count_steps(np.zeros(1375), np.zeros((1375, 1)))
