"""Recordings of a word, or of what sounds like it: where the word is in each, and who says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oyez import audio
from oyez.errors import AudioError, DataError
from oyez.events import read_spans
from oyez.synth.clips import find_word
from oyez.synth.metadata import read_metadata

__all__ = ["Word", "find_words", "phrases_in"]

LONGEST_S = 60.0
KINDS = ("sex", "age", "accent", "speaker")
"""Columns of the metadata that tell of the speaker; `extra` may hold more, as `age=6|sex=m`."""

PHRASE = ("phrase", "text", "label")
LABELS = (".txt", ".spans.json", ".json")
AGES = ((18, "under 18"), (60, "18 to 59"), (200, "60 and over"))


@dataclass(frozen=True)
class Word:
    """One recording of a word."""

    path: Path
    source: str
    """The file, relative to the folder."""
    seconds: float
    start_s: float
    """Where the word starts."""
    end_s: float
    """Where it ends."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """What the metadata tell of the speaker, by kind: `sex`, `age`, `accent`, `speaker`."""
    phrase: str = ""
    """What is said, where it is told: in the metadata, else by the name of the sub-folder or the file."""


def find_words(folder: Path, what: str = "the word") -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """Recordings in a folder, each with one word.

    The word is where a label file of the recording's name says (see `read_spans`), else where
    `synth.clips.find_word` finds it. A `metadata.csv` in the folder, with the column `path`, tells of
    speakers.

    Args:
        folder: of recordings, of a minute at most.
        what: they hold, for errors.

    Returns:
        The words, in order of names, and what was left out, each with the reason.

    Raises:
        DataError: there is no such folder, nothing in it can be used, or its metadata are broken.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. Name the folder that holds recordings of {what}.")
    known = read_metadata(folder)
    words, skipped = [], []
    for path in audio.files_in(folder):
        source = path.relative_to(folder).as_posix()
        try:
            samples, rate = audio.read(path, longest_s=LONGEST_S)
            seconds = len(samples) / rate
            start_s, end_s = _labelled(path, seconds) or find_word(samples, rate)
        except (AudioError, DataError) as error:
            text = str(error)
            skipped.append(text if text.startswith(str(path)) else f"{path}: {text}")
            continue
        row = known.get(source, {})
        words.append(Word(path, source, seconds, start_s, end_s, _groups(row), _phrase(row, source)))
    if not words:
        reason = f" ({skipped[0]})" if skipped else ""
        raise DataError(f"{folder} holds no recordings of {what}{reason}. Name one that does.")
    return tuple(words), tuple(skipped)


def phrases_in(words: tuple[Word, ...]) -> tuple[str, ...]:
    """What is said in them, each once, in order."""
    return tuple(dict.fromkeys(word.phrase for word in words))


def _labelled(path: Path, seconds: float) -> tuple[float, float] | None:
    for suffix in LABELS:
        labels = path.with_suffix(suffix)
        if labels.is_file():
            spans = read_spans(labels, "", seconds)
            if len(spans) != 1:
                raise DataError(f"{labels} marks {len(spans)} words, expected one. Cut the recording apart.")
            return spans[0].start_s, spans[0].end_s
    return None


def _groups(row: Mapping[str, str]) -> dict[str, str]:
    told = dict(part.split("=", 1) for part in row.get("extra", "").split("|") if "=" in part) | dict(row)
    found = {kind: told[kind].strip() for kind in KINDS if told.get(kind, "").strip()}
    age = found.get("age", "")
    if age.isdecimal():
        found["age"] = next((name for below, name in AGES if int(age) < below), age)
    return found


def _phrase(row: Mapping[str, str], source: str) -> str:
    told = next((row[name] for name in PHRASE if row.get(name)), "")
    folder, _, name = source.rpartition("/")
    return told or (folder.rpartition("/")[2] or Path(name).stem).replace("_", " ")
