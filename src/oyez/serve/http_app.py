"""The web application: which address leads to what."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from oyez.serve.access import Sites
from oyez.serve.connections import Connections
from oyez.serve.gate import Gate, refusal
from oyez.serve.http_settings import HttpSettings
from oyez.serve.pages import Pages
from oyez.serve.service import Service
from oyez.serve.shares import Shares
from oyez.serve.uploads import Uploads
from oyez.serve.websocket import Streams

__all__ = ["WEB", "application"]

WEB = Path(__file__).parent / "web"
"""Files of the browser page, where they were built."""


def application(
    service: Service,
    settings: HttpSettings,
    connections: Connections,
    *,
    version: str,
    names: tuple[str, ...] = (),
    web: Path = WEB,
) -> ASGIApp:
    """What answers.

    Args:
        service: that hears.
        settings: of who may come in, and how much.
        connections: on which requests come.
        version: of this program.
        names: of this machine.
        web: folder of a page; it need not be there.

    Raises:
        ConfigError: the file of tokens does not fit.
    """
    limits, tokens, note = settings.limits, settings.tokens(), service.counts.note
    shares = Shares("streams", service.limits.streams, limits.streams_each)
    uploads = Uploads(service, limits, shares)

    def numbers() -> dict[str, int]:
        return {"connections": len(connections), "streams": len(shares), "recordings": len(uploads.shares)}

    pages = Pages(service, version, numbers)
    protocol: list[Route | WebSocketRoute] = [
        Route("/health", pages.health),
        Route("/counts", pages.counts),
        Route("/models", pages.models),
        Route("/models/{name}", pages.model),
        Route("/detect", uploads.detect, methods=["POST"]),
        WebSocketRoute("/stream", Streams(service, limits, shares, tokens).hold),
    ]
    routes = [Mount("/v1", routes=protocol), Route("/metrics", pages.metrics)]
    if web.is_dir():
        routes.append(Mount("/", StaticFiles(directory=web, html=True)))
    inside = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    return Gate(inside, connections, limits, Sites(names, settings.origins), tokens, note)


async def _refused(_request: Request, error: Exception) -> Response:
    """What Starlette itself refuses: unknown addresses and methods."""
    assert isinstance(error, HTTPException)  # that is what it is registered for
    return refusal(error.status_code, "unknown", error.detail, **dict(error.headers or {}))
