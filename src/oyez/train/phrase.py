"""A detector for a phrase, from clips and hours to the head that was learnt: what `oyez train PHRASE` does.

Each stage leaves its work in the run's folder: a training that was stopped goes on, and ends with the same
head as if it had not stopped.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from oyez.config import Config, SmallConfig
from oyez.errors import DataError
from oyez.output import write_text
from oyez.synth.clips import Clip
from oyez.synth.material import read_material
from oyez.synth.turns import TurnsConfig
from oyez.train.bank import Bank, join
from oyez.train.budget import Counts
from oyez.train.fill import Filling, fill
from oyez.train.head import HeadConfig, train_head
from oyez.train.held_out import Verdict, judge_head
from oyez.train.models import SmallHead
from oyez.train.negatives import Negatives
from oyez.train.recordings import Recording, segments
from oyez.train.run import Run
from oyez.train.scene_bank import Said, Scenes, fill_scenes, spans_of

__all__ = ["Learnt", "Material", "PhraseConfig", "Progress", "train_phrase"]

Progress = Callable[[str, float, float], None]
"""Called with a stage's name, what is done of it, and all of it, in its own units."""

ROOMS = 400
"""Simulated ones."""

HELD_OUT_SCENES = 300
HELD_OUT_TURNS = TurnsConfig(words=(1, 1), others=(0, 1))
"""Of scenes in which voices that trained nothing say the phrase."""


@dataclass(frozen=True)
class PhraseConfig(Config):
    """How a phrase is learnt. With the clips and the hours it decides all of the result."""

    phrase: str
    counts: Counts
    seed: int = 0
    per_hour: float = 0.5
    """False accepts at the threshold that is chosen, at most."""
    recorded_share: float = 0.5
    """Of the words in scenes, those that are recordings of people, where there are any."""


@dataclass(frozen=True)
class Material:
    """Everything that is learnt from."""

    words: tuple[Clip, ...]
    """The phrase in many voices."""
    held_out: tuple[Clip, ...]
    """The phrase in voices that train nothing."""
    others: tuple[Clip, ...]
    """What sounds like it, and what does not."""
    talk: tuple[Recording, ...]
    """Sentences, and those others, as files: speech without the phrase, and talkers in the background."""
    noises: tuple[Path, ...]
    negatives: Negatives
    """Hours without the phrase, from a bank; those marked for calibration train nothing."""
    recorded: tuple[Clip, ...] = ()
    """The phrase recorded by people: they train too."""
    rooms: Path | None = None
    """Impulse responses, beside simulated rooms."""
    made_of: str = "phrase 1"
    """Names all of this, with versions: what was rendered of something else is not taken."""


@dataclass(frozen=True)
class Learnt:
    """What came of it."""

    head: SmallHead
    verdict: Verdict
    seconds: dict[str, float]
    """On the clock, by stage; of stages that were done before, what is left of them."""


def train_phrase(
    config: PhraseConfig,
    material: Material,
    folder: Path,
    *,
    jobs: int = 1,
    on_progress: Progress = lambda *_: None,
) -> Learnt:
    """Train a head for one phrase, or go on with a training that was stopped.

    Args:
        config: how.
        material: from what.
        folder: of this training alone.
        jobs: processes.
        on_progress: told how far each stage is.

    Returns:
        The head, and what it is worth on voices and hours that trained nothing.

    Raises:
        DataError: there are too few clips, or no hours to choose a threshold on.
        ConfigError: the folder holds another training.
    """
    if not material.words or not material.held_out:
        raise DataError(
            f"expected clips of “{config.phrase}” to learn from and to hold out, got {len(material.words)} "
            f"and {len(material.held_out)}. Install voices: pip install 'oyez[train]'"
        )
    torch.set_num_threads(max(1, jobs))
    stages = _Stages(folder, on_progress)
    settings = {**config.to_dict(), "counts": config.counts.to_dict()}
    run = Run(folder, {**settings, "made_of": material.made_of, "clips": _clips(material)})
    scenery = partial(
        read_material,
        {"noise": material.noises},
        {"talk": [one.path for one in material.talk]},
        material.rooms,
    )
    with stages.stage("scenes", config.counts.scenes) as done:
        scenes = fill_scenes(
            Scenes(_said(config, material), scenery, config.counts.scenes, seed=config.seed),
            folder / "scenes", jobs=jobs, on_scenes=done,
        )  # fmt: skip
    with stages.stage("held-out voices", HELD_OUT_SCENES) as done:
        voices = Scenes(
            Said(material.held_out, material.others),
            scenery,
            HELD_OUT_SCENES,
            config.seed + 1,
            HELD_OUT_TURNS,
        )
        heard = fill_scenes(voices, folder / "held_out", jobs=jobs, on_scenes=done)
    cut = segments(material.talk)
    with stages.stage("synthetic speech", 10.0 * len(cut)) as done:
        filling = Filling(scenery, material.made_of, config.counts.renderings, seed=config.seed)
        spoken = fill(cut, filling, folder / "speech", jobs=jobs, on_seconds=done)
    kept = material.negatives.calibration
    speech = join([spoken.bank, material.negatives.only(~kept).bank])
    with stages.stage("learning", config.counts.epochs) as done:
        learning = replace(HeadConfig(), epochs=config.counts.epochs, seed=config.seed)
        head = train_head(
            scenes,
            speech,
            learning,
            SmallConfig(),
            Run(folder / "head", learning.to_dict()),
            lambda _: done(1),
        )
    with stages.stage("judging", 1) as done:
        words = list(zip(_each(heard), spans_of(folder / "held_out"), strict=True))
        verdict = judge_head(head, words, material.negatives.only(kept), config.per_hour)
        done(1)
    run.save("head.pt", {"head": head.state_dict()})
    return Learnt(head, verdict, stages.seconds)


def _said(config: PhraseConfig, material: Material) -> Said:
    """Clips of the word with their weights: people who were recorded have their own share."""
    words = (*material.words, *material.recorded)
    if not material.recorded:
        return Said(words, material.others)
    share = config.recorded_share
    weights = [(1 - share) / len(material.words)] * len(material.words)
    weights += [share / len(material.recorded)] * len(material.recorded)
    return Said(words, material.others, tuple(weights))


def _clips(material: Material) -> dict[str, int]:
    return {
        name: len(getattr(material, name)) for name in ("words", "held_out", "others", "talk", "recorded")
    }


def _each(bank: Bank) -> Iterator[npt.NDArray[np.float32]]:
    return (bank.embeddings(slice(number, number + 1))[0] for number in range(len(bank)))


class _Stages:
    """Stages of a training: told while they go on, timed, and their times kept in the folder."""

    def __init__(self, folder: Path, on_progress: Progress) -> None:
        self._path, self._on_progress = folder / "seconds.json", on_progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: float) -> Iterator[Callable[[float], None]]:
        start, done = time.monotonic(), 0.0

        def advance(count: float) -> None:
            nonlocal done
            done += count
            self._on_progress(name, done, total)

        self._on_progress(name, 0.0, total)
        yield advance
        self.seconds[name] = round(time.monotonic() - start, 1)
        write_text(self._path, json.dumps(self.seconds, indent=1) + "\n", overwrite=True)
