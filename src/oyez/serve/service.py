"""Detection for many clients at once, in an event loop."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from oyez.errors import ConfigError, LimitError, ModelError, OyezError
from oyez.serve.batcher import Batcher
from oyez.serve.catalog import Catalog
from oyez.serve.counts import Counts
from oyez.serve.heard import Event, Heard
from oyez.serve.limits import Limits
from oyez.serve.live import Live
from oyez.serve.rounds import WAIT_S, Rounds
from oyez.serve.seat import Seat
from oyez.serve.session import Session, Wanted

__all__ = ["Service"]

_log = logging.getLogger(__name__)


class Service:
    """Opens streams, and hears all of them; all of its methods belong to the event loop's thread."""

    def __init__(
        self,
        catalog: Catalog,
        limits: Limits | None = None,
        *,
        on_heard: Callable[[str, Heard], None] = lambda _client, _heard: None,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Not started: `async with` does that.

        Args:
            catalog: what to listen for.
            limits: what clients may have; None: the usual ones.
            on_heard: takes every word of every client, with the client's name; must not wait.
            wait_s: seconds that a chunk waits for those of other streams.
            clock: seconds.
        """
        self.catalog, self.limits, self.counts = catalog, limits or Limits(), Counts()
        self.stopping = False
        self._on_heard, self._clock = on_heard, clock
        self._batchers = {one.name: Batcher(one.name, one.model) for one in catalog}
        self._rounds = Rounds(self._batchers.values(), self._take, self._fail, wait_s=wait_s, clock=clock)
        self._lives: dict[Session, Live] = {}
        self._owners: dict[Seat, Session] = {}
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    async def __aenter__(self) -> Self:
        """Started."""
        self._rounds.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped, without patience."""
        await self.stop(0.0)
        await self._rounds.stop()

    def open(self, wanted: Wanted, client: str = "") -> Live:
        """A stream for a client.

        Args:
            wanted: what it asks for.
            client: what to call it, for people.

        Raises:
            LimitError: there are too many, or the server is stopping.
            ConfigError: a name is unknown, or the rate or a threshold is out of range.
        """
        try:
            return self._open(wanted, client)
        except (ConfigError, LimitError):
            self.counts.refused += 1
            raise

    def _open(self, wanted: Wanted, client: str) -> Live:
        if self.stopping:
            raise LimitError("the server is stopping. Come again later.")
        if len(self._lives) >= self.limits.streams:
            raise LimitError(f"all of {self.limits.streams} streams are taken. Come again later.")
        session = Session(wanted, self.catalog, self._batchers)
        live = Live(self, session, self.limits, client)
        self._lives[session] = live
        self._is_empty.clear()
        self._owners |= dict.fromkeys(session.seats, session)
        self.counts.opened()
        return live

    async def stop(self, patience_s: float = 5.0) -> None:
        """Refuse new streams, and let those that are open come to their end.

        Args:
            patience_s: seconds that this may take; what is not heard then is forgotten.
        """
        self.stopping = True
        for live in list(self._lives.values()):
            live.leave()
        if patience_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_empty.wait(), patience_s)
        for live in list(self._lives.values()):
            live.close()

    def now_s(self) -> float:
        """For `Live`: seconds, by the service's clock."""
        return self._clock()

    def wake(self) -> None:
        """For `Live`: a chunk may wait for the networks."""
        self._rounds.wake()

    def heard(self, client: str, seconds: float, events: Sequence[Event]) -> None:
        """For `Live`: more of a client's stream is done."""
        self.counts.heard_s += seconds
        for event in events:
            if isinstance(event, Heard):
                self._tell(client, event)

    def leave(self, session: Session) -> None:
        """For `Live`: it is over."""
        live = self._lives.pop(session, None)
        if live is not None:
            session.free()
            for seat in session.seats:
                self._owners.pop(seat)
            self.counts.lost += live.has_failed
            self.counts.closed()
        if not self._lives:
            self._is_empty.set()

    def _take(self, seats: Sequence[Seat]) -> None:
        """A network has heard a chunk of each."""
        self.counts.rounds += 1
        self.counts.chunks += len(seats)
        for session in dict.fromkeys(self._owners[seat] for seat in seats if seat in self._owners):
            for delay_s in session.delays(self._clock()):
                self.counts.delay.add(delay_s)
            live = self._lives.get(session)
            if live is not None:  # it is there, unless another's word had it closed
                live.collect()

    def _fail(self, name: str, error: Exception) -> None:
        """A network cannot go on."""
        for session, live in list(self._lives.items()):
            if name in session.words:
                live.fail(
                    error if isinstance(error, OyezError) else ModelError(f"{name} failed ({error!r}).")
                )

    def _tell(self, client: str, heard: Heard) -> None:
        self.counts.detections[heard.detection.word] += 1
        try:
            self._on_heard(client, heard)
        except Exception:  # what somebody does with a word never stops detection
            self.counts.note("on_heard_failed")
            _log.exception("what follows from a word failed")
