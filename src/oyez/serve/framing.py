r"""Wyoming's messages as bytes: a line of JSON, then more JSON, then a payload. No network.

    {"type": "audio-chunk", "version": "1.8.0", "data_length": 43, "payload_length": 2048}\n
    {"rate": 16000, "width": 2, "channels": 1}<2048 bytes of sound>

Small data may stand in the line itself, as `data`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oyez.config.plain import Config
from oyez.errors import DataError, LimitError

__all__ = ["FrameLimits", "Framing", "Message", "encode"]

VERSION = "1.10.0"
"""Of the protocol that is spoken."""

LONGEST_SHOWN = 60  # characters of garbage in an error


@dataclass(frozen=True)
class FrameLimits(Config):
    """How large the parts of one message may be."""

    header_bytes: int = 8_192
    data_bytes: int = 65_536
    payload_bytes: int = 1 << 20
    """Five seconds of two channels at 48 kHz."""


@dataclass(frozen=True)
class Message:
    """One of Wyoming's events."""

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""


@dataclass(frozen=True)
class _Header:
    type: str
    data: dict[str, Any]
    data_length: int
    payload_length: int


class Framing:
    """Bytes in, whole messages out, whatever their cuts; nothing larger than the limits is kept."""

    def __init__(self, limits: FrameLimits | None = None) -> None:
        """Nothing came in."""
        self._limits = limits or FrameLimits()
        self._buffer = bytearray()
        self._looked = 0  # bytes at the start that hold no end of a line
        self._header: _Header | None = None

    @property
    def is_within(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._buffer) or self._header is not None

    def push(self, data: bytes) -> list[Message]:
        """Take bytes.

        Args:
            data: the next ones.

        Returns:
            Messages that are whole.

        Raises:
            LimitError: a part is larger than it may be.
            DataError: these are no messages; what follows cannot be told apart any more.
        """
        self._buffer += data
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        if self._header is None:
            self._header = self._take_header()
        header = self._header
        if header is None or len(self._buffer) < header.data_length + header.payload_length:
            return None
        self._header = None
        more = self._take(header.data_length)
        payload = self._take(header.payload_length)
        data = header.data | _object(more, "data") if more else header.data
        return Message(header.type, data, payload)

    def _take_header(self) -> _Header | None:
        limit = self._limits.header_bytes
        end = self._buffer.find(b"\n", self._looked, limit + 1)
        if end >= 0:
            line = self._take(end)
            self._take(1)
            self._looked = 0
            return self._read(line)
        if len(self._buffer) > limit:
            raise LimitError(f"expected a line of at most {limit} bytes, got more. Send Wyoming's messages.")
        self._looked = len(self._buffer)
        return None

    def _read(self, line: bytes) -> _Header:
        values = _object(line, "a line")
        kind = values.get("type")
        if not isinstance(kind, str):
            raise DataError(f"expected a message with a type, got {_shown(line)}. Send Wyoming's messages.")
        data = values.get("data") or {}
        if not isinstance(data, dict):
            raise DataError(f"expected data that is an object, got {_shown(line)}. Send Wyoming's messages.")
        return _Header(
            kind,
            data,
            _length(values, "data_length", self._limits.data_bytes),
            _length(values, "payload_length", self._limits.payload_bytes),
        )

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def encode(message: Message) -> bytes:
    """A message as it goes over the wire."""
    data = json.dumps(dict(message.data)).encode() if message.data else b""
    header: dict[str, Any] = {"type": message.type, "version": VERSION}
    if data:
        header["data_length"] = len(data)
    if message.payload:
        header["payload_length"] = len(message.payload)
    return b"".join((json.dumps(header).encode(), b"\n", data, message.payload))


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise DataError(
            f"expected {what} that is a JSON object, got {_shown(text)}. Send Wyoming's messages."
        )
    return values


def _length(values: Mapping[str, Any], name: str, limit: int) -> int:
    length = values.get(name)
    if length is None:
        return 0
    if type(length) is not int or length < 0:
        raise DataError(f"expected {name} in whole bytes, got {length!r}. Send Wyoming's messages.")
    if length > limit:
        raise LimitError(f"expected {name} of at most {limit} bytes, got {length}. Send smaller pieces.")
    return length


def _shown(text: bytes) -> str:
    shown = text[:LONGEST_SHOWN].decode("utf-8", "replace")
    return repr(shown) if len(text) <= LONGEST_SHOWN else f"{shown!r}…"
