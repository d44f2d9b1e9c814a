"""Single keys of a terminal, without Enter."""

import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from oyez.errors import ConfigError

__all__ = ["Keyboard"]


class Keyboard:
    """Used as a context manager: the terminal is as it was afterwards. Control-C still interrupts."""

    def __init__(self, descriptor: int | None = None) -> None:
        """Of a terminal.

        Args:
            descriptor: of an open terminal; None: standard input.

        Raises:
            ConfigError: it is no terminal.
        """
        self._descriptor = sys.stdin.fileno() if descriptor is None else descriptor
        if not os.isatty(self._descriptor):
            raise ConfigError(
                "there is no keyboard here to choose with. Pass --yes to keep what passes, or record from a "
                "pipe with --stdin."
            )
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            import termios
            import tty

            self._before = termios.tcgetattr(self._descriptor)
            tty.setcbreak(self._descriptor)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32":
            import termios

            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def key(self) -> str:
        """The next key, a small letter where it is one; what was typed before is forgotten.

        Returns:
            A character, a line feed for Enter, or nothing when the terminal is gone.
        """
        if sys.platform == "win32":
            import msvcrt

            while msvcrt.kbhit():
                msvcrt.getwch()
            return msvcrt.getwch().replace("\r", "\n").lower()
        import termios

        try:
            termios.tcflush(self._descriptor, termios.TCIFLUSH)
            return os.read(self._descriptor, 1).decode("ascii", "replace").replace("\r", "\n").lower()
        except (OSError, termios.error):
            return ""
