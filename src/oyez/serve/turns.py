"""Two seats that take turns at a network that drifts, so that neither hears for too long.

What a network with a memory has heard for many minutes leaves its mark on its state, and scores sink (see
`Preset.drifts`). So a seat hears for a minute; before it is relieved, the other has heard beside it for some
seconds. The turns are at fixed times of the stream, whatever its cuts; but what was pushed must have been
heard before the next turn but one begins, 50 s later: `Live` lets no more than seconds wait.
"""

import math
from dataclasses import dataclass, replace

from oyez.config import BESIDE_S, TURN_S
from oyez.serve.heard import Heard, Scored
from oyez.serve.seat import Seat
from oyez.sound import Samples

__all__ = ["Turns"]


HELD_S = 0.05
"""More than a resampler holds back."""


@dataclass
class _Turn:
    """What one seat is heard for, in seconds of the stream."""

    seat: Seat
    base_s: float = 0.0
    """When it began to hear."""
    from_s: float = 0.0
    until_s: float = math.inf


class Turns:
    """Hears without end, as a `Seat` does for the first minute."""

    def __init__(self, first: Seat, second: Seat) -> None:
        """Nothing was heard.

        Args:
            first: a seat of its own.
            second: another, at the same network.
        """
        self.seats = (first, second)
        self._found: list[Heard | Scored] = []
        self._is_beside = self._is_over = False
        self._start()

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that were not heard yet."""
        return max(seat.waiting_s for seat in self.seats)

    @property
    def is_ended(self) -> bool:
        """Whether all was heard of a stream that was finished."""
        return self._now.seat.is_ended and not self._other.seat.is_busy

    def push(self, samples: Samples, since_s: float | None = None) -> None:
        """Take samples, as `Seat.push` does."""
        if self._is_over:
            self._start()
        while len(samples):
            part, samples = samples[: self._edge - self._heard], samples[self._edge - self._heard :]
            self._now.seat.push(part, since_s)
            if self._is_beside:
                self._other.seat.push(part)
            elif self._trail:
                self._other.seat.push(part[: self._trail])
                self._trail -= len(part[: self._trail])
            self._heard += len(part)
            if self._heard == self._edge:
                self._turn()

    def finish(self) -> None:
        """Take the end of the stream."""
        if self._is_over:
            self._start()
        if self._is_beside:
            self._other.seat.reset()
            self._now.until_s = math.inf
        self._now.seat.finish()
        self._trail = 0
        self._is_over = True

    def reset(self) -> None:
        """Forget everything heard and everything waiting."""
        self._collect()
        self._start()

    def fetch(self) -> list[Heard | Scored]:
        """What was found since the last time, in order."""
        self._collect()
        found, self._found = sorted(self._found, key=_time_s), []
        if self._trail or (self._other.seat.is_busy and not self._is_beside):
            edge_s = self._other.until_s  # what is after a turn waits for what is before it
            self._found = [one for one in found if _time_s(one) > edge_s]
            found = found[: len(found) - len(self._found)]
        return found

    def _start(self) -> None:
        for seat in self.seats:
            seat.reset()
        self._now, self._other = (_Turn(seat) for seat in self.seats)
        self._heard = 0  # samples of the stream
        self._trail = 0  # that the seat which was relieved still hears, to come to the end of its turn
        self._edge = self._samples(TURN_S - BESIDE_S)
        self._is_beside = self._is_over = False

    def _turn(self) -> None:
        """The other begins to hear too; or it takes over."""
        rate = self._now.seat.rate
        if not self._is_beside:
            self._edge += self._samples(BESIDE_S)
            self._collect()  # what is left of its last turn
            self._other.seat.reset()
            self._now.until_s = self._edge / rate
            self._other = _Turn(self._other.seat, self._heard / rate, self._edge / rate)
        else:
            self._edge += self._samples(TURN_S - 2 * BESIDE_S)
            self._now, self._other = self._other, self._now
            self._trail = self._samples(self._other.seat.chunk_s + HELD_S)
        self._is_beside = not self._is_beside

    def _samples(self, seconds: float) -> int:
        return round(seconds * self.seats[0].rate)

    def _collect(self) -> None:
        for turn in (self._now, self._other):
            for one in turn.seat.fetch():
                moved = _cut(_moved(one, turn.base_s), turn.from_s, turn.until_s)
                if moved is not None:
                    self._found.append(moved)


def _time_s(found: Heard | Scored) -> float:
    return found.time_s if isinstance(found, Scored) else found.detection.time_s


def _moved(found: Heard | Scored, by_s: float) -> Heard | Scored:
    time_s = _time_s(found) + by_s
    if isinstance(found, Scored):
        return replace(found, time_s=time_s)
    return replace(found, detection=replace(found.detection, time_s=time_s))


def _cut(found: Heard | Scored, from_s: float, until_s: float) -> Heard | Scored | None:
    """What of it lies after one time, and not after the other."""
    if isinstance(found, Heard):
        return found if from_s < found.detection.time_s <= until_s else None
    first = max(0, math.floor((from_s - found.time_s) / found.step_s) + 1)
    stop = len(found.scores)
    if until_s < math.inf:
        stop = min(stop, math.floor((until_s - found.time_s) / found.step_s) + 1)
    if first >= stop:
        return None
    return replace(found, time_s=found.time_s + first * found.step_s, scores=found.scores[first:stop])
