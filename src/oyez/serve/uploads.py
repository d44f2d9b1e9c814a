"""`/v1/detect`: a whole recording in, its detections out."""

import asyncio
import json
import logging
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO
from weakref import WeakValueDictionary

import numpy as np
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from oyez.detect.stream import FASTEST, SLOWEST
from oyez.errors import AudioError, LimitError, OyezError
from oyez.events import Detection
from oyez.serve.decode import NAME
from oyez.serve.decoder import Decoder
from oyez.serve.failures import failure
from oyez.serve.gate import refusal
from oyez.serve.heard import Ended, Heard, Scored
from oyez.serve.http_settings import HttpLimits
from oyez.serve.live import Live
from oyez.serve.messages import heard_values, scored_values
from oyez.serve.pages import pieces
from oyez.serve.query import Asked, read_query
from oyez.serve.service import Service
from oyez.serve.session import Wanted
from oyez.serve.shares import Shares, household

__all__ = ["Uploads"]

_log = logging.getLogger("oyez.serve.http")

HEARD_AT_ONCE = 4
"""Recordings, each of another client: those of one client take turns."""

SLOWEST_PACE = 2.0
"""Seconds of the longest recording that are heard in one second, or it is given up."""

PATIENCE_S = 30.0
"""Seconds beside that, for waiting one's turn."""

BUFFERED = 1 << 18
"""Bytes that are written to disk at once."""


class Uploads:
    """Takes the recordings of all clients."""

    def __init__(self, service: Service, limits: HttpLimits, streams: Shares) -> None:
        """None yet.

        Args:
            service: that hears them.
            limits: of clients.
            streams: counts the streams of each client; a recording that is heard is one.
        """
        self._service, self._limits, self._streams = service, limits, streams
        self.shares = Shares("recordings", limits.uploads, limits.uploads_each)
        self._places = asyncio.Semaphore(HEARD_AT_ONCE)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._most = round(limits.upload_mb * 1e6)
        self._longest_s = limits.upload_minutes * 60

    async def detect(self, request: Request) -> Response:
        """One recording."""
        assert request.client is not None  # TCP always has one
        who = household(request.client.host)
        with ExitStack() as stack:
            try:
                asked = read_query(request.query_params.multi_items())
                self._service.catalog.choose(asked.names)
                stack.enter_context(self.shares.taken(who))
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oyez-")))
                refused = await self._receive(request, folder / NAME)
                if refused is not None:
                    return refused
                stack.enter_context(self._streams.taken(who))
                turn = self._turns.setdefault(who, asyncio.Lock())
                client = f"http {request.client.host}:{request.client.port}"
                return await _unless_gone(request, self._hear(turn, folder, asked, client))
            except OyezError as error:
                told = failure(error)
                return refusal(told.status, told.code, str(error))
            except OSError as error:  # no room on the disk, no more processes
                _log.error("a recording could not be taken: %s", error)
                return refusal(
                    503, "server", "there is no room for this now. Try again later.", retry_after="60"
                )

    async def _receive(self, request: Request, path: Path) -> Response | None:
        """The body, in a file; or why not."""
        too_large = refusal(
            413,
            "size",
            f"a recording may have {self._limits.upload_mb:g} MB. Cut it into parts.",
        )
        stated = request.headers.get("content-length", "0")
        if not stated.isdecimal() or int(stated) > self._most:
            return too_large
        try:
            async with asyncio.timeout(self._limits.body_s):
                with path.open("wb") as file:
                    fits = await self._copy(request, file)
        except TimeoutError:
            return refusal(
                408,
                "slow",
                f"the recording did not come within {self._limits.body_s:g} s.",
                connection="close",
            )
        return None if fits else too_large

    async def _copy(self, request: Request, file: BinaryIO) -> bool:
        """Whether all of the body was small enough."""
        count, waiting = 0, bytearray()
        async for data in request.stream():
            count += len(data)
            if count > self._most:
                return False
            waiting += data
            if len(waiting) >= BUFFERED:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
        return True

    async def _hear(self, turn: asyncio.Lock, folder: Path, asked: Asked, client: str) -> Response:
        longest_s = PATIENCE_S + self._longest_s / SLOWEST_PACE
        try:
            async with (
                asyncio.timeout(longest_s),
                turn,
                self._places,
                Decoder(folder, self._longest_s) as decoder,
            ):
                if not SLOWEST <= decoder.rate <= FASTEST:
                    raise AudioError(
                        f"the recording has a rate of {decoder.rate} Hz, expected {SLOWEST}..{FASTEST}. "
                        "Convert it."
                    )
                wanted = Wanted(decoder.rate, asked.names, asked.threshold, asked.scores)
                async with self._service.open(wanted, client) as live:
                    found = await _follow(decoder, live)
                _log.info("a recording of %.1f s", found[0], extra={"client": client})
        except TimeoutError:
            return refusal(
                503, "slow", "the server is too busy to hear this now. Try again later.", retry_after="60"
            )
        body = await asyncio.to_thread(_answer, *found)
        return StreamingResponse(
            pieces(body), media_type="application/json", headers={"Content-Length": str(len(body))}
        )


async def _unless_gone(request: Request, hearing: Any) -> Response:
    """What comes of it, unless the client goes before."""
    work, gone = asyncio.create_task(hearing), asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        answer: Response = work.result()
        return answer
    finally:
        for task in (work, gone):
            task.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)


async def _follow(decoder: Decoder, live: Live) -> tuple[float, list[Heard], list[Scored]]:
    """Seconds, and all that was heard."""
    heard, scored = [], []
    feeding = asyncio.create_task(_feed(decoder, live))
    try:
        async for event in live:
            match event:
                case Heard():
                    heard.append(event)
                case Scored():
                    scored.append(event)
                case Ended():
                    if not feeding.done():  # the server ended it
                        raise LimitError("the server is stopping. Come again later.")
                    return event.duration_s, heard, scored
        if feeding.done():
            feeding.result()  # an error of ours
        raise LimitError("the server is stopping. Come again later.")
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def _feed(decoder: Decoder, live: Live) -> None:
    try:
        async for samples in decoder:
            await live.push(samples)
        await live.finish()
    except OyezError as error:
        live.fail(error)  # who reads is told
    except Exception:
        live.close()
        raise


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _answer(seconds: float, heard: list[Heard], scored: list[Scored]) -> bytes:
    """As JSON; a word at the very end, heard in the silence after it, has the time of the end."""
    detections = []
    for one in heard:
        word = one.detection
        late = Detection(word.word, min(word.time_s, seconds), word.score)
        detections.append(heard_values(Heard(one.model, late)))
    answer: dict[str, object] = {"duration_s": seconds, "detections": detections}
    if scored:
        by_model: dict[str, list[Scored]] = {}
        for part in scored:
            by_model.setdefault(part.model, []).append(part)
        answer["scores"] = [scored_values(_joined(parts)) for parts in by_model.values()]
    return json.dumps(answer).encode()


def _joined(parts: list[Scored]) -> Scored:
    first = parts[0]
    scores = np.concatenate([part.scores for part in parts])
    return Scored(first.model, first.words, first.time_s, first.step_s, scores)
