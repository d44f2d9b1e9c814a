"""A stream of samples as bytes: raw, or a WAV that comes down a pipe.

`oyez.audio` reads files and may seek in them. Here is the little that a stream needs: plain samples only.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from oyez.config import FULL_SCALE
from oyez.errors import AudioError, ConfigError
from oyez.sound import MOST_CHANNELS, Samples, as_samples, average_channels

__all__ = ["ByteFile", "PcmFormat", "PcmStream"]

CODES = {
    (1, 8): "u8",
    (1, 16): "i16",
    (1, 24): "i24",
    (1, 32): "i32",
    (3, 32): "f32",
    (3, 64): "f64",
}
"""Format tag and bits of a WAV header, and what they are called here."""

WIDTHS = {"u8": 1, "i16": 2, "i24": 3, "i32": 4, "f32": 4, "f64": 8}
"""Bytes of one sample."""

EXTENSIBLE = 0xFFFE
UNKNOWN_SIZE = 0x7FFF_0000  # bytes: who writes to a pipe states 0, or about 2 or 4 GB
LONGEST_CHUNK = 1 << 20
READ_BYTES = 8_192
SLOWEST, FASTEST = 4_000, 768_000

COMPRESSED = {b"fLaC": "FLAC", b"OggS": "OGG", b"ID3": "MP3", b"RIFX": "a big-endian WAV", b"FORM": "AIFF"}
"""First bytes of what is no PCM."""


class ByteFile(Protocol):
    """What is read from: a pipe, a file, bytes in memory."""

    def read(self, size: int, /) -> bytes:
        """Some bytes, none at the end."""
        ...


@dataclass(frozen=True)
class PcmFormat:
    """How samples lie in bytes, little-endian, channel by channel."""

    rate: int
    """Hertz."""
    channels: int = 1
    kind: str = "i16"
    """One of `WIDTHS`."""

    def __post_init__(self) -> None:
        if not SLOWEST <= self.rate <= FASTEST:
            raise ConfigError(f"rate must be {SLOWEST}..{FASTEST} whole Hertz, got {self.rate!r}.")
        if not 1 <= self.channels <= MOST_CHANNELS:
            raise ConfigError(f"channels must be 1..{MOST_CHANNELS}, got {self.channels!r}.")

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return WIDTHS[self.kind] * self.channels

    def decode(self, data: bytes) -> Samples:
        """Samples, channels averaged.

        Args:
            data: whole frames.

        Returns:
            (samples,).

        Raises:
            AudioError: floats that are no numbers, or beyond ±2.
        """
        if self.kind == "i16":
            samples = np.frombuffer(data, "<i2") * np.float32(1 / FULL_SCALE)
            return average_channels(samples.reshape(-1, self.channels))
        if self.kind == "u8":
            values = (np.frombuffer(data, "u1").astype(np.float64) - 128) / 128
        elif self.kind == "i24":
            parts = np.zeros((len(data) // 3, 4), np.uint8)
            parts[:, 1:] = np.frombuffer(data, "u1").reshape(-1, 3)  # as the upper bytes of 32 bits
            values = parts.reshape(-1).view("<i4") / (FULL_SCALE << 16)
        elif self.kind == "i32":
            values = np.frombuffer(data, "<i4") / (FULL_SCALE << 16)
        else:
            values = np.frombuffer(data, f"<{self.kind[0]}{WIDTHS[self.kind]}")
        return as_samples(values.reshape(-1, self.channels))


class PcmStream:
    """Raw 16-bit samples or a WAV, from a pipe or any other file."""

    lost = 0
    """A pipe waits for its reader: nothing is lost."""

    def __init__(
        self,
        file: ByteFile,
        rate: int | None = None,
        channels: int | None = None,
        name: str = "standard input",
    ) -> None:
        """Read the header, where there is one.

        Args:
            file: bytes; it stays open afterwards.
            rate: Hertz of raw samples; a WAV states its own.
            channels: of raw samples, averaged; None: one. A WAV states its own.
            name: what to call it in errors.

        Raises:
            AudioError: it is empty, or in another format.
            ConfigError: raw samples without a rate, a rate or channels out of range, or others than a WAV
                states.
        """
        self.name = name
        self._file = file
        self._pending = _exactly(file, 12)
        if not self._pending:
            raise AudioError(f"{name} is empty (0 bytes), expected WAV or raw 16-bit samples.")
        header = _header(file, self._pending, name)
        self._left: int | None = None
        if header is not None:
            self._format, self._left = header
            self._pending = b""
            if rate not in (None, self._format.rate):
                raise ConfigError(
                    f"{name} is a WAV at {self._format.rate} Hz, got --rate {rate}. Leave --rate out."
                )
            if channels not in (None, self._format.channels):
                count = self._format.channels
                raise ConfigError(
                    f"{name} is a WAV of {count} channel{'s' * (count != 1)}, got --channels {channels}. "
                    "Leave --channels out."
                )
        elif rate is None:
            raise ConfigError(
                f"{name} has no WAV header, so its rate is unknown. Pass --rate HZ for raw 16-bit samples."
            )
        else:
            self._format = PcmFormat(rate, 1 if channels is None else channels)
        self.rate = self._format.rate

    def __iter__(self) -> Iterator[Samples]:
        """Blocks of samples, as they come; a frame that is cut off at the end is left out."""
        while data := self._read():
            waiting = self._pending + data
            whole = len(waiting) // self._format.frame_bytes * self._format.frame_bytes
            self._pending = waiting[whole:]
            if whole:
                yield self._decode(waiting[:whole])
        whole = len(self._pending) // self._format.frame_bytes * self._format.frame_bytes
        rest, self._pending = self._pending[:whole], b""
        if rest:  # a stream shorter than what was read for a header
            yield self._decode(rest)

    def flush(self) -> None:
        """Nothing to forget: a pipe waits."""

    def close(self) -> None:
        """Nothing to do: the file is its owner's."""

    def _read(self) -> bytes:
        """What is there, at most `READ_BYTES`, without waiting for more; none at the end."""
        size = READ_BYTES if self._left is None else min(READ_BYTES, self._left)
        if not size:
            return b""
        data: bytes = getattr(self._file, "read1", self._file.read)(size)
        if self._left is not None:
            self._left -= len(data)
        return data

    def _decode(self, data: bytes) -> Samples:
        try:
            return self._format.decode(data)
        except AudioError as error:
            raise AudioError(f"{self.name}: {error}") from None


def _header(file: ByteFile, start: bytes, name: str) -> tuple[PcmFormat, int | None] | None:
    """The header of a WAV, read up to its first sample.

    Args:
        file: where it goes on.
        start: the 12 bytes that were read from it already.
        name: what to call it in errors.

    Returns:
        Its format, and bytes of samples, None where the header does not know them; or None for what is
        no WAV: raw samples, then.

    Raises:
        AudioError: the header is cut off, or the samples are of a kind that is not read here.
    """
    for magic, what in COMPRESSED.items():
        if start.startswith(magic):
            raise AudioError(
                f"{name} is {what}, expected WAV or raw 16-bit samples. Save it to a file, and name that."
            )
    if start[:4] not in (b"RIFF", b"RF64") or start[8:12] != b"WAVE":
        return None
    pcm: PcmFormat | None = None
    while True:
        head = _exactly(file, 8)
        if len(head) < 8:
            raise AudioError(f"{name} ends within its WAV header. Record it again.")
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            if pcm is None:
                raise AudioError(f"{name} is a WAV that does not state its format. Convert it again.")
            return pcm, None if size == 0 or size >= UNKNOWN_SIZE else size
        if size > LONGEST_CHUNK:
            raise AudioError(f"{name} has a broken WAV header (a part of {size} bytes). Convert it again.")
        body = _exactly(file, size + size % 2)
        if head[:4] == b"fmt ":
            pcm = _format(body, name)


def _format(body: bytes, name: str) -> PcmFormat:
    if len(body) < 16:
        raise AudioError(f"{name} ends within its WAV header. Record it again.")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if tag == EXTENSIBLE and len(body) >= 26:
        tag = int.from_bytes(body[24:26], "little")  # the first bytes of the sub-format's GUID
    kind = CODES.get((tag, bits))
    if kind is None:
        raise AudioError(
            f"{name} is a WAV of kind {tag} with {bits} bits, expected plain samples. Convert it: "
            "16-bit PCM is best."
        )
    try:
        return PcmFormat(rate, channels, kind)
    except ConfigError as error:
        raise AudioError(f"{name}: {error} Convert it.") from None


def _exactly(file: ByteFile, size: int) -> bytes:
    """That many bytes, or fewer where the file ends."""
    parts, missing = [], size
    while missing and (part := file.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
