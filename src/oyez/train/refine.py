"""A head that is there already, taught by recordings of people, and held against what it was before."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from oyez.config import Config
from oyez.errors import DataError
from oyez.evaluate.differences import Differences
from oyez.train.bank import Bank, join
from oyez.train.budget import Counts
from oyez.train.head import HeadConfig, train_head
from oyez.train.held_out import Verdict, heard_words, judge_head, said_alone
from oyez.train.models import SmallHead
from oyez.train.phrase import Progress, held_out_scenes
from oyez.train.phrase_material import Material, PhraseConfig
from oyez.train.run import Run, weights_digest
from oyez.train.scene_bank import Said, Scenes, fill_scenes
from oyez.train.stages import Stages

__all__ = ["COUNTS", "FEWER", "RefineConfig", "Refined", "refine", "training_of"]

COUNTS = Counts(words=120, near_misses=80, sentences=80, scenes=400, renderings=1, epochs=8)
"""What is said beside the recordings."""

FEWER = Counts(words=60, near_misses=40, sentences=60, scenes=400, renderings=1, epochs=8)
"""Where the folder of the training before is there: all of it has been said then."""


@dataclass(frozen=True)
class RefineConfig(Config):
    """How a head goes on learning."""

    scenes: int = 400
    """With recordings in them; as many are synthetic."""
    epochs: int = 8
    learning_rate: float = 5e-4
    average: float = 0.98
    """Of the weights: share that stays at each update."""
    alpha: float = 0.05
    """How often an equal head may be called worse."""

    def __post_init__(self) -> None:
        self._check(self.scenes >= 1, "scenes must be 1 or more", self.scenes)
        self._check(0 < self.alpha < 1, "alpha must be between 0 and 1", self.alpha)


@dataclass(frozen=True)
class Refined:
    """What came of it: both heads on the same voices and hours, with equal false accepts allowed."""

    head: SmallHead
    before: Verdict
    after: Verdict
    differences: Differences
    """Held-out words that only the old head (a) or only the new one (b) missed."""
    alpha: float
    measured: int
    """Recordings of people that trained nothing."""
    measured_missed: tuple[int, int]
    """Of those, before and after."""
    seconds: dict[str, float]
    """On the clock, by stage."""

    @property
    def worse(self) -> bool:
        """Whether it misses more of the held-out voices, and not by chance (McNemar's exact test)."""
        return self.differences.p_worse < self.alpha


def training_of(phrase: str, folder: Path) -> Path | None:
    """The folder, if a training of the phrase has ended in it."""
    if not all((folder / name).is_file() for name in ("head.pt", "run.json")):
        return None
    known = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return folder if known.get("phrase") == phrase else None


def refine(
    head: SmallHead,
    phrase: PhraseConfig,
    material: Material,
    folder: Path,
    *,
    before: Path | None = None,
    config: RefineConfig | None = None,
    jobs: int = 1,
    on_progress: Progress = lambda *_: None,
) -> Refined:
    """Train a head further, on recordings and on what synthetic voices say.

    Args:
        head: of the model, for one phrase.
        phrase: its phrase, the seed, and the false accepts that are allowed.
        material: from what; its `recorded` are learnt.
        folder: of this training alone.
        before: folder of the training that the head comes from (see `training_of`), whose scenes are taken
            again; None makes some.
        config: how; None: the defaults.
        jobs: processes; the result is the same for any number.
        on_progress: told how far each stage is.

    Returns:
        The new head, and how both did.

    Raises:
        DataError: there are no recordings, or voices.
        ConfigError: the folder holds another training.
    """
    config = config or RefineConfig()
    if not material.recorded or not material.words or not material.held_out:
        raise DataError(
            f"expected recordings of “{phrase.phrase}”, and synthetic voices beside them, got "
            f"{len(material.recorded)} and {len(material.words)}. Record more: oyez record."
        )
    torch.set_num_threads(1)  # a head is small: two threads wait for each other, and add in another order
    stages = Stages(folder, on_progress)
    settings = {**phrase.settings(), **material.settings(), "refine": config.to_dict()}
    run = Run(folder, {**settings, "start": weights_digest(head.state_dict())})
    with stages.stage("recordings", config.scenes) as done:
        said = Said(material.recorded, material.others)
        scenes = Scenes(said, material.scenery, config.scenes, seed=phrase.seed + 2)
        recorded = fill_scenes(scenes, folder / "recordings", jobs=jobs, on_scenes=done)
    with stages.stage("scenes", config.scenes) as done:
        synthetic = _synthetic(before, phrase, material, folder, config.scenes, jobs, done)
    with stages.stage("held-out voices", 1) as done:
        where = folder if before is None else before
        heard = held_out_scenes(material, phrase.seed, where / "held_out", jobs, lambda _: None)
        done(1)
    kept = material.negatives.calibration
    with stages.stage("learning", config.epochs) as done:
        learning = replace(
            HeadConfig(),
            epochs=config.epochs,
            learning_rate=config.learning_rate,
            average=config.average,
            seed=phrase.seed,
        )
        new = train_head(
            join([recorded, synthetic]),
            material.negatives.only(~kept).bank,
            learning,
            head.config,
            Run(folder / "head", learning.to_dict()),
            lambda _: done(1),
            head.state_dict(),
        )
    with stages.stage("judging", 2) as done:
        hours, people = material.negatives.only(kept), said_alone(material.measured)
        verdicts, missed, lost = [], [], []
        for one in (head, new):
            verdicts.append(judge_head(one, heard, hours, phrase.per_hour))
            missed.append(~heard_words(one, heard, verdicts[-1].trigger))
            lost.append(int((~heard_words(one, people, verdicts[-1].trigger)).sum()))
            done(1)
    run.save("head.pt", {"head": new.state_dict()})
    old_only, new_only = (int((one & ~other).sum()) for one, other in (missed, missed[::-1]))
    both = int((missed[0] & missed[1]).sum())
    return Refined(
        head=new,
        before=verdicts[0],
        after=verdicts[1],
        differences=Differences(both, old_only, new_only),
        alpha=config.alpha,
        measured=len(people),
        measured_missed=(lost[0], lost[1]),
        seconds=stages.seconds,
    )


def _synthetic(
    before: Path | None,
    phrase: PhraseConfig,
    material: Material,
    folder: Path,
    count: int,
    jobs: int,
    on_scenes: Callable[[int], None],
) -> Bank:
    """Scenes of synthetic voices: those of the training before, or new ones."""
    if before is None:
        said = Said(material.words, material.others)
        scenes = Scenes(said, material.scenery, count, seed=phrase.seed)
        return fill_scenes(scenes, folder / "scenes", jobs=jobs, on_scenes=on_scenes)
    known = Bank.load(before / "scenes", "scenes_*.npz")
    on_scenes(count)
    return known.only(np.arange(min(count, len(known))))
