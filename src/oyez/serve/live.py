"""What a client holds: one stream, open at the service."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from oyez.errors import LimitError, ModelError, OyezError
from oyez.serve.heard import Ended, Event
from oyez.serve.limits import Limits
from oyez.serve.session import Session
from oyez.sound import Samples

__all__ = ["Live", "Owner"]

_log = logging.getLogger(__name__)

PIECE_S = 0.5
"""Seconds that are handed on at once: a long push waits between its pieces, as others do."""


class Owner(Protocol):
    """The service, as its streams see it."""

    def now_s(self) -> float:
        """Seconds, by the service's clock."""
        ...

    def wake(self) -> None:
        """A chunk may wait for the networks."""
        ...

    def heard(self, client: str, seconds: float, events: Sequence[Event]) -> None:
        """More of a client's stream is done, before it is told of it."""
        ...

    def leave(self, session: Session) -> None:
        """A stream is over."""
        ...


class Live:
    """One stream of one client: push sound, and iterate over what is heard."""

    def __init__(self, owner: Owner, session: Session, limits: Limits, client: str) -> None:
        """Open; `Service.open` makes it."""
        self.client, self.rate = client, session.rate
        self.words, self.thresholds = session.words, session.thresholds
        self._owner, self._session, self._limits = owner, session, limits
        self._events: deque[Event] = deque()
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._done_s = 0.0  # that were heard, or forgotten
        self._ends = 0  # that are due
        self._is_leaving = self._is_over = False
        self._error: OyezError | None = None

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that were pushed and not heard yet."""
        return 0.0 if self._is_over else self._session.waiting_s

    @property
    def has_failed(self) -> bool:
        """Whether an error ended it."""
        return self._error is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be pushed, and nothing more will come."""
        return self._is_over

    async def push(self, samples: Samples) -> None:
        """Take more sound; waits while as much as is allowed waits to be heard.

        Args:
            samples: (samples,), any length, at `rate`.

        Raises:
            LimitError: the stream is closed.
        """
        self._check()
        piece = max(1, round(PIECE_S * self.rate))
        is_live = len(samples) <= piece  # of a recording, how long it waited tells nothing
        for start in range(0, len(samples), piece):
            while self.waiting_s >= self._limits.waiting_s and not (self._is_leaving or self._is_over):
                self._room.clear()
                await self._room.wait()
            self._check()
            part = samples[start : start + piece]
            since_s = self._owner.now_s() if is_live else None
            self._do(partial(self._session.push, part, since_s))

    async def finish(self) -> None:
        """Take the end of the sound: `Ended` follows what is still due, and a new stream may begin.

        Raises:
            LimitError: the stream is closed.
        """
        self._check()
        self._finish()

    async def reset(self) -> None:
        """Forget everything heard, and what waits.

        Raises:
            LimitError: the stream is closed.
        """
        self._check()
        self._do(self._session.reset)
        self.collect()

    def close(self) -> None:
        """End at once; what waits is forgotten."""
        self._events.clear()
        self._end()

    def leave(self) -> None:
        """Take nothing more, and end when all is heard and told: the server stops."""
        if not self._is_over and not self._is_leaving:
            self._is_leaving = True
            self._finish()
            self._room.set()

    def fail(self, error: OyezError) -> None:
        """End, for a reason."""
        if not self._is_over:
            self._error = error
            self._end()

    def collect(self) -> None:
        """Take what the networks found."""
        if self._is_over:
            return
        try:
            events = self._session.fetch()
        except Exception as error:  # one stream's trouble is no other's
            self._break(error)
            return
        self._events.extend(events)
        self._ends -= sum(isinstance(event, Ended) for event in events)
        done_s = max(self._done_s, self._session.taken_s - self._session.waiting_s)  # a tail waits too
        self._owner.heard(self.client, done_s - self._done_s, events)
        self._done_s = done_s
        if self.waiting_s < self._limits.waiting_s:
            self._room.set()
        if self._events:
            self._news.set()
        if self._session.error is not None:
            self.fail(self._session.error)
        elif len(self._events) > self._limits.unread:
            self.fail(
                LimitError(
                    f"{len(self._events)} answers were left unread, expected at most {self._limits.unread}. "
                    "Read them as they come."
                )
            )
        elif self._is_leaving and not self._ends:
            self._end()

    def __aiter__(self) -> AsyncIterator[Event]:
        """One reader: what is heard, until the stream is closed."""
        return self

    async def __anext__(self) -> Event:
        """The next of what is heard; raises the error that ended the stream."""
        while not self._events:
            if self._error is not None:
                raise self._error
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._events.popleft()

    async def __aenter__(self) -> Self:
        """As it is."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed."""
        self.close()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error
        if self._is_leaving:
            raise LimitError("the server is stopping, and takes no more sound. Come again later.")
        if self._is_over:
            raise LimitError("this stream is closed. Open another.")

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # one stream's trouble is no other's
            self._break(error)
        else:
            self._owner.wake()

    def _break(self, error: Exception) -> None:
        _log.exception("a stream failed", exc_info=error)
        known = error if isinstance(error, OyezError) else ModelError(f"this stream failed ({error!r}).")
        self.fail(known)

    def _finish(self) -> None:
        self._ends += 1
        self._do(self._session.finish)
        self.collect()

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._owner.leave(self._session)
        self._news.set()
        self._room.set()
