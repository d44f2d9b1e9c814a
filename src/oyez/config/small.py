"""Log-mel frames, and the head on the speech-embedding trunk that reads them."""

from dataclasses import dataclass

from oyez.config.plain import Config

__all__ = ["MelConfig", "SmallConfig"]


@dataclass(frozen=True)
class MelConfig(Config):
    """Logarithm of the power in mel bands, as the speech-embedding trunk reads it."""

    rate: int = 16_000
    """Samples per second."""
    window: int = 400
    """Samples under one Hann window."""
    fft: int = 512
    """Points of the Fourier transform; the window stands amid zeros."""
    hop: int = 160
    """Samples from one frame to the next."""
    bands: int = 32
    low_hz: float = 60.0
    """Lower edge of the lowest band."""
    high_hz: float = 3_800.0
    """Upper edge of the highest."""
    floor: float = 1.0
    """Least power of a band: about that of dither by one bit (white, of 1/4 squared, gives 1.2)."""

    def __post_init__(self) -> None:
        self._check(self.rate > 0, "rate must be positive", self.rate)
        self._check(0 < self.hop <= self.window, "hop must be 1..window samples", self.hop)
        self._check(self.window <= self.fft, "window must be fft samples or fewer", self.window)
        self._check(self.bands >= 1, "bands must be 1 or more", self.bands)
        self._check(
            0 <= self.low_hz < self.high_hz <= self.rate / 2,
            "low_hz and high_hz must rise, up to half the rate",
            (self.low_hz, self.high_hz),
        )
        self._check(self.floor > 0, "floor must be positive", self.floor)

    @property
    def past(self) -> int:
        """Samples before a frame's own hop that its window sees: 240."""
        return self.window - self.hop

    def frames(self, samples: int) -> int:
        """Frames of a stream after that many samples: silence stands before its first."""
        return samples // self.hop


@dataclass(frozen=True)
class SmallConfig(Config):
    """The head on the speech-embedding trunk."""

    hidden: int = 96
    """Outputs of the linear layer before the GRU."""
    units: int = 96
    """Of the GRU."""
    dropout: float = 0.2
    """Share that is dropped of the linear layer's outputs and of the GRU's, in training."""

    stride = 8
    """Frames per output step: the trunk's."""
    embedding = 96
    """Numbers that the trunk gives at each step."""

    def __post_init__(self) -> None:
        self._check(self.hidden > 0, "hidden must be 1 or more", self.hidden)
        self._check(self.units > 0, "units must be 1 or more", self.units)
        self._check(0 <= self.dropout < 1, "dropout must be 0 or more, below 1", self.dropout)
