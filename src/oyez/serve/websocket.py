"""`/v1/stream`: a live stream on a WebSocket."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from oyez.errors import AccessError, DataError, LimitError, OyezError
from oyez.serve.access import Tokens
from oyez.serve.conversation import Conversation, Push
from oyez.serve.failures import GONE, failure
from oyez.serve.http_settings import HttpLimits
from oyez.serve.live import Live
from oyez.serve.messages import Finish, FromClient, Reset, Start, write
from oyez.serve.pace import Bucket
from oyez.serve.service import Service
from oyez.serve.session import Wanted
from oyez.serve.shares import Shares, household

__all__ = ["MESSAGE_BYTES", "Streams"]

_log = logging.getLogger("oyez.serve.http")

MESSAGE_BYTES = 1 << 20
"""Of one message."""

TEXT_COST = 50
"""Messages of sound that one of text counts as: the end of a stream is work for the networks."""

BURST_S = 3.0
TURN = 16
"""Messages after which others have their turn, where many have come at once."""


class Streams:
    """Holds the streams of all clients."""

    def __init__(self, service: Service, limits: HttpLimits, shares: Shares, tokens: Tokens | None) -> None:
        """None yet.

        Args:
            service: that hears them.
            limits: of clients.
            shares: counts the streams of each.
            tokens: of whom may come in; None: everybody may.
        """
        self._service, self._limits, self._shares, self._tokens = service, limits, shares, tokens

    async def hold(self, websocket: WebSocket) -> None:
        """One, from its first message to its end."""
        await websocket.accept()
        try:
            await self._talk(websocket)
        except WebSocketDisconnect:
            return
        except OyezError as error:
            _log.info("refused: %s", error, extra={"client": _name(websocket)})
            await _refuse(websocket, error)

    async def _talk(self, websocket: WebSocket) -> None:
        talk = Conversation()
        start = await self._start(websocket, talk)
        wanted = Wanted(start.pcm.rate, start.names, start.threshold, start.scores)
        with self._shares.taken(household(_host(websocket))):
            async with self._service.open(wanted, _name(websocket)) as live:
                _log.info("came", extra={"client": live.client})
                steps_s = {name: _step_s(self._service, name) for name in live.words}
                await websocket.send_text(talk.ready(live.thresholds, steps_s))
                try:
                    await self._both(websocket, talk, live)
                finally:
                    _log.info("left", extra={"client": live.client})

    async def _start(self, websocket: WebSocket, talk: Conversation) -> Start:
        """The first message, from somebody who may come in."""
        try:
            async with asyncio.timeout(self._limits.head_s):
                message = await _next(websocket, talk)
        except TimeoutError:
            raise LimitError(f"no start came within {self._limits.head_s:g} s. Connect later.") from None
        if not isinstance(message, Start):
            raise DataError("expected a start first.")
        known = getattr(websocket.state, "has_token", False)
        if self._tokens is not None and not known and not self._tokens.fit(message.token):
            raise AccessError("a token is needed: in start, or as Authorization: Bearer TOKEN.")
        return message

    async def _both(self, websocket: WebSocket, talk: Conversation, live: Live) -> None:
        """Read and tell, until one of them ends."""
        came = _Came()
        reading = asyncio.create_task(self._read(websocket, talk, live, came))
        telling = asyncio.create_task(_tell(websocket, live))
        watching = asyncio.create_task(_watch(came, self._limits.idle_s))
        tasks = (reading, telling, watching)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if telling.done() or (self._service.stopping and _is_limit(reading)):
                await telling  # what was due when the server began to stop
                await websocket.close(GONE, "the server stops")
            else:
                await (reading if reading.done() else watching)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, websocket: WebSocket, talk: Conversation, live: Live, came: "_Came") -> None:
        """Take messages until the client goes."""
        per_s = self._limits.messages_per_s
        pace = Bucket(per_s, BURST_S * per_s, time.monotonic)
        while True:
            came.is_awaited = True
            message = await _next(websocket, talk)
            came.is_awaited = False
            came.count += 1
            wait_s = pace.take(1 if isinstance(message, Push) else TEXT_COST)
            if wait_s or came.count % TURN == 0:
                await asyncio.sleep(wait_s)
            match message:
                case Push():
                    await live.push(message.samples)
                case Finish():
                    await live.finish()
                case Reset():
                    await live.reset()


@dataclass
class _Came:
    """Messages of one client so far: a clock for each of them would be most of its cost."""

    count: int = 0
    is_awaited: bool = True
    """Whether the client keeps us waiting, and not we the client."""


async def _watch(came: _Came, idle_s: float) -> None:
    """Wait until nothing has come for so long.

    Raises:
        LimitError: that is so.
    """
    seen = -1
    while came.count > seen or not came.is_awaited:
        seen = came.count
        await asyncio.sleep(idle_s)
    raise LimitError(f"no message came for {idle_s:g} s. Send sound as it comes, or connect later.")


async def _next(websocket: WebSocket, talk: Conversation) -> FromClient | Push:
    """The next message.

    Raises:
        OyezError: it makes no sense.
        WebSocketDisconnect: the client is gone.
    """
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    data = message.get("bytes")
    return talk.text(message["text"]) if data is None else talk.binary(data)


async def _tell(websocket: WebSocket, live: Live) -> None:
    async for event in live:
        await websocket.send_text(Conversation.tell(event))


async def _refuse(websocket: WebSocket, error: OyezError) -> None:
    """Tell why, and close."""
    told = failure(error)
    with suppress(WebSocketDisconnect, RuntimeError):  # it is closed already
        await websocket.send_text(write("error", code=told.code, message=str(error)))
        await websocket.close(told.close, told.code)


def _is_limit(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and isinstance(task.exception(), LimitError)


def _host(websocket: WebSocket) -> str:
    assert websocket.client is not None  # the gate saw to that
    return websocket.client.host


def _name(websocket: WebSocket) -> str:
    """For people."""
    assert websocket.client is not None  # the gate saw to that
    return f"http {websocket.client.host}:{websocket.client.port}"


def _step_s(service: Service, name: str) -> float:
    card = service.catalog[name].model.card
    return card.step / card.rate
