"""What a listener tells: plain data."""

from dataclasses import dataclass

from oyez.events import Detection
from oyez.listen.passage import End
from oyez.sound import Samples

__all__ = [
    "Event",
    "Excerpt",
    "Heard",
    "Level",
    "Nearly",
    "PassageEnd",
    "PassagePart",
    "PassageStart",
    "Zeros",
]


@dataclass(frozen=True)
class Heard:
    """A word was heard."""

    model: str
    """Name of the model that heard it."""
    detection: Detection
    """When, in seconds since listening began, and its score."""
    threshold: float
    """What the score needed."""


@dataclass(frozen=True)
class Nearly(Heard):
    """A word was almost heard: the peak of a score between half the threshold and the threshold."""


@dataclass(frozen=True)
class Level:
    """What a frame brought, for meters."""

    time_s: float
    """The frame's end."""
    level_dbfs: float
    scores: tuple[float, ...]
    """Smoothed, of each word of each model, in order."""
    muted: bool
    """Whether a sound of ours covered the frame's beginning."""


@dataclass(frozen=True, eq=False)
class Excerpt:
    """The sound around a detection, or around what was nearly one."""

    heard: Heard
    start_s: float
    """Where in the stream it begins."""
    samples: Samples
    """As they came: our own sounds are in them."""


@dataclass(frozen=True)
class PassageStart:
    """What follows a wake begins: its samples come as parts."""

    heard: Heard


@dataclass(frozen=True, eq=False)
class PassagePart:
    """More of the open passage."""

    samples: Samples


@dataclass(frozen=True)
class PassageEnd:
    """The passage is over."""

    seconds: float
    """Of all its parts."""
    why: End


@dataclass(frozen=True)
class Zeros:
    """For 5 s all samples were exactly zero: no microphone in a room gives that."""

    time_s: float


Event = Heard | Level | Excerpt | PassageStart | PassagePart | PassageEnd | Zeros
