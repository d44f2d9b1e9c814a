"""Scenes with the word, drawn, rendered and embedded in parts on disk, which are made once.

All chance comes from the number of a scene: scenes are the same on any number of processes, and more of
them change none.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from oyez.config import PRESETS
from oyez.events import Span
from oyez.output import write_text
from oyez.sound import Samples
from oyez.synth.clips import Clip
from oyez.synth.material import Material
from oyez.synth.surroundings import SurroundingsConfig, draw_surroundings, surround
from oyez.synth.turns import TurnsConfig, draw_turns, speak
from oyez.train.bank import Bank, embed, targets
from oyez.train.parts import write_parts
from oyez.train.trunk import Trunk, load_trunk

__all__ = ["Said", "Scenes", "fill_scenes", "render_scene", "spans_of"]

PART = 200  # scenes


@dataclass(frozen=True)
class Said:
    """Clips that scenes are made of."""

    words: tuple[Clip, ...]
    others: tuple[Clip, ...] = ()
    """Other words: what sounds like it, and what does not."""
    weights: tuple[float, ...] = ()
    """How often each clip of the word is taken, beside the others; none: all alike."""


@dataclass(frozen=True)
class Scenes:
    """How scenes are made."""

    said: Said
    material: Callable[[], Material]
    """Gives noises, talk and rooms; called once in each process."""
    count: int
    seed: int = 51
    turns: TurnsConfig = field(default_factory=TurnsConfig)
    surroundings: SurroundingsConfig = field(default_factory=SurroundingsConfig)


def render_scene(scenes: Scenes, material: Material, number: int) -> tuple[Samples, tuple[Span, ...]]:
    """One scene, and where its words are.

    Args:
        scenes: how.
        material: what `scenes.material` gave.
        number: of the scene: all chance comes from it and the seed.

    Returns:
        (samples,) at the material's rate, and the words that are whole.
    """
    rng = np.random.default_rng((scenes.seed, number))
    said = scenes.said
    words: Sequence[Clip] = said.words
    if said.weights:
        shares = np.asarray(said.weights) / np.sum(said.weights)
        words = [said.words[n] for n in rng.choice(len(said.words), scenes.turns.words[1], p=shares)]
    turns = draw_turns(rng, words, said.others, material, scenes.turns)
    samples, spans = speak(turns, words, said.others, material, scenes.turns.duration_s)
    return surround(samples, draw_surroundings(rng, material, scenes.surroundings), material), spans


def fill_scenes(
    scenes: Scenes,
    folder: Path,
    name: str = "scenes",
    *,
    jobs: int = 1,
    trunk: Path | None = None,
    on_scenes: Callable[[int], None] = lambda _: None,
) -> Bank:
    """Render and embed scenes, or find that done.

    Args:
        scenes: how.
        folder: of this training alone: parts in it are taken as they are.
        name: of the parts' files.
        jobs: processes.
        trunk: as for `load_trunk`.
        on_scenes: called with the scenes that were done since the last call.

    Returns:
        All of them, in order.
    """
    parts = {
        folder / f"{name}_{start // PART:03d}.npz": range(start, min(start + PART, scenes.count))
        for start in range(0, scenes.count, PART)
    }
    missing = {path: numbers for path, numbers in parts.items() if not path.exists()}
    on_scenes(sum(len(numbers) for path, numbers in parts.items() if path not in missing))
    for done in write_parts(missing, partial(_Writer.begin, scenes, trunk), jobs):
        on_scenes(done)
    return Bank.load(folder, f"{name}_*.npz")


def spans_of(folder: Path, name: str = "scenes") -> list[tuple[Span, ...]]:
    """Where the words are in each scene that `fill_scenes` made, in order."""
    return [
        tuple(Span(word, start_s, end_s) for word, start_s, end_s in spans)
        for path in sorted(folder.glob(f"{name}_*.json"))
        for spans in json.loads(path.read_text(encoding="utf-8"))
    ]


@dataclass(frozen=True)
class _Writer:
    """What a process needs to write parts."""

    scenes: Scenes
    material: Material
    trunk: Trunk

    @classmethod
    def begin(cls, scenes: Scenes, trunk: Path | None) -> "_Writer":
        return cls(scenes, scenes.material(), load_trunk(trunk))

    def write(self, path: Path, numbers: range) -> int:
        """Render, embed and save a part; returns its scenes."""
        small = PRESETS["small"]
        made = [render_scene(self.scenes, self.material, number) for number in numbers]
        x = embed(self.trunk, [samples for samples, _ in made])
        y = np.stack([targets(spans, small, x.shape[1]) for _, spans in made])
        path.parent.mkdir(parents=True, exist_ok=True)
        ends = [[[span.word, span.start_s, span.end_s] for span in spans] for _, spans in made]
        write_text(path.with_suffix(".json"), json.dumps(ends), overwrite=True)
        Bank.of(x, y).save(path)
        return len(numbers)
