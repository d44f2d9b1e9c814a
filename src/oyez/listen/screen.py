"""What a listening program shows: words as they are heard, a meter below them; plain lines elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from oyez.listen.heard import Heard, Level, Nearly
from oyez.meter import LOWEST_DBFS, meter

__all__ = ["Screen", "at", "score_bar"]

METER_CELLS, SCORE_CELLS = 16, 20
REFRESH_S = 0.1


class Screen:
    """Words go to standard output, everything else to standard error: so they can be piped on.

    Both may be used from any thread. The meter is there only on a terminal.
    """

    def __init__(
        self,
        out: Console,
        err: Console,
        words: Sequence[tuple[str, float]],
        *,
        as_json: bool = False,
        pause_s: float = 0.0,
    ) -> None:
        """Nothing is shown yet.

        Args:
            out: standard output.
            err: standard error.
            words: with their thresholds, in the order of `Level.scores`.
            as_json: whether words are lines of JSON.
            pause_s: seconds without a meter after a word: what programs print then finds an empty line.
        """
        # where both are the same terminal, one console keeps words and meter apart
        self._out = err if out.is_terminal and err.is_terminal else out
        self._err = err
        self._words, self._as_json, self._pause_s = words, as_json, pause_s
        self._live: Live | None = None
        self._loudest_dbfs = LOWEST_DBFS
        self._highest = [0.0] * len(words)
        self._now_s, self._shown_s = 0.0, -REFRESH_S

    def __enter__(self) -> Self:
        if self._err.is_terminal:
            self._live = Live(
                console=self._err,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def say(self, line: str | Text) -> None:
        """A line for standard output, as it is.

        Raises:
            BrokenPipeError: nobody reads it any more.
        """
        if self._out.is_terminal:
            self._out.print(line, markup=False, highlight=False, soft_wrap=True)
        else:  # rich would leave the program when the reader does
            self._out.file.write(f"{line}\n")
            self._out.file.flush()

    def tell(self, line: str) -> None:
        """A line for standard error."""
        self._err.print(Text(line, style="dim"), soft_wrap=True)

    def heard(self, heard: Heard) -> None:
        """A word was heard, or nearly."""
        found = heard.detection
        if isinstance(heard, Nearly):
            short = f"{found.score:.2f} of {heard.threshold:.2f}"
            self.tell(f"{at(found.time_s)}  {found.word}, nearly: {short}")
            return
        self.rest()
        if self._as_json:
            self.say(json.dumps({**asdict(found), "model": heard.model}, ensure_ascii=False))
        else:
            word = (found.word, "bold green")
            self.say(Text.assemble(f"{at(found.time_s)}  ", word, f"  {found.score:.2f}"))

    def rest(self) -> None:
        """Take the meter away for a moment: a program may have something to say."""
        if self._live is not None and self._pause_s:
            self._live.update(Text(), refresh=True)
            self._shown_s = self._now_s + self._pause_s

    def level(self, level: Level) -> None:
        """Move the meter, ten times a second of sound: to the highest since it moved last."""
        if self._live is None:
            return
        self._now_s = level.time_s
        self._loudest_dbfs = max(self._loudest_dbfs, level.level_dbfs)
        self._highest = list(map(max, self._highest, level.scores))
        if level.time_s - self._shown_s < REFRESH_S:
            return
        line = Text(f"{at(level.time_s)}  ") + meter(self._loudest_dbfs, METER_CELLS)
        for (word, threshold), score in zip(self._words, self._highest, strict=True):
            line += Text(f"  {word} ") + score_bar(score, threshold)
        if level.muted:
            line += Text("  muted", style="yellow")
        line.no_wrap, line.overflow = True, "crop"
        self._live.update(line, refresh=True)
        self._shown_s, self._loudest_dbfs = level.time_s, LOWEST_DBFS
        self._highest = [0.0] * len(self._words)


def at(time_s: float) -> str:
    """Minutes, seconds and hundredths; hours where there are some."""
    minutes, seconds = divmod(round(time_s * 100) / 100, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{seconds:05.2f}" if hours else f"{minutes}:{seconds:05.2f}"


def score_bar(score: float, threshold: float) -> Text:
    """A bar from 0 to 1 with a mark at the threshold, green from there on; and the number."""
    filled, mark = round(SCORE_CELLS * score), min(SCORE_CELLS - 1, round(SCORE_CELLS * threshold))
    cells = ["█"] * filled + ["░"] * (SCORE_CELLS - filled)
    cells[mark] = "┃"
    colour = "bold green" if score >= threshold else "cyan"
    return Text.assemble(("".join(cells), colour), f" {score:.2f}")
