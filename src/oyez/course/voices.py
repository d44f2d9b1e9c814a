"""Words for the notebooks, spoken by a small synthetic voice that is bent into many.

The voice is hibari's, which the extra `notebook` installs. It speaks English.
"""

from dataclasses import dataclass

import numpy as np

from oyez.course.segments import RATE
from oyez.sound import Samples, db_to_gain, resample
from oyez.synth.clips import find_word
from oyez.synth.tts.hibari import Hibari, HibariVoice

__all__ = ["Speech", "Voice"]

PEAK_DBFS = -3.0
MARGIN_S = 0.02


@dataclass(frozen=True)
class Voice:
    """How hibari's one voice is bent into another."""

    semitones: float = 0.0
    """Pitch, above or below."""
    melody: float = 1.0
    """How far pitch strays from its middle; 0 is a monotone."""
    tract: float = 1.0
    """Of the vocal tract's resonances: above 1 a smaller head."""
    pace: float = 1.0
    """Above 1: faster."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Voice":
        """A voice by chance; deep ones tend to have long vocal tracts."""
        semitones = rng.uniform(-9, 4)
        return cls(
            semitones=semitones,
            melody=rng.uniform(0.6, 1.4),
            tract=1.0 + 0.01 * semitones + rng.uniform(-0.04, 0.04),
            pace=rng.uniform(0.85, 1.15),
        )


class Speech:
    """Text to sound, with any number of voices."""

    def __init__(self) -> None:
        """Loads the synthesiser.

        Raises:
            MissingExtraError: hibari is not installed.
        """
        self._engine = Hibari("notebook")

    def say(self, text: str, voice: Voice, rng: np.random.Generator) -> Samples:
        """A word or a sentence.

        Args:
            text: English.
            voice: who says it.
            rng: draws the noise in the voice.

        Returns:
            (samples,) at 44.1 kHz, its peak at −3 dBFS, cut 20 ms before and after what is said.
        """
        bent = HibariVoice(voice.semitones, voice.melody, voice.tract)
        samples, rate = self._engine.say(self._engine.phonemes(text), bent, voice.pace, rng)
        return _finish(resample(samples, rate, RATE))


def _finish(samples: Samples) -> Samples:
    start_s, end_s = find_word(samples, RATE)
    start, stop = round((start_s - MARGIN_S) * RATE), round((end_s + MARGIN_S) * RATE)
    word = samples[max(start, 0) : stop].copy()
    edge = np.linspace(0, 1, round(MARGIN_S * RATE / 4), dtype=np.float32)
    word[: len(edge)] *= edge
    word[-len(edge) :] *= edge[::-1]
    return np.asarray(word * (db_to_gain(PEAK_DBFS) / np.abs(word).max()), np.float32)
