"""Detection for many clients at once: the networks on a thread of their own, the clients in an event loop."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from oyez.errors import ConfigError, LimitError
from oyez.serve.batcher import Batcher
from oyez.serve.catalog import Catalog
from oyez.serve.counts import Counts
from oyez.serve.heard import Heard
from oyez.serve.limits import Limits
from oyez.serve.live import Live
from oyez.serve.session import Session, Wanted
from oyez.serve.worker import WAIT_S, Round, Worker

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
        self._worker = Worker(self._batchers.values(), self._deliver, wait_s=wait_s, clock=clock)
        self._lives: dict[Session, Live] = {}
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    async def __aenter__(self) -> Self:
        """Started."""
        self._loop = asyncio.get_running_loop()
        self._worker.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped, without patience."""
        await self.stop(0.0)
        await asyncio.to_thread(self._worker.stop)

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
        self._worker.add(session)
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

    def put(self, session: Session, act: Callable[[], None]) -> None:
        """For `Live`: have something done to its session, after all that was asked for before."""
        self._worker.put(session, act)

    def leave(self, session: Session) -> None:
        """For `Live`: it is over."""
        if self._lives.pop(session, None) is not None:
            self._worker.remove(session)
            self.counts.closed()
        if not self._lives:
            self._is_empty.set()

    def _deliver(self, round_: Round) -> None:
        with suppress(RuntimeError):  # the loop was closed before the thread ended
            self._loop.call_soon_threadsafe(self._take, round_)

    def _take(self, round_: Round) -> None:
        self.counts.rounds += round_.runs
        self.counts.chunks += round_.chunks
        for report in round_.reports:
            live = self._lives.get(report.session)
            if live is None:
                continue
            for delay_s in report.delays:
                self.counts.delay.add(delay_s)
            self.counts.heard_s += report.done_s - live.done_s
            for event in report.events:
                if isinstance(event, Heard):
                    self._tell(live.client, event)
            live.take(report)
            self.counts.lost += live.has_failed

    def _tell(self, client: str, heard: Heard) -> None:
        self.counts.detections[heard.detection.word] += 1
        try:
            self._on_heard(client, heard)
        except Exception:  # what somebody does with a word never stops detection
            self.counts.note("on_heard_failed")
            _log.exception("what follows from a word failed")
