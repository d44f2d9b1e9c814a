"""A detector that needs no training: its weights are set by hand to hear a 1 kHz tone."""

from pathlib import Path

import numpy as np
import torch

from oyez.config import FeatureConfig, ModelConfig, TriggerConfig
from oyez.train.export import export
from oyez.train.models import CourseNetwork

WORD = "tone"
TONE_HZ = 1_000.0
FEATURES = FeatureConfig(scale="log")
SMALL = ModelConfig(filters=4, units=4)


def tone_network() -> CourseNetwork:
    """Scores are near 1 while two bins around 1 kHz stand out of the rest, near 0 otherwise."""
    network = CourseNetwork(FEATURES, SMALL).eval()
    state = {name: torch.zeros_like(value) for name, value in network.state_dict().items()}
    near = round(TONE_HZ * FEATURES.window / FEATURES.rate)
    state["conv.weight"][0, 8:40] = -1 / 32
    state["conv.weight"][0, near : near + 2] = 0.5
    state["conv.weight"] /= SMALL.kernel
    state["conv.bias"][0] = -2.0
    for norm in ("norm", "first_norm", "second_norm"):
        state[f"{norm}.weight"] += 1
        state[f"{norm}.running_var"] += 1
    for gru in ("first", "second"):
        state[f"{gru}.bias_ih"][SMALL.units : 2 * SMALL.units] = -10.0  # update gate: forget at once
        state[f"{gru}.weight_ih"][2 * SMALL.units, 0] = 2.0
    state["dense.weight"][0, 0] = 12.0
    state["dense.bias"][0] = -6.0
    network.load_state_dict(state)
    return network


def write_tone_model(path: Path) -> Path:
    """The model file of `tone_network`."""
    export(tone_network(), path, (WORD,), {WORD: TriggerConfig()})
    return path


def tones(times_s: list[float], duration_s: float, rate: int = 44_100, noise: float = 1e-3) -> np.ndarray:
    """Noise with a tone of 0.3 s from each of the times on: (samples,) float32."""
    rng = np.random.default_rng(7)
    samples = noise * rng.standard_normal(round(duration_s * rate))
    for start_s in times_s:
        start = round(start_s * rate)
        t = np.arange(min(round(0.3 * rate), len(samples) - start)) / rate
        samples[start : start + len(t)] += 0.2 * np.sin(2 * np.pi * TONE_HZ * t)
    return samples.astype(np.float32)
