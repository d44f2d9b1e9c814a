"""All sound that the recipe of `activate` uses, in memory at 16 kHz, and what is held out of it."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez import audio, sound
from oyez.synth.clips import find_word

__all__ = ["RATE", "WORD", "Material", "Said", "load", "take"]

RATE = 16_000
WORD = "activate"
HELD_OUT = {"speech": 0.25, "games": 0.3, "noise": 0.2}
"""Share of speakers, streams and noises that is held out, by kind; all else trains."""

GAP_S = (0.2, 0.8)  # between recordings that are joined
JOINED_S = 600.0

Pcm = npt.NDArray[np.int16]
"""Kept as 16 bits: hours of it are in memory at once."""


@dataclass(frozen=True)
class Said:
    """One clip of a word."""

    pcm: Pcm = field(repr=False)
    start_s: float
    end_s: float
    voice: str


@dataclass
class Material:
    """One half: what trains, or what is held out."""

    words: list[Said] = field(default_factory=list)
    others: list[Said] = field(default_factory=list)
    """Other words, near misses and sentences, as clips."""
    speech: dict[str, list[Pcm]] = field(default_factory=lambda: defaultdict(list))
    """Long recordings without the word, by kind."""
    noises: dict[str, list[Pcm]] = field(default_factory=lambda: defaultdict(list))

    def hours(self) -> dict[str, float]:
        """Of speech, by kind."""
        return {kind: sum(map(len, pcms)) / RATE / 3600 for kind, pcms in self.speech.items()}


def load(data: Path, voices: Path) -> tuple[Material, Material]:
    """Read everything.

    Args:
        data: one folder per set of real audio, and the splits (see recipes/README.md).
        voices: what the scripts beside this one wrote: `stock*`, `flite`, `sentences`, `prompts`.

    Returns:
        What trains, and what is held out.
    """
    train, held_out = Material(), Material()
    _real_speech(data, train, held_out)
    _noises(data, train, held_out)
    _choosing(data, held_out)
    rng = np.random.default_rng(31)
    for folder in (*sorted(voices.glob("stock*")), voices / "flite"):
        for half, split in ((train, "train"), (held_out, "validation")):
            half.words += _clips(folder / split / WORD)
            half.others += _clips(folder / split / "negatives")
    train.speech["sentences"] = _joined((_read(path) for path in audio.files_in(voices / "sentences")), rng)
    train.speech["words"] = _joined((one.pcm for one in train.others), rng)
    for folder in sorted(path for path in (voices / "prompts").iterdir() if path.name != "deb"):
        train.speech["prompts"] += _joined((_read(path) for path in audio.files_in(folder)), rng)
    return train, held_out


def take(pcm: Pcm, start: int, length: int) -> sound.Samples:
    """A stretch of a recording as samples, begun anew where it ends."""
    indices = np.arange(start, start + length) % len(pcm)
    return pcm[indices].astype(np.float32) / np.float32(32768)


def held_out_by(name: str, share: float) -> bool:
    """Whether a speaker, a stream or a noise is held out: by its name, always the same."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32 < share


def _real_speech(data: Path, train: Material, held_out: Material) -> None:
    speakers: dict[str, list[Path]] = defaultdict(list)
    for line in (data / "splits/speech_train.txt").read_text(encoding="utf-8").split():
        path = data / line
        speakers[path.stem if line.startswith("game_") else path.parent.name].append(path)
    rng = np.random.default_rng(32)
    for name, paths in sorted(speakers.items()):
        kind = "games" if name.startswith("game_") else "speech"
        half = held_out if held_out_by(name, HELD_OUT[kind]) else train
        half.speech[kind] += _joined((_read(path) for path in paths), rng)


def _choosing(data: Path, held_out: Material) -> None:
    """Real people saying other words, and rooms that they spoke in: never trained on, only chosen by."""
    rng = np.random.default_rng(35)
    for name in ("precise_community", "gsc_bits"):
        with (data / name / "metadata.csv").open(newline="", encoding="utf-8") as file:
            rows = sorted((row["path"], row["label"]) for row in csv.DictReader(file))
        words = [path for path, label in rows if "noise" not in label and "background" not in label]
        held_out.speech["single words"] += _joined((_read(data / name / path) for path in words), rng)
        if name == "precise_community":
            held_out.noises["noise"] += [
                _read(data / name / path) for path, label in rows if label == "noise"
            ]


def _noises(data: Path, train: Material, held_out: Material) -> None:
    for name, kind in (("noise_esc10", "noise"), ("music_opsound", "music")):
        with (data / name / "metadata.csv").open(newline="", encoding="utf-8") as file:
            paths = sorted(data / name / row["path"] for row in csv.DictReader(file))
        for path in paths:
            # five pieces of music are too few to hold one out
            half = held_out if kind == "noise" and held_out_by(path.stem, HELD_OUT[kind]) else train
            pcm = _read(path)
            sounding = np.flatnonzero(np.abs(pcm) > 8)  # short events are padded with silence
            if len(sounding):
                half.noises[kind].append(pcm[: sounding[-1] + 1])
    for half, seed in ((train, 33), (held_out, 34)):
        rng = np.random.default_rng(seed)
        half.noises["made"] = [_made(rng) for _ in range(40)]


def _made(rng: np.random.Generator, seconds: float = 20.0) -> Pcm:
    """Steady noise whose power falls by 0 to 8 dB per octave, and swells or does not."""
    length = round(seconds * RATE)
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 20.0)
    spectrum = np.fft.rfft(rng.standard_normal(length)) * hertz ** -rng.uniform(0, 1.33)
    samples = np.fft.irfft(spectrum, length)
    depth, rate_hz = rng.uniform(0, 0.8) * (rng.random() < 0.5), rng.uniform(0.1, 4)
    samples *= 1 + depth * np.sin(2 * np.pi * rate_hz * np.arange(length) / RATE)
    return sound.to_int16(0.5 * samples / np.abs(samples).max())


def _clips(folder: Path) -> list[Said]:
    if not folder.is_dir():
        return []
    clips = []
    for path in audio.files_in(folder):
        samples, _ = audio.read(path, RATE)
        clips.append(Said(sound.to_int16(samples), *find_word(samples, RATE), path.parent.name))
    return clips


def _read(path: Path) -> Pcm:
    return sound.to_int16(audio.read(path, RATE)[0])


def _joined(pcms: Iterable[Pcm], rng: np.random.Generator) -> list[Pcm]:
    """One after the other, with gaps, in recordings of about ten minutes."""
    joined: list[Pcm] = []
    parts: list[Pcm] = []
    length = 0
    for pcm in pcms:
        parts += [pcm, np.zeros(round(rng.uniform(*GAP_S) * RATE), np.int16)]
        length += len(parts[-2]) + len(parts[-1])
        if length >= JOINED_S * RATE:
            joined.append(np.concatenate(parts))
            parts, length = [], 0
    return [*joined, np.concatenate(parts)] if parts else joined
