"""Several heads that learn the same from other beginnings, written as one."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import torch

from oyez.config import SmallConfig
from oyez.errors import ConfigError
from oyez.train.bank import Bank
from oyez.train.head import HeadConfig, train_head
from oyez.train.models import SmallHead
from oyez.train.run import Run

__all__ = ["averaged", "train_heads"]

APART = 1_000  # between the seeds of two heads


def train_heads(
    count: int,
    scenes: Bank,
    speech: Bank,
    config: HeadConfig,
    head: SmallConfig,
    folder: Path,
    *,
    jobs: int = 1,
    on_epoch: Callable[[], None] = lambda: None,
) -> SmallHead:
    """Train some heads, or go on with them, and write them as one.

    Args:
        count: how many.
        scenes: with the word.
        speech: without it.
        config: how the first learns; the others differ by their seed.
        head: sizes of each.
        folder: of this training alone; each head has a folder in it.
        jobs: processes. A head learns on one thread.
        on_epoch: called after each epoch of the first head.

    Returns:
        One head, whose logits are the mean of theirs.

    Raises:
        DataError: as `train_head`.
    """
    configs = [replace(config, seed=config.seed + number * APART) for number in range(count)]
    folders = [folder / str(number) for number in range(count)]
    first = (scenes, speech, configs[0], head, folders[0])
    if jobs == 1 or count == 1:
        others = zip(configs[1:], folders[1:], strict=True)
        heads = [_learn(*first, on_epoch)]
        return averaged(heads + [_learn(scenes, speech, other, head, where) for other, where in others])
    pool = ProcessPoolExecutor(min(jobs, count) - 1, get_context("spawn"))
    try:
        pending = [
            pool.submit(_learn, scenes, speech, other, head, where)
            for other, where in zip(configs[1:], folders[1:], strict=True)
        ]
        heads = [_learn(*first, on_epoch), *(other.result() for other in pending)]
    finally:
        pool.shutdown(cancel_futures=True)
    return averaged(heads)


def averaged(heads: Sequence[SmallHead]) -> SmallHead:
    """Heads of one size as a single one, whose logits are the mean of theirs.

    Its layers are theirs side by side; where none is connected with another, there are zeros. What each
    does after its norm, by which they differ, goes into the linear layer.

    Args:
        heads: one or more, in evaluation mode.

    Returns:
        The head, in evaluation mode.

    Raises:
        ConfigError: there are none, or their sizes differ.
    """
    if not heads or len({one.config for one in heads}) != 1:
        raise ConfigError(f"expected heads of one size, got {len(heads)}. Train them alike.")
    if len(heads) == 1:
        return heads[0]
    config = heads[0].config
    many = replace(config, hidden=config.hidden * len(heads), units=config.units * len(heads))
    one = SmallHead(many, heads[0].dense.out_features)
    with torch.no_grad():
        one.norm.weight.fill_(1.0)
        one.norm.bias.zero_()
        one.linear.weight.copy_(torch.cat([each.linear.weight * each.norm.weight for each in heads]))
        one.linear.bias.copy_(
            torch.cat([each.linear.bias + each.linear.weight @ each.norm.bias for each in heads])
        )
        for name in ("weight_ih", "weight_hh"):
            gates = zip(*(getattr(each.gru, name).chunk(3) for each in heads), strict=True)
            getattr(one.gru, name).copy_(torch.cat([_apart(gate) for gate in gates]))
        for name in ("bias_ih", "bias_hh"):
            gates = zip(*(getattr(each.gru, name).chunk(3) for each in heads), strict=True)
            getattr(one.gru, name).copy_(torch.cat([torch.cat(gate) for gate in gates]))
        one.dense.weight.copy_(torch.cat([each.dense.weight for each in heads], 1) / len(heads))
        one.dense.bias.copy_(torch.stack([each.dense.bias for each in heads]).mean(0))
    return one.eval()


def _learn(
    scenes: Bank,
    speech: Bank,
    config: HeadConfig,
    head: SmallConfig,
    folder: Path,
    on_epoch: Callable[[], None] = lambda: None,
) -> SmallHead:
    """One head, on one thread."""
    torch.set_num_threads(1)
    return train_head(scenes, speech, config, head, Run(folder, config.to_dict()), lambda _: on_epoch())


def _apart(blocks: Sequence[torch.Tensor]) -> torch.Tensor:
    """(rows, columns) of all of them: each in its own, zeros elsewhere."""
    found: torch.Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
    return found
