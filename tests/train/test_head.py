"""Training of heads: they learn, go on after a stop, and hear most what nearly fools them."""

import numpy as np
import pytest
import torch

from oyez.config import SmallConfig
from oyez.errors import ConfigError, DataError
from oyez.train.bank import IGNORED, Bank, join
from oyez.train.head import HeadConfig, highest_scores, train_head
from oyez.train.models import SmallHead
from oyez.train.run import Run

STEPS = 12
HEAD = SmallConfig(hidden=8, units=8, dropout=0.0)
QUICK = HeadConfig(epochs=2, batch=4, learning_rate=0.02, average=0.5)


def _scenes(count=24, seed=0):
    """The word is a bump in one direction; the two steps after it are ones, the next is ignored."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, STEPS, 96))
    y = np.zeros((count, STEPS), np.int8)
    for number, at in enumerate(rng.integers(1, STEPS - 4, count)):
        x[number, at, :8] += 12
        y[number, at + 1 : at + 3] = 1
        y[number, at + 3] = IGNORED
    return Bank.of(x, y)


def _speech(count=24, seed=1):
    x = np.random.default_rng(seed).standard_normal((count, STEPS, 96))
    x[::2, 4, 8:16] += 12  # another direction, which is no word
    return Bank.of(x)


def _weights(head):
    return torch.cat([value.flatten() for value in head.state_dict().values()])


class StopError(Exception):
    pass


def test_a_head_learns_the_word_and_not_the_other_sound(tmp_path):
    config = HeadConfig(epochs=15, batch=8, learning_rate=0.01, noise=0.5, average=0.9)
    rows = []
    head = train_head(_scenes(160), _speech(160), config, HEAD, Run(tmp_path, {}), rows.append)
    assert highest_scores(head, _scenes(32, 5)).min() > 0.5
    assert highest_scores(head, _speech(32, 6)).max() < 0.5
    assert not head.training
    assert rows[-1]["loss"] < 0.2 * rows[0]["loss"]
    assert Run(tmp_path, {}).log == rows
    assert [row["epoch"] for row in rows] == list(range(1, 16))


def test_a_training_that_was_stopped_ends_as_if_it_had_not_been(tmp_path):
    config = HeadConfig(epochs=3, batch=4, average=0.5)

    def stop(row):
        if row["epoch"] == 2:
            raise StopError

    whole = train_head(_scenes(), _speech(), config, SmallConfig(8, 8, 0.3), Run(tmp_path / "a", {}))
    with pytest.raises(StopError):
        train_head(_scenes(), _speech(), config, SmallConfig(8, 8, 0.3), Run(tmp_path / "b", {}), stop)
    again = train_head(_scenes(), _speech(), config, SmallConfig(8, 8, 0.3), Run(tmp_path / "b", {}))
    assert torch.equal(_weights(whole), _weights(again))
    assert len(Run(tmp_path / "b", {}).log) == 3


def test_a_head_goes_on_from_weights_that_are_given(tmp_path):
    first = train_head(_scenes(), _speech(), QUICK, HEAD, Run(tmp_path / "a", {}))
    slow = HeadConfig(epochs=1, batch=4, learning_rate=1e-9)
    start = first.state_dict()
    second = train_head(_scenes(), _speech(), slow, HEAD, Run(tmp_path / "b", {}), start=start)
    torch.testing.assert_close(_weights(first), _weights(second), atol=1e-6, rtol=0)
    third = train_head(_scenes(), _speech(), QUICK, HEAD, Run(tmp_path / "c", {}), start=start)
    assert not torch.allclose(_weights(first), _weights(third), atol=1e-3)


def test_seeds_differ(tmp_path):
    heads = [
        train_head(
            _scenes(),
            _speech(),
            HeadConfig(epochs=1, batch=4, seed=seed),
            HEAD,
            Run(tmp_path / str(seed), {}),
        )
        for seed in (1, 2)
    ]
    assert not torch.equal(*map(_weights, heads))


def test_what_is_ignored_does_not_count(tmp_path):
    scenes, speech = _scenes(), _speech()
    deaf = Bank(scenes.x, scenes.scale, np.full_like(scenes.y, IGNORED))
    silent = Bank(speech.x, speech.scale, np.full_like(speech.y, IGNORED))
    torch.manual_seed(QUICK.seed)
    before = SmallHead(HEAD)
    after = train_head(deaf, silent, QUICK, HEAD, Run(tmp_path, {}))
    assert torch.equal(_weights(before), _weights(after))


def test_what_is_mistaken_for_the_word_is_heard_most(tmp_path, monkeypatch):
    """Of the speech, one recording is scored high: it should fill its half of the next epoch."""
    speech = _speech()
    marked = np.full((1, STEPS, 96), 127, np.float32)
    speech = join((speech, Bank.of(marked)))
    scores = np.zeros(25)
    scores[24] = 1
    monkeypatch.setattr("oyez.train.head.highest_scores", lambda head, bank: scores)
    seen = []
    run = Run(tmp_path, {})
    original = torch.from_numpy

    def spy(array):
        if array.ndim == 3 and array.dtype == np.float32:
            seen.append(float((array == 127).all((1, 2)).sum()))
        return original(array)

    monkeypatch.setattr(torch, "from_numpy", spy)
    train_head(_scenes(), speech, QUICK, HEAD, run)
    batches = len(seen) // 2
    assert sum(seen[:batches]) <= 6  # drawn evenly: one of 25
    assert sum(seen[batches:]) >= 20  # 24 are drawn, all but a few are the marked one


def test_a_word_that_follows_is_scored_from_a_fresh_state():
    torch.manual_seed(0)
    head = SmallHead(HEAD)
    bank = _scenes(3)
    together = highest_scores(head, bank)
    apart = [highest_scores(head, bank.only(np.array([n])))[0] for n in range(3)]
    np.testing.assert_allclose(together, apart, atol=1e-6)
    assert highest_scores(head, bank.only(np.zeros(0, int))).shape == (0,)


def test_too_little_is_told(tmp_path):
    with pytest.raises(DataError, match="expected 4 scenes or more and some speech, got 3 and 24"):
        train_head(_scenes(3), _speech(), QUICK, HEAD, Run(tmp_path, {}))
    none = _speech(1).only(np.zeros(0, int))
    with pytest.raises(DataError, match="got 24 and 0"):
        train_head(_scenes(), none, QUICK, HEAD, Run(tmp_path, {}))


def test_a_loss_that_is_no_number_is_told(tmp_path):
    scenes = _scenes()
    scenes.scale[0, 0] = np.nan
    with pytest.raises(DataError, match="the loss is no number"):
        train_head(scenes, _speech(), QUICK, HEAD, Run(tmp_path, {}))


def test_the_rate_rises_and_then_falls():
    config = HeadConfig(learning_rate=1.0, warm_up=0.1)
    rates = [config.rate(along) for along in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(0.01)
    assert int(np.argmax(rates)) == 10
    assert np.all(np.diff(rates[10:]) < 0)
    assert rates[-1] == pytest.approx(0.01)
    assert HeadConfig(learning_rate=1.0, warm_up=0.0).rate(0.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epochs": 0}, "epochs must be 1 or more"),
        ({"batch": 0}, "batch must be 1 or more"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"warm_up": 1.0}, "warm_up must be"),
        ({"average": 1.0}, "average must be"),
        ({"floor": 0.0}, "floor must be positive"),
        ({"seed": -1}, "seed must be"),
        ({"noise": -1.0}, "noise must be 0 or more"),
        ({"mistake_weight": -1.0}, "mistake_weight must be 0 or more"),
    ],
)
def test_settings_out_of_range_are_told(change, said):
    with pytest.raises(ConfigError, match=said):
        HeadConfig(**change)
