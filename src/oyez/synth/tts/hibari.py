"""hibari: a small network with one voice, whose spectra are bent into other voices before they become sound.

It was distilled from Kokoro's af_heart, so it counts as that voice, however it is bent.
"""

import functools
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.errors import require
from oyez.sound import Samples, db_to_gain
from oyez.synth.pronunciation import spoken

__all__ = ["Hibari", "HibariVoice", "is_installed"]

Spectrum = npt.NDArray[np.floating[Any]]

VOICED_HZ = 40.0  # hibari gives less where there is no pitch
LOWEST_HZ = 60.0
TILTED_HZ = (125.0, 1_000.0)  # the slope begins at the first and is level at the second
PACES = (0.8, 1.9)
STRAY_SEMITONES = 1.0  # of one utterance from the voice's pitch


@dataclass(frozen=True)
class HibariVoice:
    """How hibari's one voice is bent into another."""

    semitones: float = 0.0
    """Pitch, above or below."""
    melody: float = 1.0
    """How far pitch strays from its middle; 0 is a monotone."""
    tract: float = 1.0
    """Of the vocal tract's resonances: above 1 a smaller head."""
    breath_db: float = 0.0
    """Gain of the noise in the voice."""
    slope_db: float = 0.0
    """Brightness: dB per octave, level at 1 kHz."""

    engine = "hibari"
    language = "en"
    source = "af_heart"

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "HibariVoice":
        """A voice by chance; deep ones tend to have long vocal tracts."""
        semitones = rng.uniform(-11, 5)
        return cls(
            semitones=round(semitones, 1),
            melody=round(rng.uniform(0.5, 1.6), 2),
            tract=round(1 + 0.011 * semitones + rng.uniform(-0.06, 0.06), 3),
            breath_db=round(rng.uniform(-3, 6), 1),
            slope_db=round(rng.uniform(-2, 2), 1),
        )

    @property
    def name(self) -> str:
        """Every number that bends it."""
        bends = {
            "p": self.semitones,
            "m": self.melody,
            "t": self.tract,
            "b": self.breath_db,
            "s": self.slope_db,
        }
        return "_".join(("hibari", *(f"{key}{value:g}" for key, value in bends.items())))

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        """Speak, at a pace and a pitch near its own (see `Voice`)."""
        rng = np.random.default_rng(seed)
        pace, stray = rng.uniform(*PACES), rng.uniform(-STRAY_SEMITONES, STRAY_SEMITONES)
        return _hibari().say(spoken(text), self, pace, rng, stray)


class Hibari:
    """The network and what makes sound of its spectra.

    Args:
        extra: the extra of Oyez that should have brought it.
    """

    def __init__(self, extra: str = "train") -> None:
        hibari = require("hibari", extra)
        self._dsp = require("hibari.dsp", extra)
        self._engine = hibari.Hibari(threads=1)

    def phonemes(self, text: str) -> str:
        """The first sentence of a text in hibari's symbols."""
        return str(self._engine.phonemize(text)[0])

    def say(
        self, phonemes: str, voice: HibariVoice, pace: float, rng: np.random.Generator, stray: float = 0.0
    ) -> tuple[Samples, int]:
        """Speak.

        Args:
            phonemes: in Kokoro's symbols.
            voice: how to bend.
            pace: above 1 is faster.
            rng: draws the noise in the voice.
            stray: semitones added to the voice's pitch.

        Returns:
            (samples,) and their rate in Hertz.
        """
        ids = np.array([self._engine.ids(phonemes)], np.int64)
        outputs = self._engine.sess.run(None, {"ids": ids, "speed": np.array([pace], np.float32)})
        *spectra, phase, pitch_hz = (part[0] for part in outputs)
        semitones = voice.semitones + stray
        # log amplitudes and angles, (bins, frames) each
        harmonic, angle, breath, rest = (_stretch(one, voice.tract) for one in spectra)
        slope = _slope(len(harmonic), self._engine.sample_rate / 2, voice.slope_db)
        harmonic = harmonic + slope
        breath = breath + slope + np.log(db_to_gain(voice.breath_db))
        # this part keeps the old pitch: the farther pitch moves, the quieter it must be
        rest = rest + slope + np.log(db_to_gain(-abs(semitones)))
        parts = (part.astype(np.float32) for part in (harmonic, angle, breath, rest))
        samples = self._dsp.synth(*parts, phase, _bend(pitch_hz, semitones, voice.melody), rng)
        return np.asarray(samples, np.float32), int(self._engine.sample_rate)


def is_installed() -> bool:
    """Whether hibari is there."""
    return find_spec("hibari") is not None


@functools.cache
def _hibari() -> Hibari:
    return Hibari()


def _slope(bins: int, highest_hz: float, db: float) -> Spectrum:
    """(bins, 1): natural logarithm of the gain."""
    lowest_hz, level_hz = TILTED_HZ
    octaves = np.log2(np.maximum(np.linspace(0, highest_hz, bins), lowest_hz) / level_hz)
    return np.asarray(octaves * np.log(db_to_gain(db)))[:, None]


def _stretch(spectrum: Spectrum, ratio: float) -> Spectrum:
    """(bins, frames) with everything at `ratio` times its frequency."""
    bins = np.arange(len(spectrum))
    source = np.clip(bins / ratio, 0, bins[-1])
    below = np.minimum(source.astype(int), bins[-1] - 1)
    share = (source - below)[:, None]
    return np.asarray((1 - share) * spectrum[below] + share * spectrum[below + 1])


def _bend(pitch_hz: Spectrum, semitones: float, melody: float) -> npt.NDArray[np.float32]:
    """(frames,) in Hertz; frames without pitch stay as they are."""
    voiced = pitch_hz > VOICED_HZ
    middle_hz = np.median(pitch_hz[voiced]) if voiced.any() else VOICED_HZ
    strays = (np.where(voiced, pitch_hz, middle_hz) / middle_hz) ** melody
    bent = np.maximum(middle_hz * strays * 2 ** (semitones / 12), LOWEST_HZ)
    return np.where(voiced, bent, pitch_hz).astype(np.float32)
