"""Two engines hear a plan: what each made of every recording, at its own threshold."""

from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from oyez.evaluate.curve import Track, heard
from oyez.evaluate.engine import Engine
from oyez.evaluate.hearing import EngineName, Scored, hear_plan
from oyez.evaluate.match import match
from oyez.evaluate.outcomes import FalseAccepts, Outcome, Outcomes
from oyez.evaluate.plan import Plan
from oyez.evaluate.render import span_of

__all__ = ["hear_both", "outcomes"]


def hear_both(
    plan: Plan,
    engines: Sequence[Engine],
    names: Sequence[EngineName],
    jobs: int = 1,
    on_progress: Callable[[float], None] = lambda _: None,
) -> tuple[Outcomes, ...]:
    """Run engines over the same sound, rendered once.

    Args:
        plan: what to hear.
        engines: as opened in this process.
        names: of the same engines, for other processes to open.
        jobs: processes.
        on_progress: called with seconds of sound heard since the last call.

    Returns:
        What each made of it, the same for any number of processes.

    Raises:
        OyezError: an engine cannot be opened, or a recording cannot be read.
    """
    rate = max(engine.rate for engine in engines)
    scored = hear_plan(plan, names, rate, jobs, on_progress)
    return tuple(outcomes(engine, plan, one) for engine, one in zip(engines, scored, strict=True))


def outcomes(engine: Engine, plan: Plan, scored: Scored) -> Outcomes:
    """What an engine made of a plan, by the rules that `evaluate.judge` counts with.

    Args:
        engine: that heard it; its own trigger decides.
        plan: what was heard.
        scored: its scores.

    Returns:
        Each word heard or missed, each near miss accepted or not, and the times of false accepts: seconds
        of a part, so that steps of different lengths do not drift apart over many hours.
    """
    step_s = engine.step_s
    words = []
    for take, scores in zip(plan.takes, scored.takes, strict=True):
        word = plan.words[take.word]
        detections = heard(Track(scores), engine.word, engine.trigger, step_s)
        matches = match([span_of(take, word, engine.word)], detections)
        words.append(Outcome(word.source, take.condition, heard=matches.hits > 0))
    near = [
        Outcome(
            plan.near_misses[take.word].source,
            take.condition,
            heard=bool(heard(Track(scores), engine.word, engine.trigger, step_s)),
        )
        for take, scores in zip(plan.near_takes, scored.near_takes, strict=True)
    ]
    return Outcomes(tuple(words), FalseAccepts(_false_accepts(engine, scored), plan.hours), tuple(near))


def _false_accepts(engine: Engine, scored: Scored) -> dict[str, tuple[float, ...]]:
    """Parts are one stream to the trigger, as they are where hours are counted."""
    stream = Track(np.concatenate([*scored.parts, np.zeros(0, np.float32)]))
    ends = list(accumulate(len(part) for part in scored.parts))
    times_s: dict[str, list[float]] = {f"part {number}": [] for number in range(len(ends))}
    for detection in heard(stream, engine.word, engine.trigger, engine.step_s):
        step = round(detection.time_s / engine.step_s)  # counted from 1: the end of the step that crossed
        number = int(np.searchsorted(ends, step))
        before = ends[number - 1] if number else 0
        times_s[f"part {number}"].append((step - before) * engine.step_s)
    return {name: tuple(times) for name, times in times_s.items()}
