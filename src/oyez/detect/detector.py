"""The detector: samples in, detections out, for any cut of the stream."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.detect.model import DEFAULT_MODEL, Model, model_path
from oyez.detect.trigger import Trigger
from oyez.errors import ConfigError
from oyez.events import Detection

__all__ = ["Detector", "load"]

Scores = npt.NDArray[np.float32]

SLOWEST, FASTEST = 4_000, 768_000


def load(
    name: str | Path = DEFAULT_MODEL, *, rate: int | None = None, threshold: float | None = None
) -> "Detector":
    """Open a detector.

    Args:
        name: a shipped model's name, or the path of a model file.
        rate: Hertz of the samples that will be pushed; None means the model's own.
        threshold: score, 0..1, that every word needs; None means the model's own.

    Returns:
        A detector that has heard nothing.

    Raises:
        ModelError: there is no such model, or it is not one of ours.
        ConfigError: the rate or the threshold is out of range.
    """
    return Detector(Model(model_path(name)), rate=rate, threshold=threshold)


class Detector:
    """Listens to one stream.

    Any cut of the stream gives identical detections: the network is always fed blocks of one size.
    """

    def __init__(self, model: Model, *, rate: int | None = None, threshold: float | None = None) -> None:
        """Arguments and errors as for `load`."""
        self.model = model
        self.rate = model.card.rate if rate is None else rate
        if not SLOWEST <= self.rate <= FASTEST:
            raise ConfigError(f"rate must be {SLOWEST}..{FASTEST} whole Hertz, got {rate!r}.")
        self.step_s = model.card.step / model.card.rate
        self.trigger = {
            word: config if threshold is None else replace(config, threshold=threshold)
            for word, config in model.card.trigger.items()
        }
        self._triggers = [Trigger(self.trigger[word], self.step_s) for word in self.words]
        self._resampler = sound.Resampler(self.rate, model.card.rate)
        self.reset()

    @property
    def words(self) -> tuple[str, ...]:
        """What it listens for, in the order of the scores."""
        return self.model.card.words

    def reset(self) -> None:
        """Forget everything heard: the next sample is the first."""
        self._resampler.reset()
        self._waiting = np.zeros(0, np.float32)
        self._state = self.model.initial_state()
        self.last_scores = np.zeros((0, len(self.words)), np.float32)
        for trigger in self._triggers:
            trigger.reset()

    def push(self, x: npt.ArrayLike) -> list[Detection]:
        """Hear more samples.

        The scores behind the answer stay readable as `last_scores`, (steps, words).

        Args:
            x: floats in ±1 or int16, (samples,) or (samples, channels), any length, at `rate`.

        Returns:
            Detections, in order of time.

        Raises:
            AudioError: values or shape are none of these; nothing of them was heard.
        """
        return self._hear(self._resampler.push(sound.as_samples(x)))

    def finish(self) -> list[Detection]:
        """Hear that the stream is over; what comes next is a new one.

        Silence of the length that the model states follows the last sample, so that a word that
        ends with the file is still heard.

        Returns:
            Detections that were still due; their time may lie in that silence.
        """
        card = self.model.card
        rest = np.concatenate((self._resampler.finish(), np.zeros(card.tail, np.float32)))
        missing = -(len(self._waiting) + len(rest)) % card.chunk
        detections = self._hear(np.concatenate((rest, np.zeros(missing, np.float32))))
        scores = self.last_scores
        self.reset()
        self.last_scores = scores
        return detections

    def scores(self, x: npt.ArrayLike) -> Scores:
        """Scores of a whole clip, from a fresh state; the live one is left alone.

        Args:
            x: as for `push`.

        Returns:
            (steps, words), 0..1, the tail of silence included; the first `delay_steps` of the
            model are 0.

        Raises:
            AudioError: as for `push`.
        """
        fresh = Detector(self.model, rate=self.rate)
        fresh.push(x)
        heard = fresh.last_scores
        fresh.finish()
        return np.concatenate((heard, fresh.last_scores))

    def _hear(self, samples: sound.Samples) -> list[Detection]:
        """Take samples at the model's rate."""
        chunk = self.model.card.chunk
        waiting = np.concatenate((self._waiting, samples))
        whole = len(waiting) // chunk * chunk
        self._waiting = waiting[whole:]
        heard = [self.last_scores[:0]]
        for start in range(0, whole, chunk):
            pcm = waiting[None, start : start + chunk]
            scores, self._state = self.model.run(pcm, self._state)
            heard.append(scores[0])
        self.last_scores = np.concatenate(heard)
        detections = [
            Detection(word, (step + 1) * self.model.card.step / self.model.card.rate, score)
            for column, (word, trigger) in enumerate(zip(self.words, self._triggers, strict=True))
            for step, score in trigger.push(self.last_scores[:, column])
        ]
        return sorted(detections, key=lambda detection: detection.time_s)
