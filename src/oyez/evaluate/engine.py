"""What is evaluated: anything that hears a stream and gives scores, ours or another.

An engine is opened from its name in each process that needs it. It opens listeners: one for each stream.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from oyez.config import TriggerConfig
from oyez.sound import Samples

__all__ = ["Engine", "Listener", "Scores", "scores"]

Scores = npt.NDArray[np.float32]
"""float32 (steps,), 0..1: those of one word."""


class Listener(Protocol):
    """One stream."""

    def push(self, samples: Samples) -> Scores:
        """Hear more samples, any length, at the rate that the listener was opened for.

        Returns:
            The scores of the steps that ended in them, perhaps none.
        """
        ...

    def finish(self) -> Scores:
        """Hear that the stream is over, and the silence that the engine needs to hear its last word.

        Returns:
            The scores that were still due.
        """
        ...


class Engine(Protocol):
    """One word of one engine."""

    @property
    def name(self) -> str:
        """As it stands in reports: `activate`, `openWakeWord alexa_v0.1`."""
        ...

    @property
    def word(self) -> str:
        """What it listens for."""
        ...

    @property
    def rate(self) -> int:
        """Hertz that it works at; what comes at another rate is resampled."""
        ...

    @property
    def step_s(self) -> float:
        """Seconds from one score to the next."""
        ...

    @property
    def wait_s(self) -> float:
        """Seconds of sound that it takes at once: a score is known when its block is full."""
        ...

    @property
    def trigger(self) -> TriggerConfig:
        """Its own threshold and rule."""
        ...

    @property
    def sweeps(self) -> bool:
        """Whether its scores can be judged by any threshold, or only tell its own detections."""
        ...

    def listen(self, rate: int) -> Listener:
        """A stream that has heard nothing, of samples at that rate in Hertz."""
        ...


def scores(engine: Engine, samples: Samples, rate: int) -> Scores:
    """Scores of a whole clip, from a fresh state, its end included."""
    listener = engine.listen(rate)
    return np.concatenate((listener.push(samples), listener.finish()))
