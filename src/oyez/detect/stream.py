"""One stream's own part of detection: what waits before the network, and what the triggers remember.

The network stands between `take` and `judge`: a detector runs it for one stream, a batch for many.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.config import TriggerConfig
from oyez.detect.model import ModelCard
from oyez.detect.trigger import Trigger
from oyez.errors import ConfigError
from oyez.events import Detection

__all__ = ["FASTEST", "SLOWEST", "Scores", "Stream", "Threshold", "triggers"]

Scores = npt.NDArray[np.float32]

Threshold = float | Mapping[str, float]
"""Score, 0..1, that every word needs; or by word."""

SLOWEST, FASTEST = 4_000, 768_000


class Stream:
    """Samples in at any rate, whole chunks out for the network; scores in, detections out."""

    def __init__(
        self, card: ModelCard, *, rate: int | None = None, threshold: Threshold | None = None
    ) -> None:
        """A stream that has heard nothing.

        Args:
            card: of the model.
            rate: Hertz of the samples that will be pushed; None means the model's own.
            threshold: score, 0..1, that every word needs, or by word; None means the model's own.

        Raises:
            ConfigError: the rate or the threshold is out of range, or the model has no such word.
        """
        self.rate = card.rate if rate is None else rate
        if not SLOWEST <= self.rate <= FASTEST:
            raise ConfigError(f"rate must be {SLOWEST}..{FASTEST} whole Hertz, got {rate!r}.")
        self.trigger = triggers(card, threshold)
        self._card = card
        self._triggers = [Trigger(self.trigger[word], card.step / card.rate) for word in card.words]
        self._resampler = sound.Resampler(self.rate, card.rate)
        self._none = np.zeros((0, card.chunk), np.float32)
        self.reset()

    @property
    def waiting(self) -> int:
        """Samples at the model's rate that no whole chunk was taken of yet."""
        return len(self._waiting)

    def reset(self) -> None:
        """Forget everything heard: the next sample is the first."""
        self._resampler.reset()
        self._waiting = np.zeros(0, np.float32)
        for trigger in self._triggers:
            trigger.reset()

    def push(self, samples: sound.Samples) -> None:
        """Take samples at the stream's rate."""
        ready = self._resampler.push(samples)
        self._waiting = np.concatenate((self._waiting, ready)) if len(self._waiting) else ready

    def finish(self) -> None:
        """Take the end: what the resampler holds, the model's tail of silence, and up to a whole chunk."""
        rest = np.concatenate((self._resampler.finish(), np.zeros(self._card.tail, np.float32)))
        missing = -(len(self._waiting) + len(rest)) % self._card.chunk
        self._waiting = np.concatenate((self._waiting, rest, np.zeros(missing, np.float32)))

    def take(self) -> Scores:
        """The chunks that are whole, (chunks, samples) at the model's rate; they wait no more."""
        count = len(self._waiting) // self._card.chunk
        if not count:
            return self._none
        end = count * self._card.chunk
        whole, rest = self._waiting[:end], self._waiting[end:]
        self._waiting = rest.copy()  # a view would keep all of a long push
        return whole.reshape(count, self._card.chunk)

    def judge(self, scores: Scores) -> list[Detection]:
        """What the triggers make of the next scores, (steps, words), in order of time."""
        detections = [
            Detection(word, (step + 1) * self._card.step / self._card.rate, score)
            for column, (word, trigger) in enumerate(zip(self._card.words, self._triggers, strict=True))
            for step, score in trigger.push(scores[:, column])
        ]
        return sorted(detections, key=lambda detection: detection.time_s)


def triggers(card: ModelCard, threshold: Threshold | None = None) -> dict[str, TriggerConfig]:
    """The model's own trigger for each word, with another threshold where one is given.

    Args:
        card: of the model.
        threshold: score, 0..1, that every word needs, or by word; words not named keep their own.

    Raises:
        ConfigError: a threshold is out of range, or the model has no such word.
    """
    if threshold is None:
        return dict(card.trigger)
    by_word = threshold if isinstance(threshold, Mapping) else dict.fromkeys(card.words, threshold)
    unknown = sorted(by_word.keys() - card.trigger.keys())
    if unknown:
        raise ConfigError(
            f"a threshold is given for “{unknown[0]}”, but the model listens for {', '.join(card.words)}. "
            "Name one of those."
        )
    return {
        word: replace(config, threshold=by_word.get(word, config.threshold))
        for word, config in card.trigger.items()
    }
