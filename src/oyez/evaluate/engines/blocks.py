"""What engines that hear 16-bit samples at 16 kHz are fed: blocks of one size, from any stream."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.evaluate.engine import Scores

__all__ = ["NONE", "RATE", "TAIL_S", "BlockListener", "Hearing", "Pcm", "impulses", "step_of"]

Pcm = npt.NDArray[np.int16]
"""int16 (samples,), full scale is 32768."""

RATE = 16_000
"""Hertz."""

TAIL_S = 1.0
"""Seconds of silence after the last sample: as much as openWakeWord's own `predict_clip` adds."""

NONE: Scores = np.zeros(0, np.float32)


class Hearing(Protocol):
    """An engine on one stream of blocks."""

    def push(self, block: Pcm) -> Scores:
        """Hear the next block; the scores that are ready, perhaps none."""
        ...

    def finish(self) -> Scores:
        """Hear that there are no more; the scores that were still due."""
        ...


class BlockListener:
    """Resamples, makes 16-bit samples, cuts blocks: the scores do not depend on how the stream was cut."""

    def __init__(self, rate: int, block: int, hearing: Hearing) -> None:
        """A stream that has heard nothing.

        Args:
            rate: Hertz of the samples that will be pushed.
            block: samples at 16 kHz that the engine takes at once.
            hearing: the engine, fresh.
        """
        self._resampler = sound.Resampler(rate, RATE)
        self._block, self._hearing = block, hearing
        self._waiting: sound.Samples = np.zeros(0, np.float32)

    def push(self, samples: npt.ArrayLike) -> Scores:
        """Hear more samples, floats in ±1 or int16, any length; see `Listener`."""
        return self._hear(self._resampler.push(sound.as_samples(samples)))

    def finish(self) -> Scores:
        """Hear the end, a second of silence after it, and what fills the last block."""
        rest = np.concatenate((self._resampler.finish(), np.zeros(round(TAIL_S * RATE), np.float32)))
        missing = -(len(self._waiting) + len(rest)) % self._block
        due = self._hear(np.concatenate((rest, np.zeros(missing, np.float32))))
        return np.concatenate((due, self._hearing.finish()))

    def _hear(self, ready: sound.Samples) -> Scores:
        waiting = np.concatenate((self._waiting, ready))
        count = len(waiting) // self._block
        blocks = sound.to_int16(waiting[: count * self._block]).reshape(count, self._block)
        self._waiting = waiting[count * self._block :].copy()  # a view would keep all of a long push
        return np.concatenate([NONE, *(self._hearing.push(block) for block in blocks)])


def impulses(heard: list[tuple[float, float]], first: int, steps: int, step_s: float) -> Scores:
    """Scores of an engine that only tells what it heard: zeros, but where that was.

    Args:
        heard: (seconds, score) pairs; seconds lie in these steps.
        first: the step that the scores begin with.
        steps: how many there are.
        step_s: seconds of a step.

    Returns:
        (steps,); a score stands at the step that its time falls in or that ends with it, the highest
        of several.
    """
    scores = np.zeros(steps, np.float32)
    for time_s, score in heard:
        step = step_of(time_s, step_s) - first
        scores[step] = max(scores[step], np.float32(score))
    return scores


def step_of(time_s: float, step_s: float) -> int:
    """The step that a time falls in; the end of a step belongs to it."""
    return max(0, int(np.ceil(time_s / step_s - 1e-6)) - 1)
