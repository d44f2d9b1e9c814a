"""The protocols of uvicorn, with an eye on each connection.

They see what uvicorn does not: a head that never ends, a client that asks on and does not read, and what a
library raises at a handshake that makes no sense.
"""

import logging
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from oyez.serve.connections import Connection, Connections, Place

__all__ = ["GUARD", "Guard", "Http", "WebSocket"]

GUARD = "oyez.guard"
"""Key of the `Guard` in uvicorn's state, which all protocols of a server share."""

NOWHERE = ("", 0)
MOST_FRAMES = 4_096
"""Of one message: empty ones count for nothing where its bytes are counted."""

_log = logging.getLogger("oyez.serve.http")


@dataclass(frozen=True)
class Guard:
    """Whom protocols tell of their connections."""

    connections: Connections
    head_s: float
    """Seconds for the head of a request."""

    def of(self, protocol: "Http | WebSocket") -> Connection:
        """The connection that a protocol looks after; a stray one where it went at once."""
        return self.connections.of(protocol.client or NOWHERE)

    def leave(self, protocol: "Http | WebSocket") -> None:
        """It is gone."""
        self.connections.leave(protocol.client or NOWHERE)


class Http(H11Protocol):
    """Requests on one connection."""

    def connection_made(self, transport: Any) -> None:
        """It begins."""
        super().connection_made(transport)
        self.client = _place(transport)
        guard = _guard(self)
        guard.of(self).begin(transport, guard.head_s)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        connection = _guard(self).of(self)
        try:
            super().data_received(data)
        except Exception as error:
            _log.debug("a connection broke off: %r", error)
            connection.cut()
        else:
            connection.check()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        _guard(self).leave(self)
        super().connection_lost(exc)


class WebSocket(WebSocketsSansIOProtocol):
    """What such a connection becomes by a handshake."""

    def connection_made(self, transport: Any) -> None:
        """It begins."""
        super().connection_made(transport)
        self.client = _place(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        connection = _guard(self).of(self)
        try:
            super().data_received(data)
        except Exception as error:  # at a handshake with more headers than a library likes, for one
            _log.debug("a WebSocket broke off: %r", error)
            connection.cut()
        else:
            if len(self.frames) > MOST_FRAMES:
                connection.cut()
            connection.check()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        _guard(self).leave(self)
        super().connection_lost(exc)


def _place(transport: Any) -> Place | None:
    """Of the client, as it was when the connection came: uvicorn asks a socket that may have gone since."""
    name = transport.get_extra_info("peername")
    return None if name is None else (str(name[0]), int(name[1]))


def _guard(protocol: Http | WebSocket) -> Guard:
    guard: Guard = protocol.app_state[GUARD]
    return guard
