"""Training of a head on the trunk's embeddings: minutes on one core, most of them on what nearly fools it.

Half of each batch are scenes with the word, half is speech without it. Before each epoch that speech is drawn
anew, by how high it was scored: what is nearly mistaken for the word is heard most.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from oyez.config import Config, SmallConfig
from oyez.errors import DataError
from oyez.train.bank import IGNORED, Bank
from oyez.train.models import SmallHead
from oyez.train.run import Run

__all__ = ["HeadConfig", "highest_scores", "train_head"]

LARGEST_GRADIENT = 1.0
SCORED_AT_ONCE = 256  # recordings


@dataclass(frozen=True)
class HeadConfig(Config):
    """How to learn."""

    epochs: int = 10
    batch: int = 8
    """Scenes in a batch, and as much speech. In batches of 32 as many epochs learn less."""
    learning_rate: float = 2e-3
    """Highest: it rises to it, then falls along a cosine."""
    warm_up: float = 0.05
    """Share of all updates in which the rate rises."""
    noise: float = 1.0
    """Deviation of the Gaussian noise added to embeddings, whose own is about 15."""
    average: float = 0.995
    """Of the weights: share that stays at each update."""
    word_weight: float = 2.0
    """Of a step that should be one."""
    other_weight: float = 0.25
    """Of a step that should be zero and is scored zero."""
    mistake_weight: float = 4.0
    """Added to that, times the score."""
    floor: float = 0.002
    """Added to the squared score by which speech is drawn, so that all of it is heard now and then."""
    seed: int = 1

    def __post_init__(self) -> None:
        self._check(self.epochs >= 1, "epochs must be 1 or more", self.epochs)
        self._check(self.batch >= 1, "batch must be 1 or more", self.batch)
        self._check(self.learning_rate > 0, "learning_rate must be positive", self.learning_rate)
        self._check(0 <= self.warm_up < 1, "warm_up must be 0 or more, below 1", self.warm_up)
        self._check(0 <= self.average < 1, "average must be 0 or more, below 1", self.average)
        self._check(self.floor > 0, "floor must be positive", self.floor)
        self._check(self.seed >= 0, "seed must be 0 or more", self.seed)
        for name in ("noise", "word_weight", "other_weight", "mistake_weight"):
            self._check(getattr(self, name) >= 0, f"{name} must be 0 or more", getattr(self, name))

    def rate(self, along: float) -> float:
        """Learning rate after that share of all updates."""
        if along < self.warm_up:
            return self.learning_rate * max(along / self.warm_up, 0.01)
        return self.learning_rate * (0.505 + 0.495 * math.cos(math.pi * along))


def train_head(
    scenes: Bank,
    speech: Bank,
    config: HeadConfig,
    head: SmallConfig,
    run: Run,
    on_epoch: Callable[[dict[str, float]], None] = lambda _: None,
    start: Mapping[str, Tensor] | None = None,
) -> SmallHead:
    """Train a head for one word, or go on with a training that was stopped.

    The weights that are scored and kept are a running average. After a kill it goes on from the last
    epoch, and ends with the same weights as if it had not stopped.

    Args:
        scenes: with the word.
        speech: without it.
        config: how to learn.
        head: its sizes.
        run: where checkpoints and the log go.
        on_epoch: called with each row of the log.
        start: weights to begin with, of a head of those sizes; None draws them.

    Returns:
        The averaged head, in evaluation mode.

    Raises:
        DataError: there is less than one batch of scenes, no speech, or the loss is no number.
    """
    batches = len(scenes) // config.batch
    if not batches or not len(speech):
        raise DataError(
            f"expected {config.batch} scenes or more and some speech, got {len(scenes)} and {len(speech)}. "
            "Make more, or train in smaller batches."
        )
    student = _Student(head, config, run, len(speech), start)
    for epoch in range(student.epoch, config.epochs):
        rng = np.random.default_rng((config.seed, epoch))
        order = rng.permutation(len(scenes))
        weights = np.square(student.scores) + config.floor
        drawn = rng.choice(len(speech), len(order), p=weights / weights.sum())
        loss = 0.0
        for batch in range(batches):
            part = slice(batch * config.batch, (batch + 1) * config.batch)
            x = np.concatenate((scenes.embeddings(order[part]), speech.embeddings(drawn[part])))
            y = np.concatenate((scenes.y[order[part]], speech.y[drawn[part]]))
            update = epoch * batches + batch
            rate = config.rate(update / (config.epochs * batches))
            loss += student.learn(torch.from_numpy(x), torch.from_numpy(y), rate, update)
        if not math.isfinite(loss):
            raise DataError("the loss is no number any more. Start again with a lower learning rate.")
        student.scores = highest_scores(student.average, speech)
        mistaken = int((student.scores > 0.5).sum())
        row = {"epoch": epoch + 1, "loss": loss / batches, "speech_scored_over_half": mistaken}
        run.write_log([*run.log[:epoch], row])
        student.save(epoch + 1)
        on_epoch(row)
    return student.average.eval()


def highest_scores(head: SmallHead, bank: Bank) -> npt.NDArray[np.float64]:
    """The highest score of the first word in each recording, from a fresh state: (recordings,)."""
    head.eval()
    found = [np.zeros(0)]
    with torch.inference_mode():
        for start in range(0, len(bank), SCORED_AT_ONCE):
            x = bank.embeddings(slice(start, start + SCORED_AT_ONCE))
            logits, _ = head(torch.from_numpy(x))
            found.append(torch.sigmoid(logits[..., 0]).amax(1).double().numpy())
    return np.concatenate(found)


class _Student:
    """A head, what its optimiser knows, the average of its weights, what speech it mistakes; all on disk."""

    def __init__(
        self,
        head: SmallConfig,
        config: HeadConfig,
        run: Run,
        speech: int,
        start: Mapping[str, Tensor] | None,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.run = config, run
        self.network, self.average = SmallHead(head), SmallHead(head)
        if start is not None:
            self.network.load_state_dict(start)
        self.average.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.Adam(self.network.parameters())
        self.epoch, self.scores = 0, np.ones(speech)
        state = run.load("last.pt")
        if state is not None:
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            torch.set_rng_state(state["rng"])
            self.epoch, self.scores = state["epoch"], state["scores"].numpy()

    def learn(self, x: Tensor, y: Tensor, rate: float, update: int) -> float:
        """One update of the weights and of their average; returns the loss."""
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = self._loss(x, y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        stays = min(self.config.average, (update + 1) / (update + 10))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.network.parameters(), strict=True):
                slow.lerp_(fast, 1 - stays)
        return float(loss.detach())

    def save(self, epoch: int) -> None:
        """Write everything that is needed to go on from here."""
        self.epoch = epoch
        values: dict[str, Any] = {"epoch": epoch, "scores": torch.from_numpy(self.scores)}
        values |= {"network": self.network.state_dict(), "average": self.average.state_dict()}
        values |= {"optimizer": self.optimizer.state_dict(), "rng": torch.get_rng_state()}
        self.run.save("last.pt", values)

    def _loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Cross-entropy, weighted: words, mistakes, and everything else."""
        config = self.config
        logits = self.network(x + config.noise * torch.randn_like(x))[0][..., 0]
        with torch.no_grad():
            weights = config.other_weight + config.mistake_weight * torch.sigmoid(logits)
            weights = torch.where(y == 1, config.word_weight, weights) * (y != IGNORED)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, (y == 1).float(), weights, reduction="sum"
        )
        return loss / weights.count_nonzero().clamp(min=1)
