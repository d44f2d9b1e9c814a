"""What will be heard, as plain data: each word in each surrounding, and the hours without it.

`evaluate.draw` draws it, `evaluate.render` makes sound of it.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from oyez.evaluate.words import Word

__all__ = ["WARM_UP_S", "Part", "Piece", "Plan", "Sources", "Stretch", "Take"]

WARM_UP_S = 60.0
"""Seconds of what a stream was before, heard first where a part goes on from another."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a recording, from a point on; it is repeated where it ends too soon."""

    path: Path
    start_s: float


@dataclass(frozen=True)
class Take:
    """One word in one surrounding."""

    word: int
    """Index of the recording, in the plan's words; of a near miss, in its near misses."""
    condition: str
    lead_s: float
    """Seconds before the recording begins; negative where its start is cut off."""
    trail_s: float
    """Seconds after it ends."""
    around: tuple[tuple[Piece, ...], ...] = ()
    """What is heard with it: one noise, or several talkers, each the recordings of one after another."""
    snr_db: float | None = None
    """Of the word over all of that."""
    room: Path | None = None
    """Impulse response that the whole is heard through."""
    telephone: bool = False


@dataclass(frozen=True)
class Stretch:
    """Some minutes of a recording without the word."""

    path: Path
    source: str
    """The file, relative to its folder."""
    start_s: float
    length_s: float
    noise: Piece | None = None
    snr_db: float | None = None


@dataclass(frozen=True)
class Part:
    """About an hour without the word, heard as one stream."""

    warm_up: tuple[Stretch, ...]
    """What the stream was before: its last minute is heard first, and not judged."""
    stretches: tuple[Stretch, ...]

    @property
    def seconds(self) -> float:
        """Seconds that are judged."""
        return sum(one.length_s for one in self.stretches)


@dataclass(frozen=True)
class Sources:
    """Recordings to draw from."""

    words: tuple[Word, ...] = ()
    near_misses: tuple[Word, ...] = ()
    negatives: tuple[tuple[Path, str], ...] = ()
    """Path, and its name in reports."""
    noises: tuple[Path, ...] = ()
    rooms: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One evaluation, as data."""

    seed: int
    words: tuple[Word, ...] = ()
    near_misses: tuple[Word, ...] = ()
    takes: tuple[Take, ...] = ()
    near_takes: tuple[Take, ...] = ()
    parts: tuple[Part, ...] = ()
    about: dict[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the surroundings, in order."""
        return tuple(dict.fromkeys(take.condition for take in self.takes))

    @property
    def hours(self) -> float:
        """Of sound without the word; each recording is there once."""
        return sum(part.seconds for part in self.parts) / 3600

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)
