"""Stages of a training: told while they go on, and timed; the times stay in its folder."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from oyez.output import write_text

__all__ = ["Progress", "Stages"]

Progress = Callable[[str, float, float], None]
"""Called with a stage's name, what is done of it, and all of it, in its own units."""


class Stages:
    """Where the minutes go: what passes until a stage is told of is that stage's.

    Times add up over all runs of a folder, those that were stopped too.
    """

    def __init__(self, folder: Path, on_progress: Progress) -> None:
        """Go on with the times that the folder holds."""
        self._path, self._on_progress = folder / "seconds.json", on_progress
        self._seconds: dict[str, float] = {}
        if self._path.exists():
            self._seconds = json.loads(self._path.read_text(encoding="utf-8"))
        self._last_s = time.monotonic()

    @property
    def seconds(self) -> dict[str, float]:
        """On the clock, by stage."""
        return {name: round(seconds, 1) for name, seconds in self._seconds.items()}

    def told(self, name: str, done: float, total: float) -> None:
        """Count the time and pass it on: a `Progress`."""
        self._count(name)
        self._on_progress(name, done, total)

    @contextmanager
    def stage(self, name: str, total: float) -> Iterator[Callable[[float], None]]:
        """One stage, whose time is kept, however it ends.

        Args:
            name: of the stage.
            total: all of it, in its own units.

        Yields:
            To be called with what was done since the last call.
        """
        done = 0.0

        def advance(count: float) -> None:
            nonlocal done
            done += count
            self.told(name, done, total)

        self.told(name, 0.0, total)
        try:
            yield advance
        finally:
            self._count(name)
            self.save()

    def save(self) -> None:
        """Write the times into the folder."""
        write_text(self._path, json.dumps(self.seconds, indent=1) + "\n", overwrite=True)

    def _count(self, name: str) -> None:
        now_s = time.monotonic()
        self._seconds[name] = self._seconds.get(name, 0.0) + now_s - self._last_s
        self._last_s = now_s
