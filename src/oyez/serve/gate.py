"""What every request passes before it comes to a page: names, sites, tokens, pace and patience."""

import asyncio
import logging
import time
from collections.abc import Callable
from email.utils import formatdate

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from oyez.serve.access import Sites, Tokens, bearer
from oyez.serve.connections import Connection, Connections
from oyez.serve.http_settings import HttpLimits
from oyez.serve.pace import Pace
from oyez.serve.shares import household

__all__ = ["HEAD_BYTES", "Gate", "refusal"]

_log = logging.getLogger("oyez.serve.http")

OPEN = ("/v1/health",)
"""Pages of the protocol that need no token."""

GUARDED = ("/v1/", "/metrics")
BURST_S = 3.0
HEAD_BYTES = 16_384
"""Of a request."""

TOLD_S = 10.0
"""Seconds between two lines of the log about one client that was refused."""

METHODS, HEADERS, FOR_S = "GET, HEAD, POST", "Authorization, Content-Type", "600"


def refusal(status: int, code: str, message: str, **headers: str) -> JSONResponse:
    """An error, as every page answers it; in names of headers, an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"error": {"code": code, "message": message}}, status, named)


class Gate:
    """An ASGI application around another."""

    def __init__(
        self,
        inside: ASGIApp,
        connections: Connections,
        limits: HttpLimits,
        sites: Sites,
        tokens: Tokens | None,
        note: Callable[[str], None],
    ) -> None:
        """Open.

        Args:
            inside: what is guarded.
            connections: on which requests come.
            limits: of clients.
            sites: that may call, and names of this one.
            tokens: of whom may come in; None: everybody may.
            note: counts something.
        """
        self._inside, self._connections, self._limits = inside, connections, limits
        self._sites, self._tokens, self._note = sites, tokens, note
        self._pace = Pace(limits.requests_per_s, BURST_S * limits.requests_per_s, time.monotonic)
        self._told = Pace(1 / TOLD_S, 1.0, time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket from its beginning to its end."""
        if scope["client"] is None:  # it went as it came
            return
        connection = self._connections.of(scope["client"])
        connection.attend()
        headers = Headers(scope=scope)
        outward = self._outward(connection, send, scope, headers.get("origin"))
        try:
            answer = self._refused(scope, headers)
            if answer is None:
                await self._inside(scope, receive, outward)
            elif scope["type"] == "websocket":
                await WebSocket(scope, receive, outward).send_denial_response(answer)
            else:
                await answer(scope, receive, outward)
        except (OSError, ClientDisconnect):
            connection.cut()  # it does not read, or is gone
        except Exception:  # ours: the client is told no more than that
            self._note("requests_failed")
            _log.exception("a request failed")
        finally:
            connection.expect(self._limits.head_s)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to who may not come in."""
        who, path = household(scope["client"][0]), str(scope["path"])
        host, origin = headers.get("host"), headers.get("origin")
        if sum(len(name) + len(value) for name, value in headers.raw) + len(scope["raw_path"]) > HEAD_BYTES:
            return refusal(
                431, "size", f"the head of a request may have {HEAD_BYTES} bytes.", connection="close"
            )
        late_s = self._pace.late_s(who)
        if late_s:
            self._note("requests_too_fast")
            wait = str(int(late_s) + 1)
            return refusal(
                429, "limit", f"too many requests. Wait {wait} s.", retry_after=wait, connection="close"
            )
        if not self._sites.know(host):
            return self._shut(
                who, 421, f"this server is not called {_short(host)}. Start it with --origin for that name."
            )
        if not self._sites.let_in(origin, host):
            return self._shut(
                who, 403, f"pages of {_short(origin)} may not call. Start the server with --origin."
            )
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=_preflight(headers))
        return self._without_token(scope, who, path, headers.get("authorization"))

    def _without_token(self, scope: Scope, who: str, path: str, header: str | None) -> Response | None:
        if self._tokens is None or path in OPEN or not path.startswith(GUARDED):
            return None
        given = bearer(header)
        if self._tokens.fit(given):
            scope.setdefault("state", {})["has_token"] = True
            return None
        if header is None and scope["type"] == "websocket":
            return None  # a browser's first message has it
        message = (
            "a token is needed: Authorization: Bearer TOKEN." if header is None else "the token does not fit."
        )
        return self._shut(who, 401, message, www_authenticate="Bearer")

    def _shut(self, who: str, status: int, message: str, **headers: str) -> Response:
        self._note("requests_shut_out")
        if not self._told.late_s(who):
            _log.warning("refused: %s", message, extra={"client": f"http {who}"})
        return refusal(status, "access", message, **headers)

    def _outward(self, connection: Connection, send: Send, scope: Scope, origin: str | None) -> Send:
        """`send`, with the headers of all answers, and bounded in time."""
        write_s = self._limits.write_s

        async def outward(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                self._mark(MutableHeaders(scope=message), scope, origin)
            try:
                async with asyncio.timeout(write_s):
                    await send(message)
            except TimeoutError:
                self._note("slow_readers")
                connection.cut()
                raise ConnectionResetError("the client does not read") from None

        return outward

    def _mark(self, headers: MutableHeaders, scope: Scope, origin: str | None) -> None:
        headers["Date"] = formatdate(usegmt=True)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        is_ours = str(scope["path"]).startswith(GUARDED)
        headers.setdefault("Cache-Control", "no-store" if is_ours else "no-cache")
        headers.add_vary_header("Origin")
        if origin is not None and self._sites.let_in(origin, Headers(scope=scope).get("host")):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"


def _preflight(headers: Headers) -> dict[str, str]:
    """What a browser asks before a page of another site may ask us."""
    answer = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": FOR_S,
    }
    if "access-control-request-private-network" in headers:
        answer["Access-Control-Allow-Private-Network"] = "true"
    return answer


def _short(text: str | None) -> str:
    """Of a header, for an answer and for the log."""
    shown = "".join(one if one.isprintable() else "?" for one in (text or "")[:80])
    return shown or "nothing"
