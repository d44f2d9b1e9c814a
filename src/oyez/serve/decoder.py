"""A recording that somebody sent, decoded by a process of its own (`oyez.serve.decode`)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from oyez.errors import AudioError
from oyez.serve.decode import FAILED, LENGTH, RATE
from oyez.sound import Samples

__all__ = ["Decoder"]

PROGRAM = "from oyez.serve.decode import main; main()"
LONGEST_TEXT = 4_096


class Decoder:
    """Pieces of samples, as they are decoded."""

    def __init__(self, folder: Path, longest_s: float) -> None:
        """Not started: `async with` does that.

        Args:
            folder: where the recording lies, named as `oyez.serve.decode` expects it.
            longest_s: seconds that it may have.
        """
        self._folder, self._longest_s = folder, longest_s
        self.rate = 0
        """Hertz, once it has begun."""

    async def __aenter__(self) -> Self:
        """Started, up to the first samples.

        Raises:
            AudioError: it is no recording that can be read.
        """
        command = [sys.executable, "-P", "-c", PROGRAM, str(self._longest_s)]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._folder,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # each would reserve memory of its own
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # libraries warn there
        )
        try:
            (self.rate,) = RATE.unpack(await self._piece())
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ended, wherever it is."""
        await self._end()

    async def __aiter__(self) -> AsyncIterator[Samples]:
        """Samples, (samples,), a fraction of a second at a time.

        Raises:
            AudioError: it is broken, or too long.
        """
        while data := await self._piece():
            yield np.frombuffer(data, "<f4").astype(np.float32)

    async def _piece(self) -> bytes:
        assert self._process.stdout is not None  # it is a pipe
        try:
            (length,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
            if length == FAILED:
                text = await self._process.stdout.read(LONGEST_TEXT)
                raise AudioError(text.decode("utf-8", "replace"))
            return await self._process.stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            raise AudioError(
                "the recording could not be decoded: its decoder broke off. Convert it again."
            ) from None

    async def _end(self) -> None:
        with suppress(ProcessLookupError):  # it has ended by itself
            self._process.kill()
        await self._process.wait()
