"""A detector that is relieved each minute by another: how a network that drifts is heard in earnest.

`oyez listen` does so too (`listen.relay`), in a quiet moment; here it is at fixed samples, so that the
scores of a stream are one for each step.
"""

import numpy as np

from oyez.config import BESIDE_S, TURN_S
from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.evaluate.engine import Scores
from oyez.sound import Resampler, Samples

__all__ = ["Turns"]


class Turns:
    """A listener for one word, as `evaluate.engine.Listener`."""

    def __init__(self, model: Model, column: int, rate: int) -> None:
        """Nothing was heard.

        Args:
            model: an open model file.
            column: of the word among its scores.
            rate: Hertz of what will be pushed.
        """
        card = model.card
        self._column = column
        self._resampler = Resampler(rate, card.rate)
        self._now, self._next = Detector(model), Detector(model)
        self._beside = round(BESIDE_S * card.rate / card.chunk) * card.chunk
        self._turn = round(TURN_S * card.rate / card.chunk) * card.chunk
        self._heard = 0  # samples of this turn

    def push(self, samples: Samples) -> Scores:
        """Hear more samples; returns the scores of those who are on."""
        return self._hear(self._resampler.push(samples))

    def finish(self) -> Scores:
        """Hear the end, and the model's tail of silence; returns what was still due."""
        due = self._hear(self._resampler.finish())
        self._now.finish()
        return np.concatenate((due, self._scores()))

    def _hear(self, samples: Samples) -> Scores:
        found = [np.zeros(0, np.float32)]
        alone = self._turn - self._beside
        while len(samples):
            until = alone if self._heard < alone else self._turn
            part, samples = samples[: until - self._heard], samples[until - self._heard :]
            self._now.push(part)
            found.append(self._scores())
            if self._heard >= alone:
                self._next.push(part)
            self._heard += len(part)
            if self._heard == self._turn:
                self._now, self._next = self._next, self._now
                self._next.reset()
                self._heard = self._beside
        return np.concatenate(found)

    def _scores(self) -> Scores:
        return self._now.last_scores[:, self._column]
