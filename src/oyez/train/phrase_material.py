"""What a detector for a phrase is learnt from, and how: plain values that decide all of the result."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from oyez import audio
from oyez.config import Config
from oyez.synth.clips import Clip
from oyez.synth.material import Material as Scenery
from oyez.synth.material import read_material
from oyez.synth.surroundings import SurroundingsConfig
from oyez.synth.turns import TurnsConfig
from oyez.train.budget import Counts
from oyez.train.negatives import Negatives
from oyez.train.recordings import Recording
from oyez.train.versions import versions

__all__ = ["Material", "PhraseConfig"]

ROOMS = 400
"""Simulated ones."""

CLIPS = ("words", "held_out", "others", "recorded", "measured")
"""Of a `Material`: those of its fields that hold clips."""


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

    def settings(self) -> dict[str, Any]:
        """What a training that goes on must have been begun with; a threshold can be chosen again."""
        settings = {**self.to_dict(), "counts": self.counts.to_dict(), "versions": versions()}
        settings |= {"turns": TurnsConfig().to_dict(), "surroundings": SurroundingsConfig().to_dict()}
        del settings["per_hour"]
        return settings


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
    """Sentences, and those others, as files: talkers in the background, and close to the phrase."""
    noises: tuple[Path, ...]
    negatives: Negatives
    """Hours without the phrase, from a bank; those marked for calibration train nothing."""
    recorded: tuple[Clip, ...] = ()
    """The phrase recorded by people: they train too."""
    measured: tuple[Clip, ...] = ()
    """The phrase recorded by people: they train nothing."""
    own: tuple[Recording, ...] = ()
    """The user's speech without the phrase."""
    rooms: Path | None = None
    """Impulse responses, beside simulated rooms."""
    made_of: str = "phrase 1"
    """Names all of this, with versions: what was rendered of something else is not taken."""
    said: tuple[tuple[str, str, str, int], ...] = ()
    """Engine, voice, text and seed of everything that was said, for the record."""

    @property
    def scenery(self) -> Callable[[], Scenery]:
        """Reads what scenes happen in; it can be sent to another process."""
        talk = [one.path for one in self.talk]
        return partial(
            read_material, {"noise": self.noises}, {"talk": talk}, self.rooms, simulated=ROOMS
        )  # fmt: skip

    def settings(self) -> dict[str, Any]:
        """A digest of it, and counts and names that say more to a reader."""
        digest = hashlib.sha256()
        for name in CLIPS:
            for clip in getattr(self, name):
                digest.update(f"{name} {clip.voice} {Path(clip.source).name} ".encode())
                digest.update(clip.samples.tobytes() if name in ("recorded", "measured") else b"")
        for one in (*self.talk, *self.own):
            digest.update(f"talk {one.path.name} {one.seconds:.3f} ".encode())
        rooms = [] if self.rooms is None else audio.files_in(self.rooms)
        for path in (*self.noises, *rooms):
            digest.update(f"sound {path.name} {path.stat().st_size} ".encode())
        return {
            "made_of": self.made_of,
            "clips": {name: len(getattr(self, name)) for name in (*CLIPS, "talk", "own")},
            "clips_sha256": digest.hexdigest(),
            "voices": sorted({clip.voice for clip in self.words}),
            "held_out_voices": sorted({clip.voice for clip in self.held_out}),
        }
