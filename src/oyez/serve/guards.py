"""The protocols of uvicorn, with an eye on each connection."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from oyez.serve.connections import Connections, Place

__all__ = ["protocols"]

MOST_FRAMES = 4_096
"""Of one message: empty ones count for nothing where its bytes are counted."""

_log = logging.getLogger("oyez.serve.http")


def protocols(
    connections: Connections, head_s: float
) -> tuple[type[asyncio.Protocol], type[asyncio.Protocol]]:
    """Classes for HTTP and for WebSocket.

    They see what uvicorn does not: a head that never ends, a client that asks on and does not read, and what a
    library raises at a handshake that makes no sense.

    Args:
        connections: that they tell of.
        head_s: seconds for the head of a request.
    """

    class Http(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            connections.of(_place(self)).begin(transport, head_s)

        def data_received(self, data: bytes) -> None:
            connection = connections.of(_place(self))
            try:
                super().data_received(data)
            except Exception as error:  # of a library, at a handshake
                _log.debug("a connection broke off: %r", error)
                _forget(self.connections, self.transport)
                connection.cut()
            else:
                connection.check()

        def connection_lost(self, exc: Exception | None) -> None:
            connections.leave(_place(self))
            super().connection_lost(exc)

    class WebSocket(WebSocketsSansIOProtocol):
        def data_received(self, data: bytes) -> None:
            connection = connections.of(_place(self))
            try:
                super().data_received(data)
            except Exception as error:
                _log.debug("a WebSocket broke off: %r", error)
                connection.cut()
            else:
                if len(self.frames) > MOST_FRAMES:
                    connection.cut()
                connection.check()

        def connection_lost(self, exc: Exception | None) -> None:
            connections.leave(_place(self))
            super().connection_lost(exc)

    return Http, WebSocket


def _place(protocol: H11Protocol | WebSocketsSansIOProtocol) -> Place:
    """Of the client; a socket that has gone at once has none."""
    return protocol.client or ("", 0)


def _forget(protocols: set[Any], transport: asyncio.BaseTransport) -> None:
    """A half-made WebSocket, of which nobody else will hear."""
    for one in [one for one in protocols if one.transport is transport]:
        protocols.discard(one)
