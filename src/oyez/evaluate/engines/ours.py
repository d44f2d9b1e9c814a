"""Our own detector, as it runs in production."""

from dataclasses import dataclass

import numpy as np

from oyez.config import TriggerConfig
from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path
from oyez.errors import ConfigError
from oyez.evaluate.engine import Listener, Scores
from oyez.evaluate.turns import Turns
from oyez.sound import Samples

__all__ = ["OurEngine"]


@dataclass(frozen=True)
class OurEngine:
    """One word of one of our models."""

    model: Model
    word: str
    sweeps: bool = True

    @classmethod
    def open(cls, name: str, word: str | None = None) -> "OurEngine":
        """A shipped model or a file; None is its first word.

        Raises:
            ModelError: there is no such model, or it is not one of ours.
            ConfigError: it has no such word.
        """
        model = Model(model_path(name))
        words = model.card.words
        if word is not None and word not in words:
            raise ConfigError(f"{name} listens for {', '.join(words)}, got {word!r}. Name one of these.")
        return cls(model, word or words[0])

    @property
    def name(self) -> str:
        """The file's, and the word where there are several."""
        several = len(self.model.card.words) > 1
        return f"{self.model.path.stem} {self.word}" if several else self.model.path.stem

    @property
    def rate(self) -> int:
        """Hertz."""
        return self.model.card.rate

    @property
    def step_s(self) -> float:
        """Seconds from one score to the next."""
        return self.model.card.step / self.model.card.rate

    @property
    def wait_s(self) -> float:
        """Seconds that the network takes at once."""
        return self.model.card.chunk / self.model.card.rate

    @property
    def trigger(self) -> TriggerConfig:
        """The word's own."""
        return self.model.card.trigger[self.word]

    def listen(self, rate: int) -> Listener:
        """A stream that has heard nothing, of samples at that rate in Hertz."""
        column = self.model.card.words.index(self.word)
        if self.model.card.preset.drifts:
            return Turns(self.model, column, rate)
        return _Stream(Detector(self.model, rate=rate), column)


class _Stream:
    def __init__(self, detector: Detector, column: int) -> None:
        self._detector, self._column = detector, column

    def push(self, samples: Samples) -> Scores:
        self._detector.push(samples)
        return self._scores()

    def finish(self) -> Scores:
        self._detector.finish()
        return self._scores()

    def _scores(self) -> Scores:
        return np.ascontiguousarray(self._detector.last_scores[:, self._column])
