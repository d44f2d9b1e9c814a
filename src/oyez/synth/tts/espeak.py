"""eSpeak NG, where the user has it: a hundred languages, robotic.

It is a program of its own under the GPL, which Oyez runs and does not bring.
"""

import functools
from dataclasses import dataclass

import numpy as np

from oyez.sound import Samples
from oyez.synth.tts.program import has_program, run_program, say_by_program

__all__ = ["VARIANTS", "EspeakVoice", "ipa", "is_installed"]

PROGRAM = "espeak-ng"
VARIANTS = (
    "m1",
    "m3",
    "m7",
    "f2",
    "f3",
    "f5",
    "Andy",
    "Annie",
    "Gene",
    "Denis",
    "Jacky",
    "Lee",
    "Mario",
    "steph",
)
"""Timbres that are neither hoarse nor robots on purpose."""
WORDS_PER_MINUTE = (130, 200)
PITCHES = (30, 70)


@dataclass(frozen=True)
class EspeakVoice:
    """A language and a timbre."""

    language: str = "en-us"
    """As eSpeak NG names it."""
    variant: str = "m3"

    engine = "espeak"

    @property
    def name(self) -> str:
        """Language and timbre."""
        return f"{self.language}+{self.variant}"

    @property
    def source(self) -> str:
        """One program speaks, whatever the timbre."""
        return "espeak"

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        """Speak (see `Voice`)."""
        rng = np.random.default_rng(seed)
        pace, pitch = rng.integers(*WORDS_PER_MINUTE), rng.integers(*PITCHES)
        options = ("-v", self.name, "-s", str(pace), "-p", str(pitch))
        return say_by_program((PROGRAM, *options, _plain(text), "-w"))


def _plain(text: str) -> str:
    """A text that is not taken for an option."""
    return text.lstrip("- ")


def is_installed() -> bool:
    """Whether the program is there."""
    return has_program(PROGRAM)


@functools.lru_cache(maxsize=4_096)
def ipa(text: str, language: str) -> str:
    """How a text is said, in the International Phonetic Alphabet.

    Args:
        text: words.
        language: as eSpeak NG names it.

    Raises:
        DataError: the program is missing, or knows no such language.
    """
    lines = run_program((PROGRAM, "-q", "--ipa", "-v", language, _plain(text))).split("\n")
    return " ".join(line.strip() for line in lines if line.strip())
