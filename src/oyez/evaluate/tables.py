"""The tables of a report."""

from collections.abc import Sequence

from oyez.evaluate.drawing import condition_names
from oyez.evaluate.element import Child, Element, element
from oyez.evaluate.result import Condition, EngineResult, Group, Result
from oyez.evaluate.verdict import ALLOWED, FalseAccepts, Share, allowing, delay, missed, rows_of
from oyez.evaluate.wording import between, delays, number, percent, rates, shares

__all__ = ["conditions", "groups", "near_misses", "table", "thresholds"]

MOST_ROWS = 24
"""Of a table of groups: beyond them, those with the most misses are shown."""


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[Child]], names: int = 1) -> Element:
    """A table that scrolls sideways where the screen is narrow.

    Args:
        caption: what it shows.
        head: names of the columns.
        rows: cells; a row's first ones say what it is about.
        names: how many of them.
    """
    body = [
        element(
            "tr",
            *(element("th", cell, scope="row") for cell in row[:names]),
            *(element("td", cell) for cell in row[names:]),
        )
        for row in rows
    ]
    made = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", name, scope="col") for name in head))),
        element("tbody", *body),
        class_="two" if names == 2 else "one",
    )
    return element("div", made, class_="scroll", tabindex=0, role="region", aria_label=caption)


def conditions(result: Result) -> list[Element]:
    """Misses of each engine in each condition."""
    head = ["condition", "engine", "words", "missed", "95 % interval"]
    head += [f"missed at {count} false accepts" for count in ALLOWED]
    head += ["duplicates", "delay, median and 95th percentile"]
    rows = [
        _condition(engine, one)
        for name in condition_names(result)
        for engine in result.engines
        for one in engine.conditions
        if one.name == name
    ]
    return [table("Words missed, by condition", head, rows, 2)] if rows else []


def _condition(engine: EngineResult, one: Condition) -> list[Child]:
    own = missed(one.curve.at(engine.threshold))
    row: list[Child] = [one.name, engine.name, str(own.total), _share(own), between(*own.interval)]
    for count in ALLOWED:
        point = allowing(one.curve, count)
        row.append(_share(missed(point)) if point else "–")
    duplicates = one.curve.at(engine.threshold).matches.duplicates
    return [*row, str(duplicates), delays(delay(engine, one.name))]


def thresholds(result: Result) -> list[Element]:
    """For each engine: what other thresholds give."""
    return [_thresholds(engine) for engine in result.engines if engine.negatives.hours]


def _thresholds(engine: EngineResult) -> Element:
    names = [one.name for one in engine.conditions]
    head = ["threshold", "false accepts", "per hour", "at most", *(f"missed, {name}" for name in names)]
    rows = []
    for point in rows_of(engine):
        false = FalseAccepts(point.false_accepts, engine.negatives.hours)
        own = " (its own)" if point.threshold == engine.negatives.at(engine.threshold).threshold else ""
        misses = [percent(missed(one.curve.at(point.threshold)).value) for one in engine.conditions]
        limits = [str(false.count), rates(false), number(false.at_most)]
        rows.append([f"{point.threshold:g}{own}", *limits, *misses])
    return table(f"Thresholds of {engine.name}", head, rows)


def groups(result: Result) -> list[Element]:
    """Misses by what the metadata tells of the speakers: one table for each column of it."""
    found = [(engine, group) for engine in result.engines for group in engine.groups]
    names = condition_names(result)
    return [
        _groups(kind, [(engine, group) for engine, group in found if group.kind == kind], names)
        for kind in dict.fromkeys(group.kind for _, group in found)
    ]


def _groups(kind: str, found: list[tuple[EngineResult, Group]], names: list[str]) -> Element:
    caption = f"Words missed, by {kind}"
    if len(found) > MOST_ROWS:
        caption += f" (the {MOST_ROWS} with most misses of {len(found)})"
        found = sorted(found, key=lambda one: -sum(count for count, _ in one[1].missed.values()))[:MOST_ROWS]
    rows = [
        [group.name or "not known", engine.name, *(_missed(group, name) for name in names)]
        for engine, group in found
    ]
    return table(caption, [kind, "engine", *names], rows, 2)


def _missed(group: Group, name: str) -> str:
    counted = group.missed.get(name)
    if counted is None or not counted[1]:
        return "–"
    return shares(Share(*counted))


def near_misses(result: Result) -> list[Element]:
    """How often phrases that sound like the word set the engines off."""
    engines = [engine for engine in result.engines if engine.near_misses]
    if not engines:
        return []
    heard = [{one.phrase: Share(one.accepted, one.said) for one in engine.near_misses} for engine in engines]
    phrases = list(dict.fromkeys(phrase for counts in heard for phrase in counts))
    phrases.sort(key=lambda phrase: -max(counts.get(phrase, Share(0, 0)).value for counts in heard))
    rows = [[f"“{phrase}”", *(_accepted(counts.get(phrase)) for counts in heard)] for phrase in phrases]
    total = [Share(sum(x.count for x in one.values()), sum(x.total for x in one.values())) for one in heard]
    rows.append(["all of them", *(_accepted(one) for one in total)])
    return [
        table(
            "Near misses: how often each was taken for the word", ["phrase", *(x.name for x in engines)], rows
        )
    ]


def _accepted(one: Share | None) -> str:
    return f"{one.count} of {one.total} ({between(*one.interval)})" if one and one.total else "–"


def _share(one: Share) -> str:
    return f"{one.count}, {percent(one.value)}" if one.total else "–"
