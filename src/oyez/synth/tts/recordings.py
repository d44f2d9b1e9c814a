"""A folder of real recordings as a source of clips: people, where the others are engines."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oyez import audio
from oyez.errors import AudioError, DataError
from oyez.synth.tts.clip_store import RATE
from oyez.synth.tts.speak import Spoken, spoken_from

__all__ = ["Recordings"]

METADATA = "metadata.csv"
LONGEST_S = 60.0
ENGINE = "recording"


@dataclass(frozen=True)
class Recordings:
    """Recordings of a phrase, one in each file.

    Who speaks stands in the column `speaker` of a metadata.csv in the folder, whose column `path` names the
    file; else it is the sub-folder, or the file's name up to its first underscore.
    """

    folder: Path
    text: str
    """What is said in them."""

    def __len__(self) -> int:
        return len(self._paths())

    def spoken(self) -> Iterator[Spoken]:
        """All of them, in the order of their names.

        Raises:
            DataError: there are none, or metadata.csv lacks a column.
            AudioError: one cannot be read, or is silent.
        """
        speakers = self._speakers()
        for path in self._paths():
            name = path.relative_to(self.folder).as_posix()
            samples, rate = audio.read(path, RATE, longest_s=LONGEST_S)
            voice = speakers.get(name) or _speaker(name)
            one = spoken_from(samples, rate, text=self.text, voice=voice, engine=ENGINE, source=str(path))
            if one.end_s == one.start_s:
                raise AudioError(f"{path} is silent: there is no word in it. Record it again.")
            yield one

    def _paths(self) -> list[Path]:
        paths = audio.files_in(self.folder) if self.folder.is_dir() else []
        if not paths:
            raise DataError(f"{self.folder} holds no recordings. Name the folder that holds them.")
        return paths

    def _speakers(self) -> dict[str, str]:
        table = self.folder / METADATA
        if not table.exists():
            return {}
        with table.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if not {"path", "speaker"} <= set(rows.fieldnames or ()):
                raise DataError(
                    f"{table}: expected columns path and speaker, got {', '.join(rows.fieldnames or ())}. "
                    "Add them, or remove the file."
                )
            return {row["path"]: row["speaker"] or "" for row in rows}


def _speaker(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return folder or Path(file).stem.partition("_")[0]
