"""The report of an evaluation: one page that needs nothing but itself.

What it says stands in `report.html`, how it looks in `report.css`; here they are filled.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from oyez import plot
from oyez.evaluate import tables
from oyez.evaluate.drawing import panels
from oyez.evaluate.element import Element, element, fill, page, read
from oyez.evaluate.failures import failures
from oyez.evaluate.result import EngineResult, Result
from oyez.evaluate.verdict import CLAIM_PER_HOUR, delay, false_accepts, missed
from oyez.evaluate.wording import between, cpu, number, percent, seconds, sentences
from oyez.output import check_free, write_text

__all__ = ["write_report"]

TEMPLATE = Path(__file__).with_name("report.html")
UNIT = re.compile(r"(\d) (%|s\b|hours\b)")


def write_report(result: Result, path: Path, *, overwrite: bool = False) -> None:
    """Write one HTML page: verdict, curves, tables, and what went wrong to listen to.

    Args:
        result: one evaluation.
        path: the page.
        overwrite: whether it may take the place of a file that exists.

    Raises:
        OutputError: the file exists, or cannot be written.
        MissingExtraError: matplotlib or scipy is not installed.
    """
    check_free(path, overwrite=overwrite)
    plot.require_matplotlib()
    write_text(path, page(_filled(result)), overwrite=overwrite)


def _filled(result: Result) -> Element:
    root = read(TEMPLATE)
    places = {part.get("id"): part for part in root.iter() if part.get("id")}
    fill(places["style"], [TEMPLATE.with_suffix(".css").read_text(encoding="utf-8")])
    names = ", ".join(dict.fromkeys(engine.name for engine in result.engines))
    fill(places["title"], [names])
    fill(places["measured"], [_measured(result)])
    contents: dict[str, list[Element]] = {
        "verdict": [_verdict(index, engine) for index, engine in enumerate(result.engines)],
        "curves": _curves(result),
        "conditions": tables.conditions(result),
        "thresholds": tables.thresholds(result),
        "groups": tables.groups(result),
        "near-misses": tables.near_misses(result),
        "failures": failures(result),
        "about": _about(result),
    }
    for name, parts in contents.items():
        if parts:
            fill(places[name], parts)
        else:
            places["sections"].remove(places[name])
            places["contents"].remove(places[f"to-{name}"])
    return root


def _measured(result: Result) -> str:
    engines = len(result.engines)
    return (
        f"{engines} {'engine' if engines == 1 else 'engines'}, {result.words} recordings of the word, "
        f"{number(result.hours)} hours without it."
    )


def _verdict(index: int, engine: EngineResult) -> Element:
    title = element("h3", _swatch(index), engine.name, " ")
    title.append(element("small", f"“{engine.word}”, threshold {engine.threshold:g}"))
    cells = [
        element("div", element("dt", name), element("dd", value, element("small", beside)))
        for name, value, beside in _key_figures(engine)
    ]
    text = UNIT.sub("\\1\N{NO-BREAK SPACE}\\2", " ".join(sentences(engine)))
    return element("article", title, element("dl", *cells), element("p", text))


def _key_figures(engine: EngineResult) -> Iterator[tuple[str, str, str]]:
    """Name, value and what stands small beside it: an interval."""
    for condition in engine.conditions[:1]:
        share = missed(condition.curve.at(engine.threshold))
        if share.total:
            yield f"missed, {condition.name}", percent(share.value), between(*share.interval)
    heard = false_accepts(engine.negatives, engine.threshold)
    if heard.hours:
        low, high = heard.interval
        yield "false accepts per hour", number(heard.per_hour), f"{number(low)}–{number(high)}"
        yield (
            f"hours to claim {CLAIM_PER_HOUR}/h",
            number(heard.hours_to_claim),
            f"after {number(heard.hours)} heard",
        )
    late = delay(engine)
    if late:
        yield "delay, median", seconds(late.median_s), f"95 %: {seconds(late.late_s)}"
    if engine.cpu_s_per_s:
        yield "CPU for a second of sound", cpu(engine), ""


def _curves(result: Result) -> list[Element]:
    drawn = panels(result)
    if not drawn:
        return []
    legend = [element("li", _swatch(index), engine.name) for index, engine in enumerate(result.engines)]
    return [element("ul", *legend, class_="legend"), element("div", *drawn, class_="panels")]


def _swatch(index: int) -> Element:
    """The engine's line, as the curves draw it."""
    mark = element(
        "g", element("path", d="M1 7H33", class_="line"), element("circle", cx=17, cy=7, r=4.5),
        class_=f"engine-{index % 6}",
    )  # fmt: skip
    return element("svg", mark, viewBox="0 0 34 14", class_="swatch", aria_hidden="true")


def _about(result: Result) -> list[Element]:
    facts = {**result.about, "seed": str(result.seed)}
    rows = [part for name, value in facts.items() for part in (element("dt", name), element("dd", value))]
    parts = [element("dl", *rows, class_="facts")]
    if result.skipped:
        parts.append(element("h3", f"Recordings of the word left out: {len(result.skipped)}"))
        parts.append(element("ul", *(element("li", one) for one in result.skipped), class_="skipped"))
    return parts
