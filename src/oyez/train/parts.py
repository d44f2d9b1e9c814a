"""Parts of a bank written in this process or in several, each with its own trunk and sounds."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import torch

__all__ = ["Writer", "write_parts"]


class Writer(Protocol):
    """Writes parts; opening it takes seconds."""

    def write(self, path: Path, part: Any, /) -> int:
        """Write one part; returns how many recordings it was made of."""
        ...


def write_parts(missing: Mapping[Path, Any], begin: Callable[[], Writer], jobs: int) -> Iterator[int]:
    """Write every part.

    Args:
        missing: what each file is made of.
        begin: opens a writer, once in each process.
        jobs: processes; with 1 all is done in this one.

    Yields:
        What each `write` gave, in the order in which parts are done.
    """
    if not missing:
        return
    if jobs == 1 or len(missing) == 1:
        writer = begin()
        yield from (writer.write(path, part) for path, part in missing.items())
        return
    pool = ProcessPoolExecutor(
        min(jobs, len(missing)), get_context("spawn"), initializer=_start, initargs=(begin,)
    )
    with pool:
        futures = [pool.submit(_write, path, part) for path, part in missing.items()]
        try:
            yield from (future.result() for future in as_completed(futures))
        finally:
            pool.shutdown(cancel_futures=True)


_writers: list[Writer] = []
"""A worker process's own."""


def _start(begin: Callable[[], Writer]) -> None:
    torch.set_num_threads(1)
    _writers.append(begin())


def _write(path: Path, part: Any) -> int:
    return _writers[-1].write(path, part)
