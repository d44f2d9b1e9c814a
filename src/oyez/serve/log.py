"""The server's log: a line for each event, for people or as JSON, that keeps nobody waiting.

Lines are written by a thread of its own. Where the reader of the log does not keep up, lines are left out,
and counted; the server goes on.
"""

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from oyez.actions.worker import Worker

__all__ = ["JsonLines", "Log", "PlainLines", "kept", "write_to"]

WAITING = 1_000
"""Lines that may wait for the reader."""

LONGEST = 2_000
"""Characters of one text: a client may have sent it."""

PATIENCE_S = 1.0
"""At the end, for what still waits."""

OURS = "oyez.serve"
"""The logger of the server; its modules have theirs below it."""

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would end a line, or move a terminal's cursor."""

KNOWN = {*logging.makeLogRecord({}).__dict__, "message", "taskName"}
"""What every record has; the rest was told with `extra`."""


class PlainLines(logging.Formatter):
    """For people: time, level, what happened, to whom; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, as it is shown."""
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        client = getattr(record, "client", "")
        who = f" [{_printable(client)}]" if client else ""
        line = f"{at} {record.levelname.lower():7} {_printable(record.getMessage())}{who}"
        if record.exc_info:
            line += "\n  " + self.formatException(record.exc_info).replace("\n", "\n  ")
        return line


class JsonLines(logging.Formatter):
    """For programs: `time` (UTC), `level`, `source`, `text`, and what else is known of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        values: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "source": record.name,
            "text": record.getMessage()[:LONGEST],
        }
        values |= {name: _short(value) for name, value in vars(record).items() if name not in KNOWN}
        if record.exc_info:
            values["traceback"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False, default=str)


class Log(logging.Handler):
    """Takes records on any thread, at once, and writes them on its own."""

    def __init__(
        self, write: Callable[[bytes], None], *, as_json: bool = False, waiting: int = WAITING
    ) -> None:
        """Nothing was told.

        Args:
            write: takes a line, and may take its time.
            as_json: whether lines are JSON.
            waiting: lines that may wait for it.
        """
        super().__init__(logging.INFO)
        self.setFormatter(JsonLines() if as_json else PlainLines())
        self._write = write
        self.lost = 0
        """Lines that were left out, so far."""
        self._told = 0
        self._worker: Worker[str] = Worker(self._put, self._failed, "log", waiting)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record, without waiting; one that cannot be shown is lost."""
        try:
            taken = self._worker.put(self.format(record))
        except Exception:  # whatever it is: a line of the log must not end a stream
            taken = False
        if not taken:
            self.lost += 1

    def stop(self, patience_s: float = PATIENCE_S) -> bool:
        """Write what waits.

        Args:
            patience_s: seconds to wait for the reader at most.

        Returns:
            Whether all was written.
        """
        return self._worker.stop(patience_s)

    def _put(self, line: str) -> None:
        lost = self.lost
        if lost > self._told:
            text = f"{lost - self._told} lines were left out: whoever reads this log does not keep up"
            self._told = lost
            self._write(self._line(self.format(logging.makeLogRecord(_warning(text)))))
        self._write(self._line(line))

    def _failed(self, _why: str) -> None:
        """The reader has gone: there is nobody to tell."""
        self.lost += 1

    def _line(self, text: str) -> bytes:
        return f"{text}\n".encode(errors="backslashreplace")


@contextmanager
def kept(log: Log) -> Iterator[Log]:
    """Have a log take what the server tells, and warnings of all else; its lines are written at the end."""
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    level = ours.level
    root.addHandler(log)
    ours.setLevel(logging.INFO)
    try:
        yield log
    finally:
        root.removeHandler(log)
        ours.setLevel(level)
        log.stop()


def write_to(descriptor: int) -> Callable[[bytes], None]:
    """What writes lines to an open file.

    Past Python's own buffers: a thread that waits in one of those would keep the process from its end.

    Args:
        descriptor: such as 2, standard error.
    """

    def write(line: bytes) -> None:
        left = memoryview(line)
        while left:
            left = left[os.write(descriptor, left) :]

    return write


def _printable(text: object) -> str:
    return UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), str(text)[:LONGEST])


def _short(value: object) -> object:
    return value[:LONGEST] if isinstance(value, str) else value


def _warning(text: str) -> dict[str, Any]:
    return {"name": OURS, "levelno": logging.WARNING, "levelname": "WARNING", "msg": text}
