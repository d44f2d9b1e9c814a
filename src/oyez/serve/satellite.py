"""The conversation with one of Wyoming's clients: what it says in, what is to be done and said out.

No network, no clock. A client says `detect`, then `audio-start`, chunks and `audio-stop`. Home Assistant
leaves after the first detection; satellites stay for hours, never stop a stream, and begin the next one with
`detect` and `audio-start` again.
"""

from collections import deque
from dataclasses import dataclass

from oyez.errors import AudioError, DataError
from oyez.serve.catalog import Catalog
from oyez.serve.framing import Message
from oyez.serve.heard import Event, Heard
from oyez.serve.session import Wanted
from oyez.serve.vocabulary import (
    Chunk,
    Describe,
    Ping,
    Started,
    Stopped,
    Wish,
    detection,
    info,
    not_detected,
    pong,
    read,
)
from oyez.sound import Samples

__all__ = ["Act", "Close", "Finish", "Hear", "Open", "Reply", "Satellite"]

REMEMBERED = 1_024
"""Chunks whose timestamps are known; a detection is never so late."""


@dataclass(frozen=True)
class Reply:
    """Send this."""

    message: Message


@dataclass(frozen=True)
class Open:
    """Open a stream; there is none."""

    wanted: Wanted


@dataclass(frozen=True)
class Hear:
    """Push this into the stream."""

    samples: Samples


@dataclass(frozen=True)
class Finish:
    """Finish the stream, and hand all that is heard of it to `heard` before anything else is read."""


@dataclass(frozen=True)
class Close:
    """Close the stream; what of it was not heard yet is of no interest."""


Act = Reply | Open | Hear | Finish | Close


class Satellite:
    """One client."""

    def __init__(self, catalog: Catalog) -> None:
        """It has said nothing.

        Args:
            catalog: what can be heard.
        """
        self._catalog = catalog
        self._wish = Wish()
        self._rate: int | None = None  # of the stream that is open
        self._start_ms: int | None = None
        self._forget()

    def receive(self, message: Message) -> list[Act]:
        """Heed what the client says.

        Args:
            message: whole.

        Returns:
            What is to be done, in order.

        Raises:
            DataError: it does not fit; the connection is to be closed.
            ConfigError: it asks for what is not there.
        """
        match read(message):
            case Chunk() as chunk:
                return self._hear(chunk)
            case Wish() as wish:
                self._catalog.thresholds(self._catalog.choose(wish.names), wish.thresholds)  # or an error
                self._wish = wish
                return self._close()
            case Started() as start:
                acts = self._close()
                self._start_ms = start.timestamp_ms
                return acts
            case Stopped():
                return self._stop()
            case Describe():
                return [Reply(info(self._catalog))]
            case Ping() as ping:
                return [Reply(pong(ping))]
            case _:
                return []

    def heard(self, event: Event) -> list[Act]:
        """Tell the client what was heard."""
        if not isinstance(event, Heard):
            return []
        self._has_heard = True
        time_s = event.detection.time_s
        word = event.detection.word
        name = word if word in self._wish.names else self._catalog.label(event.model, word)
        return [Reply(detection(name, self._timestamp(time_s)))]

    def ended(self) -> list[Act]:
        """All of a stream that was finished has been told; there is none now."""
        acts: list[Act] = [] if self._has_heard else [Reply(not_detected())]
        self._rate = None
        self._forget()
        return acts

    def _hear(self, chunk: Chunk) -> list[Act]:
        acts: list[Act] = []
        if self._rate != chunk.pcm.rate:  # what a chunk says of itself counts, not what the start said
            acts = self._close()
            self._rate = chunk.pcm.rate
            acts.append(Open(Wanted(chunk.pcm.rate, self._wish.names, self._wish.thresholds)))
        try:
            samples = chunk.pcm.decode(chunk.data)
        except AudioError as error:
            raise DataError(f"audio-chunk: {error}") from None
        self._times.append((self._samples, chunk.timestamp_ms))
        self._samples += len(samples)
        return [*acts, Hear(samples)]

    def _stop(self) -> list[Act]:
        return self.ended() if self._rate is None else [Finish()]

    def _close(self) -> list[Act]:
        acts: list[Act] = [] if self._rate is None else [Close()]
        self._rate = None
        self._forget()
        return acts

    def _forget(self) -> None:
        self._has_heard = False
        self._samples = 0  # pushed into the stream
        self._times: deque[tuple[int, int | None]] = deque(maxlen=REMEMBERED)

    def _timestamp(self, time_s: float) -> int:
        """Milliseconds: the timestamp of the chunk that a time lies in, else counted from the start."""
        sample = round(time_s * (self._rate or 1)) - 1
        for first, time_ms in reversed(self._times):
            if first <= sample or first == 0:
                if time_ms is not None:
                    return time_ms
                break
        return (self._start_ms or 0) + round(1000 * time_s)
