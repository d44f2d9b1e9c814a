"""Numbers that describe a detector: features, network, trigger; and the presets.

Frozen, derived from one another, turned into and out of plain JSON. The defaults are the lesson's.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from oyez.errors import ConfigError

__all__ = [
    "FULL_SCALE",
    "PRESETS",
    "Config",
    "FeatureConfig",
    "ModelConfig",
    "Preset",
    "TriggerConfig",
]

FULL_SCALE = 32768
"""What a sample of 1.0 is in 16-bit samples, the scale of the spectrogram."""


class Config:
    """To and from plain data, for every frozen dataclass below."""

    def to_dict(self) -> dict[str, Any]:
        """All fields, by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Made from plain data; a key that this version does not know is ignored.

        Raises:
            ConfigError: a value has the wrong type or lies outside its range.
        """
        known = {field.name: field.type for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
        for name, kind in known.items():
            if kind is int and type(values.get(name, 0)) is not int:
                raise ConfigError(f"{cls.__name__}: {name} must be a whole number, got {values[name]!r}.")
        try:
            return cls(**{name: value for name, value in values.items() if name in known})
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{cls.__name__}: {error}. Got {dict(values)}.") from None

    def _check(self, holds: bool, expected: str, got: object) -> None:
        if not holds:
            raise ConfigError(f"{type(self).__name__}: {expected}, got {got!r}.")


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


@dataclass(frozen=True)
class TriggerConfig(Config):
    """When scores become a detection."""

    threshold: float = 0.5
    """A detection needs a smoothed score of at least this."""
    smoothing: int = 1
    """Steps over which scores are averaged."""
    release: float = 0.5
    """Share of the threshold that the score must fall below before the next detection."""
    refractory_s: float = 0.55
    """Seconds after a detection in which there is no other."""

    def __post_init__(self) -> None:
        self._check(0 < self.threshold < 1, "threshold must be between 0 and 1", self.threshold)
        self._check(self.smoothing >= 1, "smoothing must be 1 step or more", self.smoothing)
        self._check(0 < self.release <= 1, "release must be above 0, at most 1", self.release)
        self._check(self.refractory_s >= 0, "refractory_s must not be negative", self.refractory_s)


@dataclass(frozen=True)
class Preset:
    """One kind of detector, whole."""

    features: FeatureConfig
    model: ModelConfig
    trigger: TriggerConfig

    @property
    def step(self) -> int:
        """Samples per output step: 320."""
        return self.features.hop * self.model.stride

    @property
    def receptive_field(self) -> int:
        """Samples that the convolution sees for one step: 1320."""
        return self.features.window + (self.model.kernel - 1) * self.features.hop

    @property
    def delay_steps(self) -> int:
        """Steps that pass before the first whole receptive field has been heard: 4."""
        return -(-self.receptive_field // self.step) - 1

    def steps(self, samples: int) -> int:
        """Output steps of a whole clip: 1375 for 441,000 samples."""
        return self.model.steps(self.features.frames(samples))


PRESETS = {"course": Preset(FeatureConfig(), ModelConfig(), TriggerConfig())}
"""By name."""
