"""The person's side of a session, in a terminal: prompts, level meter, verdicts; plain lines elsewhere."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.text import Text

from oyez.meter import meter
from oyez.record.session import Choice
from oyez.record.take import Take

__all__ = ["Terminal", "summary"]

METER_CELLS = 24
INDENT = 6  # columns

KEYS = {"k": Choice.KEEP, "a": Choice.AGAIN, "p": Choice.PLAY, "s": Choice.SKIP, "q": Choice.QUIT}
ENTER = "\n"
GONE = ""


class Terminal:
    """Talks on standard error. The meter and colours are for a terminal; else each step is a line."""

    def __init__(self, console: Console, key: Callable[[], str] | None = None) -> None:
        """Nothing is shown yet.

        Args:
            console: where to.
            key: waits for a key; None: nobody is asked.
        """
        self._console, self._key = console, key
        self._live: Live | None = None
        self._asked = ""
        self._counting = False  # a line of 3 2 1 that has not ended

    def ask(self, word: str, number: int, count: int) -> None:
        """Name the word that comes next."""
        self._asked = f"say “{word}”" if word else "keep quiet: the room is recorded"
        self._line(Text(f"{number}/{count}  {self._asked}" if word else self._asked, style="bold"))

    def count_down(self, left: int) -> None:
        """3, 2, 1."""
        if self._console.is_terminal:
            self._show(Text(f"{left} …", style="yellow"))
        else:
            self._console.print(f"{left} …", end=" ", highlight=False)
            self._counting = True

    def listen(self, level_dbfs: float, left_s: float) -> None:
        """The meter; elsewhere only that it starts."""
        if self._console.is_terminal:
            prompt = Text.assemble(("● ", "bold red"), self._asked, "  ")
            self._show(prompt + meter(level_dbfs, METER_CELLS) + Text(f"  {left_s:4.1f} s"))
        elif self._asked:
            self._line(Text("now"))
            self._asked, self._counting = "", False

    def judge(self, take: Take) -> None:
        """What was heard, or all that is wrong with it."""
        self._hide()
        if take.passes:
            self._line(Text.assemble(("good", "green"), f": {summary(take)}"), INDENT)
        for problem in take.problems:
            rest = f" ({problem.detail}). {problem.advice}"
            self._line(Text.assemble((problem.what, "bold red"), rest), INDENT)

    def choose(self, take: Take) -> Choice:
        """One key; Enter keeps what passes, and tries again what does not."""
        assert self._key is not None
        enter = Choice.KEEP if take.passes else Choice.AGAIN
        keys = "  ".join(f"{key} {choice.value}" for key, choice in KEYS.items())
        text = Text(f"Enter {enter.value}  {keys}", style="dim")
        if self._console.is_terminal:
            self._show(text)
        else:
            self._line(text, INDENT)
        while (key := self._key()) not in (*KEYS, ENTER, GONE):
            pass
        self._hide()
        return enter if key == ENTER else KEYS.get(key, Choice.QUIT)

    def saved(self, path: Path) -> None:
        """Name the new file."""
        self._line(Text(f"→ {path}", style="dim"), INDENT)

    def note(self, text: str) -> None:
        """Tell something else."""
        self._line(Text(text))

    def close(self) -> None:
        """Take the meter away, whatever happened."""
        self._hide()
        if self._counting:
            self._line(Text())

    def _line(self, text: Text, indent: int = 0) -> None:
        if self._console.is_terminal:
            self._console.print(Padding(text, (0, 0, 0, indent), expand=False), highlight=False)
        else:
            self._console.print(Text(" " * indent) + text, highlight=False, soft_wrap=True)

    def _show(self, text: Text) -> None:
        text.no_wrap, text.overflow = True, "crop"
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(Padding(text, (0, 0, 0, INDENT), expand=False), refresh=True)

    def _hide(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def summary(take: Take) -> str:
    """What a good take measures, in a few words."""
    got = take.measures
    if got.snr_db:
        return f"{got.seconds:.2f} s at {got.level_dbfs:.0f} dBFS, {got.snr_db:.0f} dB over the room"
    return f"{got.seconds:.1f} s at {got.level_dbfs:.0f} dBFS"
