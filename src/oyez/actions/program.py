"""A shell command that is started when a word is heard, and never outlives its time."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from oyez.actions.heard_for import HeardFor
from oyez.errors import ActionError
from oyez.events import Detection

__all__ = ["Program", "describe"]

GRACE_S = 0.5
"""Between asking a program to end and ending it."""


def describe(detection: Detection) -> dict[str, str]:
    """A detection as variables of the environment: OYEZ_WORD, OYEZ_TIME_S, OYEZ_SCORE.

    Of a server also OYEZ_MODEL and OYEZ_CLIENT.
    """
    told = {
        "OYEZ_WORD": detection.word,
        "OYEZ_TIME_S": f"{detection.time_s:.3f}",
        "OYEZ_SCORE": f"{detection.score:.4f}",
    }
    if isinstance(detection, HeardFor):
        told |= {"OYEZ_MODEL": detection.model, "OYEZ_CLIENT": detection.client}
    return told


class Program:
    """A running shell command, in a process group of its own."""

    def __init__(
        self, command: str, environment: Mapping[str, str], *, fed: bool = False, said: int = 2
    ) -> None:
        """Start it.

        Args:
            command: a line for the shell.
            environment: variables beside those that are set already.
            fed: whether its standard input is what `feed` writes; else it is empty.
            said: file descriptor that takes what it prints; standard error if not told.

        Raises:
            ActionError: the system starts no more programs.
        """
        self.command = command
        try:
            self._process = subprocess.Popen(  # noqa: S602 - the user wrote the line for a shell
                command,
                shell=True,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=said,
                bufsize=0,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ActionError(f"cannot be started ({error}). Check the command.") from None

    def feed(self, data: bytes) -> None:
        """Write to its standard input; waits until it reads.

        Raises:
            BrokenPipeError: it reads no more.
        """
        assert self._process.stdin is not None
        left = memoryview(data)
        while left:
            left = left[self._process.stdin.write(left) :]

    def close(self) -> None:
        """Let it read the end of its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def wait(self, timeout_s: float | None) -> int:
        """Wait for its end.

        Args:
            timeout_s: seconds after which it is ended, with all that it started and did not send away;
                None: it is waited for.

        Returns:
            Its exit code; negative: the signal that ended it.

        Raises:
            ActionError: it had to be ended.
        """
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ActionError(
                f"had not ended after {timeout_s:g} s and was stopped. Give it longer with --timeout, or let "
                "it go on in the background: end the command with &"
            ) from None

    def kill(self) -> None:
        """End its whole group: first asked, half a second later forced."""
        if self._process.poll() is not None:
            return
        self._signal(hard=False)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)
        self._signal(hard=True)
        self._process.wait()

    def _signal(self, *, hard: bool) -> None:
        if sys.platform == "win32":
            self._process.kill()
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL if hard else signal.SIGTERM)
        except (ProcessLookupError, PermissionError):
            return  # all of the group have ended
