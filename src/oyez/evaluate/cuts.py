"""Moments worth listening to, as small files beside a report."""

import re
from collections import Counter
from pathlib import Path, PurePath

from oyez import audio
from oyez.evaluate.result import Cut, Result
from oyez.events import to_audacity
from oyez.output import whole_folder, write_text

__all__ = ["cut_names", "write_cuts"]

UNFIT = re.compile(r"[^\w.]+")
LONGEST = 40
"""Letters of a part of a name."""


def cut_names(result: Result) -> list[tuple[str, Cut]]:
    """A telling name for each cut: `miss-03-noise_10_dB-anna_yes_1.wav`.

    Where there are several engines, each has a folder of its own before the name.

    Args:
        result: one evaluation.

    Returns:
        Names, no two alike, and cuts, in the order of the result.
    """
    numbers: Counter[str] = Counter()
    named = []
    for engine in result.engines:
        folder = f"{_fit(engine.name)}/" if len(result.engines) > 1 else ""
        for cut in engine.cuts:
            kind = f"{folder}{_fit(cut.kind)}"
            numbers[kind] += 1
            source = _fit(str(PurePath(cut.source).parent / PurePath(cut.source).stem)[-LONGEST:])
            named.append((f"{kind}-{numbers[kind]:02d}-{_fit(cut.condition)}-{source}.wav", cut))
    return named


def write_cuts(result: Result, folder: Path) -> None:
    """Write each cut, 16 bits wide, and beside it a label track for Audacity where the word is known.

    Args:
        result: one evaluation.
        folder: to be made; it holds all of them, or is not there.

    Raises:
        OutputError: the folder exists and is not empty, or cannot be written.
    """
    with whole_folder(folder) as draft:
        for name, cut in cut_names(result):
            path = draft / name
            audio.write(path, cut.samples, cut.rate)
            if cut.span is not None:
                write_text(path.with_suffix(".txt"), to_audacity([cut.span]))


def _fit(text: str) -> str:
    """A part of a file's name, for any system."""
    return UNFIT.sub("_", text).strip("._")[:LONGEST].rstrip("._") or "_"
