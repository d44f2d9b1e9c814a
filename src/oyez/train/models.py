"""The lesson's network in torch, whole or step by step."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from oyez.config import FeatureConfig, ModelConfig
from oyez.train.layers import GRU

__all__ = ["CourseNetwork", "CourseState", "count_parameters"]

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

    def _norm(self, channels: int) -> nn.BatchNorm1d:
        return nn.BatchNorm1d(channels, eps=self.config.epsilon, momentum=MOMENTUM)

    def _gru(self, inputs: int) -> GRU:
        config = self.config
        return GRU(inputs, config.units, reset_after=config.reset_after, gate=config.gate)

    @staticmethod
    def _normed(x: Tensor, norm: nn.BatchNorm1d) -> Tensor:
        out: Tensor = norm(x.transpose(1, 2))
        return out.transpose(1, 2)


def count_parameters(network: CourseNetwork) -> tuple[int, int]:
    """Trainable parameters, and those of batch normalisation that are only counted along.

    Their sum is what Keras calls total: 522,561 and 523,329 for the two editions.
    """
    trainable = sum(parameter.numel() for parameter in network.parameters())
    moving = sum(buffer.numel() for name, buffer in network.named_buffers() if name.endswith(("mean", "var")))
    return trainable, moving
