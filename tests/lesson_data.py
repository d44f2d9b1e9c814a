"""Segments and folders as the lesson has them, of tones and noise."""

from pathlib import Path
from typing import Any

import numpy as np

from oyez.course.segments import segment_class
from oyez.sound import to_int16
from sounds import noise, tone

RATE = 44_100
POSITIVES_MS, NEGATIVES_MS = (909, 725), (579,)
"""Lengths of the clips in the lesson's own example of seed 18."""


def segment(samples: np.ndarray, rate: int = RATE) -> Any:
    """A pydub segment of 16 bits: (samples,) or (samples, channels), full scale is 1.0."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    return segment_class()(to_int16(samples).tobytes(), sample_width=2, frame_rate=rate, channels=channels)


def tone_ms(milliseconds: int, hz: float = 500.0, rate: int = RATE) -> Any:
    """A tone of that length."""
    return segment(tone(hz, milliseconds / 1000, rate), rate)


def background(seconds: float = 10.0, rate: int = RATE) -> Any:
    """Quiet noise."""
    return segment(noise(1, seconds, rate, 0.01), rate)


def write_raw_data(folder: Path) -> Path:
    """`activates`, `negatives`, `backgrounds` and `dev`, written out of order; returns the folder."""
    clips = {
        "activates": [tone_ms(ms, 400.0 + ms) for ms in POSITIVES_MS],
        "negatives": [tone_ms(ms, 1500.0) for ms in NEGATIVES_MS],
        "backgrounds": [background()],
        "dev": [background()],
    }
    for name, segments in clips.items():
        (folder / name).mkdir(parents=True)
        for number, one in reversed(list(enumerate(segments, 1))):
            one.export(folder / name / f"{number}.wav", format="wav").close()
    return folder


def write_segment_of(values: list[float], rate: int, path: str) -> None:
    """A WAV of those very samples."""
    segment(np.array(values, np.float32), rate).export(path, format="wav").close()
