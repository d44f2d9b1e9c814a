"""Detectors on a trunk of random weights: they hear nothing in particular, but often."""

from pathlib import Path

import numpy as np
import torch

from oyez.config import PRESETS, SmallConfig, TriggerConfig
from oyez.mel import log_mel
from oyez.train.export import export
from oyez.train.models import SmallNetwork

TRIGGER = TriggerConfig(threshold=0.6, smoothing=3, release=0.9, refractory_s=0.2)


def small_network(words: int = 1, seed: int = 0, config: SmallConfig | None = None) -> SmallNetwork:
    """The trunk is the same for every seed, the head is not; scores move all over 0..1."""
    config = config or SmallConfig(hidden=12, units=10)
    torch.manual_seed(0)
    network = SmallNetwork(PRESETS["small"].features, config, words)
    torch.manual_seed(seed)
    with torch.no_grad():
        for conv in network.trunk.convs:
            conv.weight.mul_(2.5)
        for parameter in network.head.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        frames = torch.from_numpy(log_mel(speech_like(np.random.default_rng(1), 8)))
        logits = network.eval()(frames[None])[0][0, 10:]  # (steps, words), from a whole window on
        dense, spread = network.head.dense, logits.std(0) / 2
        dense.weight.div_(spread[:, None])
        dense.bias.copy_((dense.bias - logits.mean(0)) / spread)
    return network


def write_small_model(path: Path, words: tuple[str, ...] = ("alpha",), seed: int = 0) -> Path:
    """The model file of `small_network`."""
    export(small_network(len(words), seed), path, words, dict.fromkeys(words, TRIGGER))
    return path


def speech_like(rng: np.random.Generator, seconds: float, rate: int = 16_000) -> np.ndarray:
    """Harmonics of a gliding voice that comes and goes, over noise: (samples,) float32."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 50 * np.sin(2 * np.pi * 0.7 * t)) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * np.sin(2 * np.pi * 1.3 * t) ** 2
    return np.asarray(0.1 * voice + 0.01 * rng.standard_normal(len(t)), np.float32)
