"""Words for the notebooks, spoken by a small synthetic voice that is bent into many.

The only module that knows hibari, which the extra `notebook` installs. It speaks English.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.course.segments import RATE
from oyez.errors import require
from oyez.sound import Samples, db_to_gain, resample
from oyez.synth.clips import find_word

__all__ = ["Speech", "Voice"]

Spectrum = npt.NDArray[np.floating[Any]]

VOICED_HZ = 40.0  # hibari gives less where there is no pitch
LOWEST_HZ = 60.0
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
        hibari = require("hibari", "notebook")
        self._dsp = require("hibari.dsp", "notebook")
        self._engine = hibari.Hibari(threads=1)

    def say(self, text: str, voice: Voice, rng: np.random.Generator) -> Samples:
        """A word or a sentence.

        Args:
            text: English.
            voice: who says it.
            rng: draws the noise in the voice.

        Returns:
            (samples,) at 44.1 kHz, its peak at −3 dBFS, cut 20 ms before and after what is said.
        """
        phonemes = self._engine.phonemize(text)[0]
        inputs = {
            "ids": np.array([self._engine.ids(phonemes)], np.int64),
            "speed": np.array([voice.pace], np.float32),
        }
        *spectra, phase, pitch_hz = (part[0] for part in self._engine.sess.run(None, inputs))
        # log amplitudes and angles, (bins, frames) each
        harmonic, angle, breath, rest = (_stretch(one, voice.tract) for one in spectra)
        # this part keeps the old pitch: the farther pitch moves, the quieter it must be
        rest = rest + np.log(db_to_gain(-abs(voice.semitones)))
        parts = (part.astype(np.float32) for part in (harmonic, angle, breath, rest))
        samples = self._dsp.synth(*parts, phase, _bend(pitch_hz, voice), rng)
        return _finish(resample(np.asarray(samples, np.float32), self._engine.sample_rate, RATE))


def _stretch(spectrum: Spectrum, ratio: float) -> Spectrum:
    """(bins, frames) with everything at `ratio` times its frequency."""
    bins = np.arange(len(spectrum))
    source = np.clip(bins / ratio, 0, bins[-1])
    below = np.minimum(source.astype(int), bins[-1] - 1)
    share = (source - below)[:, None]
    return np.asarray((1 - share) * spectrum[below] + share * spectrum[below + 1])


def _bend(pitch_hz: Spectrum, voice: Voice) -> npt.NDArray[np.float32]:
    """(frames,) in Hertz; frames without pitch stay as they are."""
    voiced = pitch_hz > VOICED_HZ
    middle_hz = np.median(pitch_hz[voiced]) if voiced.any() else VOICED_HZ
    melody = (np.where(voiced, pitch_hz, middle_hz) / middle_hz) ** voice.melody
    bent = np.maximum(middle_hz * melody * 2 ** (voice.semitones / 12), LOWEST_HZ)
    return np.where(voiced, bent, pitch_hz).astype(np.float32)


def _finish(samples: Samples) -> Samples:
    start_s, end_s = find_word(samples, RATE)
    start, stop = round((start_s - MARGIN_S) * RATE), round((end_s + MARGIN_S) * RATE)
    word = samples[max(start, 0) : stop].copy()
    edge = np.linspace(0, 1, round(MARGIN_S * RATE / 4), dtype=np.float32)
    word[: len(edge)] *= edge
    word[-len(edge) :] *= edge[::-1]
    return np.asarray(word * (db_to_gain(PEAK_DBFS) / np.abs(word).max()), np.float32)
