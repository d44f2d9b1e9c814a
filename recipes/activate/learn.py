"""Train the head of `activate` on the bank that `bank.py` made.

    python recipes/activate/learn.py BANK OUT [--epochs 10] [--seed 1]

Half of each batch are scenes with the word, half speech without it, drawn after each epoch by how high it
was scored: what is nearly mistaken is heard most. The weights that count are a running average.
Writes OUT/head.pt, and OUT/last.pt after each epoch, from which a run that was stopped goes on.
"""

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from bank import IGNORED

from oyez.config import SmallConfig
from oyez.output import whole
from oyez.train.models import SmallHead

__all__ = ["Bank", "LearnConfig", "learn", "read"]

FLOOR = 0.002
"""Added to the squared score that speech is drawn by, so that all of it is heard now and then."""

POSITIVE_WEIGHT = 2.0
NEGATIVE_WEIGHT, BY_SCORE = 0.25, 4.0
"""Weight of a step without the word, and what its score adds to it."""

LARGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class Bank:
    """Embeddings of 10 s examples, and what each step should give."""

    x: npt.NDArray[np.float16]
    """(examples, steps, 96)"""
    y: npt.NDArray[np.int8]
    """(examples, steps): 0, 1 or IGNORED"""


@dataclass(frozen=True)
class LearnConfig:
    """How to learn."""

    epochs: int = 10
    batch: int = 32
    """Scenes in a batch, and as much speech."""
    learning_rate: float = 2e-3
    warm_up: float = 0.05
    """Share of all updates in which the rate rises; then it falls along a cosine."""
    noise: float = 1.0
    """Of the embeddings, Gaussian."""
    average: float = 0.995
    """Of the weights: share that stays at each update."""
    weight_decay: float = 0.0
    seed: int = 1

    def rate(self, along: float) -> float:
        """Learning rate after that share of all updates."""
        if along < self.warm_up:
            return self.learning_rate * max(along / self.warm_up, 0.01)
        return self.learning_rate * (0.505 + 0.495 * math.cos(math.pi * along))


def read(folder: Path, name: str) -> Bank:
    """All parts of one kind."""
    parts = [np.load(path) for path in sorted(folder.glob(f"{name}_*.npz"))]
    if not parts:
        raise SystemExit(f"{folder} holds no {name}_*.npz. Run bank.py first.")
    return Bank(np.concatenate([one["x"] for one in parts]), np.concatenate([one["y"] for one in parts]))


def learn(
    scenes: Bank, speech: Bank, config: LearnConfig, head: SmallConfig, run: Path | None = None
) -> SmallHead:
    """Train a head.

    Args:
        scenes: with the word.
        speech: without it.
        config: how to learn.
        head: its sizes.
        run: folder of the checkpoint; None keeps none.

    Returns:
        The averaged head, in evaluation mode.
    """
    torch.manual_seed(config.seed)
    network, average = SmallHead(head), SmallHead(head)
    average.load_state_dict(network.state_dict())
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=config.weight_decay)
    checkpoint = None if run is None else run / "last.pt"
    first, scores = 0, np.ones(len(speech.x))
    if checkpoint is not None and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        first, scores = state["epoch"], state["scores"].numpy()
    batches = len(scenes.x) // config.batch
    for epoch in range(first, config.epochs):
        began_s, losses = time.monotonic(), 0.0
        rng = np.random.default_rng((config.seed, epoch))
        order = rng.permutation(len(scenes.x))
        weights = np.square(scores) + FLOOR
        drawn = rng.choice(len(speech.x), len(order), p=weights / weights.sum())
        network.train()
        for batch in range(batches):
            part = slice(batch * config.batch, (batch + 1) * config.batch)
            for group in optimizer.param_groups:
                group["lr"] = config.rate((epoch * batches + batch) / (config.epochs * batches))
            x = np.concatenate((scenes.x[order[part]], speech.x[drawn[part]])).astype(np.float32)
            y = np.concatenate((scenes.y[order[part]], speech.y[drawn[part]]))
            losses += _update(network, optimizer, torch.from_numpy(x), torch.from_numpy(y), config.noise)
            stays = min(config.average, (epoch * batches + batch + 1) / (epoch * batches + batch + 10))
            with torch.no_grad():
                for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
                    slow.lerp_(fast, 1 - stays)
        scores = highest(average, speech)
        seconds = time.monotonic() - began_s
        over = int((scores > 0.5).sum())
        print(f"epoch {epoch + 1}: loss {losses / batches:.4f}, {over} of speech over 0.5, {seconds:.0f} s")
        if checkpoint is not None:
            state = {"network": network.state_dict(), "average": average.state_dict(), "epoch": epoch + 1}
            state |= {"optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()}
            with whole(checkpoint, overwrite=True) as draft:
                torch.save({**state, "scores": torch.from_numpy(scores)}, draft)
    return average.eval()


def highest(head: SmallHead, bank: Bank) -> npt.NDArray[np.float64]:
    """The highest score in each example: (examples,)."""
    head.eval()
    found = []
    with torch.inference_mode():
        for start in range(0, len(bank.x), 256):
            logits, _ = head(torch.from_numpy(bank.x[start : start + 256].astype(np.float32)))
            found.append(torch.sigmoid(logits[..., 0]).amax(1).double().numpy())
    return np.concatenate(found)


def _update(
    network: SmallHead, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor, noise: float
) -> float:
    """One update; returns the loss."""
    logits = network(x + noise * torch.randn_like(x))[0][..., 0]
    with torch.no_grad():
        weights = NEGATIVE_WEIGHT + BY_SCORE * torch.sigmoid(logits)
        weights = torch.where(y == 1, POSITIVE_WEIGHT, weights) * (y != IGNORED)
    wanted = (y == 1).float()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, weights, reduction="sum")
    loss = loss / weights.count_nonzero()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
    optimizer.step()
    return float(loss.detach())


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("bank", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    scenes, speech = read(options.bank, "scenes"), read(options.bank, "speech")
    print(f"{len(scenes.x)} scenes, {len(speech.x)} tens of seconds of speech")
    config = LearnConfig(epochs=options.epochs, seed=options.seed)
    head = learn(scenes, speech, config, SmallConfig(), options.out)
    with whole(options.out / "head.pt", overwrite=True) as draft:
        torch.save({"head": head.state_dict()}, draft)


if __name__ == "__main__":
    main()
