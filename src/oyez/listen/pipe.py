"""What is said after a wake, fed to another program's standard input."""

import threading
import time
from collections.abc import Callable

from oyez.actions.program import Program, describe
from oyez.errors import ActionError
from oyez.listen.heard import Heard
from oyez.sound import Samples, to_int16

__all__ = ["Pipe"]

MOST = 4
"""Programs that may be at work at once: one is fed, the others think about what they were told."""

TIMEOUT_S = 60.0
"""Seconds from a passage's end to that of its program."""

LAG_S = 5.0


class Pipe:
    """Starts a program for each passage, and feeds it raw 16-bit samples, one channel, as they come.

    A passage waits in memory until its program reads it: a slow one loses nothing, and keeps nobody waiting.
    The buffer is bounded, as passages are (`oyez.listen.passage`) and the number of programs is.
    """

    def __init__(
        self,
        command: str,
        rate: int,
        tell: Callable[[str], None],
        timeout_s: float = TIMEOUT_S,
        *,
        dry_run: bool = False,
    ) -> None:
        """Nothing is started yet.

        Args:
            command: a line for the shell; the detection is in its environment as for actions, and the
                rate in OYEZ_RATE.
            rate: Hertz of the samples.
            tell: is given a line of what went wrong, on the passage's thread.
            timeout_s: seconds that a program may take after its passage.
            dry_run: whether only to tell what would be started.
        """
        self._command, self._rate, self._tell, self._timeout_s = command, rate, tell, timeout_s
        self._dry_run = dry_run
        self._feeds: list[_Feed] = []
        self._open: _Feed | None = None

    def start(self, heard: Heard) -> None:
        """A passage begins."""
        if self._dry_run:
            found = heard.detection
            self._tell(f"--pipe {self._command}: would be started ({found.word}, {found.time_s:.2f} s)")
            return
        self._feeds = [feed for feed in self._feeds if feed.is_alive()]
        if len(self._feeds) >= MOST:
            self._tell(f"--pipe {self._command}: {MOST} of it are still at work, so this one is left out")
            return
        environment = {**describe(heard.detection), "OYEZ_RATE": str(self._rate)}
        self._open = _Feed(self._command, environment, self._tell, self._timeout_s)
        self._open.start()
        self._feeds.append(self._open)

    def write(self, samples: Samples) -> None:
        """More of the passage."""
        if self._open is not None:
            self._open.write(to_int16(samples).astype("<i2").tobytes())

    def end(self) -> None:
        """The passage is over; its program reads the end of its input."""
        if self._open is not None:
            self._open.end()
            self._open = None

    def stop(self, patience_s: float | None = None) -> None:
        """End the open passage; wait for the programs, and end those that do not come to their end.

        Args:
            patience_s: seconds to wait for all together; None: as long as they may take.
        """
        self.end()
        until_s = time.monotonic() + (self._timeout_s + LAG_S if patience_s is None else patience_s)
        for feed in self._feeds:
            feed.join(max(0.0, until_s - time.monotonic()))
            feed.give_up("was still at work at the end")
        for feed in self._feeds:
            feed.join(LAG_S)


class _Feed(threading.Thread):
    """One program, and the thread that feeds it."""

    def __init__(
        self,
        command: str,
        environment: dict[str, str],
        tell: Callable[[str], None],
        timeout_s: float,
    ) -> None:
        super().__init__(name=f"--pipe {command}", daemon=True)
        self._command, self._environment, self._tell_line = command, environment, tell
        self._timeout_s = timeout_s
        self._waiting = bytearray()
        self._changed = threading.Condition()
        self._ended = False
        self._program: Program | None = None
        self._given_up = ""
        self._timer = threading.Timer(timeout_s, self.give_up, [f"had not ended {timeout_s:g} s later"])
        self._timer.daemon = True

    def write(self, data: bytes) -> None:
        """Bytes to be fed."""
        with self._changed:
            self._waiting += data
            self._changed.notify()

    def end(self) -> None:
        """Nothing comes any more: the program has so long to end as it is allowed."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._timer.start()

    def give_up(self, why: str) -> None:
        """End the program, from another thread; what it should have read is dropped."""
        with self._changed:
            program = self._program
            if not self.is_alive():
                return
            self._given_up, self._ended = why, True
            self._changed.notify()
        if program is not None:
            program.kill()

    def run(self) -> None:
        """Start the program, feed it, wait for its end."""
        try:
            program = Program(self._command, self._environment, fed=True)
        except ActionError as error:
            self._timer.cancel()
            self._tell(str(error))
            return
        with self._changed:
            self._program = program
            too_late = self._given_up
        if too_late:
            program.kill()
        unread = self._feed(program)
        code = program.wait(None)  # the timer ends it, at the latest
        self._timer.cancel()
        if self._given_up:
            self._tell(f"{self._given_up}, and was stopped")
        elif code:
            self._tell(f"ended with code {code}. Try the command in a shell")
        elif unread:
            self._tell("stopped reading before the end")

    def _feed(self, program: Program) -> bool:
        """Give it what comes.

        Returns:
            Whether it closed its input before the end.
        """
        try:
            while data := self._next():
                program.feed(data)
        except BrokenPipeError:
            return True
        finally:
            program.close()
        return False

    def _next(self) -> bytes:
        """What waits, as soon as something does; nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._waiting)
            data = b"" if self._given_up else bytes(self._waiting)
            self._waiting.clear()
            return data

    def _tell(self, what: str) -> None:
        self._tell_line(f"--pipe {self._command}: {what}")
