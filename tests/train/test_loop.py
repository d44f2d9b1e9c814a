"""Training: schedules, going on after a stop, early stop, the log."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from oyez.config import FeatureConfig, ModelConfig
from oyez.errors import ConfigError, DataError
from oyez.events import Span
from oyez.train.dataset import Example
from oyez.train.loop import TrainConfig, train, validate
from oyez.train.models import CourseNetwork
from oyez.train.run import Run

FRAMES, STEPS = 63, 13


class _Stub:
    """Examples made of chance; their label is whether the first bin is loud."""

    words = ("tone",)
    duration_s = 0.1

    def __init__(self, count=24):
        self.count, self.asked = count, 0

    def __len__(self):
        return self.count

    def get(self, epoch, number):
        self.asked += 1
        rng = np.random.default_rng((epoch, number))
        loud = number % 2
        x = rng.standard_normal((FRAMES, 101)).astype(np.float32) + 3 * loud
        return Example(x, np.full((STEPS, 1), loud, np.float32), (Span("tone", 0.0, 0.01),) if loud else ())


class StopError(Exception):
    pass


def _network():
    torch.manual_seed(4)
    return CourseNetwork(FeatureConfig(), ModelConfig(filters=4, units=3, dropout=0.3))


def _train(folder, config, *, stop_at=None, count=24, network=None):
    """Train on the stub; raise after `stop_at` batches as a kill would end it."""
    done = []

    def on_batch(epoch, number, loss):
        done.append((epoch, number))
        if stop_at is not None and len(done) == stop_at:
            raise StopError

    stub = _Stub(count)
    check = [stub.get(9, number) for number in range(4)]
    run = Run(folder, {"seed": config.seed})
    rows = []
    best = train(network or _network(), stub, check, config, run, on_batch=on_batch, on_epoch=rows.append)
    return best, rows, done


@pytest.mark.parametrize("stop_at", [3, 5, 8])
def test_a_stopped_training_ends_as_if_it_had_not_been(tmp_path, monkeypatch, stop_at):
    monkeypatch.setattr("oyez.train.loop.SAVE_BATCHES", 2)
    config = TrainConfig(epochs=3, batch=8, seed=1)
    wanted, rows, _ = _train(tmp_path / "whole", config)
    with pytest.raises(StopError):
        _train(tmp_path / "cut", config, stop_at=stop_at)
    again, _, done = _train(tmp_path / "cut", config)
    assert len(done) < 9  # something was kept
    for name, value in wanted.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert Run(tmp_path / "cut", {"seed": 1}).log == Run(tmp_path / "whole", {"seed": 1}).log
    assert len(rows) == 3


def test_the_same_seed_gives_the_same_model(tmp_path):
    config = TrainConfig(epochs=1, batch=8, seed=1)
    one, other = (_train(tmp_path / name, config)[0].state_dict() for name in "ab")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_learns_and_logs(tmp_path):
    config = TrainConfig(epochs=12, batch=4, learning_rate=0.02, patience=12)
    _, rows, _ = _train(tmp_path, config, count=48)
    assert rows[-1]["validation_loss"] < 0.5 * rows[0]["validation_loss"]
    logged = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert logged == rows
    assert {"epoch", "loss", "validation_loss", "accuracy", "step_f1", "event_recall"} <= set(rows[0])


def test_stops_early_and_keeps_the_best(tmp_path):
    config = TrainConfig(epochs=40, batch=8, learning_rate=1e-12, patience=2)
    best, rows, _ = _train(tmp_path, config)
    losses = [row["validation_loss"] for row in rows]
    assert len(rows) < 40
    assert len(rows) - 1 - int(np.argmin(losses)) == 2
    stub = _Stub()
    again = validate(best, [stub.get(9, n) for n in range(4)], stub.words, stub.duration_s)
    assert again.loss == pytest.approx(min(losses), abs=1e-6)
    # going on with a training that has stopped does nothing more
    assert _train(tmp_path, config)[2] == []


def test_the_lessons_rate_decays_with_updates():
    config = TrainConfig(optimizer="lesson")
    assert [config.rate(t, 1000) for t in (0, 100, 900)] == pytest.approx([1e-4, 5e-5, 1e-5])


def test_the_default_rate_rises_and_falls():
    config = TrainConfig(learning_rate=1.0, warm_up=0.1)
    rates = [config.rate(t, 100) for t in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == 1.0
    assert rates.index(1.0) in (9, 10)
    assert rates[-1] < 0.001
    assert all(a >= b for a, b in pairwise(rates[10:]))


def test_another_training_in_the_folder_is_refused(tmp_path):
    Run(tmp_path, {"seed": 1})
    with pytest.raises(ConfigError, match="other settings"):
        Run(tmp_path, {"seed": 2})


def test_too_few_examples(tmp_path):
    with pytest.raises(DataError, match="fewer than one batch of 32"):
        _train(tmp_path, TrainConfig(batch=32))


def test_a_loss_that_is_no_number_is_said(tmp_path):
    network = _network()
    with torch.no_grad():
        network.dense.bias.fill_(math.nan)
    with pytest.raises(DataError, match="no number"):
        _train(tmp_path, TrainConfig(batch=8), network=network)


@pytest.mark.parametrize(
    "bad", [{"epochs": 0}, {"batch": 0}, {"patience": 0}, {"learning_rate": 0.0}, {"optimizer": "sgd"}]
)
def test_values_out_of_range(bad):
    with pytest.raises(ConfigError):
        TrainConfig(**bad)


def test_checkpoints_load_without_pickled_code(tmp_path):
    _train(tmp_path, TrainConfig(epochs=1, batch=8))
    for name in ("last.pt", "best.pt"):
        torch.load(tmp_path / name, weights_only=True)


def test_the_lessons_optimiser_is_plain_adam(tmp_path):
    """No average and no clipping: one update moves every weight by the rate, in the gradient's sense."""
    network = _network()
    network.dropout.p = 0.0
    before = {name: value.clone() for name, value in network.state_dict().items()}
    config = TrainConfig(optimizer="lesson", epochs=1, batch=8)
    best, _, _ = _train(tmp_path, config, count=8, network=network)
    moved = (best.state_dict()["dense.weight"] - before["dense.weight"]).abs()
    torch.testing.assert_close(moved, torch.full_like(moved, 1e-4), rtol=0.01, atol=0)
