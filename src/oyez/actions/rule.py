"""What a word sets off: actions, as they are written in a command or a settings file.

run:COMMAND, or just COMMAND      a line for the shell
http://…, https://…               a detection as JSON, by POST
mqtt://[USER:PASSWORD@]HOST/TOPIC a detection as JSON, to a broker
json:, json:FILE                  a line of JSON, printed or added to a file
chime                             our own sound
"""

import json
import re
import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from oyez.actions.mqtt import Message
from oyez.actions.program import Program, describe
from oyez.actions.webhook import Webhook
from oyez.errors import ActionError, ConfigError
from oyez.events import Detection

__all__ = [
    "COOLDOWN_S",
    "TIMEOUT_S",
    "Action",
    "Cancellable",
    "Chime",
    "Command",
    "JsonLine",
    "Rule",
    "parse",
    "read_action",
]

COOLDOWN_S, TIMEOUT_S = 0.0, 10.0

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.DOTALL)
KINDS = "run:COMMAND, http://…, https://…, mqtt://HOST/TOPIC, json:[FILE] or chime"

CREDENTIALS = re.compile(r"//\S*@")
"""User and password of an address: never told."""


class Action(Protocol):
    """One thing that is done at a detection."""

    def __str__(self) -> str:
        """What it is called, without secrets."""
        ...

    def do(self, detection: Detection, timeout_s: float) -> str:
        """Do it, now, on this thread.

        Args:
            detection: what was heard.
            timeout_s: seconds that it may take.

        Returns:
            What came of it, in a few words; nothing where that goes without saying.

        Raises:
            ActionError: it did not work.
        """
        ...


@runtime_checkable
class Cancellable(Protocol):
    """What can be told to end before its time."""

    def cancel(self) -> None:
        """End what runs, or is just being started; from another thread."""
        ...


@dataclass(frozen=True)
class Rule:
    """Which word sets off what."""

    word: str | None
    """None: every word."""
    action: Action
    cooldown_s: float = COOLDOWN_S
    """Seconds after it was set off in which it is not set off again."""
    timeout_s: float = TIMEOUT_S
    """Seconds after which it has failed."""

    def __post_init__(self) -> None:
        if not 0 <= self.cooldown_s < float("inf"):
            raise ConfigError(f"a cooldown must be 0 s or more, got {self.cooldown_s!r}.")
        if not 0 < self.timeout_s <= 3600:
            raise ConfigError(f"a timeout must be above 0 s, at most an hour, got {self.timeout_s!r}.")


class Command:
    """A line for the shell; the detection is in OYEZ_WORD, OYEZ_TIME_S and OYEZ_SCORE."""

    def __init__(self, line: str) -> None:
        """Nothing is started yet."""
        self._line = line
        self._running: Program | None = None
        self._starting = threading.Lock()

    def __str__(self) -> str:
        return f"run:{self._line}"

    def do(self, detection: Detection, timeout_s: float) -> str:
        """Start it, and wait for its end; as in `Action`."""
        with self._starting:
            program = self._running = Program(self._line, describe(detection))
        try:
            code = program.wait(timeout_s)
        finally:
            self._running = None
        if code:
            raise ActionError(f"ended with code {code}. Try the command in a shell.")
        return "done"

    def cancel(self) -> None:
        """End what runs, or is just being started; from another thread."""
        with self._starting:
            running = self._running
        if running is not None:
            running.kill()


class JsonLine:
    """A line of JSON with `word`, `time_s` and `score`."""

    def __init__(self, path: Path | None, say: Callable[[str], None]) -> None:
        """Nothing is written yet.

        Args:
            path: the file to add lines to; None: say them.
            say: is given a line to print.

        Raises:
            ConfigError: it is no file that lines can be added to.
        """
        self._path, self._say = path, say
        if path is not None and (not path.parent.is_dir() or (path.exists() and not path.is_file())):
            raise ConfigError(f"json:{path} must be a file in a folder that exists. Name another.")

    def __str__(self) -> str:
        return f"json:{self._path or ''}"

    def do(self, detection: Detection, timeout_s: float) -> str:  # noqa: ARG002 - a line takes no time
        """Write it; as in `Action`."""
        line = json.dumps(asdict(detection), ensure_ascii=False)
        if self._path is None:
            self._say(line)
            return ""
        try:
            with self._path.open("ab") as file:
                file.write(f"{line}\n".encode())  # at once: a line is never half there
        except OSError as error:
            raise ActionError(f"cannot be written ({error.strerror}).") from None
        return ""


class Chime:
    """Our own sound."""

    def __init__(self, ring: Callable[[], None]) -> None:
        """Nothing sounds yet.

        Args:
            ring: plays it, and returns when it has ended.
        """
        self._ring = ring

    def __str__(self) -> str:
        return "chime"

    def do(self, detection: Detection, timeout_s: float) -> str:  # noqa: ARG002 - always the same sound
        """Let it sound; as in `Action`."""
        self._ring()
        return ""


def parse(
    text: str, words: Collection[str], *, say: Callable[[str], None], ring: Callable[[], None]
) -> tuple[str | None, Action]:
    """A word and what it sets off.

    Args:
        text: WORD=ACTION, or ACTION for every word; see the head of this module.
        words: that are listened for.
        say: is given the lines of `json:`.
        ring: lets the chime sound, and waits for its end.

    Returns:
        The word, or None for all of them; and the action.

    Raises:
        ConfigError: nobody listens for the word, or it is no action.
        MissingExtraError: MQTT's library is not installed.
    """
    word, equals, rest = text.partition("=")
    if equals and word in words:
        return word, read_action(rest, say=say, ring=ring)
    scheme = SCHEME.fullmatch(text)
    if equals and (scheme is None or "=" in scheme[1]):
        raise ConfigError(
            f"no model listens for “{word}”, but for {', '.join(words)}. Write one of them before the =, or "
            f"run: before a command: run:{_told(text)}"
        )
    return None, read_action(text, say=say, ring=ring)


def read_action(text: str, *, say: Callable[[str], None], ring: Callable[[], None]) -> Action:
    """What a word sets off.

    Args:
        text: ACTION alone, see the head of this module.
        say: is given the lines of `json:`.
        ring: lets the chime sound, and waits for its end.

    Returns:
        The action.

    Raises:
        ConfigError: it is no action.
        MissingExtraError: MQTT's library is not installed.
    """
    if text.strip() == "chime":
        return Chime(ring)
    scheme = SCHEME.fullmatch(text)
    kind, rest = (scheme[1], scheme[2]) if scheme else ("run", text)
    if kind == "run" and rest.strip():
        return Command(rest.strip())
    if kind == "json":
        return JsonLine(Path(rest).expanduser() if rest else None, say)
    if kind in ("http", "https", "mqtt") and rest.startswith("//"):
        try:
            url = urlsplit(text)
        except ValueError:  # its text may hold the password
            raise ConfigError(f"{_told(text)} is no address (its host cannot be read). Check it.") from None
        return Message(url) if kind == "mqtt" else Webhook(url)
    raise ConfigError(f"“{_told(text)}” is no action. Use {KINDS}.")


def _told(text: str) -> str:
    """As it may be shown: without the password of an address."""
    return CREDENTIALS.sub("//", text)
