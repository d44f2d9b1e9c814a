"""What went wrong, to look at and to listen to: each cut as a figure of a report."""

from base64 import b64encode
from collections.abc import Iterator

from oyez import audio, plot
from oyez.evaluate.element import Element, element
from oyez.evaluate.result import Cut, EngineResult, Result

__all__ = ["failures"]

TITLES = {"miss": "Misses", "false accept": "False accepts", "close call": "Close calls"}


def failures(result: Result) -> list[Element]:
    """Headings and figures, by engine and kind; none where there is no cut."""
    return [part for engine in result.engines for part in _engine(engine)]


def _engine(engine: EngineResult) -> Iterator[Element]:
    for kind in dict.fromkeys(cut.kind for cut in engine.cuts):
        yield element("h3", f"{TITLES.get(kind, kind)} of {engine.name}")
        figures = (_figure(cut, engine.threshold) for cut in engine.cuts if cut.kind == kind)
        yield element("div", *figures, class_="cuts")


def _figure(cut: Cut, threshold: float) -> Element:
    seconds = len(cut.samples) / cut.rate
    name = f"{cut.kind} in {cut.condition}, {cut.source}, {_place(cut)}"
    return element(
        "figure",
        element(
            "figcaption", element("b", cut.condition), f" · score {cut.score:.3f}, threshold {threshold:g}"
        ),
        _spectrogram(cut, seconds),
        element("div", element("span", "0 s"), element("span", f"{seconds:.2f} s"), class_="ends"),
        element(
            "audio",
            controls="",
            preload="metadata",
            src=_data("audio/flac", audio.encode(cut.samples, cut.rate)),
            aria_label=name,
        ),
        element("p", element("span", cut.source, class_="source"), f", {_place(cut)}"),
        class_="cut",
    )


def _spectrogram(cut: Cut, seconds: float) -> Element:
    top_khz = min(plot.PNG_TOP_HZ, cut.rate / 2) / 1000
    told = f"Spectrogram of {seconds:.2f} s, 0 to {top_khz:g} kHz"
    if cut.span is not None:
        told += f"; “{cut.span.word}” from {cut.span.start_s:.2f} to {cut.span.end_s:.2f} s"
    picture = _data("image/png", plot.spectrogram_png(cut.samples, cut.rate))
    made = element("div", element("img", src=picture, alt=told), class_="sound")
    if cut.span is not None:
        start, stop = (100 * min(max(at / seconds, 0.0), 1.0) for at in (cut.span.start_s, cut.span.end_s))
        place = f"left: {start:.2f}%; width: {stop - start:.2f}%"
        made.append(
            element("span", element("i", cut.span.word), class_="word", style=place, aria_hidden="true")
        )
    return made


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _place(cut: Cut) -> str:
    """Where in the file the word is, or the cut begins."""
    if cut.span is not None:
        return f"the word at {_clock(max(0.0, cut.at_s + cut.span.start_s))}"
    if cut.at_s < 0:
        return f"from {-cut.at_s:.2f} s before its start"
    return f"from {_clock(cut.at_s)}"


def _clock(seconds: float) -> str:
    """`3:07.50`, as players show it."""
    minutes, rest = divmod(round(seconds, 2), 60)
    return f"{minutes:.0f}:{rest:05.2f}"
