"""A folder of excerpts, to be listened to later: what was heard, and what nearly was."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from oyez import audio
from oyez.actions.worker import Worker
from oyez.errors import ConfigError, OutputError
from oyez.listen.heard import Excerpt, Nearly
from oyez.output import write_text

__all__ = ["SaveFolder", "Saves"]

NOT_IN_A_NAME = re.compile(r"[^\w-]+")


class SaveFolder:
    """Recordings with a JSON file beside each; the JSON is written last, so where it is, both are whole."""

    def __init__(
        self,
        folder: Path,
        most: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        dry_run: bool = False,
    ) -> None:
        """The folder is made.

        Args:
            folder: where to; what is in it stays.
            most: recordings that it may hold, those included that are there.
            now: the time of day, for names.
            dry_run: whether nothing is written, nor the folder made.

        Raises:
            ConfigError: `most` is not positive.
            OutputError: the folder cannot be made.
        """
        if most < 1:
            raise ConfigError(f"--save-most must be 1 or more, got {most}.")
        self.folder, self.most, self._now, self.dry_run = folder, most, now, dry_run
        try:
            if not dry_run:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be made ({error.strerror}). Name another folder.") from None
        self._count = sum(1 for _ in folder.glob("*.wav"))

    def save(self, excerpt: Excerpt, rate: int) -> Path | None:
        """Write one excerpt.

        Args:
            excerpt: sound, and what was heard in it.
            rate: Hertz of its samples.

        Returns:
            The recording's path; None where the folder is full.

        Raises:
            OutputError: the disk refuses; nothing of it is left.
        """
        if self._count >= self.most:
            return None
        heard, now = excerpt.heard, self._now()
        nearly = isinstance(heard, Nearly)
        word = NOT_IN_A_NAME.sub("-", heard.detection.word)
        name = f"{now:%Y%m%d-%H%M%S-%f}-{word}-{'nearly' if nearly else 'heard'}"
        path = self.folder / f"{name}.wav"
        facts = {
            **asdict(heard.detection),
            "threshold": heard.threshold,
            "heard": not nearly,
            "model": heard.model,
            "start_s": excerpt.start_s,
            "seconds": len(excerpt.samples) / rate,
            "rate": rate,
            "saved": now.isoformat(timespec="seconds"),
        }
        audio.write(path, excerpt.samples, rate)
        try:
            write_text(path.with_suffix(".json"), json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        except OutputError:
            path.unlink(missing_ok=True)
            raise
        self._count += 1
        return path


class Saves:
    """Excerpts on their way to a folder, written on a thread of their own."""

    def __init__(self, folder: SaveFolder, rate: int, tell: Callable[[str], None]) -> None:
        """Nothing is written yet.

        Args:
            folder: where to.
            rate: Hertz of the excerpts.
            tell: is given a line of what went wrong.
        """
        self._folder, self._rate, self._tell = folder, rate, tell
        self._full = False
        self._worker: Worker[Excerpt] = Worker(self._write, tell, f"--save {folder.folder}")

    def put(self, excerpt: Excerpt) -> None:
        """Leave one to be written, and return at once."""
        found = excerpt.heard.detection
        if self._folder.dry_run:
            kept = f"{len(excerpt.samples) / self._rate:.1f} s"
            self._tell(
                f"--save {self._folder.folder}: would keep {kept} ({found.word}, {found.time_s:.2f} s)"
            )
        elif not self._worker.put(excerpt):
            self._tell(
                f"--save {self._folder.folder}: the disk is behind; what was heard at {found.time_s:.2f} s "
                "is not kept"
            )

    def stop(self, patience_s: float) -> None:
        """Write what waits, and take no more."""
        if not self._worker.stop(patience_s):
            self._tell(f"--save {self._folder.folder}: the disk is behind; the last excerpts are not kept")

    def _write(self, excerpt: Excerpt) -> None:
        if self._folder.save(excerpt, self._rate) is None and not self._full:
            self._full = True
            self._tell(
                f"--save {self._folder.folder}: holds {self._folder.most} recordings, no more are kept. "
                "Empty it, or pass a higher --save-most"
            )
