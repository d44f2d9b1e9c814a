"""Several heads, written as one."""

from functools import partial

import numpy as np
import pytest
import torch

from oyez.config import SmallConfig
from oyez.errors import ConfigError
from oyez.train.bank import Bank
from oyez.train.head import HeadConfig
from oyez.train.models import SmallHead
from oyez.train.several import averaged, train_heads

SIZES = SmallConfig(hidden=12, units=8)


def _drawn(seed, config=SIZES, words=1):
    torch.manual_seed(seed)
    head = SmallHead(config, words)
    with torch.no_grad():
        for value in head.parameters():  # biases and the norm, too
            value.add_(0.3 * torch.randn_like(value))
    return head.eval()


@pytest.mark.parametrize("words", [1, 2])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_one_gives_the_mean_of_their_logits_also_in_pieces(count, words):
    heads = [_drawn(seed, words=words) for seed in range(count)]
    one, x = averaged(heads), torch.randn(2, 20, 96)
    assert not one.training
    assert one.config == SmallConfig(hidden=12 * count, units=8 * count)
    with torch.inference_mode():
        wanted = torch.stack([head(x)[0] for head in heads]).mean(0)
        start, state = one(x[:, :7])
        rest, _ = one(x[:, 7:], state)
    torch.testing.assert_close(torch.cat([start, rest], 1), wanted, atol=1e-5, rtol=1e-5)
    assert count == 1 or not torch.allclose(wanted, heads[0](x)[0], atol=1e-2)


@pytest.mark.parametrize("heads", [[], [_drawn(0), _drawn(1, SmallConfig(hidden=12, units=9))]])
def test_heads_of_other_sizes_are_refused(heads):
    with pytest.raises(ConfigError, match="expected heads of one size"):
        averaged(heads)


def test_heads_are_the_same_for_any_number_of_processes_and_after_a_stop(tmp_path):
    rng = np.random.default_rng(0)
    scenes = Bank.of(rng.standard_normal((8, 6, 96)), rng.integers(0, 2, (8, 6)).astype(np.int8))
    speech, config = Bank.of(rng.standard_normal((8, 6, 96))), HeadConfig(epochs=2, batch=4, seed=3)
    found = []
    for name, jobs in (("one", 1), ("two", 2), ("one", 1)):
        epochs = []
        head = train_heads(
            2, scenes, speech, config, SIZES, tmp_path / name, jobs=jobs, on_epoch=partial(epochs.append, 1)
        )
        found.append(torch.cat([value.flatten() for value in head.state_dict().values()]))
    assert len(epochs) == 0  # it had ended
    torch.testing.assert_close(found[0], found[1], atol=0, rtol=0)
    torch.testing.assert_close(found[0], found[2], atol=0, rtol=0)
    assert {path.name for path in (tmp_path / "two").iterdir()} == {"0", "1"}
