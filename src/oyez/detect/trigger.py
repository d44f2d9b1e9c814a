"""When scores become detections. Knows steps and scores, nothing of audio or networks."""

from collections import deque

import numpy as np
import numpy.typing as npt

from oyez.config import TriggerConfig

__all__ = ["Trigger"]


class Trigger:
    """One word's rule: smooth, cross the threshold, stay quiet for a while.

    It fires at the step where the mean of the last `smoothing` scores reaches the threshold. Then
    it is silent until that mean has fallen below `release × threshold` and `refractory_s` has
    passed.
    """

    def __init__(self, config: TriggerConfig, step_s: float) -> None:
        """A trigger at rest.

        Args:
            config: threshold, smoothing, release and refractory time.
            step_s: seconds from one score to the next.
        """
        self.config = config
        self._refractory = round(config.refractory_s / step_s)
        self.reset()

    def reset(self) -> None:
        """Forget all scores."""
        self._recent: deque[float] = deque(maxlen=self.config.smoothing)
        self._step = 0
        self._silent_until = 0
        self._armed = True

    def push(self, scores: npt.ArrayLike) -> list[tuple[int, float]]:
        """Take scores, return the crossings among them.

        Args:
            scores: (steps,), 0..1, the next ones of the stream.

        Returns:
            (step, smoothed score) pairs; steps count from the last reset.
        """
        crossings = []
        for score in np.asarray(scores, dtype=np.float64).tolist():
            self._recent.append(score)
            smoothed = sum(self._recent) / self.config.smoothing
            if smoothed < self.config.release * self.config.threshold:
                self._armed = True
            ready = self._armed and self._step >= self._silent_until
            if ready and smoothed >= self.config.threshold:
                crossings.append((self._step, smoothed))
                self._armed = False
                self._silent_until = self._step + max(1, self._refractory)
            self._step += 1
        return crossings
