"""Connections of clients: how many there are, and how long one may keep us waiting."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from oyez.errors import LimitError
from oyez.serve.shares import Shares, household

__all__ = ["MOST_UNSENT", "Connection", "Connections", "Place"]

Place = tuple[str, int]
"""Address and port of a client."""

MOST_UNSENT = 1 << 19
"""Bytes that may wait for a client that goes on talking and does not read."""


class Connection:
    """One, and the patience with it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nobody waits for it."""
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0

    def begin(self, transport: asyncio.Transport, within_s: float) -> None:
        """It can be talked on now; something must come in time."""
        self._transport = transport
        self.expect(within_s)

    def expect(self, within_s: float) -> None:
        """Wait for something to come, or for the rest to be taken; cut it off otherwise."""
        self.attend()
        self._unsent = self._size()
        self._timer = self._loop.call_later(within_s, self._is_late, within_s)

    def attend(self) -> None:
        """It came: wait no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def check(self) -> None:
        """Cut it off where too much waits for it."""
        if self._size() > MOST_UNSENT:
            self.cut()

    def cut(self) -> None:
        """Close it at once, whatever is unsent."""
        self.attend()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()

    def end(self) -> None:
        """It is gone."""
        self.attend()
        self._transport = None

    def _size(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def _is_late(self, within_s: float) -> None:
        self._timer = None
        if self._size() < self._unsent:  # it reads slowly, but it reads
            self.expect(within_s)
        else:
            self.cut()


class Connections:
    """All of them, by where they come from."""

    def __init__(self, everybody: int, each: int, note: Callable[[str], None] = lambda _what: None) -> None:
        """None yet.

        Args:
            everybody: so many at once.
            each: of one client.
            note: counts something.
        """
        self._shares = Shares("connections", everybody, each)
        self._note = note
        self._open: dict[Place, Connection] = {}
        self._are_gone = asyncio.Event()

    def __len__(self) -> int:
        """That are open."""
        return len(self._open)

    def admit(self, place: Place) -> bool:
        """Let one in that has just come; False: it may not, and is to be closed.

        One place is one connection here: a second from the same port, to another address of this machine
        or before the end of the first was told, has to come again from another.
        """
        if place in self._open:
            self._note("connections_refused")
            return False
        try:
            self._shares.take(household(place[0]))
        except LimitError:
            self._note("connections_refused")
            return False
        self._open[place] = Connection(asyncio.get_running_loop())
        self._are_gone.clear()
        return True

    def of(self, place: Place) -> Connection:
        """The one from there; a stray one where there is none any more."""
        return self._open.get(place) or Connection(asyncio.get_running_loop())

    def leave(self, place: Place) -> None:
        """It is gone."""
        connection = self._open.pop(place, None)
        if connection is not None:
            connection.end()
            self._shares.give_back(household(place[0]))
        if not self._open:
            self._are_gone.set()

    async def until_gone(self, within_s: float) -> None:
        """Wait until none is left, or until the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._open:
                    await self._are_gone.wait()

    def cut(self) -> None:
        """Close all of them at once."""
        for connection in list(self._open.values()):
            connection.cut()
