"""An evaluation as plain data, for JSON: all counts and curves, their intervals, no sound."""

from typing import Any

from oyez.evaluate.curve import Curve, Point
from oyez.evaluate.cuts import cut_names
from oyez.evaluate.result import Condition, Cut, EngineResult, Group, NearMiss, Result
from oyez.evaluate.verdict import (
    ALLOWED,
    CLAIM_PER_HOUR,
    FalseAccepts,
    Share,
    allowing,
    delay,
    false_accepts,
    missed,
)
from oyez.events import Span

__all__ = ["FORMAT", "result_to_dict"]

FORMAT = 1
"""Of what `result_to_dict` gives; it rises when a name changes its meaning."""


def result_to_dict(result: Result) -> dict[str, Any]:
    """All numbers, by name.

    Shares are 0..1, intervals are pairs at 95 %, times are seconds, rates are per hour. A cut's `file` is
    the name that `write_cuts` gives it.

    Args:
        result: one evaluation.

    Returns:
        What `json.dumps` takes.
    """
    files = iter(cut_names(result))
    return {
        "format": FORMAT,
        "words": result.words,
        "hours": result.hours,
        "seed": result.seed,
        "about": dict(result.about),
        "skipped": list(result.skipped),
        "engines": [
            _engine(one) | {"cuts": [_cut(*next(files)) for _ in one.cuts]} for one in result.engines
        ],
    }


def _engine(engine: EngineResult) -> dict[str, Any]:
    own = false_accepts(engine.negatives, engine.threshold)
    late = delay(engine)
    return {
        "name": engine.name,
        "word": engine.word,
        "threshold": engine.threshold,
        "sweeps": engine.sweeps,
        "cpu_s_per_s": engine.cpu_s_per_s,
        "false_accepts": _rate(own),
        "claim_per_hour": CLAIM_PER_HOUR,
        "hours_to_claim": own.hours_to_claim,
        "delay_s": {"median": late.median_s, "percentile_95": late.late_s} if late else None,
        "conditions": [_condition(engine, one) for one in engine.conditions],
        "thresholds": [
            {"threshold": point.threshold} | _rate(FalseAccepts(point.false_accepts, own.hours))
            for point in engine.negatives.points
        ],
        "groups": [_group(one) for one in engine.groups],
        "near_misses": [_near_miss(one) for one in engine.near_misses],
    }


def _rate(one: FalseAccepts) -> dict[str, Any]:
    known = one.hours > 0
    return {
        "count": one.count,
        "hours": one.hours,
        "per_hour": one.per_hour if known else None,
        "interval": list(one.interval) if known else None,
        "at_most_per_hour": one.at_most if known else None,
    }


def _share(one: Share) -> dict[str, Any]:
    return {"count": one.count, "of": one.total, "share": one.value, "interval": list(one.interval)}


def _condition(engine: EngineResult, one: Condition) -> dict[str, Any]:
    late = delay(engine, one.name)
    return {
        "name": one.name,
        "own": _point(one.curve.at(engine.threshold)),
        "at_most": {str(count): _allowed(one.curve, count) for count in ALLOWED},
        "delay_s": {"median": late.median_s, "percentile_95": late.late_s} if late else None,
        "curve": [_point(point) for point in one.curve.points],
    }


def _allowed(curve: Curve, count: int) -> dict[str, Any] | None:
    point = allowing(curve, count)
    return _point(point) if point else None


def _point(point: Point) -> dict[str, Any]:
    return {
        "threshold": point.threshold,
        "missed": _share(missed(point)),
        "duplicates": point.matches.duplicates,
        "false_accepts": point.false_accepts,
    }


def _group(group: Group) -> dict[str, Any]:
    missed_in = {name: _share(Share(*counted)) for name, counted in group.missed.items()}
    return {"kind": group.kind, "name": group.name, "missed": missed_in}


def _near_miss(one: NearMiss) -> dict[str, Any]:
    return {"phrase": one.phrase, "accepted": _share(Share(one.accepted, one.said))}


def _cut(file: str, cut: Cut) -> dict[str, Any]:
    return {
        "file": file,
        "kind": cut.kind,
        "condition": cut.condition,
        "source": cut.source,
        "at_s": cut.at_s,
        "seconds": len(cut.samples) / cut.rate,
        "score": cut.score,
        "word": _span(cut.span),
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    return {"start_s": span.start_s, "end_s": span.end_s} if span else None
