"""Stages of a training on the terminal: a bar for each, or a line where there is no terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from oyez.train.stages import Progress

__all__ = ["shown"]


@contextmanager
def shown(console: Console) -> Iterator[Progress]:
    """Bars that stay when a stage is done.

    Args:
        console: of stderr.

    Yields:
        To be called with a stage's name, what is done of it, and all of it.
    """
    columns = (
        TextColumn("{task.description:20}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:

        def on_progress(stage: str, done: float, total: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
                if not console.is_terminal:
                    console.print(stage, highlight=False)
            bars.update(tasks[stage], completed=done, total=total)

        yield on_progress
