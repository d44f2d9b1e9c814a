"""Networks that hear many streams, in rounds: they run on a thread, all else stays in the event loop."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from oyez.serve.batcher import Batcher
from oyez.serve.seat import Seat

__all__ = ["WAIT_S", "Rounds"]

WAIT_S = 0.02
"""A chunk waits so long for others that come at about the same time: a run of many costs little more."""

_log = logging.getLogger(__name__)


class Rounds:
    """Runs networks while chunks wait for them; all of its methods belong to the event loop's thread."""

    def __init__(
        self,
        batchers: Iterable[Batcher],
        heard: Callable[[list[Seat]], None],
        failed: Callable[[str, Exception], None],
        *,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Does nothing yet.

        Args:
            batchers: of all networks.
            heard: is told whose chunks a network has heard.
            failed: is told which network cannot go on, and why.
            wait_s: seconds that a chunk waits for others.
            clock: seconds.
        """
        self._batchers, self._heard, self._failed = list(batchers), heard, failed
        self._wait_s, self._clock = wait_s, clock
        self._news = asyncio.Event()
        self._since_s = 0.0
        self._is_gathering = False
        self._pool = ThreadPoolExecutor(1, "oyez-networks")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End; what still waits is forgotten."""
        try:
            if self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
        finally:
            self._pool.shutdown(wait=False)

    def wake(self) -> None:
        """Look whether a chunk waits."""
        if self._is_enough or (self._ready and not self._is_gathering):
            self._news.set()

    @property
    def _ready(self) -> int:
        """Chunks that the next runs can hear."""
        return sum(one.ready for one in self._batchers)

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._since_s = self._clock()
            while self._ready:
                await self._gather()
                self._since_s = self._clock()  # what is left, or came meanwhile, waits from here on
                for batcher in self._batchers:
                    await self._hear(batcher)
            self._news.clear()

    @property
    def _is_enough(self) -> bool:
        """Whether nobody is worth waiting for."""
        seats = sum(len(one) for one in self._batchers)
        return self._ready >= max(1, seats) or any(one.is_full for one in self._batchers)

    async def _gather(self) -> None:
        """Wait a little for other streams, unless enough of them are there."""
        left_s = self._since_s + self._wait_s - self._clock()
        if left_s <= 0 or self._is_enough:
            return
        self._is_gathering = True
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(left_s):
                await self._news.wait()
        self._is_gathering = False

    async def _hear(self, batcher: Batcher) -> None:
        """One run of a network, if it has something to hear."""
        try:
            batch = batcher.take()
            if batch is None:
                return
            await asyncio.get_running_loop().run_in_executor(self._pool, batch.run)
            self._heard(batcher.give(batch))
        except Exception as error:  # one network's trouble is no other's
            _log.exception("a network failed")
            self._failed(batcher.name, error)
