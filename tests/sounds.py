"""Sounds for tests: tones, words, noise, and folders and corpora of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.sound import Samples
from oyez.synth.clips import Background, Clip, Corpus

WORD_S, MARGIN_S = 0.4, 0.1


def tone(hz: float, seconds: float, rate: int, level: float = 0.2) -> Samples:
    """A sine from phase 0: (samples,)."""
    t = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def noise(seed: int, seconds: float, rate: int, level: float = 0.05) -> Samples:
    """White Gaussian noise of that RMS: (samples,)."""
    values = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    return (level * values).astype(np.float32)


def word(hz: float = 500.0, rate: int = 16_000, word_s: float = WORD_S) -> Samples:
    """A tone burst with 0.1 s of silence before and after it: (samples,)."""
    margin = np.zeros(round(MARGIN_S * rate), np.float32)
    return np.concatenate((margin, tone(hz, word_s, rate), margin))


def take(
    level: float = 0.1,
    room: float = 1e-3,
    at_s: float = 0.8,
    word_s: float = WORD_S,
    seconds: float = 2.0,
    rate: int = 16_000,
    seed: int = 0,
) -> Samples:
    """A tone of that RMS, with soft ends, in the noise of a room of that RMS: (samples,)."""
    samples = noise(seed, seconds, rate, room)
    spoken = tone(2_000.0, word_s, rate, level * 2**0.5)
    ramp = np.minimum(1.0, np.arange(len(spoken)) / (0.01 * rate))
    start = round(at_s * rate)
    samples[start : start + len(spoken)] += spoken * ramp * ramp[::-1]
    return samples


def clip(samples: Samples, rate: int, name: str = "yes", voice: str = "v") -> Clip:
    """A clip whose word lies 0.1 s from both ends."""
    seconds = len(samples) / rate
    start_s, end_s = (MARGIN_S, seconds - MARGIN_S) if seconds > 3 * MARGIN_S else (0.0, seconds)
    return Clip(samples, rate, name, start_s, end_s, voice, f"{name}/{voice}_1.wav")


def background(path: Path, samples: Samples, rate: int) -> Background:
    """A background, written to `path`; its folder is made."""
    audio.write(path, samples, rate)
    return Background(path, len(samples) / rate, rate, path.name)


def silent_corpus(
    positives_s: Sequence[float], negatives_s: Sequence[float] = (), background_s: float = 30.0
) -> Corpus:
    """A corpus to draw from, not to render: clips of those lengths at 100 Hz, no files."""
    first = tuple(clip(np.zeros(round(s * 100), np.float32), 100) for s in positives_s)
    others = tuple(clip(np.zeros(round(s * 100), np.float32), 100, "no") for s in negatives_s)
    return Corpus({"yes": first}, others, (Background(Path("none.wav"), background_s, 100, "none.wav"),))


def write_words(folder: Path, rate: int = 16_000) -> Path:
    """A folder of words as `load_corpus` reads it: three of "yes", two negatives, two backgrounds."""
    for number, hz in enumerate((400.0, 500.0, 600.0)):
        audio.write(folder / "yes" / f"voice{number}_1.wav", word(hz, rate), rate)
    for number, hz in enumerate((1500.0, 1700.0)):
        audio.write(folder / "negatives" / f"voice{number}_1.wav", word(hz, rate, 0.5), rate)
    for number in range(2):
        audio.write(folder / "backgrounds" / f"room{number}.wav", noise(number, 12, rate), rate)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def spectrum_db(samples: Samples, rate: int, low_hz: float, high_hz: float) -> float:
    """Share of the energy that lies in a band, in dB."""
    power = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    inside = power[(hertz >= low_hz) & (hertz < high_hz)].sum()
    return float(10 * np.log10((inside + 1e-30) / power.sum()))


def snr_db(got: np.ndarray, wanted: np.ndarray) -> float:
    """Level of what was wanted over what is wrong, in dB."""
    wrong = np.mean(np.square(np.asarray(got, np.float64) - wanted))
    return float(10 * np.log10(np.mean(np.square(wanted, dtype=np.float64)) / (wrong + 1e-30)))
