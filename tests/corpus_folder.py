"""A folder of words that trains in a minute: the word is a rising tone, other words fall or hold."""

from pathlib import Path

import numpy as np

from oyez import audio

VOICES = ("ann", "bob", "cat", "dan")


def sweep(start_hz: float, stop_hz: float, rate: int, seconds: float = 0.35) -> np.ndarray:
    """A tone that moves, with a soft start and end: (samples,) float32."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * (start_hz * t + (stop_hz - start_hz) * t**2 / (2 * seconds))
    return (0.3 * np.sin(phase) * np.hanning(len(t))).astype(np.float32)


def write_corpus(folder: Path, rate: int = 16_000, clips: int = 2, tail_s: float = 0.0) -> Path:
    """Write `words/rise`, `words/negatives`, `words/backgrounds`; returns `words`.

    Each clip ends with `tail_s` of silence.
    """
    rng = np.random.default_rng(11)
    words = folder / "words"
    for number, voice in enumerate(VOICES):
        base = 600 * 1.15**number
        for clip in range(clips):
            pitch = base * (1 + 0.05 * clip)
            for word, sound in (
                ("rise", sweep(pitch, 3 * pitch, rate)),
                ("negatives", sweep(3 * pitch, pitch, rate) if clip % 2 else sweep(pitch, pitch, rate)),
            ):
                silence = np.zeros(round(tail_s * rate), np.float32)
                audio.write(words / word / f"{voice}_{clip}.wav", np.concatenate((sound, silence)), rate)
    for name in ("fan", "rain"):
        noise = 0.02 * rng.standard_normal(rate * 3)
        audio.write(words / "backgrounds" / f"{name}.wav", noise, rate)
    return words
