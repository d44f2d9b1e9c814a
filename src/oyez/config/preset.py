"""Kinds of detectors, whole: features, network, trigger, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from oyez.config.course import FeatureConfig, ModelConfig
from oyez.config.small import MelConfig, SmallConfig
from oyez.config.trigger import TriggerConfig
from oyez.errors import ConfigError

__all__ = [
    "BESIDE_S", "DEFAULT_MODEL", "PRESETS", "TURN_S", "AnyPreset", "Preset", "Presets", "SmallPreset",
    "read_preset",
]  # fmt: skip

DEFAULT_MODEL = "activate"
"""The shipped model that is run where none is named."""

TURN_S, BESIDE_S = 60.0, 5.0
"""A detector that drifts listens for so long; so long before, who relieves it begins to listen too."""


@dataclass(frozen=True)
class Preset:
    """The lesson's detector, whole."""

    name = "course"
    """What a model file calls this kind."""

    features: FeatureConfig
    model: ModelConfig
    trigger: TriggerConfig

    drifts = True
    """Whether minutes of listening leave their mark on its memory, so that it hears less and less."""

    @property
    def step(self) -> int:
        """Samples per output step: 320."""
        return self.features.hop * self.model.stride

    @property
    def chunk(self) -> int:
        """Samples that the exported network takes at once: 1280."""
        return self.step * self.delay_steps

    @property
    def tail(self) -> int:
        """Samples of silence that end a stream: 76 steps, the 50 of a label, and some."""
        return 76 * self.step

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


@dataclass(frozen=True)
class SmallPreset:
    """A detector on the speech-embedding trunk, whole."""

    name = "small"
    """What a model file calls this kind."""

    features: MelConfig
    model: SmallConfig
    trigger: TriggerConfig

    drifts = False
    """Whether minutes of listening leave their mark on its memory."""
    delay_steps = 0
    """Steps at the start of a stream whose scores are 0."""
    steps_at_once = 3
    """Steps that one call of the exported network takes: a step costs a third less than alone, and is known
    80 ms later on average."""

    @property
    def step(self) -> int:
        """Samples per output step: 1280."""
        return self.features.hop * self.model.stride

    @property
    def chunk(self) -> int:
        """Samples that the exported network takes at once: 3840."""
        return self.steps_at_once * self.step

    @property
    def tail(self) -> int:
        """Samples of silence that end a stream: 10 steps, the 0.75 s in which a hit may fall, and some."""
        return 10 * self.step

    def steps(self, samples: int) -> int:
        """Output steps of a whole clip: 125 for 160,000 samples."""
        return samples // self.step


AnyPreset = Preset | SmallPreset


def read_preset(values: Mapping[str, Any]) -> AnyPreset:
    """The kind of detector that a model file describes; its trigger is the default.

    Args:
        values: with `features`, `model` and the kind's name as `preset`; none is `course`.

    Raises:
        ConfigError: the kind is unknown, or a value is out of range.
    """
    name, features, model = values.get("preset", Preset.name), values["features"], values["model"]
    if name == SmallPreset.name:
        return SmallPreset(
            MelConfig.from_dict(features), SmallConfig.from_dict(model), PRESETS["small"].trigger
        )
    if name == Preset.name:
        return Preset(FeatureConfig.from_dict(features), ModelConfig.from_dict(model), TriggerConfig())
    raise ConfigError(f"preset {name!r} is unknown, expected {' or '.join(PRESETS)}. Upgrade oyez.")


class Presets(TypedDict):
    """The presets, each of its own type."""

    course: Preset
    small: SmallPreset


PRESETS: Presets = {
    "course": Preset(FeatureConfig(), ModelConfig(), TriggerConfig()),
    "small": SmallPreset(MelConfig(), SmallConfig(), TriggerConfig(smoothing=3)),
}
"""By name."""
