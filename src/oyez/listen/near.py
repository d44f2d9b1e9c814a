"""What was almost heard: peaks of the score that did not reach the threshold."""

from collections import deque
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from oyez.config import TriggerConfig
from oyez.events import Detection

__all__ = ["APART_S", "SHARE", "NearMisses"]

SHARE = 0.5
"""Of the threshold: what peaks at this or above was almost heard."""

APART_S = 1.0
"""Seconds that a peak must keep from the word's detections, before and after; so long it waits for one."""


class NearMisses:
    """One word's peaks at half the threshold or above that are no detections, each told once.

    A peak is told a second after it, when neither a detection nor a higher peak has followed.
    """

    def __init__(self, word: str, trigger: TriggerConfig, step_s: float) -> None:
        """Nothing was heard.

        Args:
            word: the word, as the model names it.
            trigger: its threshold, and the smoothing of its scores.
            step_s: seconds from one score to the next.
        """
        self._word, self._trigger, self._step_s = word, trigger, step_s
        self.reset()

    def reset(self) -> None:
        """Forget all scores."""
        self._recent: deque[float] = deque(maxlen=self._trigger.smoothing)
        self._step = 0
        self._peak: Detection | None = None
        self._told = False  # of the stretch above half the threshold that goes on now
        self._heard_s = -APART_S

    @property
    def score(self) -> float:
        """The smoothed score now."""
        return sum(self._recent) / self._trigger.smoothing

    @property
    def is_quiet(self) -> bool:
        """Whether no peak is rising or waiting, and no detection was less than a second ago."""
        low = self.score < SHARE * self._trigger.threshold
        return low and self._peak is None and self._step * self._step_s - self._heard_s > APART_S

    def push(self, scores: npt.ArrayLike, heard_s: Iterable[float] = ()) -> list[Detection]:
        """Take scores, return the peaks that have become near misses.

        Args:
            scores: (steps,), 0..1, the next ones of the stream.
            heard_s: seconds at which the word was detected among them.

        Returns:
            Time and smoothed score of each peak.
        """
        for score in np.asarray(scores, dtype=np.float64).tolist():
            self._recent.append(score)
            self._step += 1
            self._rise(self._step * self._step_s)
        for time_s in heard_s:
            self._heard_s, self._told, self._peak = time_s, True, None
        if self._peak is None or self._step * self._step_s - self._peak.time_s < APART_S:
            return []
        return self.finish()

    def finish(self) -> list[Detection]:
        """The peak that still waits, if there is one: nothing comes after it."""
        if self._peak is None:
            return []
        peak, self._peak, self._told = self._peak, None, True
        return [peak]

    def _rise(self, time_s: float) -> None:
        score = self.score
        if score < SHARE * self._trigger.threshold:
            self._told = False
            return
        higher = self._peak is None or score > self._peak.score
        if higher and not self._told and time_s - self._heard_s > APART_S:
            self._peak = Detection(self._word, time_s, score)
