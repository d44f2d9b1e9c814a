"""Folders of speech without the word, cut into tens of seconds; who speaks in each, and what, where told."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.errors import DataError
from oyez.sound import Samples
from oyez.synth.metadata import read_metadata

__all__ = [
    "SEGMENT_S",
    "SPARE_S",
    "Part",
    "Recording",
    "Segment",
    "read_segment",
    "recordings_in",
    "segments",
]

SEGMENT_S = 10.0
SPARE_S = 2.0
"""Seconds after a segment's end that are read too: played faster, it is shorter."""

SHORTEST_S = 2.0  # of the rest that a recording leaves: less is dropped
GAP_S = (0.2, 0.8)  # between recordings of one speaker
STREAM_S = 60.0  # a recording this long, whose speaker is not told, stands for itself
TEXT = ("text", "transcript")


@dataclass(frozen=True)
class Recording:
    """One file."""

    path: Path
    source: str
    """The set that it is of."""
    speaker: str
    """Who speaks; where that is not told, the name of the stream, or of the folder."""
    text: str | None
    """What is said; None where that is not told."""
    seconds: float


@dataclass(frozen=True)
class Part:
    """A stretch of a file, and where in a segment it lies."""

    path: Path
    from_s: float
    at_s: float
    length_s: float


@dataclass(frozen=True)
class Segment:
    """Ten seconds of one speaker, and `SPARE_S` more."""

    source: str
    speaker: str
    text: str | None
    """What is said; None where that is not told of all of it."""
    parts: tuple[Part, ...]


def recordings_in(
    folder: Path, source: str | None = None, only: Collection[str] | None = None
) -> list[Recording]:
    """Recordings of a folder, in order of their names.

    A `metadata.csv` in the folder, with the column `path`, may tell more: `speaker`, `seconds`, and what is
    said as `text`, or as the last field of `extra`, where fields are divided by `|`.

    Args:
        folder: of recordings of any length and format.
        source: name of the set; None is the folder's.
        only: paths in the folder that are wanted; None wants all.

    Returns:
        What is known of each.

    Raises:
        DataError: there is no such folder, nothing in it, or its metadata are broken.
        AudioError: a recording cannot be read.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. Name the folder that holds speech without the word.")
    known = read_metadata(folder)
    found = []
    for path in audio.files_in(folder):
        name = path.relative_to(folder).as_posix()
        if only is not None and name not in only:
            continue
        row = known.get(name, {})
        seconds = float(row["seconds"]) if row.get("seconds") else audio.duration_s(path)
        around = path.parent.name if path.parent != folder else ""
        speaker = row.get("speaker") or (path.stem if seconds >= STREAM_S else around)
        found.append(Recording(path, source or folder.name, speaker, _text(row), seconds))
    if not found:
        raise DataError(f"{folder} holds no recordings that are wanted. Name a folder that does.")
    return found


def segments(recordings: Sequence[Recording]) -> list[Segment]:
    """Cut into tens of seconds: short recordings of a speaker stand one after the other, with gaps.

    Args:
        recordings: of any sets.

    Returns:
        In order of sets and speakers; the same for the same recordings.
    """
    groups: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    for one in recordings:
        groups[one.source, one.speaker].append(one)
    return [segment for key in sorted(groups) for segment in _cut(*key, groups[key])]


def read_segment(segment: Segment, rate: int) -> Samples:
    """(12 s × rate,): ten seconds, and what follows them; silence in gaps and after the end.

    Raises:
        AudioError: a recording cannot be read.
    """
    samples = np.zeros(round((SEGMENT_S + SPARE_S) * rate), np.float32)
    for part in segment.parts:
        start = round(part.at_s * rate)
        found = audio.segment(part.path, part.from_s, part.length_s, rate)[: len(samples) - start]
        samples[start : start + len(found)] = found
    return samples


def _cut(source: str, speaker: str, recordings: Sequence[Recording]) -> list[Segment]:
    digest = hashlib.sha256(f"{source}/{speaker}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    starts_s, at_s = [], 0.0
    for one in recordings:
        starts_s.append(at_s)
        at_s += one.seconds + float(rng.uniform(*GAP_S))
    end_s = starts_s[-1] + recordings[-1].seconds
    cut, first = [], 0
    for number in range(int((end_s - SHORTEST_S) // SEGMENT_S) + 1 if end_s >= SHORTEST_S else 0):
        begin_s, stop_s = number * SEGMENT_S, number * SEGMENT_S + SEGMENT_S + SPARE_S
        while starts_s[first] + recordings[first].seconds <= begin_s:
            first += 1
        parts, texts = [], []
        for one, start_s in zip(recordings[first:], starts_s[first:], strict=True):
            if start_s >= stop_s:
                break
            from_s = max(0.0, begin_s - start_s)
            length_s = min(one.seconds, stop_s - start_s) - from_s
            parts.append(Part(one.path, from_s, max(0.0, start_s - begin_s), length_s))
            texts.append(one.text)
        known = [text for text in texts if text is not None]
        text = " | ".join(known) if len(known) == len(texts) else None
        cut.append(Segment(source, speaker, text, tuple(parts)))
    return cut


def _text(row: dict[str, str]) -> str | None:
    told = next((row[name] for name in TEXT if row.get(name)), None)
    if told is None and "|" in row.get("extra", ""):
        last = row["extra"].rpartition("|")[2]
        told = last if "=" not in last else None
    return told
