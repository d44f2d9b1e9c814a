"""What Wyoming's messages mean to a wake-word service, by the types of its own package."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard, TypeVar

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.info import Attribution, Describe, Info, WakeModel, WakeProgram
from wyoming.ping import Ping, Pong
from wyoming.wake import Detect, Detection, NotDetected

from oyez import __version__
from oyez.detect.pcm import PcmFormat
from oyez.errors import ConfigError, DataError, OyezError
from oyez.serve.catalog import Catalog, Served
from oyez.serve.framing import Message

__all__ = [
    "Chunk",
    "Describe",
    "Heeded",
    "Ping",
    "Started",
    "Stopped",
    "Wish",
    "detection",
    "error",
    "info",
    "not_detected",
    "pong",
    "read",
]

KINDS = {1: "u8", 2: "i16", 3: "i24", 4: "i32"}
"""Kinds of samples, by Wyoming's width in bytes; those of one byte are as in a WAV."""

LATEST_MS = 2**53
"""Of a timestamp: more than that no float counts exactly."""

LANGUAGE = "en"
"""Of a model that does not tell: the voices that train models speak English."""

LONGEST_ERROR = 500
"""Characters."""

MADE_BY = Attribution(name="Oyez", url="")


@dataclass(frozen=True)
class Wish:
    """`detect`: what a client wants to be told of."""

    names: tuple[str, ...] = ()
    """Of words or models; none: all."""
    thresholds: Mapping[str, float] | None = None
    """By word; an addition of ours to the protocol."""


@dataclass(frozen=True)
class Started:
    """`audio-start`: a new stream."""

    pcm: PcmFormat
    timestamp_ms: int | None


@dataclass(frozen=True)
class Chunk:
    """`audio-chunk`: more of it."""

    pcm: PcmFormat
    timestamp_ms: int | None
    data: bytes


@dataclass(frozen=True)
class Stopped:
    """`audio-stop`: that was all."""


Heeded = Wish | Started | Chunk | Stopped | Describe | Ping

Kind = TypeVar("Kind", bound=Eventable)


def read(message: Message) -> Heeded | None:
    """What a client says, checked; None for what a wake-word service does not heed.

    Raises:
        DataError: the message lacks something, or holds what does not fit.
    """
    kind = message.type
    if AudioChunk.is_type(kind):
        return _chunk(message)
    if AudioStart.is_type(kind):
        return _start(message)
    if AudioStop.is_type(kind):
        return Stopped()
    if Detect.is_type(kind):
        return _wish(message)
    if Ping.is_type(kind):
        return Ping(text=_text(message, "text"))
    return Describe() if Describe.is_type(kind) else None


def info(catalog: Catalog) -> Message:
    """`info`: the words that are heard, and how they are called."""
    models = [_model(catalog, one, word) for one in catalog for word in one.words]
    program = WakeProgram(
        name="oyez",
        description="Oyez hears words that it was trained on",
        attribution=MADE_BY,
        installed=True,
        version=__version__,
        models=models,
    )
    return _written(Info(wake=[program]))


def detection(name: str, timestamp_ms: int | None) -> Message:
    """`detection`: a word was heard, in the chunk of that time."""
    return _written(Detection(name=name, timestamp=timestamp_ms))


def not_detected() -> Message:
    """`not-detected`: the stream ended, and no word was heard in it."""
    return _written(NotDetected())


def pong(ping: Ping) -> Message:
    """`pong`: yes, still here."""
    return _written(Pong(text=ping.text))


def error(problem: OyezError) -> Message:
    """`error`: why the connection is closed."""
    text = str(problem)
    shown = (
        text if len(text) <= LONGEST_ERROR else f"{text[:LONGEST_ERROR]}…"
    )  # it may hold what a client sent
    return _written(Error(text=shown, code=type(problem).__name__))


def _written(event: Eventable) -> Message:
    plain = event.event()
    data = {key: value for key, value in plain.data.items() if value is not None}
    return Message(plain.type, data, plain.payload or b"")


def _model(catalog: Catalog, served: Served, word: str) -> WakeModel:
    card, label = served.model.card, catalog.label(served.name, word)
    languages = card.values.get("languages")
    return WakeModel(
        name=label,
        phrase=word,
        description=word if label == word else f"{word} ({served.name})",  # what Home Assistant shows
        languages=list(languages) if _is_texts(languages) else [LANGUAGE],
        attribution=MADE_BY,
        installed=True,
        version=str(card.values.get("version") or card.values["format"]),
    )


def _parsed(kind: type[Kind], message: Message) -> Kind:
    try:
        parsed = kind.from_event(Event(message.type, dict(message.data), message.payload))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise DataError(
            f"{message.type}: got {dict(message.data)}, which does not fit ({problem!r}). See Wyoming."
        ) from None
    assert isinstance(parsed, kind)
    return parsed


def _start(message: Message) -> Started:
    start = _parsed(AudioStart, message)
    return Started(
        _pcm(message, start.rate, start.width, start.channels), _timestamp(message, start.timestamp)
    )


def _chunk(message: Message) -> Chunk:
    chunk = _parsed(AudioChunk, message)
    pcm = _pcm(message, chunk.rate, chunk.width, chunk.channels)
    if len(chunk.audio) % pcm.frame_bytes:
        raise DataError(
            f"{message.type}: expected samples of {pcm.frame_bytes} bytes, got {len(chunk.audio)} bytes."
        )
    return Chunk(pcm, _timestamp(message, chunk.timestamp), chunk.audio)


def _wish(message: Message) -> Wish:
    names: object = _parsed(Detect, message).names
    if names is not None and not _is_texts(names):
        raise DataError(f"{message.type}: expected names in a list, got {names!r}.")
    thresholds = message.data.get("thresholds")
    if thresholds is not None and not (
        isinstance(thresholds, Mapping) and all(type(one) in (int, float) for one in thresholds.values())
    ):
        raise DataError(f"{message.type}: expected thresholds by word, got {thresholds!r}.")
    return Wish(tuple(names or ()), thresholds)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _pcm(message: Message, *numbers: object) -> PcmFormat:
    if any(type(number) is not int for number in numbers):
        raise DataError(f"{message.type}: expected rate, width and channels, got {numbers}.")
    rate, width, channels = (int(str(number)) for number in numbers)
    if width not in KINDS:
        raise DataError(f"{message.type}: expected samples of 1, 2, 3 or 4 bytes, got width {width}.")
    try:
        return _format(rate, channels, KINDS[width])
    except ConfigError as problem:
        raise DataError(f"{message.type}: {problem}") from None


_format = lru_cache(64)(PcmFormat)
"""Every chunk states its own."""


def _timestamp(message: Message, value: Any) -> int | None:
    if value is None:
        return None
    if type(value) not in (int, float) or abs(value) > LATEST_MS or not math.isfinite(value):
        raise DataError(f"{message.type}: expected a timestamp in milliseconds, got {value!r}.")
    milliseconds: int = round(value)
    return milliseconds


def _text(message: Message, name: str) -> str | None:
    value = message.data.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{message.type}: expected {name} that is text, got {value!r}.")
    return value
