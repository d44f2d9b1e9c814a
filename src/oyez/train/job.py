"""One training, from folders to the best network: what `oyez train --preset course` does."""

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from oyez import audio
from oyez.config import PRESETS, Config, Preset
from oyez.errors import ConfigError, DataError
from oyez.synth.clips import Background, Corpus, load_corpus
from oyez.synth.scene import SceneConfig
from oyez.train.dataset import ArrayExamples, Example, Examples, SceneExamples
from oyez.train.loop import Progress, TrainConfig, train
from oyez.train.models import CourseNetwork
from oyez.train.run import Run, weights_digest

__all__ = ["Job", "hold_out"]

VALIDATION_SEED = 2**31  # apart from any seed that a person types for training


@dataclass(frozen=True)
class Job(Config):
    """What is trained on what."""

    words: Path | None = None
    """Folder of words (see `load_corpus`)."""
    only: tuple[str, ...] = ()
    """Sub-folders of `words` that hold trigger words; none named: all but negatives."""
    backgrounds: Path | None = None
    """None: the folder `backgrounds` in `words`."""
    validation: Path | None = None
    """Folder of words in other voices, with `backgrounds` in it; None holds out `held_out`."""
    held_out: float = 0.2
    """Share of voices, and of backgrounds, that only validate."""
    arrays: Path | None = None
    """Folder with the lesson's X and Y in place of words; `validation` is then one too."""
    word: str = "activate"
    """What the ones in arrays stand for."""
    scenes: int = 1800
    """Scenes in an epoch."""
    validation_scenes: int = 100
    scale: Literal["power", "log"] = "log"
    """Of the spectrogram (see `FeatureConfig`)."""
    max_hz: float | None = None
    dropout: float = 0.2
    """The lesson drops 0.8; from scratch that learns far more slowly (see docs/train.md)."""
    reset_after: bool = True
    gate: Literal["sigmoid", "hard_sigmoid"] = "sigmoid"
    ones: int = 50
    """Output steps labelled after a word."""
    scene: SceneConfig = field(default_factory=SceneConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        self._check(0 < self.held_out < 1, "held_out must be between 0 and 1", self.held_out)
        self._check(self.scenes >= 1, "scenes must be 1 or more", self.scenes)
        self._check(
            self.validation_scenes >= 1, "validation_scenes must be 1 or more", self.validation_scenes
        )
        self._check(self.ones >= 1, "ones must be 1 step or more", self.ones)
        if (self.words is None) == (self.arrays is None):
            raise ConfigError("give either a folder of words (--words) or of arrays (--arrays).")

    @property
    def preset(self) -> Preset:
        """The course preset with this job's values in it."""
        course = PRESETS["course"]
        features = dataclasses.replace(course.features, scale=self.scale, max_hz=self.max_hz)
        model = dataclasses.replace(
            course.model, dropout=self.dropout, reset_after=self.reset_after, gate=self.gate
        )
        return dataclasses.replace(course, features=features, model=model)

    def settings(self) -> dict[str, Any]:
        """As plain data: what must be equal for a stopped training to go on."""
        values = {
            name: str(value) if isinstance(value, Path) else value for name, value in self.to_dict().items()
        }
        scene = {name: list(value) if isinstance(value, tuple) else value
                 for name, value in self.scene.to_dict().items()}  # fmt: skip
        return {**values, "only": list(self.only), "scene": scene, "train": self.train.to_dict()}

    def examples(self) -> tuple[Examples, list[Example]]:
        """What to learn from, and what to validate on.

        Raises:
            DataError: a folder lacks what is needed.
        """
        if self.arrays is not None:
            return self._arrays(self.arrays)
        assert self.words is not None
        corpus = load_corpus(self.words, self.backgrounds, self.only)
        if self.validation is not None:
            held_out = load_corpus(self.validation, only=self.only)
            if held_out.words != corpus.words:
                raise DataError(
                    f"{self.validation} has the words {', '.join(held_out.words)}, expected "
                    f"{', '.join(corpus.words)}."
                )
        else:
            corpus, held_out = hold_out(corpus, self.held_out, self.train.seed)
        seed = self.train.seed
        learn = SceneExamples(corpus, self.scene, self.preset, self.scenes, seed, self.ones)
        check = SceneExamples(
            held_out,
            self.scene,
            self.preset,
            self.validation_scenes,
            seed + VALIDATION_SEED,
            self.ones,
        )
        return learn, [check.get(0, number) for number in range(len(check))]

    def _files(self) -> str:
        """A digest of the names and sizes of all files: a run must not go on with others."""
        found = hashlib.sha256()
        for folder in (self.words, self.backgrounds, self.validation, self.arrays):
            if folder is not None and folder.is_dir():
                arrays = sorted(folder.glob("[XY].npy"))
                for path in [*audio.files_in(folder), *arrays]:
                    found.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        return found.hexdigest()[:16]

    def _arrays(self, folder: Path) -> tuple[Examples, list[Example]]:
        config, seed = self.preset.features, self.train.seed
        learn = ArrayExamples(folder, config, self.word, seed)
        if self.validation is None:
            raise ConfigError("arrays carry no voices: name a folder of other arrays, --validation DIR.")
        check = ArrayExamples(self.validation, config, self.word, seed)
        return learn, [check.get(0, number) for number in range(len(check))]

    def run(
        self,
        folder: Path,
        *,
        start: dict[str, torch.Tensor] | None = None,
        jobs: int = 1,
        on_batch: Progress = lambda *_: None,
        on_epoch: Callable[[dict[str, float]], None] = lambda _: None,
    ) -> tuple[CourseNetwork, Examples]:
        """Train, or go on with what the folder holds.

        Args:
            folder: where checkpoints and the log go.
            start: weights to begin with; None draws them.
            jobs: threads that make examples.
            on_batch: see `train`.
            on_epoch: see `train`.

        Returns:
            The best network and what it was trained on.

        Raises:
            ConfigError: the folder holds a training with other settings.
            DataError: a folder lacks what is needed.
        """
        run = Run(folder, {**self.settings(), "files": self._files(), "start": weights_digest(start)})
        learn, check = self.examples()
        torch.manual_seed(self.train.seed)
        network = CourseNetwork(self.preset.features, self.preset.model, len(learn.words))
        if start is not None:
            hears = len(start["dense.bias"])
            if hears != len(learn.words):
                raise ConfigError(
                    f"the model to go on from hears {hears} words, expected {', '.join(learn.words)}. "
                    "Start without --from."
                )
            network.load_state_dict(start)
        best = train(network, learn, check, self.train, run, jobs=jobs, on_batch=on_batch, on_epoch=on_epoch)
        return best, learn


def hold_out(corpus: Corpus, share: float, seed: int) -> tuple[Corpus, Corpus]:
    """Set voices and backgrounds apart, by chance.

    Args:
        corpus: of two voices or more.
        share: of the voices of each word, at least one, of those that say only other words, and of the
            backgrounds.
        seed: of the chance.

    Returns:
        The rest, and what was held out; a single background is shared by both.

    Raises:
        DataError: a word has only one voice.
    """
    rng = np.random.default_rng((seed, VALIDATION_SEED))
    out: set[str] = set()
    for word, clips in corpus.positives.items():
        voices = sorted({clip.voice for clip in clips})
        if len(voices) < 2:
            raise DataError(
                f"'{word}' is spoken by one voice, {voices[0]}: none can be held out. Record "
                "another, or name files VOICE_number.wav, or pass --validation DIR."
            )
        count = max(1, round(share * len(voices)))
        out |= {voices[i] for i in rng.choice(len(voices), count, replace=False)}
    others = sorted({clip.voice for clip in corpus.negatives} - set(corpus.voices))
    if len(others) > 1:
        count = max(1, round(share * len(others)))
        out |= {others[i] for i in rng.choice(len(others), count, replace=False)}
    kept = len(corpus.backgrounds) - max(1, round(share * len(corpus.backgrounds)))
    order = rng.permutation(len(corpus.backgrounds))
    held = {corpus.backgrounds[i].source for i in order[kept:]} if kept else set[str]()

    def is_held(background: Background) -> bool:
        return background.source in held

    return corpus.split(out, is_held)
