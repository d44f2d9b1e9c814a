"""Wyoming over sockets: any number of clients, each with its own conversation and stream."""

import asyncio
import ipaddress
import logging
import socket
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from oyez.config.plain import Config
from oyez.errors import ConfigError, LimitError
from oyez.serve.framing import encode
from oyez.serve.service import Service
from oyez.serve.shares import Shares, household
from oyez.serve.uri import Uri
from oyez.serve.visit import READ_BYTES, Visit, VisitLimits
from oyez.serve.vocabulary import error as error_message

__all__ = ["WyomingLimits", "WyomingListener"]

KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
"""A client that is gone without a word is found out after two minutes; satellites may be silent for hours."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WyomingLimits(Config):
    """What clients may do."""

    connections: int = 1_000
    """That are open at once; each may have a stream, see `Limits`."""
    each: int = 250
    """Of one address other than this machine's: Home Assistant brings all of its satellites from one."""
    visit: VisitLimits = field(default_factory=VisitLimits)


class WyomingListener:
    """Listens at one address."""

    def __init__(self, service: Service, uri: str, limits: WyomingLimits | None = None) -> None:
        """Not open yet: `async with` does that.

        Args:
            service: hears; it must be started.
            uri: tcp://HOST:PORT or unix:///PATH.
            limits: what clients may do; None: the usual.

        Raises:
            ConfigError: it is no such address.
        """
        self.uri = Uri.parse(uri)
        self._service, self._limits = service, limits or WyomingLimits()
        self._shares = Shares("connections", self._limits.connections, self._limits.each)
        self._server: asyncio.Server | None = None
        self.addresses: tuple[str, ...] = (str(self.uri),)
        """Where it listens, once it is open with the port that it got."""
        self._visits: dict[asyncio.Task[None], Visit] = {}
        self._is_closed = False

    async def __aenter__(self) -> Self:
        """Open.

        Raises:
            ConfigError: the address cannot be had.
        """
        try:
            if self.uri.path is None:
                self._server = await asyncio.start_server(
                    self._welcome, self.uri.host, self.uri.port, limit=READ_BYTES, backlog=512
                )
            else:
                await asyncio.to_thread(_clear, self.uri.path)
                self._server = await asyncio.start_unix_server(
                    self._welcome, self.uri.path, limit=READ_BYTES, backlog=512
                )
        except OSError as error:
            raise ConfigError(
                f"{self.uri} cannot be listened at ({error.strerror or error}). Choose another address, or "
                "end what listens there."
            ) from None
        if self.uri.path is None:
            names = [one.getsockname() for one in self._server.sockets]
            self.addresses = tuple(str(Uri(name[0], name[1])) for name in names)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed."""
        await self.close()

    def refuse(self) -> None:
        """Take no new clients; those that are there may stay."""
        if self._server is not None and self._server.is_serving():
            self._server.close()
            if self.uri.path is not None:
                self.uri.path.unlink(missing_ok=True)

    async def close(self, patience_s: float = 2.0) -> None:
        """Send all clients away.

        Args:
            patience_s: seconds in which they may take what is still to be sent.
        """
        self.refuse()
        self._is_closed = True
        for task in self._visits:
            task.cancel()
        if self._visits:
            _, late = await asyncio.wait(self._visits, timeout=patience_s)
            for task in late:
                self._visits[task].abort()
            if late:
                await asyncio.wait(late, timeout=patience_s)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_closed:  # it came while the door was closing
            writer.transport.abort()
            return
        client, home = _name(writer), _home(writer)
        try:
            self._shares.take(home)
        except LimitError as refusal:
            self._service.counts.note("wyoming_refused")
            writer.write(encode(error_message(refusal)))
            writer.close()
            return
        _keep_alive(writer)
        visit = Visit(self._service, reader, writer, client, self._limits.visit)
        task = asyncio.create_task(visit.run())
        self._visits[task] = visit
        task.add_done_callback(lambda _task: self._shares.give_back(home))
        self._service.counts.note("wyoming_clients")
        task.add_done_callback(self._gone)
        _log.info("came", extra={"client": client})

    def _gone(self, task: asyncio.Task[None]) -> None:
        visit = self._visits.pop(task)
        visit.abort()  # a task that was cancelled before its first step has closed nothing
        _log.info("left", extra={"client": visit.client})


def _name(writer: asyncio.StreamWriter) -> str:
    peer = writer.get_extra_info("peername")
    return f"wyoming {peer[0]}:{peer[1]}" if isinstance(peer, tuple) else "wyoming unix"


def _home(writer: asyncio.StreamWriter) -> str:
    """Whose share it takes; programs of this machine have each their own."""
    peer = writer.get_extra_info("peername")
    if not isinstance(peer, tuple) or ipaddress.ip_address(peer[0].partition("%")[0]).is_loopback:
        return f"{id(writer)}"
    return household(peer[0])


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE:
        if hasattr(socket, name):  # not all of them everywhere
            with suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _clear(path: Path) -> None:
    """Remove a socket that nobody listens at any more.

    Raises:
        ConfigError: somebody does, or it is something else.
    """
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise ConfigError(f"{path} exists and is no socket. Choose another path.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise ConfigError(f"{path} is in use already. Choose another path, or end what listens there.")
