"""A detector for a phrase, from clips and hours to the head that was learnt: what `oyez train PHRASE` does.

Each stage leaves its work in the run's folder: a training that was stopped goes on, and ends with the same
head as if it had not stopped.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from oyez.config import SmallConfig
from oyez.errors import ConfigError, DataError
from oyez.events import Span
from oyez.output import write_text
from oyez.synth.turns import TurnsConfig
from oyez.train.bank import Bank, join
from oyez.train.fill import Filling, fill
from oyez.train.head import HeadConfig
from oyez.train.held_out import Verdict, heard_words, judge_head, said_alone
from oyez.train.models import SmallHead
from oyez.train.phrase_material import Material, PhraseConfig
from oyez.train.recordings import segments
from oyez.train.run import Run
from oyez.train.scene_bank import Said, Scenes, fill_scenes, spans_of
from oyez.train.several import train_heads
from oyez.train.stages import Progress, Stages

__all__ = [
    "Learnt", "Material", "PhraseConfig", "Progress", "check_folder", "held_out_scenes", "train_phrase",
]  # fmt: skip

HEADS = 2
"""That learn and are written as one."""

HELD_OUT_SCENES = 300
HELD_OUT_TURNS = TurnsConfig(words=(1, 1), others=(0, 1))
"""Of scenes in which voices that trained nothing say the phrase."""


@dataclass(frozen=True)
class Learnt:
    """What came of it."""

    head: SmallHead
    verdict: Verdict
    seconds: dict[str, float]
    """On the clock, by stage, over all runs of the folder."""
    measured: int = 0
    """Recordings of people that trained nothing."""
    measured_missed: int = 0
    """Of those, as they are, at the threshold."""


def check_folder(folder: Path, config: PhraseConfig) -> bool:
    """Whether a folder's training had ended; before anything is said.

    Raises:
        ConfigError: it is another training.
    """
    path = folder / "run.json"
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
        ours = json.loads(json.dumps(config.settings()))
        for name, value in ours.items():
            if known.get(name) != value:
                raise ConfigError(
                    f"{folder} holds a training with another {name}: "
                    f"expected {value}, got {known.get(name)}. Name another --run folder, or remove that one."
                )
    return (folder / "head.pt").exists()


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
        jobs: processes; the result is the same for any number.
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
    torch.set_num_threads(1)  # a head is small: two threads wait for each other, and add in another order
    stages = Stages(folder, on_progress)
    run = Run(folder, {**config.settings(), **material.settings()})
    rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in material.said)
    write_text(folder / "said.jsonl", rows, overwrite=True)
    with stages.stage("scenes", config.counts.scenes) as done:
        scenes = fill_scenes(
            Scenes(_said(config, material), material.scenery, config.counts.scenes, seed=config.seed),
            folder / "scenes", jobs=jobs, on_scenes=done,
        )  # fmt: skip
    with stages.stage("held-out voices", HELD_OUT_SCENES) as done:
        heard = held_out_scenes(material, config.seed, folder / "held_out", jobs, done)
    own = _filled(config, material, folder / "own", stages, jobs)
    kept = material.negatives.calibration
    speech = join([*own, material.negatives.only(~kept).bank])
    with stages.stage("learning", config.counts.epochs) as done:
        learning = replace(HeadConfig(), epochs=config.counts.epochs, seed=config.seed)
        sizes, where = SmallConfig(), folder / "head"
        head = train_heads(HEADS, scenes, speech, learning, sizes, where, jobs=jobs, on_epoch=lambda: done(1))
    with stages.stage("judging", 1) as done:
        verdict = judge_head(head, heard, material.negatives.only(kept), config.per_hour)
        found = heard_words(head, said_alone(material.measured), verdict.trigger)
        done(1)
    run.save("head.pt", {"head": head.state_dict()})
    return Learnt(head, verdict, stages.seconds, len(found), int((~found).sum()))


def held_out_scenes(
    material: Material, seed: int, folder: Path, jobs: int, on_scenes: Callable[[int], None]
) -> list[tuple[npt.NDArray[np.float32], tuple[Span, ...]]]:
    """Scenes of the voices that train nothing, made or found in a folder.

    Args:
        material: whose `held_out` says the phrase.
        seed: of the training.
        folder: of these scenes alone.
        jobs: processes.
        on_scenes: called with the scenes that were done since the last call.

    Returns:
        Embeddings (steps, 96) of each, and the words in it.
    """
    said = Said(material.held_out, material.others)
    scenes = Scenes(said, material.scenery, HELD_OUT_SCENES, seed + 1, HELD_OUT_TURNS)
    bank = fill_scenes(scenes, folder, jobs=jobs, on_scenes=on_scenes)
    return list(zip(_each(bank), spans_of(folder), strict=True))


def _filled(config: PhraseConfig, material: Material, folder: Path, stages: Stages, jobs: int) -> list[Bank]:
    """The user's own speech without the phrase as a bank; none where there is none."""
    if not material.own:
        return []
    cut = segments(material.own)
    with stages.stage("your speech", 10.0 * len(cut)) as done:
        filling = Filling(material.scenery, material.made_of, config.counts.renderings, seed=config.seed)
        return [fill(cut, filling, folder, jobs=jobs, on_seconds=done).bank]


def _said(config: PhraseConfig, material: Material) -> Said:
    """Clips of the word with their weights: people who were recorded have their own share."""
    words = (*material.words, *material.recorded)
    if not material.recorded:
        return Said(words, material.others)
    share = config.recorded_share
    weights = [(1 - share) / len(material.words)] * len(material.words)
    weights += [share / len(material.recorded)] * len(material.recorded)
    return Said(words, material.others, tuple(weights))


def _each(bank: Bank) -> Iterator[npt.NDArray[np.float32]]:
    return (bank.embeddings(slice(number, number + 1))[0] for number in range(len(bank)))
