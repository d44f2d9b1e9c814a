"""The server from its start to its end: listeners are opened, signals heeded, streams brought to their end.

Knows no protocol: a listener is anything that opens, refuses and closes.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Protocol

from oyez.serve.notify import notify
from oyez.serve.service import Service

__all__ = ["Ending", "Listener", "serve"]

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Names of the signals that end it, where the system has them: Ctrl-C, a request, a closed terminal."""

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Where clients connect."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens, once it is open."""
        ...

    async def __aenter__(self) -> Any:
        """Open."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        """Close."""
        ...

    def refuse(self) -> None:
        """Take no new clients."""
        ...

    async def close(self) -> None:
        """Send what is due, and end what is left."""
        ...


class Ending:
    """Who asked the server to end, and whether twice: then it hurries."""

    def __init__(self) -> None:
        """Nobody has."""
        self._asked, self._hurry = asyncio.Event(), asyncio.Event()
        self.number = 0
        """Of the first signal; 0: `ask` was called without one."""

    def ask(self, number: int = 0) -> None:
        """Ask it to end; in the loop's thread."""
        if self._asked.is_set():
            self._hurry.set()
            return
        self.number = number
        self._asked.set()

    async def wait(self) -> None:
        """Until somebody asks."""
        await self._asked.wait()

    async def unless_hurried(self, work: Coroutine[Any, Any, object]) -> None:
        """Do some work, unless somebody asks again: then it is given up."""
        tasks = {asyncio.ensure_future(work), asyncio.ensure_future(self._hurry.wait())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Signals that ask the program to end are heeded; those that are ignored stay so."""
        loop, before = asyncio.get_running_loop(), {}

        def heed(number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.ask, number)

        def handle(number: int) -> None:
            try:  # it wakes the loop wherever the signal arrives; a plain handler might have to wait for it
                loop.add_signal_handler(number, self.ask, number)
            except NotImplementedError:  # Windows
                signal.signal(number, heed)

        if threading.current_thread() is threading.main_thread():  # elsewhere, signals cannot be handled
            for number in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.getsignal(number)
                    handle(number)
        try:
            yield
        finally:
            for number, handler in before.items():
                with suppress(NotImplementedError):
                    loop.remove_signal_handler(number)
                signal.signal(number, handler)


async def serve(
    service: Service,
    listeners: Sequence[Listener],
    *,
    ending: Ending,
    stop_s: float,
    beside: Callable[[], Sequence[AbstractAsyncContextManager[object]]] = tuple,
) -> None:
    """Serve until somebody asks to end, then bring all streams to their end.

    Args:
        service: not yet entered.
        listeners: not yet entered; at least one.
        ending: is asked when to end.
        stop_s: seconds that open streams have for what is still due.
        beside: asked once all listeners are open: what else is open for as long, such as a word to the
            network.

    Raises:
        OyezError: a listener cannot be opened.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(ending.heeding_signals())
        await stack.enter_async_context(service)
        for listener in listeners:
            await stack.enter_async_context(listener)
            for address in listener.addresses:
                log.info("listening on %s", address, extra={"event": "listening", "address": address})
        for one in beside():
            await stack.enter_async_context(one)
        notify("READY=1")
        await ending.wait()
        notify("STOPPING=1")
        open_now = service.counts.streams
        log.info("stopping, with %d streams open", open_now, extra={"event": "stopping", "open": open_now})
        for listener in listeners:
            listener.refuse()
        await ending.unless_hurried(_end(service, listeners, stop_s))


async def _end(service: Service, listeners: Sequence[Listener], stop_s: float) -> None:
    await service.stop(stop_s)
    await asyncio.gather(*(listener.close() for listener in listeners))
