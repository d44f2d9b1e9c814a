"""A bank of speech without the word: what the trunk made of it, and of each stretch who speaks and what.

One file, without pickle. Hours count once for each stretch, however often it was rendered.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.errors import DataError, require
from oyez.output import whole
from oyez.train.bank import Bank
from oyez.train.bank import join as join_banks
from oyez.train.recordings import SEGMENT_S

__all__ = ["FORMAT", "Negatives", "Stretch", "contains", "join", "shipped"]

FORMAT = 1
"""Of the file. A newer one is refused."""

CLEAN = 0


@dataclass(frozen=True)
class Stretch:
    """Ten seconds of a recording, heard once or more."""

    source: str
    """The set that it is of."""
    speaker: str
    """Who speaks, or the name of the stream or the folder."""
    text: str | None = None
    """What is said, where that is told."""
    calibration: bool = False
    """Whether it is kept out of every training, to choose thresholds on."""


@dataclass(frozen=True)
class Negatives:
    """Renderings of stretches of speech."""

    bank: Bank
    """Its targets are all zero."""
    stretches: tuple[Stretch, ...]
    of: npt.NDArray[np.int32]
    """(recordings,): the stretch that each is a rendering of."""
    rendering: npt.NDArray[np.int8]
    """(recordings,): 0 is the stretch as it is, others are in some surroundings."""
    trunk: str
    """Digest of the trunk's weights (see `trunk_sha256`)."""
    licences: Mapping[str, str] = field(default_factory=dict)
    """Of each set."""

    def __len__(self) -> int:
        """Recordings."""
        return len(self.bank)

    @property
    def hours(self) -> float:
        """Of speech, each stretch once."""
        return len(np.unique(self.of)) * SEGMENT_S / 3600

    @property
    def calibration(self) -> npt.NDArray[np.bool_]:
        """(recordings,): those that must train nothing."""
        return np.array([one.calibration for one in self.stretches], bool)[self.of]

    def only(self, which: npt.NDArray[np.integer[Any] | np.bool_]) -> "Negatives":
        """Some recordings, by their numbers or by a mask, and the stretches that they are of."""
        kept, of = np.unique(self.of[which], return_inverse=True)
        return replace(
            self,
            bank=self.bank.only(which),
            stretches=tuple(self.stretches[n] for n in kept),
            of=of.astype(np.int32),
            rendering=self.rendering[which],
        )

    def without_phrase(self, phrase: str, says: Callable[[str, str], bool] | None = None) -> "Negatives":
        """Without the stretches in which the phrase is said; what is said is not always known.

        Args:
            phrase: as it is written.
            says: whether a text (first) has the phrase (second) in it; None is `contains`. Where sounds
                can be compared, what sounds the same may be found too.
        """
        says = says or contains
        said = [one.text is not None and says(one.text, phrase) for one in self.stretches]
        return self.only(~np.array(said, bool)[self.of])

    def save(self, path: Path, *, overwrite: bool = False) -> None:
        """Write one file, whole.

        Raises:
            OutputError: it exists and may not be replaced, or cannot be written.
        """
        about = {
            "format": FORMAT, "trunk_sha256": self.trunk, "licences": dict(self.licences),
            "stretches": [asdict(one) for one in self.stretches],
        }  # fmt: skip
        text = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
        with whole(path, overwrite=overwrite) as draft, draft.open("wb") as file:
            np.savez_compressed(
                file, about=text, x=self.bank.x, scale=self.bank.scale, of=self.of, rendering=self.rendering
            )

    @classmethod
    def load(cls, path: Path) -> "Negatives":
        """Read what `save` wrote.

        Raises:
            DataError: it is no bank, or of a newer format.
        """
        try:
            with np.load(path) as file:
                about = json.loads(file["about"].tobytes())
                x, scale, of, rendering = (file[name] for name in ("x", "scale", "of", "rendering"))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise DataError(f"{path} is no bank of negatives ({error}). Fill one again.") from None
        if about["format"] > FORMAT:
            raise DataError(
                f"{path} is a bank of format {about['format']}, expected {FORMAT} at most. Upgrade oyez."
            )
        stretches = tuple(Stretch(**one) for one in about["stretches"])
        bank = Bank(x, scale, np.zeros(x.shape[:2], np.int8))
        return cls(bank, stretches, of, rendering, about["trunk_sha256"], about["licences"])


def join(parts: Iterable[Negatives]) -> Negatives:
    """Several as one, in their order.

    Raises:
        DataError: there are none, or they are not of one trunk.
    """
    many = list(parts)
    trunks = {one.trunk for one in many}
    if len(trunks) != 1:
        raise DataError(f"expected banks of one trunk, got {len(trunks)} trunks. Fill them again.")
    before = np.cumsum([0, *(len(one.stretches) for one in many[:-1])])
    return Negatives(
        join_banks(one.bank for one in many),
        tuple(stretch for one in many for stretch in one.stretches),
        np.concatenate([one.of + first for one, first in zip(many, before, strict=True)]).astype(np.int32),
        np.concatenate([one.rendering for one in many]),
        many[0].trunk,
        {name: licence for one in many for name, licence in one.licences.items()},
    )


def contains(text: str, phrase: str) -> bool:
    """Whether the words of a phrase follow each other in a text; case and punctuation do not matter."""
    return f" {_plain(phrase)} " in f" {_plain(text)} "


def shipped() -> Negatives:
    """The bank that comes with the package `oyez-bank`.

    Raises:
        MissingExtraError: it is not installed.
        DataError: it cannot be read.
    """
    path: Path = require("oyez_bank", "train").bank_path()
    return Negatives.load(path)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", letters))
