"""Scenes: what is said when, over what, drawn by chance. All chance is here; no audio is."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from oyez.config import Config
from oyez.synth.clips import Clip, Corpus
from oyez.synth.effects import ROLL_OFF

__all__ = ["VARIED", "Bed", "Placement", "Range", "Scene", "SceneConfig", "draw"]

Range = tuple[float, float]
"""Lowest and highest value of a uniform draw."""

NARROWEST = 0.5  # of the common bandwidth: the lowest low-pass that is drawn


@dataclass(frozen=True)
class SceneConfig(Config):
    """How scenes are drawn. The defaults are the lesson's."""

    duration_s: float = 10.0
    positives: tuple[int, int] = (0, 4)
    """Fewest and most trigger words in a scene."""
    negatives: tuple[int, int] = (0, 2)
    """Fewest and most other words."""
    beds: tuple[int, int] = (1, 1)
    """Fewest and most backgrounds, laid over each other."""
    background_db: Range = (-20.0, -20.0)
    """Gain of a background, in dB."""
    word_db: Range = (0.0, 0.0)
    """Gain of a word, in dB; counts where `snr_db` is None."""
    snr_db: Range | None = None
    """Level of a word over its background, in dB, in place of `word_db`."""
    level_dbfs: Range | None = (-20.0, -20.0)
    """Level of the whole scene; None leaves it."""
    low_pass_hz: Range | None = None
    """Cut-off for the whole scene. None: where recordings of different rates are mixed, it is drawn
    between half the narrowest bandwidth and the highest that leaves nothing (−60 dB) above that
    bandwidth; else nothing is cut off."""
    tilt_db: Range = (0.0, 0.0)
    """Spectral slope of the whole scene, in dB per octave."""

    def __post_init__(self) -> None:
        self._check(0 < self.duration_s <= 3600, "duration_s must be 0..3600", self.duration_s)
        for name in ("positives", "negatives", "beds"):
            low, high = getattr(self, name)
            object.__setattr__(self, name, (low, high))
            self._check(0 <= low <= high, f"{name} must be lowest, highest", (low, high))
        for name in ("background_db", "word_db", "snr_db", "level_dbfs", "low_pass_hz", "tilt_db"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, (float(value[0]), float(value[1])))
                self._check(value[0] <= value[1], f"{name} must be lowest, highest", value)
                self._check(all(map(math.isfinite, value)), f"{name} must be finite", value)
        lowest_hz = 1.0 if self.low_pass_hz is None else self.low_pass_hz[0]
        self._check(lowest_hz > 0, "low_pass_hz must be above 0", self.low_pass_hz)


VARIED = SceneConfig(
    negatives=(0, 4),
    beds=(1, 2),
    background_db=(-20.0, -5.0),
    snr_db=(-3.0, 25.0),
    level_dbfs=(-45.0, -15.0),
    tilt_db=(-3.0, 3.0),
)
"""Scenes for a detector that is to work in other places than those of its recordings."""


@dataclass(frozen=True)
class Bed:
    """A background of a scene."""

    index: int
    """Of the corpus's backgrounds."""
    source: str
    start_s: float
    """Where in the recording the scene begins."""
    gain_db: float


@dataclass(frozen=True)
class Placement:
    """A clip in a scene."""

    index: int
    """Of the corpus's clips."""
    source: str
    word: str | None
    """The trigger word, None for another word."""
    start_s: float
    """Where in the scene the clip starts."""
    gain_db: float
    snr_db: float | None
    """Level over the background, in place of the gain."""


@dataclass(frozen=True)
class Scene:
    """What goes where over which background, through which effects: plain data, no audio."""

    duration_s: float
    beds: tuple[Bed, ...]
    placements: tuple[Placement, ...]
    level_dbfs: float | None
    low_pass_hz: float | None
    tilt_db: float
    dropped: int
    """Clips that were drawn but found no place."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scene":
        """From what `to_dict` gave."""
        beds = tuple(Bed(**bed) for bed in values["beds"])
        placements = tuple(Placement(**placement) for placement in values["placements"])
        return cls(**{**values, "beds": beds, "placements": placements})


@dataclass
class _Free:
    """Stretches of a scene in which nothing is said yet, in seconds."""

    stretches: list[tuple[float, float]] = field(default_factory=list)

    def take(self, rng: np.random.Generator, length_s: float) -> float | None:
        """A start drawn uniformly from all at which the length fits; None where there is none.

        The same distribution as drawing until it fits, as the lesson does, without the waiting.
        """
        room = np.array([stop - start - length_s for start, stop in self.stretches])
        room = np.maximum(room, 0.0)
        total = float(room.sum())
        if total <= 0:
            return None
        at = rng.uniform(0, total)
        chosen = int(np.searchsorted(np.cumsum(room), at, side="right"))
        chosen = min(chosen, len(room) - 1)
        start, stop = self.stretches[chosen]
        begin = start + min(at - float(room[:chosen].sum()), float(room[chosen]))
        self.stretches[chosen : chosen + 1] = [(start, begin), (begin + length_s, stop)]
        return begin


def draw(rng: np.random.Generator, corpus: Corpus, config: SceneConfig | None = None) -> Scene:
    """Draw one scene.

    Trigger words are placed first, then other words; none overlap. A clip that finds no place is
    dropped and counted, never waited for.

    Args:
        rng: all chance comes from it.
        corpus: clips and backgrounds.
        config: defaults to the lesson's.

    Returns:
        The scene, as plain data.
    """
    config = config or SceneConfig()
    beds = tuple(_bed(rng, corpus, config) for _ in range(_count(rng, config.beds)))
    clips = corpus.clips
    first_negative = len(clips) - len(corpus.negatives)
    chosen = [int(rng.integers(first_negative)) for _ in range(_count(rng, config.positives))]
    if corpus.negatives:
        count = _count(rng, config.negatives)
        chosen += [int(rng.integers(first_negative, len(clips))) for _ in range(count)]
    free = _Free([(0.0, config.duration_s)])
    words = [word for word, positives in corpus.positives.items() for _ in positives]
    placements = []
    for index in chosen:
        start_s = free.take(rng, clips[index].duration_s)
        if start_s is not None:
            word = words[index] if index < first_negative else None
            placements.append(_placement(rng, index, clips[index], word, start_s, config))
    return Scene(
        duration_s=config.duration_s,
        beds=beds,
        placements=tuple(placements),
        level_dbfs=None if config.level_dbfs is None else rng.uniform(*config.level_dbfs),
        low_pass_hz=_low_pass(rng, corpus, config),
        tilt_db=rng.uniform(*config.tilt_db),
        dropped=len(chosen) - len(placements),
    )


def _count(rng: np.random.Generator, bounds: tuple[int, int]) -> int:
    return int(rng.integers(bounds[0], bounds[1] + 1))


def _bed(rng: np.random.Generator, corpus: Corpus, config: SceneConfig) -> Bed:
    group = corpus.groups[rng.integers(len(corpus.groups))]
    index = group[rng.integers(len(group))]
    background = corpus.backgrounds[index]
    spare_s = max(0.0, background.duration_s - config.duration_s)
    return Bed(index, background.source, rng.uniform(0, spare_s), rng.uniform(*config.background_db))


def _placement(
    rng: np.random.Generator,
    index: int,
    clip: Clip,
    word: str | None,
    start_s: float,
    config: SceneConfig,
) -> Placement:
    gain_db = rng.uniform(*config.word_db)
    snr_db = None if config.snr_db is None else rng.uniform(*config.snr_db)
    return Placement(index, clip.source, word, start_s, gain_db, snr_db)


def _low_pass(rng: np.random.Generator, corpus: Corpus, config: SceneConfig) -> float | None:
    bounds = config.low_pass_hz
    if bounds is None:
        if not corpus.mixed_bandwidths:
            return None
        bounds = (NARROWEST * corpus.bandwidth_hz, corpus.bandwidth_hz / (1 + ROLL_OFF))
    return math.exp(rng.uniform(math.log(bounds[0]), math.log(bounds[1])))
