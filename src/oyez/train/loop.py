"""Training: batches, schedule, validation, checkpoints. Reads from top to bottom."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from oyez.config import Config, TriggerConfig
from oyez.detect.trigger import Trigger
from oyez.errors import DataError
from oyez.evaluate.match import Matches, match
from oyez.evaluate.steps import StepCounts, count_steps
from oyez.events import Detection
from oyez.train.dataset import Example, Examples, stack
from oyez.train.models import CourseNetwork
from oyez.train.run import Run

__all__ = ["TrainConfig", "Validation", "train", "validate"]

AHEAD = 3  # batches that are made ready while one is learnt from
SAVE_BATCHES = 50
AVERAGE = 0.998  # of the weights: share that stays at each update
LESSON_RATE, LESSON_DECAY = 1e-4, 0.01
LARGEST_GRADIENT = 1.0
KERAS_EPSILON = 1e-7

Progress = Callable[[int, int, float], None]
"""Called after each batch: epoch, batches done in it, loss."""


@dataclass(frozen=True)
class TrainConfig(Config):
    """How to learn."""

    epochs: int = 8
    batch: int = 4
    optimizer: Literal["default", "lesson"] = "default"
    """`lesson`: Adam at 1e-4 / (1 + 0.01 t) and nothing else, which is for going on from a trained
    model: it all but stops after some thousand updates. `default`: Adam, warmed up, then down a cosine,
    gradients clipped, weights averaged."""
    learning_rate: float = 2e-3
    """Highest rate of `default`."""
    warm_up: float = 0.05
    """Share of all updates in which the rate of `default` rises."""
    patience: int = 4
    """Epochs without a lower validation loss after which training stops."""
    seed: int = 0

    def __post_init__(self) -> None:
        self._check(self.epochs >= 1, "epochs must be 1 or more", self.epochs)
        self._check(self.batch >= 1, "batch must be 1 or more", self.batch)
        self._check(self.patience >= 1, "patience must be 1 epoch or more", self.patience)
        self._check(self.seed >= 0, "seed must be 0 or more", self.seed)
        self._check(self.learning_rate > 0, "learning_rate must be positive", self.learning_rate)
        self._check(
            self.optimizer in ("default", "lesson"),
            "optimizer must be default or lesson",
            self.optimizer,
        )

    def rate(self, update: int, updates: int) -> float:
        """Learning rate at an update, counted from 0, of `updates`."""
        if self.optimizer == "lesson":
            return LESSON_RATE / (1 + LESSON_DECAY * update)
        rising = max(1, round(self.warm_up * updates))
        if update < rising:
            return self.learning_rate * (update + 1) / rising
        along = (update - rising) / max(1, updates - rising)
        return self.learning_rate * (0.5 + 0.5 * math.cos(math.pi * along))


@dataclass(frozen=True)
class Validation:
    """How well held-out scenes were scored."""

    loss: float
    steps: StepCounts
    events: Matches
    hours: float

    def to_dict(self) -> dict[str, float]:
        """The numbers that are logged."""
        return {
            "validation_loss": self.loss,
            "accuracy": self.steps.accuracy,
            "accuracy_of_silence": self.steps.accuracy_of_silence,
            "step_f1": self.steps.f1,
            "event_precision": self.events.precision,
            "event_recall": self.events.recall,
            "event_f1": self.events.f1,
            "false_accepts_per_hour": self.events.false_accepts / self.hours,
        }


def train(
    network: CourseNetwork,
    examples: Examples,
    validation: list[Example],
    config: TrainConfig,
    run: Run,
    *,
    jobs: int = 1,
    on_batch: Progress = lambda *_: None,
    on_epoch: Callable[[dict[str, float]], None] = lambda _: None,
) -> CourseNetwork:
    """Train, or go on with a training that was stopped.

    The weights that are validated and kept are a running average (with `lesson`: the last ones).
    After a kill it goes on from the last checkpoint (every 50 batches) and ends with the same weights
    as if it had not stopped.

    Args:
        network: to be trained, in place.
        examples: drawn from in every epoch.
        validation: examples of voices that are not in `examples`.
        config: schedule and seed.
        run: where checkpoints and the log go.
        jobs: threads that make examples.
        on_batch: called after each batch.
        on_epoch: called with each row of the log.

    Returns:
        The network with the best weights on `validation`, in evaluation mode.

    Raises:
        DataError: there is less than one batch of examples, or the loss is no number.
    """
    batches = len(examples) // config.batch
    if not batches:
        raise DataError(
            f"{len(examples)} examples are fewer than one batch of {config.batch}. Make more, or a "
            "smaller --batch."
        )
    student = _Student(network, config, run)
    for epoch in range(student.epoch, config.epochs):
        if student.waited >= config.patience:
            break
        network.train()
        for number, (x, y) in _batches(examples, config.batch, epoch, student.batch, jobs):
            update = epoch * batches + number
            student.learn(x, y, config.rate(update, config.epochs * batches), update)
            on_batch(epoch, number + 1, student.losses / (number + 1))
            if (number + 1) % SAVE_BATCHES == 0 and number + 1 < batches:
                student.save(epoch, number + 1)
        result = validate(student.averaged(), validation, examples.words, examples.duration_s)
        row = {"epoch": epoch + 1, "loss": student.losses / batches, **result.to_dict()}
        student.judge(result.loss)
        run.write_log([*run.log[:epoch], row])
        student.save(epoch + 1, 0)
        on_epoch(row)
    best = run.load("best.pt")
    if best is None:
        raise DataError("the validation loss was never a number: look at the scenes with --plot.")
    network.load_state_dict(best["network"])
    return network.eval()


class _Student:
    """A network, what its optimiser knows, the average of its weights; and all of it on disk."""

    def __init__(self, network: CourseNetwork, config: TrainConfig, run: Run) -> None:
        self.network, self.run = network, run
        self.lesson = config.optimizer == "lesson"
        self.optimizer = torch.optim.Adam(
            network.parameters(), lr=config.rate(0, 1), eps=KERAS_EPSILON if self.lesson else 1e-8
        )
        self.average = {name: value.detach().clone() for name, value in network.state_dict().items()}
        self.epoch, self.batch, self.waited = 0, 0, 0
        self.best, self.losses = math.inf, 0.0
        torch.manual_seed(config.seed)
        state = run.load("last.pt")
        if state is not None:
            network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            torch.set_rng_state(state["rng"])
            self.average = state["average"]
            self.epoch, self.batch, self.waited = state["epoch"], state["batch"], state["waited"]
            self.best, self.losses = state["best"], state["losses"]

    def learn(self, x: Tensor, y: Tensor, rate: float, update: int) -> None:
        """One update of the weights and of their average."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        logits, _ = self.network(x)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, y)
        loss.backward()  # type: ignore[no-untyped-call]
        if not self.lesson:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        self.losses += float(loss.detach())
        if not math.isfinite(self.losses):
            raise DataError("the loss is no number any more. Start again with a lower --learning-rate.")
        stays = 0.0 if self.lesson else min(AVERAGE, (update + 1) / (update + 10))
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value.detach(), 1 - stays)
            else:
                self.average[name].copy_(value)

    def averaged(self) -> CourseNetwork:
        """A network with the averaged weights."""
        network = self.network
        twin = CourseNetwork(network.features, network.config, network.dense.out_features)
        twin.load_state_dict(self.average)
        return twin

    def judge(self, loss: float) -> None:
        """Keep the averaged weights if they are the best so far; an epoch is over."""
        self.losses = 0.0
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.run.save("best.pt", {"network": self.average})
        else:
            self.waited += 1

    def save(self, epoch: int, batch: int) -> None:
        """Write everything that is needed to go on from here."""
        self.epoch, self.batch = epoch, batch
        numbers = {name: getattr(self, name) for name in ("epoch", "batch", "best", "waited", "losses")}
        self.run.save(
            "last.pt",
            {
                **numbers,
                "network": self.network.state_dict(),
                "average": self.average,
                "optimizer": self.optimizer.state_dict(),
                "rng": torch.get_rng_state(),
            },
        )


def validate(
    network: CourseNetwork, examples: list[Example], words: tuple[str, ...], duration_s: float
) -> Validation:
    """Score examples.

    Args:
        network: in any mode; left in evaluation mode.
        examples: held out of training.
        words: of the network's outputs.
        duration_s: seconds of one example.

    Returns:
        Mean loss; steps at a threshold of 0.5; events of a trigger at rest before each example.
    """
    network.eval()
    loss, steps, events = 0.0, StepCounts(), Matches()
    for example in examples:
        with torch.inference_mode():
            logits, _ = network(torch.from_numpy(example.x)[None])
            y = torch.from_numpy(example.y)[None]
            loss += float(torch.nn.functional.binary_cross_entropy_with_logits(logits, y))
            scores = torch.sigmoid(logits)[0].numpy()
        steps += count_steps(example.y, scores)
        step_s = duration_s / len(scores)
        heard = [
            Detection(word, (step + 1) * step_s, score)
            for column, word in enumerate(words)
            for step, score in Trigger(TriggerConfig(), step_s).push(scores[:, column])
        ]
        events += match(example.spans, heard)
    count = max(1, len(examples))
    return Validation(loss / count, steps, events, count * duration_s / 3600)


def _batches(
    examples: Examples, size: int, epoch: int, first: int, jobs: int
) -> Iterator[tuple[int, tuple[Tensor, Tensor]]]:
    """Batches of one epoch, some made ahead by threads: most of the work releases Python's lock."""
    count = len(examples) // size
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        waiting = {}
        for number in range(first, count):
            for ahead in range(number, min(number + AHEAD, count)):
                if ahead not in waiting:
                    members = range(ahead * size, (ahead + 1) * size)
                    waiting[ahead] = [pool.submit(examples.get, epoch, member) for member in members]
            x, y = stack([future.result() for future in waiting.pop(number)])
            yield number, (torch.from_numpy(x), torch.from_numpy(y))
