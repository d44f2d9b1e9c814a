"""Decodes one recording that nobody vouches for, in a process of its own.

A broken or hostile file may hurt the library that reads it: then this process ends, and nobody else. What it
writes are pieces of float samples, each with its length in bytes before it, then a length of 0; or, in place
of any of them, a length of `FAILED` and the text of an error.
"""

import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from oyez import audio
from oyez.errors import AudioError

__all__ = ["FAILED", "LENGTH", "NAME", "RATE", "decode", "main"]

NAME = "recording"
"""Of the file, in the folder where the process runs; errors call it so."""

LENGTH = struct.Struct("<I")
RATE = struct.Struct("<I")
"""What comes first, in a piece of its own: Hertz."""

FAILED = 0xFFFF_FFFF
BLOCK_S = 1.0
MEMORY_BYTES = 2 << 30
CPU_S = 120
FILES = 64


def main() -> None:
    """Decode the file in this folder to standard output: the program that a server starts."""
    _restrict()
    decode(Path(NAME), float(sys.argv[1]), sys.stdout.buffer)


def decode(path: Path, longest_s: float, out: BinaryIO) -> None:
    """Write all of a recording, or why that cannot be.

    Args:
        path: of the recording.
        longest_s: seconds that it may have.
        out: takes the pieces.
    """
    heard_s = 0.0
    try:
        for samples, rate in audio.blocks(path, BLOCK_S, stranger=True):
            if not heard_s:
                _piece(out, RATE.pack(rate))
            heard_s += len(samples) / rate
            if heard_s > longest_s:
                _fail(out, f"{path} is longer than {longest_s / 60:g} minutes. Cut it into parts.")
                return
            _piece(out, samples.astype("<f4").tobytes())
        _piece(out, b"")
    except AudioError as error:
        _fail(out, str(error))
    out.flush()


def _piece(out: BinaryIO, data: bytes) -> None:
    out.write(LENGTH.pack(len(data)) + data)


def _fail(out: BinaryIO, text: str) -> None:
    out.write(LENGTH.pack(FAILED) + text.encode())
    out.flush()


def _restrict() -> None:
    """What a hostile file might make a library do is bounded, where the system knows how."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    bounds = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_NOFILE: FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for kind, most in bounds.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS knows no bound of memory
            resource.setrlimit(kind, (most, most))
