"""A detector that is relieved: one score for each step, none lost or told twice, whatever the cuts."""

import numpy as np
import pytest

from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.evaluate.turns import Turns
from tone_model import tones, write_tone_model

RATE = 44_100


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return Model(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


def _scores(model, samples, cut, rate=RATE):
    turns = Turns(model, 0, rate)
    parts = [turns.push(samples[start : start + cut]) for start in range(0, len(samples), cut)]
    return np.concatenate([*parts, turns.finish()])


def test_scores_are_those_of_one_that_does_not_drift(model):
    samples = tones([1.0, 58.0, 59.8, 60.2, 119.9, 140.0], 150.0)
    alone = Detector(model).scores(samples)[:, 0]
    found = _scores(model, samples, 441_000)
    assert len(found) == len(alone)
    np.testing.assert_allclose(found, alone, atol=1e-3)


@pytest.mark.parametrize("cut", [1_000, 44_100, 3_000_000])
def test_cuts_change_nothing(model, cut):
    samples = tones([59.9], 70.0)
    np.testing.assert_array_equal(_scores(model, samples, cut), _scores(model, samples, 12_345))


def test_another_rate_is_resampled(model):
    samples = tones([3.0, 63.0], 66.0, rate=16_000)
    found = _scores(model, samples, 16_000, rate=16_000)
    step_s = model.card.step / model.card.rate
    loud = np.flatnonzero(found > 0.5) * step_s
    assert loud.min() == pytest.approx(3.0, abs=0.2)
    assert loud.max() == pytest.approx(63.3, abs=0.2)


def test_nobody_listens_for_longer_than_a_turn(model, monkeypatch):
    longest = 0
    push, reset = Detector.push, Detector.reset

    def counted(self, samples):
        nonlocal longest
        self.count = getattr(self, "count", 0) + len(samples)
        longest = max(longest, self.count)
        return push(self, samples)

    def forgotten(self):
        self.count = 0
        reset(self)

    monkeypatch.setattr(Detector, "push", counted)
    monkeypatch.setattr(Detector, "reset", forgotten)
    _scores(model, np.zeros(RATE * 200, np.float32), RATE * 7)
    assert longest <= RATE * 60.1
