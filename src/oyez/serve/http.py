"""HTTP and WebSocket for programs and web pages: the listener."""

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from oyez import __version__
from oyez.errors import ConfigError, require
from oyez.serve.connections import Connections
from oyez.serve.http_settings import HttpSettings
from oyez.serve.service import Service

__all__ = ["HttpListener"]

_log = logging.getLogger(__name__)

PING_S = 20.0
"""A WebSocket is asked so often whether it is still there, and has as long to answer."""

BACKLOG = 128
PAUSE_S = 0.2
CUT_S = 1.0


class HttpListener:
    """Listens on one address; `async with` opens and closes it."""

    def __init__(self, service: Service, settings: HttpSettings) -> None:
        """Read the files that the settings name.

        Args:
            service: that hears; running when this is opened.
            settings: of the address, of who may come in, and how much.

        Raises:
            MissingExtraError: the extra `serve` is not installed.
            ConfigError: a file does not fit.
        """
        for library in ("starlette", "uvicorn", "websockets"):
            require(library, "serve")
        from uvicorn.server import ServerState

        from oyez.serve.guards import GUARD, Guard

        limits = settings.limits
        self.addresses: tuple[str, ...] = ()
        """As clients write them, once it is open."""
        self._settings, self._tls = settings, settings.tls()
        self._connections = Connections(limits.connections, limits.connections_each, service.counts.note)
        self._state = ServerState()
        self._shared = {GUARD: Guard(self._connections, limits.head_s)}
        self._config = _config(service, settings, self._connections)
        self._sockets: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []
        self._opening: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Open.

        Raises:
            ConfigError: the address is in use, or is none of this machine.
        """
        self._sockets = await _bound(self._settings.host, self._settings.port)
        scheme = "http" if self._tls is None else "https"
        self.addresses = tuple(f"{scheme}://{_shown(one.getsockname())}" for one in self._sockets)
        self._accepting = [asyncio.create_task(self._accept(one)) for one in self._sockets]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed, without much patience."""
        await self.close(0.0)

    def refuse(self) -> None:
        """Take no new connections; those that are open go on."""
        for task in self._accepting:
            task.cancel()
        for one in self._sockets:
            one.close()
        self._sockets = []

    async def close(self, patience_s: float = 2.0) -> None:
        """Take nothing more, let answers that are under way be given, and cut what is left.

        Args:
            patience_s: seconds for that.
        """
        from oyez.serve.guards import Http

        self.refuse()
        tasks = [*self._accepting, *self._opening]
        for task in self._opening:
            task.cancel()
        for protocol in list(self._state.connections):
            if isinstance(protocol, Http):  # a WebSocket ends with its stream
                with suppress(Exception):  # of a library, in the middle of a head
                    protocol.shutdown()
        await self._connections.until_gone(patience_s)
        self._connections.cut()
        for task in self._state.tasks:
            task.cancel()
        tasks += self._state.tasks
        if tasks:
            await asyncio.wait(tasks, timeout=CUT_S)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                one, place = await loop.sock_accept(listening)
            except OSError as error:  # there are no more file descriptors: some will be freed
                _log.warning("no connection can be taken (%s)", error.strerror)
                await asyncio.sleep(PAUSE_S)
                continue
            place = (str(place[0]), int(place[1]))
            if not self._connections.admit(place):
                one.close()
                continue
            task = asyncio.create_task(self._open(one, place))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self, one: socket.socket, place: tuple[str, int]) -> None:
        """Hand a connection to its protocol, encrypted or not."""
        limits = self._settings.limits
        patience: dict[str, Any] = {}
        if self._tls is not None:
            patience = {"ssl_handshake_timeout": limits.head_s, "ssl_shutdown_timeout": limits.write_s}
        try:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
                self._protocol, one, ssl=self._tls, **patience
            )
            if transport.get_extra_info("peername") is None:  # it has gone, and its protocol knows no place
                transport.abort()
                self._connections.leave(place)
        except (OSError, ssl.SSLError, TimeoutError) as error:
            _log.debug("%s: no connection came about: %r", place[0], error)
            self._connections.leave(place)
            one.close()
        except BaseException:
            self._connections.leave(place)
            raise

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self._config.http_protocol_class(
            config=self._config, server_state=self._state, app_state=self._shared
        )
        return made


def _config(service: Service, settings: HttpSettings, connections: Connections) -> Any:
    """Of uvicorn, loaded."""
    from uvicorn import Config

    from oyez.serve.gate import HEAD_BYTES
    from oyez.serve.guards import Http, WebSocket
    from oyez.serve.http_app import application
    from oyez.serve.websocket import MESSAGE_BYTES

    config = Config(
        application(service, settings, connections, version=__version__, names=_names(settings.host)),
        http=Http,
        ws=WebSocket,
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,  # sound hardly shrinks, and what is inflated is work
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,  # anybody can write them
        server_header=False,
        date_header=False,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_keep_alive=max(1, round(settings.limits.head_s)),
    )
    config.load()
    return config


def _names(host: str) -> tuple[str, ...]:
    """By which this machine may be called, beside its addresses."""
    own = socket.gethostname()
    return (host, own, own.partition(".")[0], f"{own.partition('.')[0]}.local")


async def _bound(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address that the name has; all on the same port."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigError(
            f"--http {host}: no such address ({error.strerror}). Name one of this machine."
        ) from None
    opened: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            opened.append(_listening(family, (address[0], port, *address[2:])))
            port = opened[0].getsockname()[1]
    except OSError as error:
        for one in opened:
            one.close()
        raise ConfigError(
            f"--http {host}:{port} cannot be opened: {error.strerror}. Name another address or port."
        ) from None
    return opened


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(BACKLOG)
        one.setblocking(False)
    except OSError:
        one.close()
        raise
    return one


def _shown(address: tuple[Any, ...]) -> str:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{host}:{address[1]}"
