"""What an evaluation found: plain data, from which pages and tables are made."""

from dataclasses import dataclass, field

from oyez.evaluate.curve import Curve
from oyez.events import Span
from oyez.sound import Samples

__all__ = ["Condition", "Cut", "EngineResult", "Group", "NearMiss", "Result"]


@dataclass(frozen=True)
class Condition:
    """The words in one surrounding."""

    name: str
    """`clean`, `noise 10 dB`, `six talkers 5 dB`, `rooms`, `telephone`, `at once`."""
    curve: Curve
    """Misses among these words; false accepts and hours are those of all negatives, the same for every
    condition. The engine's own threshold is among the points."""


@dataclass(frozen=True)
class Group:
    """Speakers who have something in common."""

    kind: str
    """Column of the metadata: `sex`, `age`, `accent`, `speaker`."""
    name: str
    missed: dict[str, tuple[int, int]]
    """By condition: words missed at the engine's own threshold, and words said."""


@dataclass(frozen=True)
class NearMiss:
    """A phrase that sounds like the word, and is not."""

    phrase: str
    said: int
    """Recordings of it."""
    accepted: int
    """Of these, how many set the engine off at its own threshold."""


@dataclass(frozen=True)
class Cut:
    """A moment worth listening to, cut out of a stream as the engine heard it."""

    kind: str
    """`miss`, `false accept`, or `close call`: the highest score that did not reach the threshold."""
    engine: str
    condition: str
    """As in `Condition.name`; of a false accept `negatives`."""
    source: str
    """File, relative to the folder that was named."""
    at_s: float
    """Where in the file the cut begins; negative where a lead-in stands before it."""
    score: float
    """Highest smoothed score in it, 0..1."""
    samples: Samples = field(repr=False)
    """(samples,)."""
    rate: int
    """Hertz."""
    span: Span | None = None
    """The word, in seconds of the cut; None where there is none."""


@dataclass(frozen=True)
class EngineResult:
    """How one engine did."""

    name: str
    word: str
    threshold: float
    """Its own, at which it is judged first."""
    sweeps: bool
    """Whether other thresholds could be tried."""
    conditions: tuple[Condition, ...]
    negatives: Curve
    """False accepts and hours of all negatives; its own threshold is among the points. No words."""
    groups: tuple[Group, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    cuts: tuple[Cut, ...] = ()
    cpu_s_per_s: float = 0.0
    """CPU seconds for a second of sound, one thread, its own work alone."""


@dataclass(frozen=True)
class Result:
    """One evaluation: every engine on the same streams."""

    engines: tuple[EngineResult, ...]
    hours: float
    """Of sound without the word, each recording counted once."""
    words: int
    """Recordings of the word that were used."""
    seed: int
    about: dict[str, str] = field(default_factory=dict)
    """Folders and what was drawn, for the reader: `positives`, `negatives`, `noise`, `rooms`."""
    skipped: tuple[str, ...] = ()
    """Recordings of the word in which none was found, or that could not be read, with the reason."""
