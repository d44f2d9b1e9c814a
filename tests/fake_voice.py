"""A voice that needs no engine: tones, as long as their text. It has to be found by other processes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez.sound import Samples
from sounds import noise, word


@dataclass(frozen=True)
class FakeVoice:
    name: str = "anna"
    engine: str = "fake"
    rate: int = 24_000
    log: Path | None = None
    """Where each call of `say` leaves a letter."""
    fails_at: str | None = None

    language = "en"

    @property
    def source(self) -> str:
        return self.name

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        if text == self.fails_at:
            raise RuntimeError("stopped")
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{text} {seed}\n")
        if not text:
            return np.zeros(1_000, np.float32), self.rate
        hz = 400.0 + 50 * (seed % 10) + 10 * len(self.name)
        samples = word(hz, self.rate, 0.1 * len(text))
        return samples + noise(seed, len(samples) / self.rate, self.rate, 1e-4), self.rate
