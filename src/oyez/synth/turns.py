"""Who says what when, in ten seconds to learn from: words among other words, and talk close to them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oyez import sound
from oyez.config import Config
from oyez.events import Span
from oyez.sound import Samples
from oyez.synth import effects
from oyez.synth.clips import Clip
from oyez.synth.material import Material, take
from oyez.synth.surroundings import active_rms_dbfs

__all__ = ["Turn", "TurnsConfig", "draw_turns", "speak"]

Range = tuple[float, float]

WORD, OTHER = "word", "other"
SPOKEN_DBFS = -26.0
FADE_S = 0.01  # of talk, which is cut anywhere


@dataclass(frozen=True)
class TurnsConfig(Config):
    """How turns are drawn."""

    duration_s: float = 10.0
    words: tuple[int, int] = (1, 3)
    """Fewest and most words."""
    others: tuple[int, int] = (0, 2)
    """Fewest and most clips of other words."""
    at_once_share: float = 0.25
    """Of the scenes, those in which a clip begins within `at_once_s`."""
    at_once_s: float = 0.3
    close_share: float = 0.25
    """Of the words, those with talk right before them; and, on its own, right after."""
    close_s: Range = (0.5, 3.0)
    """Seconds of that talk."""
    apart_s: Range = (0.03, 0.3)
    """Seconds between that talk and the word."""
    gain_db: float = 3.0
    """By which each turn is louder or softer than the others."""
    speed: Range = (0.88, 1.14)
    """Of clips and talk: the pitch moves with it."""
    tempo: Range = (0.7, 1.15)
    """Of clips, besides: the pitch stays. Voices are at their best quick; people are quick and slow."""

    def __post_init__(self) -> None:
        for name in ("words", "others", "close_s", "apart_s", "speed", "tempo"):
            low, high = getattr(self, name)
            object.__setattr__(self, name, (low, high))
            self._check(0 <= low <= high, f"{name} must be lowest, highest", (low, high))
        self._check(self.duration_s > 0, "duration_s must be positive", self.duration_s)
        self._check(self.speed[0] > 0, "speed must be positive", self.speed)
        self._check(self.tempo[0] > 0, "tempo must be positive", self.tempo)
        for name in ("at_once_share", "close_share"):
            self._check(0 <= getattr(self, name) <= 1, f"{name} must be 0..1", getattr(self, name))


@dataclass(frozen=True)
class Turn:
    """One clip, or a stretch of talk, in a scene."""

    kind: str
    """`word`, `other`, or a kind of the material's talk."""
    index: int
    """Of the recordings of that kind."""
    start_s: float
    """Where in the scene it starts."""
    speed: float
    gain_db: float
    at: float = 0.0
    """Of talk: where in the recording it starts, as a share of it."""
    length_s: float = 0.0
    """Of talk: seconds in the scene."""
    tempo: float = 1.0

    @property
    def pace(self) -> float:
        """Seconds of the clip in a second of the scene."""
        return self.speed * self.tempo


def draw_turns(
    rng: np.random.Generator,
    words: Sequence[Clip],
    others: Sequence[Clip],
    material: Material,
    config: TurnsConfig | None = None,
) -> tuple[Turn, ...]:
    """Draw what is said in a scene; clips never overlap, but what has no room is cut off at the end.

    Args:
        rng: all chance comes from it.
        words: clips of the word.
        others: clips of other words.
        material: its talk stands close to words.
        config: how many, and how.

    Returns:
        Plain data, in order of time but for the talk, which comes last.
    """
    config = config or TurnsConfig()
    kinds = [(WORD, n) for n in _some(rng, config.words, len(words))]
    kinds += [(OTHER, n) for n in _some(rng, config.others, len(others))]
    order = [kinds[n] for n in rng.permutation(len(kinds))]
    speeds = rng.uniform(*config.speed, len(order))
    slowest, quickest = (math.log(tempo) for tempo in config.tempo)
    tempos = np.exp(rng.uniform(slowest, quickest, len(order)))
    paces = speeds * tempos
    lengths_s = [
        (words if kind == WORD else others)[index].duration_s / pace
        for (kind, index), pace in zip(order, paces, strict=True)
    ]
    gaps_s = rng.dirichlet(np.ones(len(order) + 1)) * max(config.duration_s - sum(lengths_s), 0.0)
    if rng.random() < config.at_once_share:
        spare_s = gaps_s[0] - min(gaps_s[0], rng.uniform(0, config.at_once_s))
        gaps_s[0], gaps_s[-1] = gaps_s[0] - spare_s, gaps_s[-1] + spare_s
    turns, close, at_s = [], [], 0.0
    for number, (kind, index) in enumerate(order):
        at_s += gaps_s[number]
        gain_db = rng.uniform(-config.gain_db, config.gain_db)
        speed, tempo = float(speeds[number]), float(tempos[number])
        turns.append(Turn(kind, index, float(at_s), speed, gain_db, tempo=tempo))
        if kind == WORD:
            clip, pace = words[index], paces[number]
            before_s, after_s = at_s + clip.start_s / pace, at_s + clip.end_s / pace
            close += _talk(rng, material, config, at_s - gaps_s[number], before_s, before=True)
            stop_s = at_s + lengths_s[number] + gaps_s[number + 1]
            close += _talk(rng, material, config, after_s, stop_s, before=False)
        at_s += lengths_s[number]
    return (*turns, *close)


def speak(
    turns: Sequence[Turn],
    words: Sequence[Clip],
    others: Sequence[Clip],
    material: Material,
    duration_s: float = 10.0,
) -> tuple[Samples, tuple[Span, ...]]:
    """Make turns sound, in silence.

    Args:
        turns: of `draw_turns`.
        words: as they were drawn from.
        others: as they were drawn from.
        material: as they were drawn from.
        duration_s: of the scene.

    Returns:
        (samples,) at the material's rate, and where the words are that are whole.
    """
    length = round(duration_s * material.rate)
    mix, spans = np.zeros(length, np.float32), []
    for turn in turns:
        start = round(turn.start_s * material.rate)
        if turn.kind in (WORD, OTHER):
            clip = (words if turn.kind == WORD else others)[turn.index]
            samples = sound.resample(clip.samples, round(clip.rate * turn.speed), material.rate)
            samples = effects.at_tempo(samples, material.rate, turn.tempo)
            if turn.kind == WORD and start + len(samples) <= length:
                start_s = start / material.rate
                spans.append(
                    Span(clip.word, start_s + clip.start_s / turn.pace, start_s + clip.end_s / turn.pace)
                )
        else:
            samples = _stretch(turn, material)
        level_dbfs = active_rms_dbfs(samples, material.rate)
        if math.isfinite(level_dbfs):
            samples = samples * np.float32(sound.db_to_gain(SPOKEN_DBFS + turn.gain_db - level_dbfs))
        fitting = samples[: max(0, length - start)]
        mix[start : start + len(fitting)] += fitting
    return mix, tuple(spans)


def _some(rng: np.random.Generator, bounds: tuple[int, int], count: int) -> list[int]:
    return rng.integers(count, size=rng.integers(bounds[0], bounds[1] + 1)).tolist() if count else []


def _talk(
    rng: np.random.Generator,
    material: Material,
    config: TurnsConfig,
    start_s: float,
    stop_s: float,
    *,
    before: bool,
) -> list[Turn]:
    """Talk that ends just before `stop_s`, or begins just after `start_s`; none where it has no room."""
    if rng.random() >= config.close_share:
        return []
    talk_s = material.talk_s()
    apart_s, wanted_s = rng.uniform(*config.apart_s), rng.uniform(*config.close_s)
    length_s = min(wanted_s, stop_s - start_s - apart_s)
    if not talk_s or length_s < config.close_s[0]:
        return []
    shares = np.array(list(talk_s.values()))
    kind = str(rng.choice(list(talk_s), p=shares / shares.sum()))
    at_s = stop_s - apart_s - length_s if before else start_s + apart_s
    index, gain_db = int(rng.integers(len(material.talk[kind]))), config.gain_db
    return [Turn(kind, index, float(at_s), rng.uniform(*config.speed), rng.uniform(-gain_db, gain_db),
                 rng.random(), float(length_s))]  # fmt: skip


def _stretch(turn: Turn, material: Material) -> Samples:
    """Talk, faded at both ends."""
    pcm = material.recording(turn.kind, turn.index)
    length = round(turn.length_s * material.rate)
    samples = take(pcm, int(turn.at * len(pcm)), round(length * turn.speed))
    samples = sound.fit(
        sound.resample(samples, round(material.rate * turn.speed), material.rate), length
    ).copy()
    fade = np.linspace(0, 1, round(FADE_S * material.rate), dtype=np.float32)
    samples[: len(fade)] *= fade
    samples[-len(fade) :] *= fade[::-1]
    return samples
