"""One of Wyoming's clients, from when it comes to when it goes: the conversation, over a socket."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from oyez.config.plain import Config
from oyez.errors import OyezError
from oyez.serve.framing import FrameLimits, Framing, Message, encode
from oyez.serve.heard import Ended
from oyez.serve.live import Live
from oyez.serve.satellite import Act, Close, Finish, Hear, Open, Reply, Satellite
from oyez.serve.service import Service
from oyez.serve.vocabulary import error as error_message

__all__ = ["READ_BYTES", "Visit", "VisitLimits"]

READ_BYTES = 16_384
"""Of one client at once, before others have their turn."""

LINGER_S = 1.0
"""So long a connection that the server ends is still read."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class VisitLimits(Config):
    """What one client may do."""

    frame: FrameLimits = field(default_factory=FrameLimits)
    message_s: float = 15.0
    """Seconds in which a message that has begun must be whole."""
    unsent_s: float = 10.0
    """Seconds in which a client must take what is sent to it."""


class Visit:
    """Runs one client's conversation; what goes wrong in it ends it, and nothing else."""

    def __init__(
        self,
        service: Service,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        client: str,
        limits: VisitLimits,
    ) -> None:
        """The client has said nothing yet.

        Args:
            service: hears.
            reader: of the socket.
            writer: of the socket; closed at the end.
            client: what to call it.
            limits: what it may do.
        """
        self.client = client
        self._service, self._reader, self._writer, self._limits = service, reader, writer, limits
        self._framing = Framing(limits.frame)
        self._satellite = Satellite(service.catalog)
        self._live: Live | None = None
        self._telling: asyncio.Task[None] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._until_s: float | None = None  # when the message that has begun must be whole

    async def run(self) -> None:
        """Until the client leaves, or has to."""
        try:
            await self._converse()
        except OyezError as error:
            await self._leave()
            await self._refuse(error)
            self._part()
            await self._pass_over()
        except (ConnectionError, TimeoutError) as error:
            _log.info("gone: %s", str(error) or "too slow", extra={"client": self.client})
        except Exception:  # one client's trouble is no other's
            _log.exception("a conversation failed", extra={"client": self.client})
        finally:
            await self._end()

    def abort(self) -> None:
        """End at once; what was not sent yet is forgotten."""
        self._writer.transport.abort()

    async def _converse(self) -> None:
        while (data := await self._read()) and self._closing is None:
            messages = self._framing.push(data)
            if messages or not self._framing.is_within:
                self._until_s = None
            if self._framing.is_within and self._until_s is None:
                self._until_s = asyncio.get_running_loop().time() + self._limits.message_s
            for message in messages:
                for act in self._satellite.receive(message):
                    await self._do(act)
                if message is not messages[-1]:  # others have their turn, however much this one sends
                    await asyncio.sleep(0)
        if data:
            await self._pass_over()

    async def _pass_over(self) -> None:
        """Read on, but heed nothing any more, until the client has closed too or its time is over."""
        with suppress(ConnectionError):
            while await self._reader.read(READ_BYTES):
                await asyncio.sleep(0)

    def _part(self) -> None:
        """Say no more, and close in a moment; at once would take what it was told from who still sends."""
        if self._closing is None and not self._writer.is_closing():
            self._closing = asyncio.get_running_loop().call_later(LINGER_S, self._writer.close)
            with suppress(OSError):
                self._writer.write_eof()

    async def _read(self) -> bytes:
        if self._until_s is None:
            return await self._reader.read(READ_BYTES)
        async with asyncio.timeout_at(self._until_s):
            return await self._reader.read(READ_BYTES)

    async def _do(self, act: Act) -> None:
        match act:
            case Hear():
                assert self._live is not None
                await self._live.push(act.samples)
            case Open():
                self._live = self._service.open(act.wanted, self.client)
                self._telling = asyncio.create_task(self._tell(self._live))
            case Finish():
                await self._finish()
            case Close():
                await self._close()
            case Reply():
                await self._send(act.message)

    async def _tell(self, live: Live) -> None:
        """Tell the client what is heard, until the end of the stream."""
        try:
            async for event in live:
                for act in self._satellite.heard(event):
                    await self._do(act)
                if isinstance(event, Ended):
                    break
        except OyezError as error:
            await self._refuse(error)
        except (ConnectionError, TimeoutError):
            self.abort()
        except Exception:
            _log.exception("a conversation failed", extra={"client": self.client})
            self.abort()
        if self._service.stopping or live.has_failed:
            self._part()

    async def _finish(self) -> None:
        assert self._live is not None
        assert self._telling is not None
        await self._live.finish()
        await self._telling
        for act in self._satellite.ended():
            await self._do(act)
        await self._close()

    async def _close(self) -> None:
        if self._live is not None and self._telling is not None:
            self._live.close()
            await self._telling  # it ends with its stream
        self._live = self._telling = None

    async def _send(self, message: Message) -> None:
        if self._closing is not None:
            return
        self._writer.write(encode(message))
        async with asyncio.timeout(self._limits.unsent_s):
            await self._writer.drain()

    async def _refuse(self, error: OyezError) -> None:
        """Tell the client why it has to go."""
        _log.warning("refused: %s", error, extra={"client": self.client})
        self._service.counts.note("wyoming_errors")
        with suppress(ConnectionError, TimeoutError):
            await self._send(error_message(error))

    async def _leave(self) -> None:
        """Where the server stops, what is due is still told; the service sees to it that this ends."""
        if self._telling is not None and self._service.stopping:
            await self._telling

    async def _end(self) -> None:
        """Leave nothing behind."""
        await self._leave()
        if self._live is not None:
            self._live.close()
        if self._telling is not None:
            self._telling.cancel()
        if self._closing is not None:
            self._closing.cancel()
        self._writer.close()
        try:
            async with asyncio.timeout(self._limits.unsent_s):
                await self._writer.wait_closed()
        except (ConnectionError, TimeoutError):
            self.abort()
