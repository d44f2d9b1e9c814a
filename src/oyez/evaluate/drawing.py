"""The picture of a report: misses against false accepts per hour, one panel for each condition.

SVG, whose colours are those of the page. Both axes are logarithmic, with a place for nothing at all.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oyez.evaluate.curve import Curve
from oyez.evaluate.element import Element, element
from oyez.evaluate.result import EngineResult, Result
from oyez.evaluate.verdict import FalseAccepts, missed
from oyez.evaluate.wording import rates, shares

__all__ = ["Axis", "condition_names", "panels"]

WIDTH, HEIGHT = 380, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 366, 16, 252
NOTHING = 30
"""Pixels from a nought to the logarithmic part of its axis."""
HIGHEST_PER_HOUR = 10.0


@dataclass(frozen=True)
class Axis:
    """Where a value lies: nothing at `zero`, and powers of ten from `start` to `stop`."""

    lowest: float
    highest: float
    zero: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """Pixels; what lies outside is drawn at the edge."""
        if value < self.lowest:
            return self.zero
        share = math.log10(value / self.lowest) / math.log10(self.highest / self.lowest)
        return self.start + min(1.0, share) * (self.stop - self.start)

    @property
    def ticks(self) -> list[float]:
        """0 and the powers of ten."""
        first, last = round(math.log10(self.lowest)), round(math.log10(self.highest))
        return [0.0, *(10.0**power for power in range(first, last + 1))]


def condition_names(result: Result) -> list[str]:
    """Those of all engines, each once, in their order."""
    return list(dict.fromkeys(one.name for engine in result.engines for one in engine.conditions))


def panels(result: Result) -> list[Element]:
    """One figure for each condition with all engines in it; none where no hour was heard."""
    curves = [(engine, one.curve) for engine in result.engines for one in engine.conditions]
    if not curves or not all(curve.hours for _, curve in curves):
        return []
    x, y = _axes(curves)
    return [_panel(result, name, x, y) for name in condition_names(result)]


def _axes(curves: list[tuple[EngineResult, Curve]]) -> tuple[Axis, Axis]:
    lowest = _power_below(min(1 / curve.hours for _, curve in curves))
    own = max(curve.at(engine.threshold).false_accepts / curve.hours for engine, curve in curves)
    highest = _power_above(max(HIGHEST_PER_HOUR, 10 * lowest, own))
    words = max(missed(curve.points[0]).total for _, curve in curves)
    return (
        Axis(lowest, highest, LEFT, LEFT + NOTHING, RIGHT),
        Axis(_power_below(1 / max(10, words)), 1.0, BOTTOM, BOTTOM - NOTHING, TOP),
    )


def _panel(result: Result, name: str, x: Axis, y: Axis) -> Element:
    told, drawn = [], []
    for number, engine in enumerate(result.engines):
        for one in engine.conditions:
            if one.name == name:
                own = one.curve.at(engine.threshold)
                false = FalseAccepts(own.false_accepts, one.curve.hours)
                told.append(f"{engine.name}: missed {shares(missed(own))}, {rates(false)} per hour.")
                drawn.append(_engine(number, engine, one.curve, x, y))
    picture = element(
        "svg",
        element("title", f"Misses against false accepts per hour, {name}"),
        element("desc", "At the engines' own thresholds. ", " ".join(told)),
        *_grid(x, y),
        *drawn,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )
    return element("figure", element("figcaption", name), picture, class_="panel")


def _engine(number: int, engine: EngineResult, curve: Curve, x: Axis, y: Axis) -> Element:
    """The line of the best that its thresholds give, and its own threshold with both intervals."""
    own = curve.at(engine.threshold)
    share, false = missed(own), FalseAccepts(own.false_accepts, curve.hours)
    at_x, at_y = x.at(false.per_hour), y.at(share.value)
    low_x, high_x = (x.at(rate) for rate in false.interval)
    low_y, high_y = (y.at(one) for one in share.interval)
    made = element("g", class_=f"engine-{number % 6}")
    if engine.sweeps:
        made.append(element("path", d=_steps(_frontier(curve, x.highest), x, y), class_="line"))
    made.append(element("path", d=f"M{at_x:.1f} {low_y:.1f}V{high_y:.1f}", class_="interval"))
    made.append(element("path", d=f"M{low_x:.1f} {at_y:.1f}H{high_x:.1f}", class_="interval"))
    made.append(element("circle", cx=at_x, cy=at_y, r=4.5))
    return made


def _frontier(curve: Curve, highest: float) -> Iterator[tuple[float, float]]:
    """(false accepts per hour, share missed) wherever more false accepts buy fewer misses."""
    best = math.inf
    for point in sorted(curve.points, key=lambda one: (one.false_accepts, one.matches.misses)):
        rate = point.false_accepts / curve.hours
        if rate > highest:
            return
        if point.matches.misses < best:
            best = point.matches.misses
            yield rate, missed(point).value


def _steps(points: Iterable[tuple[float, float]], x: Axis, y: Axis) -> str:
    """A line that falls at each point, and goes on to the right edge."""
    path = ""
    for rate, share in points:
        path += f"H{x.at(rate):.1f}V{y.at(share):.1f}" if path else f"M{x.at(rate):.1f} {y.at(share):.1f}"
    return f"{path}H{x.stop:.1f}" if path else path


def _grid(x: Axis, y: Axis) -> list[Element]:
    parts = []
    for value in x.ticks:
        at = x.at(value)
        parts.append(element("path", d=f"M{at:.1f} {TOP}V{BOTTOM}", class_="grid"))
        parts.append(element("text", f"{value:g}", x=at, y=BOTTOM + 17, class_="middle"))
    for value in y.ticks:
        at = y.at(value)
        parts.append(element("path", d=f"M{LEFT} {at:.1f}H{RIGHT}", class_="grid"))
        parts.append(element("text", f"{100 * value:g} %", x=LEFT - 7, y=at + 4, class_="end"))
    middle = (LEFT + RIGHT) / 2
    parts.append(element("text", "false accepts per hour", x=middle, y=HEIGHT - 8, class_="middle name"))
    parts.append(
        element(
            "text",
            "missed",
            transform=f"translate(12 {(TOP + BOTTOM) / 2}) rotate(-90)",
            class_="middle name",
        )
    )
    return parts


def _power_below(value: float) -> float:
    return float(10.0 ** math.floor(math.log10(value) + 1e-9))


def _power_above(value: float) -> float:
    return float(10.0 ** math.ceil(math.log10(value) - 1e-9))
