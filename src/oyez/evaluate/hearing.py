"""Engines hear a plan: every stream is rendered once, and heard by all of them, in several processes.

What is kept of the sound is scores, so memory does not grow with the hours but by a few bytes a second.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from typing import Any

import numpy as np

from oyez.evaluate.engine import Listener, Scores
from oyez.evaluate.engines import open_engine
from oyez.evaluate.plan import WARM_UP_S, Part, Plan, Take
from oyez.evaluate.render import render_stretch, render_take
from oyez.evaluate.words import Word
from oyez.sound import Samples

__all__ = ["EngineName", "Scored", "hear_plan"]

EngineName = tuple[str, str | None]
"""What `open_engine` takes: the engine, and the word of it."""

TAKES_AT_ONCE = 16
BLOCK_S = 10.0
POLL_S = 0.2


@dataclass
class Scored:
    """What one engine made of a plan."""

    takes: list[Scores]
    """Of each take, from its first sample; its end is heard."""
    near_takes: list[Scores]
    parts: list[Scores]
    """Of each part, without its warm-up: they follow one another as one stream would go on."""
    cpu_s: float = 0.0
    """Of the engine alone."""
    heard_s: float = 0.0


@dataclass
class _Done:
    """One process's answer for some takes or one part: scores by engine, with seconds of each."""

    scores: list[list[Scores]]
    cpu_s: list[float] = field(default_factory=list)
    heard_s: float = 0.0


def hear_plan(
    plan: Plan,
    engines: Sequence[EngineName],
    rate: int,
    jobs: int = 1,
    on_progress: Callable[[float], None] = lambda _: None,
) -> list[Scored]:
    """Run engines over everything in a plan.

    Args:
        plan: what to hear.
        engines: each is opened anew in each process.
        rate: Hertz that streams are rendered at.
        jobs: processes; with 1 all is done in this one.
        on_progress: called with seconds of sound that were heard since the last call.

    Returns:
        Scores of each engine, the same for any number of processes.

    Raises:
        AudioError: a recording cannot be read.
        ModelError, ConfigError, MissingExtraError: an engine cannot be opened.
    """
    tasks = [*_tasks("takes", len(plan.takes)), *_tasks("near_takes", len(plan.near_takes))]
    tasks += [("parts", range(number, number + 1)) for number in range(len(plan.parts))]
    answers = _in_turn if jobs < 2 else _in_processes
    found = dict(answers(plan, tuple(engines), rate, jobs, tasks, on_progress))
    scored = [Scored([], [], []) for _ in engines]
    for number, (kind, _) in enumerate(tasks):
        done = found[number]
        for one, scores, cpu_s in zip(scored, done.scores, done.cpu_s, strict=True):
            getattr(one, kind).extend(scores)
            one.cpu_s += cpu_s
            one.heard_s += done.heard_s
    return scored


_Task = tuple[str, range]


def _tasks(kind: str, count: int) -> list[_Task]:
    return [
        (kind, range(start, min(start + TAKES_AT_ONCE, count))) for start in range(0, count, TAKES_AT_ONCE)
    ]


class _Hearer:
    """One process's part: the plan, and the engines open."""

    def __init__(
        self, plan: Plan, engines: Sequence[EngineName], rate: int, on_progress: Callable[[float], None]
    ) -> None:
        self._plan, self._rate, self._on_progress = plan, rate, on_progress
        self._engines = [open_engine(name, word) for name, word in engines]

    def __call__(self, task: _Task) -> _Done:
        kind, numbers = task
        done = _Done([[] for _ in self._engines], [0.0] * len(self._engines))
        for number in numbers:
            if kind == "parts":
                self._part(self._plan.parts[number], done)
            else:
                words = self._plan.words if kind == "takes" else self._plan.near_misses
                take: Take = getattr(self._plan, kind)[number]
                self._take(take, words[take.word], done)
        return done

    def _take(self, take: Take, word: Word, done: _Done) -> None:
        samples = render_take(take, word, self._rate)
        for number, engine in enumerate(self._engines):
            start = time.process_time()
            listener = engine.listen(self._rate)
            scores = np.concatenate((listener.push(samples), listener.finish()))
            done.cpu_s[number] += time.process_time() - start
            done.scores[number].append(scores)
        self._heard(len(samples), done)

    def _part(self, part: Part, done: _Done) -> None:
        listeners = [engine.listen(self._rate) for engine in self._engines]
        kept: list[list[Scores]] = [[] for _ in listeners]
        before = self._before(part)
        self._push(listeners, before, kept, done)
        for stretch in part.stretches:
            self._push(listeners, render_stretch(stretch, self._rate), kept, done)
        for number, (engine, listener) in enumerate(zip(self._engines, listeners, strict=True)):
            scores = np.concatenate([*kept[number], listener.finish()])
            first = round(len(before) / self._rate / engine.step_s)
            done.scores[number].append(scores[first : first + round(part.seconds / engine.step_s)])

    def _before(self, part: Part) -> Samples:
        """What the stream was before: a minute of it, or nothing."""
        samples = [render_stretch(one, self._rate) for one in part.warm_up]
        return np.concatenate([np.zeros(0, np.float32), *samples])[-round(WARM_UP_S * self._rate) :]

    def _push(
        self, listeners: Sequence[Listener], samples: Samples, kept: list[list[Scores]], done: _Done
    ) -> None:
        block = round(BLOCK_S * self._rate)
        for at in range(0, len(samples), block):
            piece = samples[at : at + block]
            for number, listener in enumerate(listeners):
                start = time.process_time()
                kept[number].append(listener.push(piece))
                done.cpu_s[number] += time.process_time() - start
            self._heard(len(piece), done)

    def _heard(self, samples: int, done: _Done) -> None:
        done.heard_s += samples / self._rate
        self._on_progress(samples / self._rate)


def _in_turn(
    plan: Plan,
    engines: Sequence[EngineName],
    rate: int,
    _jobs: int,
    tasks: Sequence[_Task],
    on_progress: Callable[[float], None],
) -> Iterator[tuple[int, _Done]]:
    hearer = _Hearer(plan, engines, rate, on_progress)
    for number, task in enumerate(tasks):
        yield number, hearer(task)


_hearer: _Hearer | None = None
"""A worker process's own."""


def _start(plan: Plan, engines: Sequence[EngineName], rate: int, heard: "SimpleQueue[float]") -> None:
    global _hearer
    _hearer = _Hearer(plan, engines, rate, heard.put)


def _work(task: _Task) -> _Done:
    assert _hearer is not None
    return _hearer(task)


def _in_processes(
    plan: Plan,
    engines: Sequence[EngineName],
    rate: int,
    jobs: int,
    tasks: Sequence[_Task],
    on_progress: Callable[[float], None],
) -> Iterator[tuple[int, _Done]]:
    for name, word in engines:
        open_engine(name, word)  # an error is told here, and not by a process that died of it
    context = get_context("spawn")
    heard: SimpleQueue[float] = context.SimpleQueue()
    pool = ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(plan, engines, rate, heard))
    longest_first = sorted(range(len(tasks)), key=lambda number: tasks[number][0] != "parts")
    waiting: dict[Future[_Done], int] = {
        pool.submit(_work, tasks[number]): number for number in longest_first
    }
    try:
        while waiting:
            done, _ = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
            _drain(heard, on_progress)
            for future in done:
                yield waiting.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)
        _drain(heard, on_progress)


def _drain(heard: Any, on_progress: Callable[[float], None]) -> None:
    while not heard.empty():
        on_progress(heard.get())
