"""What was said and what was heard: Span and Detection, and their label files.

Knows nothing of audio: seconds in, seconds out.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez.errors import DataError

__all__ = [
    "Detection",
    "Span",
    "read_spans",
    "spans_from_steps",
    "spans_to_json",
    "to_audacity",
]


@dataclass(frozen=True)
class Span:
    """The truth: where a word was said."""

    word: str
    """The word, as its model names it."""
    start_s: float
    """Seconds from the start of the audio to the word's first sound."""
    end_s: float
    """Seconds from the start of the audio to the word's last sound."""


@dataclass(frozen=True)
class Detection:
    """What was heard."""

    word: str
    """The word, as the model names it."""
    time_s: float
    """Seconds of audio heard when the score crossed, since the last reset."""
    score: float
    """The smoothed score there, 0..1."""


def to_audacity(events: Iterable[Span | Detection]) -> str:
    """Spans or detections as an Audacity label track.

    Args:
        events: in any order; a detection becomes a point label with its score in the text.

    Returns:
        Lines of start, end and text, tab-separated, in order of time.
    """
    rows = []
    for event in events:
        if isinstance(event, Span):
            rows.append((event.start_s, event.end_s, event.word))
        else:
            rows.append((event.time_s, event.time_s, f"{event.word} {event.score:.2f}"))
    named = ((start, end, " ".join(text.split())) for start, end, text in sorted(rows))
    return "".join(f"{start:.6f}\t{end:.6f}\t{text}\n" for start, end, text in named)


def spans_to_json(spans: Iterable[Span]) -> str:
    """Spans as a JSON list of objects with `word`, `start_s` and `end_s`."""
    return json.dumps([asdict(span) for span in spans], indent=1) + "\n"


def read_spans(path: Path, word: str = "", duration_s: float = 10.0) -> list[Span]:
    """The spans of one recording, from any label file that people make.

    Args:
        path: `.txt` (Audacity labels), `.json` (as `spans_to_json` writes) or `.npy` (one label
            per output step, as the lesson's `Y_dev`, see `spans_from_steps`).
        word: the word that an unnamed label, or a label array, stands for.
        duration_s: seconds that a label array covers.

    Returns:
        Spans in order of their start.

    Raises:
        DataError: the file is missing or is none of these.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such label file. Give a .txt, .json or .npy file.")
    kind = path.suffix.lower()
    if kind == ".npy":
        return spans_from_steps(_label_array(path), word=word, duration_s=duration_s)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: expected text in UTF-8, got other bytes. Save it again.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).") from None
    spans = _from_json(text, path, word) if kind == ".json" else _from_audacity(text, path, word)
    return sorted(spans, key=lambda span: (span.start_s, span.end_s))


def spans_from_steps(labels: npt.ArrayLike, word: str, duration_s: float, ones: int = 50) -> list[Span]:
    """Spans behind an array of labels, one per output step.

    The lesson's label is a run of ones that starts on the step after the word's end. The start of
    the word is not in it: a span made so begins and ends at that one moment.

    Args:
        labels: (steps,), or with axes of length 1 beside it; 0 or 1.
        word: the word that the ones stand for.
        duration_s: seconds that the steps cover.
        ones: steps that one word makes; a longer run is several words, whose ones may overlap. One
            step more is still one word: labels set by hand have those.

    Returns:
        One span per run, in order.

    Raises:
        DataError: the array is not one row of zeros and ones.

    Example:
        >>> y = np.zeros(1375)
        >>> y[688:738] = 1
        >>> [round(span.end_s, 3) for span in spans_from_steps(y, "activate", 10.0)]
        [4.996]
    """
    row = np.asarray(labels).squeeze()
    if row.ndim != 1 or not np.isin(row, (0, 1)).all():
        raise DataError(
            f"labels must be one row of zeros and ones, got shape {np.shape(labels)}. "
            "Give one recording's labels at a time."
        )
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row, [0]))))
    spans = []
    for first, stop in edges.reshape(-1, 2).tolist():
        last = stop - ones if stop < len(row) else stop  # the end of the clip cuts a run short
        for number in range(-(-(stop - first) // (ones + 1))):
            begin = max(first, min(first + number * ones, last))
            end_s = max(begin - 1, 0) * duration_s / len(row)
            spans.append(Span(word, end_s, end_s))
    return spans


def _label_array(path: Path) -> npt.NDArray[np.float64]:
    try:
        return np.asarray(np.load(path, allow_pickle=False), dtype=np.float64)
    except (ValueError, EOFError, OSError):
        raise DataError(f"{path}: expected an array saved by numpy.save, got other bytes.") from None


def _from_audacity(text: str, path: Path, word: str) -> list[Span]:
    spans = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("\\"):  # Audacity's frequency lines
            continue
        fields = line.split("\t")
        try:
            spans.append(_span(" ".join(fields[2:]).strip() or word, fields[:2]))
        except ValueError as error:
            raise DataError(
                f"{path}, line {number}: expected start, end and word with tabs between, "
                f"got {line!r} ({error}). Export the track again from Audacity."
            ) from None
    return spans


def _from_json(text: str, path: Path, word: str) -> list[Span]:
    try:
        rows = json.loads(text)
        return [_span(row["word"] or word, (row["start_s"], row["end_s"])) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"{path}: expected a JSON list of objects with word, start_s and end_s ({error!r})."
        ) from None


def _span(word: object, times: Sequence[object]) -> Span:
    if len(times) != 2:
        raise ValueError("two times are needed")
    start_s, end_s = (float(str(time)) for time in times)
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s <= end_s):
        raise ValueError("times must be finite, not negative, start before end")
    if not (isinstance(word, str) and word):
        raise ValueError("the label names no word")
    return Span(word, start_s, end_s)
