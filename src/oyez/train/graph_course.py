"""The course network as an ONNX graph: `pcm, state -> scores, state_out`.

The state of one stream is flat: the last chunk of samples, the count of steps heard (up to
`delay_steps`), and the two GRUs. While the first whole receptive field has not been heard, a column
of ones beside each GRU's input holds its update gate at 1, so that its state stays exactly zero:
the network starts on a stream as it starts on a clip, and the scores before it are 0.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from oyez.config import ModelConfig, Preset
from oyez.features import dft_kernels
from oyez.train.nodes import Array, Nodes

__all__ = ["course_graph"]

HOLD = 60.0  # sigmoid(60 + bias) is 1 in float32
LOG_10_E = 0.4342944819032518


def course_graph(weights: Mapping[str, Array], preset: Preset, words: int) -> onnx.ModelProto:
    """Build the model.

    Args:
        weights: of `CourseNetwork`, by name.
        preset: features and network.
        words: outputs.

    Returns:
        A model with inputs `pcm` (streams, k × chunk) and `state` (streams, n), outputs `scores`
        (streams, steps, words) and `state_out`; without metadata.
    """
    units, chunk = preset.model.units, preset.step * preset.delay_steps
    b = Nodes(weights)
    past, count, first, second = (
        b.slice("state", start, start + length, 1) for start, length in _layout(chunk, units)
    )
    heard = b.add("Concat", past, "pcm", axis=1)  # (S, chunk + k × chunk)
    frames = _spectrogram(b, heard, preset)  # (S, bins, F)
    x = _convolution(b, frames, preset.model)
    hold, count_out = _hold(b, x, count, preset.delay_steps)  # (T, S, 1)
    live = b.add("Sub", b.constant(np.float32(1)), hold)
    x, first_out = _gru(b, x, hold, live, first, "first", preset.model)
    x = _norm(b, x, "first_norm", preset.model)
    x, second_out = _gru(b, x, hold, live, second, "second", preset.model)
    x = _norm(b, x, "second_norm", preset.model)
    x = b.add("Sigmoid", b.dense(x, "dense"))
    b.rename(b.add("Transpose", b.add("Mul", x, live), perm=[1, 0, 2]), "scores")
    kept = b.slice(heard, -chunk, None, 1)
    b.rename(b.add("Concat", kept, count_out, first_out, second_out, axis=1), "state_out")
    state = chunk + 1 + 2 * units
    return b.model(state, words)


def _layout(chunk: int, units: int) -> list[tuple[int, int]]:
    """Start and length of samples, count, first and second GRU in the state."""
    lengths = (chunk, 1, units, units)
    starts = np.cumsum((0, *lengths)).tolist()
    return list(zip(starts, lengths, strict=False))


def _spectrogram(b: Nodes, heard: str, preset: Preset) -> str:
    """(S, samples) to (S, bins, frames), as `features.spectrogram`: a strided convolution."""
    config = preset.features
    chunk = preset.step * preset.delay_steps
    # frames that the last step does not see would be computed for nothing
    unseen = chunk + preset.step - preset.receptive_field
    kernels = b.constant(dft_kernels(config)[:, None, :], "spectrogram.kernels")
    x = b.slice(heard, 0, -unseen, 1) if unseen else heard
    x = b.add("Unsqueeze", x, b.ints(1))
    x = b.add("Conv", x, kernels, strides=[config.hop])  # (S, 2 × bins, F)
    x = b.add("Mul", x, x)
    halves = b.ints(config.bins, config.bins)
    power = b.add("Add", *b.add_many("Split", x, halves, outputs=2, axis=1))
    if config.scale == "power":
        return power
    floored = b.add("Add", power, b.constant(np.float32(config.floor)))
    return b.add("Mul", b.add("Log", floored), b.constant(np.float32(LOG_10_E)))


def _convolution(b: Nodes, frames: str, config: ModelConfig) -> str:
    """(S, bins, F) to (T, S, filters)."""
    weight, bias = (b.weight(f"conv.{name}") for name in ("weight", "bias"))
    x = b.add("Conv", frames, weight, bias, strides=[config.stride])
    x = b.add("Relu", _batch_norm(b, x, "norm", config))
    return b.add("Transpose", x, perm=[2, 0, 1])


def _hold(b: Nodes, x: str, count: str, delay: int) -> tuple[str, str]:
    """Ones (T, S, 1) where a step comes too early, and the new count (S, 1)."""
    zero, one, axes = (b.constant(np.array(v, np.int64)) for v in (0, 1, [1, 2]))
    steps = b.add("Gather", b.add("Shape", x), zero)
    index = b.add("Cast", b.add("Range", zero, steps, one), to=TensorProto.FLOAT)
    index = b.add("Add", b.add("Unsqueeze", index, axes), count)  # (T, S, 1)
    limit = b.constant(np.float32(delay))
    hold = b.add("Cast", b.add("Less", index, limit), to=TensorProto.FLOAT)
    heard = b.add("Add", count, b.add("Cast", steps, to=TensorProto.FLOAT))
    return hold, b.add("Min", heard, limit)


def _gru(
    b: Nodes,
    x: str,
    hold: str,
    live: str,
    state: str,
    name: str,
    config: ModelConfig,
) -> tuple[str, str]:
    """(T, S, inputs) and (S, units) to (T, S, units) and (S, units)."""
    units = config.units
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    stored = {key: b.weight(f"{name}.{key}") for key in names if f"{name}.{key}" in b.weights}
    if "bias_hh" not in stored:
        stored["bias_hh"] = b.constant(np.zeros(3 * units, np.float32))
    column = np.zeros((3 * units, 1), np.float32)
    column[units : 2 * units] = HOLD  # of the update gate
    stored["weight_ih"] = b.add("Concat", stored["weight_ih"], b.constant(column), axis=1)
    attributes: dict[str, Any] = {"linear_before_reset": int(config.reset_after)}
    if config.gate == "hard_sigmoid":
        attributes |= {
            "activations": ["HardSigmoid", "Tanh"],
            "activation_alpha": [0.2],
            "activation_beta": [0.5],
        }
    # held steps see nothing: a loud one would outweigh the column
    x = b.add("Concat", b.add("Mul", x, live), hold, axis=2)
    return b.gru(x, [stored[key] for key in names], state, units, **attributes)


def _norm(b: Nodes, x: str, name: str, config: ModelConfig) -> str:
    """Batch normalisation of (T, S, units): the operator wants (n, units)."""
    flat = b.add("Reshape", x, b.ints(-1, config.units))
    return b.add("Reshape", _batch_norm(b, flat, name, config), b.add("Shape", x))


def _batch_norm(b: Nodes, x: str, name: str, config: ModelConfig) -> str:
    keys = ("weight", "bias", "running_mean", "running_var")
    values = [b.weight(f"{name}.{key}") for key in keys]
    return b.add("BatchNormalization", x, *values, epsilon=config.epsilon)
