"""The detector: samples in, detections out, for any cut of the stream."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.config import DEFAULT_MODEL
from oyez.detect.intent import warned
from oyez.detect.model import Model, model_path
from oyez.detect.stream import Scores, Stream, Threshold
from oyez.events import Detection

__all__ = ["Detector", "load"]


def load(
    name: str | Path = DEFAULT_MODEL,
    *,
    rate: int | None = None,
    threshold: Threshold | None = None,
    false_accepts: str | float | None = None,
    strict: bool = False,
) -> "Detector":
    """Open a detector.

    Args:
        name: a shipped model's name, or the path of a model file.
        rate: Hertz of the samples that will be pushed; None means the model's own.
        threshold: score, 0..1, that every word needs, or a mapping from words to theirs; None, and a word
            that is not in the mapping, mean the model's own.
        false_accepts: in place of a threshold, how often it may be wrong: `"1/day"`, `"2/hour"`,
            `"3 per week"`, or a number per hour. The threshold comes from the model's own table. Where the
            hours behind that do not support the rate, the strictest measured threshold is taken, with a
            `UserWarning`.
        strict: whether that is an error in place of a warning.

    Returns:
        A detector that has heard nothing; `trigger` tells the threshold of each word.

    Raises:
        ModelError: there is no such model, it is not one of ours, or it has no table.
        ConfigError: the rate or the threshold is out of range, a threshold and `false_accepts` are both
            given, or `strict` refuses.
    """
    model = Model(model_path(name))
    return Detector(model, rate=rate, threshold=warned(model, threshold, false_accepts, strict))


class Detector:
    """Listens to one stream.

    Any cut of the stream gives identical detections: the network is always fed blocks of one size.
    """

    def __init__(self, model: Model, *, rate: int | None = None, threshold: Threshold | None = None) -> None:
        """Arguments and errors as for `load`."""
        self.model = model
        self.step_s = model.card.step / model.card.rate
        self._stream = Stream(model.card, rate=rate, threshold=threshold)
        self.rate, self.trigger = self._stream.rate, self._stream.trigger
        self.reset()

    @property
    def words(self) -> tuple[str, ...]:
        """What it listens for, in the order of the scores."""
        return self.model.card.words

    @property
    def drifts(self) -> bool:
        """Whether minutes of one stream leave their mark on it, so that it hears less and less."""
        return self.model.card.preset.drifts

    def reset(self) -> None:
        """Forget everything heard: the next sample is the first."""
        self._stream.reset()
        self._state = self.model.initial_state()
        self.last_scores = np.zeros((0, len(self.words)), np.float32)

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
        self._stream.push(sound.as_samples(x))
        return self._hear()

    def finish(self) -> list[Detection]:
        """Hear that the stream is over; what comes next is a new one.

        Silence of the length that the model states follows the last sample, so that a word that
        ends with the file is still heard.

        Returns:
            Detections that were still due; their time may lie in that silence.
        """
        self._stream.finish()
        detections, scores = self._hear(), self.last_scores
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

    def _hear(self) -> list[Detection]:
        """Run the network over the chunks that are whole."""
        chunks, heard = self._stream.take(), []
        for number in range(len(chunks)):
            scores, self._state = self.model.run(chunks[number : number + 1], self._state)
            heard.append(scores[0])
        if not heard:
            self.last_scores = self.last_scores[:0]
            return []
        self.last_scores = np.concatenate(heard) if len(heard) > 1 else heard[0]
        return self._stream.judge(self.last_scores)
