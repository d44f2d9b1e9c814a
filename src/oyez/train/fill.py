"""Filling a bank of negatives: each stretch as it is and in other surroundings, through the trunk, onto disk.

Work is cut into parts of a few minutes. A part's name says all that it was made of, so that a filling that
was stopped goes on, one folder more costs only its own hours, and nothing stale is ever taken.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from oyez import sound
from oyez.errors import DataError
from oyez.sound import Samples
from oyez.synth import effects
from oyez.synth.material import Material
from oyez.synth.surroundings import SurroundingsConfig, at_level, draw_surroundings, surround, to_16_bits
from oyez.train.bank import Bank, embed
from oyez.train.negatives import FORMAT, Negatives, Stretch, join
from oyez.train.parts import write_parts
from oyez.train.recordings import SEGMENT_S, Segment, read_segment
from oyez.train.trunk import Trunk, load_trunk, trunk_sha256

__all__ = ["Filling", "fill", "render_negative"]

PART = 30  # segments: five minutes
SPEED = (0.88, 1.14)
CLEAN_DBFS = (-40.0, -16.0)


@dataclass(frozen=True)
class Filling:
    """How segments become recordings of a bank."""

    material: Callable[[], Material]
    """Gives noises, talk and rooms; called once in each process."""
    made_of: str
    """Names what the material is, with its version: parts of another name are not taken."""
    renderings: int = 3
    """Of each segment, besides the clean one."""
    seed: int = 52
    surroundings: SurroundingsConfig = field(default_factory=SurroundingsConfig)
    rate: int = 16_000

    def name(self, part: Sequence[Segment], trunk: str) -> str:
        """Of a part's file: a digest of everything that decides what is in it."""
        files = {
            str(one.path): (one.path.stat().st_size, one.path.stat().st_mtime_ns)
            for segment in part
            for one in segment.parts
        }
        settings = {
            "format": FORMAT, "trunk": trunk, "made_of": self.made_of, "renderings": self.renderings,
            "seed": self.seed, "surroundings": self.surroundings.to_dict(), "files": files,
            "segments": [asdict(segment) for segment in part],
        }  # fmt: skip
        text = json.dumps(settings, sort_keys=True, default=str)
        return f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.npz"


def fill(
    segments: Sequence[Segment],
    filling: Filling,
    cache: Path,
    *,
    jobs: int = 1,
    trunk: Path | None = None,
    on_seconds: Callable[[float], None] = lambda _: None,
) -> Negatives:
    """Render and embed segments, or find that done.

    Args:
        segments: speech without the word.
        filling: how.
        cache: folder for the parts.
        jobs: processes.
        trunk: as for `load_trunk`.
        on_seconds: called with the seconds of speech that were done since the last call.

    Returns:
        All of it, in order; the same for any number of processes.

    Raises:
        DataError: there are no segments.
        AudioError: a recording cannot be read.
    """
    if not segments:
        raise DataError("there is no speech to fill a bank with. Name folders that hold two seconds or more.")
    digest = trunk_sha256(load_trunk(trunk))
    parts = [list(segments[start : start + PART]) for start in range(0, len(segments), PART)]
    paths = [cache / filling.name(part, digest) for part in parts]
    missing = {path: part for path, part in zip(paths, parts, strict=True) if not path.exists()}
    on_seconds(
        SEGMENT_S * sum(len(part) for path, part in zip(paths, parts, strict=True) if path not in missing)
    )
    for count in write_parts(missing, partial(_Writer.begin, filling, trunk), jobs):
        on_seconds(SEGMENT_S * count)
    return join(Negatives.load(path) for path in paths)


def render_negative(
    samples: Samples, rng: np.random.Generator, material: Material, config: SurroundingsConfig
) -> Samples:
    """Speech at another speed, in some surroundings.

    Args:
        samples: (samples,): ten seconds and what follows them.
        rng: all chance comes from it.
        material: what surroundings are made of.
        config: how they are drawn.

    Returns:
        (10 s × rate,), in 16-bit steps.
    """
    length = round(SEGMENT_S * material.rate)
    faster = effects.at_speed(samples, material.rate, rng.uniform(*SPEED))
    return surround(sound.fit(faster, length), draw_surroundings(rng, material, config), material)


@dataclass(frozen=True)
class _Writer:
    """What a process needs to write parts."""

    filling: Filling
    material: Material
    trunk: Trunk

    @classmethod
    def begin(cls, filling: Filling, trunk: Path | None) -> "_Writer":
        return cls(filling, filling.material(), load_trunk(trunk))

    def write(self, path: Path, part: Sequence[Segment]) -> int:
        """Render, embed and save a part; returns its segments."""
        each = 1 + self.filling.renderings
        rows = []
        for segment in part:
            rows += self._render(read_segment(segment, self.filling.rate), _chance(segment, self.filling))
        negatives = Negatives(
            Bank.of(embed(self.trunk, rows)),
            tuple(Stretch(one.source, one.speaker, one.text) for one in part),
            np.repeat(np.arange(len(part), dtype=np.int32), each),
            np.tile(np.arange(each, dtype=np.int8), len(part)),
            trunk_sha256(self.trunk),
        )
        negatives.save(path, overwrite=True)  # two fillings at once write the same
        return len(part)

    def _render(self, samples: Samples, rng: np.random.Generator) -> list[Samples]:
        clean = at_level(samples[: round(SEGMENT_S * self.filling.rate)], rng.uniform(*CLEAN_DBFS))
        config = self.filling.surroundings
        return [
            to_16_bits(clean),
            *(render_negative(samples, rng, self.material, config) for _ in range(self.filling.renderings)),
        ]


def _chance(segment: Segment, filling: Filling) -> np.random.Generator:
    """The same for the same speech, in whatever folder and beside whatever other."""
    names = [(one.path.name, round(one.from_s, 3)) for one in segment.parts]
    digest = hashlib.sha256(repr((segment.source, segment.speaker, names)).encode()).digest()
    return np.random.default_rng((filling.seed, int.from_bytes(digest[:8], "big")))
