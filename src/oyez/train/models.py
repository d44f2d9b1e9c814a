"""Both networks in torch, whole or step by step: the lesson's, and the small one on the trunk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from oyez.config import (
    PRESETS,
    FeatureConfig,
    MelConfig,
    ModelConfig,
    Preset,
    SmallConfig,
    SmallPreset,
    TriggerConfig,
)
from oyez.features import spectrogram
from oyez.mel import log_mel
from oyez.sound import Samples
from oyez.train.layers import GRU
from oyez.train.trunk import Trunk, TrunkState

__all__ = ["CourseNetwork", "CourseState", "SmallHead", "SmallNetwork", "SmallState", "count_parameters"]

Scores = npt.NDArray[np.float32]

MOMENTUM = 0.01
"""Of batch normalisation: Keras says 0.99 and means the share that stays."""


@dataclass(frozen=True)
class CourseState:
    """What the network carries from one call to the next."""

    frames: Tensor
    """(batch, < kernel, bins): frames that later convolutions still see."""
    first: Tensor
    """(batch, units) of the first GRU."""
    second: Tensor
    """(batch, units) of the second."""


class CourseNetwork(nn.Module):
    """Conv1D, two GRUs in one direction, and a dense output at each step (LESSON's network).

    Shape: frames (batch, frames, bins) to logits (batch, steps, words); the scores are their
    sigmoid. 5511 frames give 1375 steps.
    """

    def __init__(self, features: FeatureConfig, config: ModelConfig, words: int = 1) -> None:
        """Weights are drawn as Keras draws them."""
        super().__init__()
        self.features, self.config = features, config
        self.conv = nn.Conv1d(features.bins, config.filters, config.kernel, config.stride)
        self.norm = self._norm(config.filters)
        self.first = self._gru(config.filters)
        self.first_norm = self._norm(config.units)
        self.second = self._gru(config.units)
        self.second_norm = self._norm(config.units)
        self.dense = nn.Linear(config.units, words)
        self.dropout = nn.Dropout(config.dropout)
        for layer in (self.conv, self.dense):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, frames: Tensor, state: CourseState | None = None) -> tuple[Tensor, CourseState]:
        """Hear more frames: only those steps come out whose frames are all there."""
        if state is not None:
            frames = torch.cat((state.frames, frames), 1)
        kernel, stride = self.config.kernel, self.config.stride
        steps = max(0, (frames.shape[1] - kernel) // stride + 1)
        left = frames[:, steps * stride :]
        first, second = (None, None) if state is None else (state.first, state.second)
        if not steps:
            nothing = frames.new_zeros(len(frames), self.config.units)
            state = CourseState(left, *(nothing if h is None else h for h in (first, second)))
            return frames.new_zeros(len(frames), 0, self.dense.out_features), state
        x = self.conv(frames.transpose(1, 2))  # (B, C, T)
        x = self.dropout(torch.relu(self.norm(x))).transpose(1, 2)  # (B, T, C)
        x, first = self.first(x, first)
        x = self._normed(self.dropout(x), self.first_norm)
        x, second = self.second(x, second)
        x = self.dropout(self._normed(self.dropout(x), self.second_norm))
        return self.dense(x), CourseState(left, first, second)

    @property
    def preset(self) -> Preset:
        """Its features and numbers, with the default trigger."""
        return Preset(self.features, self.config, TriggerConfig())

    def scores(self, samples: Samples) -> Scores:
        """Scores of a whole clip, (steps, words); only whole windows give some."""
        frames = torch.from_numpy(spectrogram(samples, self.features))
        with torch.inference_mode():
            return np.asarray(torch.sigmoid(self(frames[None])[0])[0].numpy())

    def _norm(self, channels: int) -> nn.BatchNorm1d:
        return nn.BatchNorm1d(channels, eps=self.config.epsilon, momentum=MOMENTUM)

    def _gru(self, inputs: int) -> GRU:
        config = self.config
        return GRU(inputs, config.units, reset_after=config.reset_after, gate=config.gate)

    @staticmethod
    def _normed(x: Tensor, norm: nn.BatchNorm1d) -> Tensor:
        out: Tensor = norm(x.transpose(1, 2))
        return out.transpose(1, 2)


@dataclass(frozen=True)
class SmallState:
    """What the small network carries from one call to the next."""

    trunk: TrunkState
    hidden: Tensor
    """(batch, units) of the GRU."""


class SmallHead(nn.Module):
    """What is trained for a word: norm, linear layer, GRU, and a dense output at each step.

    Shape: embeddings (batch, steps, 96) to logits (batch, steps, words).
    """

    def __init__(self, config: SmallConfig, words: int = 1) -> None:
        """Weights are drawn as Keras draws them."""
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(config.embedding)
        self.linear = nn.Linear(config.embedding, config.hidden)
        self.gru = GRU(config.hidden, config.units)
        self.dense = nn.Linear(config.units, words)
        self.dropout = nn.Dropout(config.dropout)
        for layer in (self.linear, self.dense):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, embeddings: Tensor, hidden: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Hear more steps, from the GRU's state (batch, units); None is zeros."""
        x = self.dropout(torch.relu(self.linear(self.norm(embeddings))))
        x, hidden = self.gru(x, hidden)
        return self.dense(self.dropout(x)), hidden


class SmallNetwork(nn.Module):
    """The pretrained trunk and a head on it.

    Shape: frames (batch, 8 × steps, 32), as `mel.log_mel` gives them, to logits (batch, steps,
    words); the scores are their sigmoid. Training may run `trunk` once, keep the embeddings, and
    train `head` alone on them.
    """

    def __init__(self, features: MelConfig, config: SmallConfig, words: int = 1) -> None:
        """The trunk's weights are to be loaded: `network.trunk = load_trunk()`."""
        super().__init__()
        self.features, self.config = features, config
        self.trunk = Trunk()
        self.head = SmallHead(config, words)

    def forward(self, frames: Tensor, state: SmallState | None = None) -> tuple[Tensor, SmallState]:
        """Hear more frames, a multiple of 8 of them."""
        x, trunk = self.trunk(frames, None if state is None else state.trunk)
        logits, hidden = self.head(x, None if state is None else state.hidden)
        return logits, SmallState(trunk, hidden)

    @property
    def preset(self) -> SmallPreset:
        """Its features and numbers, with the default trigger."""
        return SmallPreset(self.features, self.config, PRESETS["small"].trigger)

    def scores(self, samples: Samples) -> Scores:
        """Scores of a whole clip, (steps, words), as a stream of it gives them."""
        frames = log_mel(samples, self.features)
        frames = frames[: len(frames) // self.config.stride * self.config.stride]
        with torch.inference_mode():
            return np.asarray(torch.sigmoid(self(torch.from_numpy(frames)[None])[0])[0].numpy())


def count_parameters(network: nn.Module) -> tuple[int, int]:
    """Trainable parameters, and those of batch normalisation that are only counted along.

    Their sum is what Keras calls total: 522,561 and 523,329 for the two editions.
    """
    trainable = sum(parameter.numel() for parameter in network.parameters())
    moving = sum(buffer.numel() for name, buffer in network.named_buffers() if name.endswith(("mean", "var")))
    return trainable, moving
