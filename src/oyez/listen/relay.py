"""Two ears that take turns, so that none listens for too long.

A network with a memory may drift: what it has heard for many minutes leaves its mark on its state, and
scores sink. The lesson's does so (`Preset.drifts`). An ear of such a network therefore listens for about a
minute; before it is relieved, the next has listened beside it for some seconds, and knows all that the
network needs. Any other network has one ear, and listens on.
"""

from collections.abc import Callable

from oyez.config import BESIDE_S, TURN_S
from oyez.detect.detector import Detector
from oyez.listen.ear import Ear
from oyez.listen.heard import Heard
from oyez.sound import Samples

__all__ = ["LONGEST_S", "Relay"]

LONGEST_S = 90.0
"""An ear that is never quiet is relieved all the same."""


class Relay:
    """Listens without end: as one ear does for the first minute, and as well ever after."""

    def __init__(self, model: str, make: Callable[[], Detector]) -> None:
        """Nothing was heard.

        Args:
            model: what the model is called.
            make: makes one of its detectors; called twice.
        """
        self._ear, self._next = Ear(model, make()), Ear(model, make())
        self.detector = self._ear.detector
        """One of the two: for its words, thresholds and rate."""
        self._takes_turns = self.detector.drifts
        self.reset(0.0)

    @property
    def scores(self) -> tuple[float, ...]:
        """Smoothed, of each word."""
        return self._ear.scores

    def reset(self, from_s: float) -> None:
        """Nothing was heard; the next sample is at that time."""
        self._ear.reset(from_s)
        self._from_s = from_s
        self._heard = self._turn = 0  # samples: of all, and at the start of this turn
        self._beside = False

    def push(self, samples: Samples) -> list[Heard]:
        """Detections and near misses in more samples."""
        start, rate = self._heard, self.detector.rate
        self._heard += len(samples)
        found = self._ear.push(samples)
        turn_s = (self._heard - self._turn) / rate
        if not self._takes_turns or turn_s < TURN_S - BESIDE_S:
            return found
        if not self._beside:
            self._next.reset(self._from_s + start / rate)
            self._next_turn, self._beside = start, True
        self._next.push(samples)  # what it hears, the other has heard
        quiet = self._ear.is_quiet and self._next.is_quiet
        if turn_s >= LONGEST_S or (turn_s >= TURN_S and quiet):
            self._ear, self._next = self._next, self._ear
            self._turn, self._beside = self._next_turn, False
        return found

    def finish(self, end_s: float) -> list[Heard]:
        """Those that were still due; none is later than the end."""
        return self._ear.finish(end_s)
