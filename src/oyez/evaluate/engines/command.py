"""Any program: it reads 16-bit mono PCM at 16 kHz on standard input, and prints a line for each detection.

A line is `SECONDS [SCORE]`: seconds of audio from the start of the stream to the moment it was heard, and a
score of 0..1. What it prints goes to a file and is read when the program has ended, so it may come late, and
all scores come with `finish`.
"""

import tempfile
import weakref
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from oyez.actions.program import Program
from oyez.config import TriggerConfig
from oyez.errors import ActionError, ConfigError, DataError
from oyez.evaluate.engine import Listener, Scores
from oyez.evaluate.engines.blocks import NONE, RATE, BlockListener, Pcm, impulses

__all__ = ["Command"]

BLOCK = 1_280
STEP_S = BLOCK / RATE

EVERY_LINE = TriggerConfig(threshold=0.001, smoothing=1, release=0.5, refractory_s=0.0)
"""A line is a detection, whatever its score."""

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""One thread, for the libraries that can be told so from outside."""


@dataclass(frozen=True)
class Command:
    """A program in a shell's words; it is started for each stream."""

    command: str
    word: str
    trigger: TriggerConfig = EVERY_LINE
    sweeps: bool = False
    """With scores, lines are candidates: those of 0.5 and more are detections, and every threshold can be
    judged. Without, lines are detections."""
    rate: int = RATE
    step_s: float = STEP_S
    wait_s: float = STEP_S

    @classmethod
    def open(cls, command: str, word: str | None = None, *, scored: bool = False) -> "Command":
        """Nothing is started before `listen`."""
        trigger = TriggerConfig(threshold=0.5) if scored else EVERY_LINE
        return cls(command, word or command, trigger, sweeps=scored)

    @property
    def name(self) -> str:
        """The command."""
        return f"command {self.command}"

    def listen(self, rate: int) -> Listener:
        """Start the program, for a stream of samples at that rate in Hertz.

        Raises:
            ConfigError: the system starts no more programs.
        """
        return BlockListener(rate, BLOCK, _Hearing(self.command, scored=self.sweeps))


class _Hearing:
    """A running program; one that is forgotten is ended."""

    def __init__(self, command: str, *, scored: bool) -> None:
        self._command, self._scored, self._steps = command, scored, 0
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the program runs
        try:
            self._program = Program(command, ENVIRONMENT, fed=True, said=self._said.fileno())
        except ActionError as error:
            self._said.close()
            raise ConfigError(f"{command}: {error}") from None
        self._abandon = weakref.finalize(self, _end, self._program, self._said)

    def push(self, block: Pcm) -> Scores:
        self._steps += 1
        try:
            self._program.feed(block.astype("<i2").tobytes())
        except BrokenPipeError:
            code = self._program.wait(None)
            self._abandon()
            raise DataError(
                f"{self._command}: ended with exit code {code} after at most {self._steps * STEP_S:.2f} s of "
                "audio. It has to read until its standard input ends."
            ) from None
        return NONE

    def finish(self) -> Scores:
        self._program.close()
        code = self._program.wait(None)
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").splitlines()
        self._abandon()
        if code:
            raise DataError(f"{self._command}: ended with exit code {code}. Try it on a recording by hand.")
        return impulses([self._read(line) for line in lines if line.strip()], 0, self._steps, STEP_S)

    def _read(self, line: str) -> tuple[float, float]:
        """The time and the score of a line."""
        try:
            time_s, *rest = (float(field) for field in line.split())
            score = rest[0] if rest else 1.0
            fits = len(rest) == 1 or (not rest and not self._scored)
        except ValueError:
            fits = False
        if not fits or not 0 <= score <= 1 or not 0 <= time_s <= self._steps * STEP_S:
            wanted = "SECONDS SCORE" if self._scored else "SECONDS or SECONDS SCORE"
            raise DataError(
                f"{self._command}: printed {line.strip()[:80]!r}, expected {wanted}, with seconds within the "
                f"{self._steps * STEP_S:.2f} s heard and a score of 0 to 1."
            )
        return time_s, score


def _end(program: Program, said: IO[bytes]) -> None:
    program.kill()
    with suppress(OSError):
        program.close()
    said.close()
