"""Examples to learn from: scenes rendered as they are needed, or arrays on disk.

A batch is a function of (seed, epoch, number), so that a run that was stopped goes on as if it had
not been.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from oyez import features
from oyez.config import FeatureConfig, Preset
from oyez.errors import DataError
from oyez.events import Span, spans_from_steps
from oyez.synth.clips import Corpus
from oyez.synth.render import Rendered, Renderer, targets
from oyez.synth.scene import SceneConfig, draw

__all__ = ["ArrayExamples", "Example", "Examples", "SceneExamples", "load_arrays", "stack"]

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """One clip, as the network learns from it."""

    x: Array
    """(frames, bins)"""
    y: Array
    """(steps, words), 0 or 1"""
    spans: tuple[Span, ...]
    """The trigger words in it."""


class Examples(Protocol):
    """A source of examples."""

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the labels' columns."""

    @property
    def duration_s(self) -> float:
        """Seconds of one example."""

    def __len__(self) -> int:
        """Examples in one epoch."""

    def get(self, epoch: int, number: int) -> Example:
        """One example; the same numbers give the same one. Safe to call from several threads."""


class SceneExamples:
    """Scenes drawn anew in every epoch."""

    def __init__(
        self,
        corpus: Corpus,
        config: SceneConfig,
        preset: Preset,
        count: int,
        seed: int,
        ones: int = 50,
    ) -> None:
        """Arguments as for `draw`; `count` scenes make an epoch, `ones` steps label a word."""
        self.words, self.duration_s = corpus.words, config.duration_s
        self._corpus, self._config, self._preset = corpus, config, preset
        self._count, self._seed, self._ones = count, seed, ones
        self._renderer = Renderer(corpus, preset.features.rate)

    def __len__(self) -> int:
        """Scenes in one epoch."""
        return self._count

    def get(self, epoch: int, number: int) -> Example:
        """Draw, render and label a scene."""
        rendered = self.render(epoch, number)
        x = features.spectrogram(rendered.samples, self._preset.features)
        steps = self._preset.steps(len(rendered.samples))
        y = targets(rendered.spans, self.words, self.duration_s, steps, self._ones)
        return Example(x, y, rendered.spans)

    def render(self, epoch: int, number: int) -> Rendered:
        """The scene behind an example."""
        rng = np.random.default_rng((self._seed, epoch, number))
        return self._renderer(draw(rng, self._corpus, self._config))


class ArrayExamples:
    """The lesson's X and Y, the same in every epoch, in another order each time."""

    def __init__(self, folder: Path, config: FeatureConfig, word: str, seed: int) -> None:
        """Open `X.npy` and `Y.npy` (see `load_arrays`); `word` names what the ones stand for."""
        self._x, self._y = load_arrays(folder, config)
        self.words = (word,)
        self.duration_s = ((self._x.shape[1] - 1) * config.hop + config.window) / config.rate
        self._config, self._seed = config, seed

    def __len__(self) -> int:
        """Examples in the arrays."""
        return len(self._x)

    def get(self, epoch: int, number: int) -> Example:
        """Read one example."""
        index = np.random.default_rng((self._seed, epoch)).permutation(len(self))[number]
        y = np.array(self._y[index], np.float32).reshape(-1, 1)
        spans = spans_from_steps(y, self.words[0], self.duration_s)
        power = np.array(self._x[index], np.float32)
        return Example(features.apply_scale(power, self._config), y, tuple(spans))


def load_arrays(
    folder: Path, config: FeatureConfig
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """The lesson's training arrays, mapped from disk.

    Args:
        folder: holds `X.npy` (examples, frames, bins), power, and `Y.npy` (examples, steps, 1).
        config: bins count.

    Returns:
        X and Y.

    Raises:
        DataError: a file is missing, or shapes do not fit each other.
    """
    arrays = []
    for name in ("X.npy", "Y.npy"):
        path = folder / name
        if not path.is_file():
            raise DataError(f"{path}: no such file. Write it: oyez synth {folder} --arrays …")
        try:
            arrays.append(np.load(path, mmap_mode="r", allow_pickle=False))
        except (ValueError, EOFError, OSError):
            raise DataError(f"{path}: expected an array saved by numpy.save. Write it again.") from None
    x, y = arrays
    if x.ndim != 3 or x.shape[2] != config.bins or y.ndim != 3 or y.shape[2] != 1 or len(x) != len(y):
        raise DataError(
            f"{folder}: expected X (examples, frames, {config.bins}) and Y (examples, steps, 1), "
            f"got {x.shape} and {y.shape}."
        )
    return x, y


def stack(examples: list[Example]) -> tuple[Array, Array]:
    """A batch: x (batch, frames, bins) and y (batch, steps, words)."""
    return np.stack([one.x for one in examples]), np.stack([one.y for one in examples])
