"""What one client has open: a place at each network that hears what it asked for.

No threads, no network: what is pushed waits until the networks were run (`oyez.serve.batcher`).
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from oyez.detect.stream import Threshold
from oyez.errors import OyezError
from oyez.serve.batcher import Batcher
from oyez.serve.catalog import Catalog, Served
from oyez.serve.heard import Ended, Event, Restarted
from oyez.serve.seat import Seat
from oyez.serve.turns import Turns
from oyez.sound import Samples

__all__ = ["LIVE_S", "Session", "Wanted"]

LIVE_S = 0.5
"""Who pushes more at once has a recording: how long that waits tells nothing about live streams."""


@dataclass(frozen=True)
class Wanted:
    """What a client asks for."""

    rate: int
    """Hertz of what it will push."""
    names: tuple[str, ...] = ()
    """Of words or models; none: all."""
    threshold: Threshold | None = None
    """Score, 0..1, that every word needs, or by word; otherwise the server's."""
    scores: bool = False
    """Whether it is told scores too."""


class Session:
    """One stream of sound, and all who hear it."""

    def __init__(self, wanted: Wanted, catalog: Catalog, batchers: Mapping[str, Batcher]) -> None:
        """Nothing was heard.

        Args:
            wanted: by the client.
            catalog: what there is.
            batchers: by name of the model.

        Raises:
            ConfigError: a name is unknown, or the rate or a threshold is out of range.
        """
        self.rate = wanted.rate
        self.words = catalog.choose(wanted.names)
        """By model, those that are listened for."""
        self.thresholds = catalog.thresholds(self.words, wanted.threshold)
        """By model and word."""
        self._batchers = {name: batchers[name] for name in self.words}
        self._places = [self._place(wanted, catalog[name]) for name in self.words]
        self._error: OyezError | None = None
        self._later: deque[Samples | None] = deque()  # what follows a finish; None: the next finish
        self._is_finishing = False
        self._pushed = 0
        self._events: list[Event] = []
        self.taken_s = 0.0
        """Seconds that were pushed so far; `reset` counts on."""

    @property
    def error(self) -> OyezError | None:
        """Why it hears no more."""
        return next((seat.error for seat in self.seats if seat.error is not None), self._error)

    @property
    def seats(self) -> list[Seat]:
        """All that it has taken."""
        return [seat for place in self._places for seat in place.seats]

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that were pushed and not heard yet."""
        waiting_s = max([place.waiting_s for place in self._places])
        if self._later:
            waiting_s += sum(len(one) for one in self._later if one is not None) / self.rate
        return waiting_s

    def push(self, samples: Samples, since_s: float | None = None) -> None:
        """Take samples.

        Args:
            samples: at the session's rate.
            since_s: when they came, by any clock; `delays` counts from there.
        """
        self.taken_s += len(samples) / self.rate
        if self._is_finishing:
            self._later.append(samples)
        else:
            self._push(samples, since_s if len(samples) <= LIVE_S * self.rate else None)

    def finish(self) -> None:
        """Take the end of the stream; `Ended` follows what was still due."""
        if self._is_finishing:
            self._later.append(None)
        else:
            self._finish()

    def reset(self) -> None:
        """Forget everything heard and all that waits.

        `Restarted` tells it, and `Ended` each end that was due.
        """
        self._collect()
        self._events.append(Restarted())
        ends = self._is_finishing + sum(one is None for one in self._later)
        for place in self._places:
            place.reset()
        self._later.clear()
        self._pushed = 0
        self._is_finishing = False
        self._later.extend([None] * ends)
        self._go_on()

    def fail(self, error: OyezError) -> None:
        """Hear no more, for a reason."""
        self._error = error

    def free(self) -> None:
        """Leave all seats."""
        for seat in self.seats:
            self._batchers[seat.name].free(seat)

    def fetch(self) -> list[Event]:
        """What was found since the last time, in order for each model."""
        self._collect()
        while self._is_finishing and all(place.is_ended for place in self._places):
            self._events.append(Ended(self._pushed / self.rate))
            self._is_finishing, self._pushed = False, 0
            self._go_on()
            self._collect()
        events, self._events = self._events, []
        return events

    def delays(self, now_s: float) -> list[float]:
        """Seconds that the chunks waited which were heard since the last time, of live streams."""
        return [now_s - since_s for seat in self._places[0].seats for since_s in seat.waited_since()]

    def _place(self, wanted: Wanted, served: Served) -> Seat | Turns:
        """At one network; at one that drifts, two seats that take turns."""

        def seat() -> Seat:
            return self._batchers[served.name].seat(
                rate=wanted.rate,
                threshold=self.thresholds[served.name],
                words=self.words[served.name],
                scores=wanted.scores,
            )

        return Turns(seat(), seat()) if served.model.card.preset.drifts else seat()

    def _collect(self) -> None:
        self._events += [one for place in self._places for one in place.fetch()]

    def _push(self, samples: Samples, since_s: float | None) -> None:
        self._pushed += len(samples)
        for number, place in enumerate(self._places):
            place.push(samples, None if number else since_s)

    def _finish(self) -> None:
        self._is_finishing = True
        for place in self._places:
            place.finish()

    def _go_on(self) -> None:
        """Take what came after an end, up to the next one."""
        while self._later and not self._is_finishing:
            samples = self._later.popleft()
            if samples is None:
                self._finish()
            else:
                self._push(samples, None)
