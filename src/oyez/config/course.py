"""The lesson's spectrogram and network. The defaults are the lesson's."""

from dataclasses import dataclass
from typing import Literal

from oyez.config.plain import Config

__all__ = ["FeatureConfig", "ModelConfig"]


@dataclass(frozen=True)
class FeatureConfig(Config):
    """The lesson's spectrogram, and its level-robust variant."""

    rate: int = 44_100
    """Samples per second."""
    window: int = 200
    """Samples under one Hann window."""
    hop: int = 80
    """Samples from one frame to the next."""
    density_rate: int = 8_000
    """Hertz that power is divided by: the lesson's `Fs`, which is not the rate."""
    scale: Literal["power", "log"] = "power"
    """`power`, as the lesson has it, or `log`: its decimal logarithm, above `floor`."""
    max_hz: float | None = None
    """Bins above this are zero power, so that nothing there can be learnt. None: all are used."""

    floor = 1e-3
    """Power added before the logarithm: about that of one-bit dither."""

    def __post_init__(self) -> None:
        self._check(self.rate > 0, "rate must be positive", self.rate)
        self._check(self.window >= 2, "window must be 2 samples or more", self.window)
        self._check(0 < self.hop <= self.window, "hop must be 1..window samples", self.hop)
        self._check(self.density_rate > 0, "density_rate must be positive", self.density_rate)
        self._check(self.scale in ("power", "log"), "scale must be power or log", self.scale)
        self._check(self.max_hz is None or self.max_hz > 0, "max_hz must be positive or None", self.max_hz)

    @property
    def bins(self) -> int:
        """Frequencies per frame: 101."""
        return self.window // 2 + 1

    @property
    def used_bins(self) -> int:
        """Bins at or below `max_hz`, from the lowest."""
        if self.max_hz is None:
            return self.bins
        return min(self.bins, int(self.max_hz * self.window / self.rate) + 1)

    def frames(self, samples: int) -> int:
        """Whole windows in that many samples: 5511 in 441,000."""
        return max(0, (samples - self.window) // self.hop + 1)


@dataclass(frozen=True)
class ModelConfig(Config):
    """The lesson's network."""

    filters: int = 196
    kernel: int = 15
    """Frames under the convolution."""
    stride: int = 4
    """Frames per output step."""
    units: int = 128
    """Of each of the two GRUs."""
    dropout: float = 0.8
    """Share that is dropped, in Keras's sense."""
    reset_after: bool = True
    """True: the GRU of Keras's later edition (two biases); False: the lesson's (one bias)."""
    gate: Literal["sigmoid", "hard_sigmoid"] = "sigmoid"
    """Gate activation; hard: clip(0.2 x + 0.5, 0, 1), Keras 2's."""
    epsilon: float = 1e-3
    """Of batch normalisation."""

    def __post_init__(self) -> None:
        self._check(self.filters > 0, "filters must be 1 or more", self.filters)
        self._check(self.units > 0, "units must be 1 or more", self.units)
        self._check(0 <= self.dropout < 1, "dropout must be 0 or more, below 1", self.dropout)
        self._check(self.kernel >= self.stride > 0, "stride must be 1..kernel", self.stride)
        self._check(
            self.gate in ("sigmoid", "hard_sigmoid"),
            "gate must be sigmoid or hard_sigmoid",
            self.gate,
        )
        self._check(self.epsilon > 0, "epsilon must be above 0", self.epsilon)

    def steps(self, frames: int) -> int:
        """Output steps for that many frames: 1375 for 5511."""
        return max(0, (frames - self.kernel) // self.stride + 1)
