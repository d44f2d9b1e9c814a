import dataclasses
import json
import math

import pytest

from oyez.config import PRESETS, Config, FeatureConfig, ModelConfig, TriggerConfig
from oyez.errors import ConfigError
from oyez.synth.scene import SceneConfig

COURSE = PRESETS["course"]


def test_the_numbers_of_the_lesson():
    ten_seconds = 10 * COURSE.features.rate
    assert ten_seconds == 441_000
    assert COURSE.features.frames(ten_seconds) == 5511
    assert COURSE.features.bins == 101
    assert COURSE.model.steps(5511) == 1375
    assert COURSE.steps(ten_seconds) == 1375
    assert COURSE.step == 320
    assert COURSE.receptive_field == 1320
    assert COURSE.delay_steps == 4


def test_the_delay_is_the_first_step_whose_receptive_field_was_heard():
    heard = [(step + 1) * COURSE.step >= COURSE.receptive_field for step in range(10)]
    assert heard.index(True) == COURSE.delay_steps


@pytest.mark.parametrize("samples", [0, 199, 200, 279, 280, 1319, 1320, 1639, 1640])
def test_frames_and_steps_count_whole_windows_only(samples):
    features, model = COURSE.features, COURSE.model
    frames = len([start for start in range(0, samples, 80) if start + 200 <= samples])
    steps = len([start for start in range(0, frames, 4) if start + 15 <= frames])
    assert features.frames(samples) == frames
    assert model.steps(frames) == steps


def test_used_bins_end_at_or_below_max_hz():
    assert FeatureConfig().used_bins == 101
    assert FeatureConfig(max_hz=1e6).used_bins == 101
    for bin_number in range(1, 101):
        hertz = bin_number * 44_100 / 200
        assert FeatureConfig(max_hz=hertz).used_bins == bin_number + 1
        assert FeatureConfig(max_hz=hertz - 1).used_bins == bin_number


@pytest.mark.parametrize(
    "config",
    [
        FeatureConfig(scale="log", max_hz=7000.0),
        ModelConfig(reset_after=False, gate="hard_sigmoid"),
        TriggerConfig(threshold=0.25, smoothing=3),
        SceneConfig(snr_db=(0, 20), low_pass_hz=(3000, 7000), level_dbfs=None, positives=(1, 2)),
    ],
)
def test_plain_data_and_back(config):
    values = json.loads(json.dumps(config.to_dict()))
    assert type(config).from_dict(values) == config
    assert type(config).from_dict({**values, "of_a_later_version": 1}) == config


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (FeatureConfig, {"rate": 0}, "rate must be positive, got 0"),
        (FeatureConfig, {"rate": "44100"}, "rate must be a whole number, got '44100'"),
        (FeatureConfig, {"window": 200.5}, "window must be a whole number, got 200.5"),
        (FeatureConfig, {"hop": True}, "hop must be a whole number, got True"),
        (FeatureConfig, {"window": 1}, "window must be 2"),
        (FeatureConfig, {"hop": 0}, "hop must be 1..window"),
        (FeatureConfig, {"hop": 201}, "hop must be 1..window"),
        (FeatureConfig, {"density_rate": 0}, "density_rate must be positive"),
        (FeatureConfig, {"scale": "mel"}, "scale must be power or log, got 'mel'"),
        (FeatureConfig, {"max_hz": 0}, "max_hz must be positive"),
        (FeatureConfig, {"max_hz": math.nan}, "max_hz must be positive"),
        (ModelConfig, {"filters": 0}, "filters must be 1"),
        (ModelConfig, {"units": 0}, "units must be 1"),
        (ModelConfig, {"dropout": 1.0}, "dropout must be"),
        (ModelConfig, {"stride": 0}, "stride must be"),
        (ModelConfig, {"stride": 16}, "stride must be"),
        (ModelConfig, {"gate": "tanh"}, "gate must be"),
        (ModelConfig, {"epsilon": 0}, "epsilon must be above 0, got 0"),
        (ModelConfig, {"epsilon": None}, "ModelConfig: "),
        (TriggerConfig, {"threshold": 0.0}, "threshold must be between"),
        (TriggerConfig, {"threshold": 1.0}, "threshold must be between"),
        (TriggerConfig, {"threshold": "high"}, "TriggerConfig: "),
        (TriggerConfig, {"smoothing": 0}, "smoothing must be 1"),
        (TriggerConfig, {"release": 0.0}, "release must be above 0"),
        (TriggerConfig, {"release": 1.1}, "release must be above 0"),
        (TriggerConfig, {"refractory_s": -0.1}, "refractory_s must not"),
        (SceneConfig, {"duration_s": 0}, "duration_s must be"),
        (SceneConfig, {"duration_s": 3601}, "duration_s must be"),
        (SceneConfig, {"positives": (3, 2)}, "positives must be lowest, highest"),
        (SceneConfig, {"positives": (-1, 2)}, "positives must be lowest, highest"),
        (SceneConfig, {"negatives": (1,)}, "SceneConfig: "),
        (SceneConfig, {"snr_db": (20, 0)}, "snr_db must be lowest, highest"),
        (SceneConfig, {"tilt_db": (math.nan, 0)}, "tilt_db must be lowest, highest"),
        (SceneConfig, {"word_db": (-math.inf, 0)}, "word_db must be finite"),
        (SceneConfig, {"low_pass_hz": (0, 4000)}, "low_pass_hz must be above 0"),
    ],
)
def test_values_outside_their_range(kind: type[Config], values, said):
    with pytest.raises(ConfigError) as caught:
        kind.from_dict(values)
    assert said in str(caught.value)
    assert kind.__name__ in str(caught.value)


def test_configs_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        COURSE.features.rate = 8000  # type: ignore[misc]
