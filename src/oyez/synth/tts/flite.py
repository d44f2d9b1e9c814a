"""flite, where the user has it: four English speakers that share nothing with Kokoro."""

from dataclasses import dataclass

import numpy as np

from oyez.sound import Samples
from oyez.synth.tts.program import has_program, say_by_program

__all__ = ["SPEAKERS", "FliteVoice", "is_installed"]

PROGRAM = "flite"
SPEAKERS = {"awb": 130.0, "kal16": 105.0, "rms": 105.0, "slt": 170.0}
"""With the pitch each speaks at, in Hertz."""
STRETCHES = (0.8, 1.3)
PITCHES = (0.85, 1.2)


@dataclass(frozen=True)
class FliteVoice:
    """One of its speakers."""

    name: str
    """One of `SPEAKERS`."""

    engine = "flite"
    language = "en-us"

    @property
    def source(self) -> str:
        """The speaker."""
        return f"flite_{self.name}"

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        """Speak (see `Voice`)."""
        rng = np.random.default_rng(seed)
        stretch, pitch_hz = rng.uniform(*STRETCHES), SPEAKERS[self.name] * rng.uniform(*PITCHES)
        settings = (f"duration_stretch={stretch:.2f}", f"int_f0_target_mean={pitch_hz:.1f}")
        options = (part for setting in settings for part in ("--setf", setting))
        return say_by_program((PROGRAM, "-voice", self.name, *options, "-t", text, "-o"))


def is_installed() -> bool:
    """Whether the program is there."""
    return has_program(PROGRAM)
