"""The folder of words that a training reads, and what is known of each recording in it."""

import csv
import dataclasses
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.errors import AudioError, ConfigError, DataError, OutputError
from oyez.output import check_free, write_text
from oyez.record.take import Measures
from oyez.sound import Samples, to_int16
from oyez.synth.clips import NEGATIVES

__all__ = ["BACKGROUNDS", "OTHER_WORDS", "Entry", "RecordingFolder", "check_speaker", "check_word"]

OTHER_WORDS = NEGATIVES[0]
"""Sub-folder of words that must not wake the detector."""

BACKGROUNDS = "backgrounds"
"""Sub-folder of rooms."""

METADATA = "metadata.csv"
ROOM = "room"
"""What recordings of rooms are called, in place of a speaker."""


@dataclass(frozen=True)
class Entry:
    """What is known of one recording: a row of `metadata.csv`."""

    path: str
    """In the folder of words, with `/`."""
    word: str
    """What was said; empty where that is not known."""
    speaker: str
    """Empty for a room."""
    seconds: float
    """Of the whole file."""
    rate: int
    """Hertz."""
    level_dbfs: float
    """Of the word; of a room: of all."""
    peak_dbfs: float
    noise_dbfs: float
    """Of the quiet part."""
    snr_db: float | None
    """The word over the noise; None for a room."""
    device: str
    """The microphone, or the file, that it comes from."""
    recorded: str
    """Date and time (ISO 8601); empty where that is not known."""

    def row(self) -> dict[str, str]:
        """As text, to two digits or four, for seconds and decibels."""
        values = dataclasses.asdict(self)
        for name, value in values.items():
            if isinstance(value, float):
                values[name] = f"{value:.4f}" if name == "seconds" else f"{value:.1f}"
        return {name: "" if value is None else str(value) for name, value in values.items()}


FIELDS = tuple(field.name for field in dataclasses.fields(Entry))


def check_word(word: str) -> str:
    """A word that can be the name of its folder, without blanks around it.

    Raises:
        ConfigError: it cannot.
    """
    word = word.strip()
    if word in (*NEGATIVES, BACKGROUNDS):
        raise ConfigError(
            f"'{word}' is the name of a folder of its own. Record other words with --negatives, a room "
            "with --room SECONDS."
        )
    if not word or word.startswith(".") or re.search(r'[\x00-\x1f/\\:*?"<>|]', word):
        raise ConfigError(
            f"'{word}' cannot be the name of a folder. Write the word in letters, without punctuation."
        )
    return word


def check_speaker(speaker: str) -> str:
    """A speaker's name that a training reads as one voice, without blanks around it.

    Raises:
        ConfigError: it has an underscore, or cannot be part of a file's name.
    """
    speaker = speaker.strip()
    if not speaker or speaker.startswith(".") or re.search(r'[\x00-\x1f/\\:*?"<>|_]', speaker):
        raise ConfigError(
            f"--speaker '{speaker}' cannot be the start of a file's name. Use letters and digits; an "
            "underscore would end the name."
        )
    return speaker


class RecordingFolder:
    """Recordings of words, other words and rooms, numbered from 1 for each speaker; none is overwritten."""

    def __init__(self, root: Path) -> None:
        """Open the folder, which need not exist.

        Raises:
            OutputError: it cannot be made, or nothing can be written there.
            DataError: its metadata is not ours.
        """
        self.root = root
        check_free(root / METADATA, overwrite=True)
        self._fields, self._rows = _read_rows(root / METADATA)

    def check(self, folder: str) -> None:
        """Make sure that a sub-folder can be written.

        Raises:
            OutputError: a file stands in its place.
        """
        if (self.root / folder).exists() and not (self.root / folder).is_dir():
            raise OutputError(f"{self.root / folder} is no folder. Move it, or name another with --out.")

    def count(self, folder: str, speaker: str) -> int:
        """Recordings of a speaker that are there."""
        return len(self._numbers(folder, speaker))

    def said(self, folder: str, speaker: str) -> set[str]:
        """Words of a speaker that are known to be in a sub-folder."""
        return {
            row["word"]
            for row in self._rows
            if row.get("speaker") == speaker and row["path"].startswith(f"{folder}/")
        }

    def holds(self, folder: str, samples: Samples, rate: int) -> bool:
        """Whether the very same recording is there already, whatever it is called."""
        wanted = to_int16(samples)
        for path in audio.files_in(self.root / folder):
            with suppress(AudioError):  # what cannot be read is another recording
                if audio.info(path) == (len(samples), rate):
                    there, _ = audio.read(path)
                    if np.array_equal(to_int16(there), wanted):
                        return True
        return False

    def add(
        self,
        folder: str,
        speaker: str,
        samples: Samples,
        rate: int,
        measures: Measures,
        *,
        word: str = "",
        device: str = "",
        recorded: str = "",
    ) -> Path:
        """Write a recording under the next number, then the metadata with it.

        Args:
            folder: sub-folder: the word, or `OTHER_WORDS`, or `BACKGROUNDS`.
            speaker: who speaks; empty for a room.
            samples: (samples,).
            rate: Hertz.
            measures: of the recording.
            word: what was said.
            device: where it comes from.
            recorded: when.

        Returns:
            The new file. A kill in between leaves the recording without its row, which is of no
            harm to a training.

        Raises:
            OutputError: the disk refuses.
            DataError: the metadata has been changed into something else.
        """
        path = self._write_next(folder, speaker, samples, rate)
        entry = Entry(
            path=f"{folder}/{path.name}",
            word=word,
            speaker=speaker,
            seconds=len(samples) / rate,
            rate=rate,
            level_dbfs=measures.level_dbfs,
            peak_dbfs=measures.peak_dbfs,
            noise_dbfs=measures.noise_dbfs,
            snr_db=None if folder == BACKGROUNDS else measures.snr_db,
            device=device,
            recorded=recorded,
        )
        # as they stand now: another session, or a person, may have written meanwhile
        self._fields, self._rows = _read_rows(self.root / METADATA)
        self._rows = [row for row in self._rows if row["path"] != entry.path]
        self._rows.append(entry.row())
        self._write_rows()
        return path

    def _write_next(self, folder: str, speaker: str, samples: Samples, rate: int) -> Path:
        """Write a recording under the next number, or the one after if another session takes that first."""
        while True:
            number = max(self._numbers(folder, speaker), default=0) + 1
            path = self.root / folder / f"{speaker or ROOM}_{number:04d}.wav"
            try:
                audio.write(path, samples, rate)
            except OutputError:
                if not path.exists():
                    raise
            else:
                return path

    def _numbers(self, folder: str, speaker: str) -> list[int]:
        """Numbers of a speaker's files, whatever their format."""
        pattern = re.compile(rf"{re.escape(speaker or ROOM)}_(\d+)\.\w+")
        if not (self.root / folder).is_dir():
            return []
        names = (path.name for path in (self.root / folder).iterdir())
        return [int(match[1]) for name in names if (match := pattern.fullmatch(name))]

    def _write_rows(self) -> None:
        """All rows, but for those whose recording has been deleted."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self._fields, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in self._rows if (self.root / row["path"]).exists())
        write_text(self.root / METADATA, text.getvalue(), overwrite=True)


def _read_rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of metadata; columns of others are kept, after ours."""
    if not path.exists():
        return list(FIELDS), []
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True)
        rows = [{name: value or "" for name, value in row.items()} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read ({error}). Move it away.") from None
    names = list(reader.fieldnames or ())
    if "path" not in names or any(None in row for row in rows):
        raise DataError(
            f"{path} is no metadata of recordings: expected columns {', '.join(FIELDS)}, got "
            f"{', '.join(names) or 'none'}. Move it away."
        )
    return [*FIELDS, *(name for name in names if name not in FIELDS)], rows
