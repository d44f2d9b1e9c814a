"""Numbers that describe a detector: features, network, trigger; and the presets.

Frozen, derived from one another, turned into and out of plain JSON. `FeatureConfig` and `ModelConfig`
are the lesson's (`course`), `MelConfig` and `SmallConfig` those of `small`.
"""

from oyez.config.course import FeatureConfig, ModelConfig
from oyez.config.plain import FULL_SCALE, Config
from oyez.config.preset import (
    BESIDE_S,
    DEFAULT_MODEL,
    PRESETS,
    TURN_S,
    AnyPreset,
    Preset,
    Presets,
    SmallPreset,
    read_preset,
)
from oyez.config.rate import EventRate
from oyez.config.small import MelConfig, SmallConfig
from oyez.config.trigger import TriggerConfig

__all__ = [
    "BESIDE_S",
    "DEFAULT_MODEL",
    "FULL_SCALE",
    "PRESETS",
    "TURN_S",
    "AnyPreset",
    "Config",
    "EventRate",
    "FeatureConfig",
    "MelConfig",
    "ModelConfig",
    "Preset",
    "Presets",
    "SmallConfig",
    "SmallPreset",
    "TriggerConfig",
    "read_preset",
]
