"""A session of recording: prompt, countdown, take, verdict, and what becomes of it.

Knows no microphone, terminal or keyboard: a source, a prompter and a player are handed in. Time is samples
of the source, so a session at a pipe and one at a microphone go the same way.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

import numpy as np

from oyez.detect.sources import Source
from oyez.errors import AudioError, ConfigError, DeviceError
from oyez.record.folder import BACKGROUNDS, RecordingFolder
from oyez.record.take import Limits, Problem, Take, examine, examine_room
from oyez.sound import Samples, rms_dbfs

__all__ = ["Choice", "Outcome", "Plan", "Player", "Prompter", "Session"]

TICKS = 3
SETTLE_S = 0.3
"""Seconds dropped before each take, at least: what the loudspeaker or a key left in the room."""

SHORTEST_TAKE_S, LONGEST_TAKE_S = 0.5, 3600.0
MOST_FAILURES = 5
LOST = Problem("interrupted", "the computer was too busy, samples are missing", "Close other programs.")

Player = Callable[[Samples, int], None]
"""Plays samples at a rate, and returns when they are over."""


class Choice(Enum):
    """What becomes of a take."""

    KEEP = "keep"
    AGAIN = "again"
    PLAY = "play"
    SKIP = "skip"
    QUIT = "quit"


@dataclass(frozen=True)
class Plan:
    """What is to be recorded."""

    folder: str
    """Sub-folder of the folder of words."""
    speaker: str
    """Empty for a room."""
    count: int
    """Recordings of the speaker that shall be there in the end."""
    take_s: float = 2.5
    countdown_s: float = 1.5
    limits: Limits = field(default_factory=Limits)
    automatic: bool = False
    """Whether what passes is kept and what does not is said again, without a question."""

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigError(f"--count must be 1 or more, got {self.count}.")
        if not SHORTEST_TAKE_S <= self.take_s <= LONGEST_TAKE_S:
            raise ConfigError(
                f"a take must be {SHORTEST_TAKE_S:g}..{LONGEST_TAKE_S:g} s long, got {self.take_s:g} s."
            )
        if not SETTLE_S <= self.countdown_s <= 60:
            raise ConfigError(f"--countdown must be {SETTLE_S:g}..60 s, got {self.countdown_s:g}.")


class Prompter(Protocol):
    """Shows a person what to do and what was heard."""

    def ask(self, word: str, number: int, count: int) -> None:
        """Name the word that comes next, the `number`th of `count`."""
        ...

    def count_down(self, left: int) -> None:
        """So many ticks are left."""
        ...

    def listen(self, level_dbfs: float, left_s: float) -> None:
        """The take is running, and sounds as loud as this."""
        ...

    def judge(self, take: Take) -> None:
        """Show a verdict."""
        ...

    def choose(self, take: Take) -> Choice:
        """Ask what becomes of it."""
        ...

    def saved(self, path: Path) -> None:
        """A recording was written."""
        ...

    def note(self, text: str) -> None:
        """Tell something else."""
        ...


@dataclass
class Outcome:
    """What came of a session, or of files."""

    kept: int = 0
    """Recordings written."""
    there: int = 0
    """Recordings that were there already, and so not written again."""
    failures: Counter[str] = field(default_factory=Counter)
    """Takes that were not kept, by what was wrong with them."""
    ended: bool = False
    """Whether the stream ended before all was recorded."""


class Session:
    """One speaker, one sub-folder, as many recordings as are still missing."""

    def __init__(
        self,
        source: Source,
        folder: RecordingFolder,
        prompter: Prompter,
        plan: Plan,
        *,
        player: Player | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """Nothing is heard before `run`.

        Args:
            source: what is recorded.
            folder: where to.
            prompter: who talks to the person.
            plan: what is wanted.
            player: plays a take back; None: nothing is played.
            now: the time that a recording is said to be of.
        """
        self._source, self._folder, self._prompter, self._plan = source, folder, prompter, plan
        self._player, self._now = player, now
        self._blocks = iter(source)
        self._waiting = np.zeros(0, np.float32)
        self._outcome = Outcome()

    def run(self, words: Iterable[str]) -> Outcome:
        """Record until enough is there, the person has enough, or the stream ends.

        Args:
            words: what to ask for, one for each recording.

        Returns:
            What came of it.

        Raises:
            DeviceError: the microphone is gone; what was kept is on disk.
            AudioError: without a person to ask, five takes in a row did not pass.
            OutputError: the disk refuses.
        """
        plan = self._plan
        first = self._folder.count(plan.folder, plan.speaker) + 1
        for number, word in zip(range(first, plan.count + 1), words, strict=False):
            if not self._record(word, number):
                break
        return self._outcome

    def _record(self, word: str, number: int) -> bool:
        """Takes of one word until one is kept or it is skipped; whether to go on."""
        failures = 0
        while True:
            self._prompter.ask(word, number, self._plan.count)
            take = self._take()
            if take is None:
                return False
            self._prompter.judge(take)
            choice = self._choose(take)
            if choice is Choice.KEEP:
                self._keep(take, word)
                return True
            if choice in (Choice.SKIP, Choice.QUIT):
                return choice is Choice.SKIP
            failures += 1
            self._outcome.failures.update([take.problems[0].what if take.problems else "not liked"])
            if self._plan.automatic and failures == MOST_FAILURES:
                raise AudioError(f"{failures} takes in a row did not pass. The last: {take.problems[0]}")

    def _take(self) -> Take | None:
        """Count down, listen, look at it; None when the stream has ended."""
        plan, rate = self._plan, self._source.rate
        self._source.flush()  # what is left of one block is dropped with the countdown
        for left in range(TICKS, 0, -1):
            self._prompter.count_down(left)
            self._read(plan.countdown_s / TICKS)
        samples = self._read(plan.take_s, self._prompter.listen)
        if len(samples) < min(SHORTEST_TAKE_S, plan.take_s) * rate:
            self._outcome.ended = True
            return None
        look = examine_room if plan.folder == BACKGROUNDS else examine
        take = look(samples, rate, plan.limits)
        return replace(take, problems=(*take.problems, LOST)) if self._source.lost else take

    def _read(
        self, seconds: float, on_level: Callable[[float, float], None] = lambda _level, _left: None
    ) -> Samples:
        """The next samples, fewer at the end of the stream."""
        missing = round(seconds * self._source.rate)
        parts = []
        while missing:
            if not len(self._waiting):
                block = next(self._blocks, None)
                if block is None:
                    break
                self._waiting = block
            part, self._waiting = self._waiting[:missing], self._waiting[missing:]
            parts.append(part)
            missing -= len(part)
            on_level(rms_dbfs(part), missing / self._source.rate)
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def _choose(self, take: Take) -> Choice:
        if self._plan.automatic:
            return Choice.KEEP if take.passes else Choice.AGAIN
        if take.passes and self._plan.folder != BACKGROUNDS:
            self._play(take)
        while (choice := self._prompter.choose(take)) is Choice.PLAY:
            self._play(take)
        return choice

    def _play(self, take: Take) -> None:
        """Play it back; the countdown before the next take lets the room fall silent again."""
        if self._player is None:
            return
        try:
            self._player(take.clip, take.rate)
        except DeviceError as error:
            self._player = None
            self._prompter.note(f"{error} Recording goes on without playback.")

    def _keep(self, take: Take, word: str) -> None:
        plan = self._plan
        path = self._folder.add(
            plan.folder,
            plan.speaker,
            take.clip,
            take.rate,
            take.measures,
            word=word,
            device=self._source.name,
            recorded=self._now().isoformat(timespec="seconds"),
        )
        self._outcome.kept += 1
        self._prompter.saved(path)
