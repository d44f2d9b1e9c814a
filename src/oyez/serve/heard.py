"""What a stream is answered: Heard, Scored, Ended, Restarted."""

from dataclasses import dataclass

from oyez.detect.stream import Scores
from oyez.events import Detection

__all__ = ["Ended", "Event", "Heard", "Restarted", "Scored"]


@dataclass(frozen=True)
class Heard:
    """A word was heard."""

    model: str
    """As the server names it."""
    detection: Detection
    """Its time counts from the start of the stream."""


@dataclass(frozen=True)
class Scored:
    """The scores of some steps, for who wants to see them."""

    model: str
    words: tuple[str, ...]
    """Of the columns."""
    time_s: float
    """Seconds from the start of the stream to the end of the first step."""
    step_s: float
    """Seconds from one step to the next."""
    scores: Scores
    """(steps, words), 0..1."""


@dataclass(frozen=True)
class Ended:
    """All of a stream that was finished has been heard: nothing more of it is due."""

    duration_s: float
    """Seconds that were pushed."""


@dataclass(frozen=True)
class Restarted:
    """All was forgotten, as was asked for: the time of what follows counts from 0 again."""


Event = Heard | Scored | Ended | Restarted
