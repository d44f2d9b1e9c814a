"""The course network as an ONNX graph: `pcm, state -> scores, state_out`.

The state of one stream is flat: the last chunk of samples, the count of steps heard (up to
`delay_steps`), and the two GRUs. While the first whole receptive field has not been heard, a column
of ones beside each GRU's input holds its update gate at 1, so that its state stays exactly zero:
the network starts on a stream as it starts on a clip, and the scores before it are 0.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from oyez.config import ModelConfig, Preset
from oyez.features import dft_kernels

__all__ = ["build_graph"]

OPSET, IR_VERSION = 17, 9
HOLD = 60.0  # sigmoid(60 + bias) is 1 in float32
LOG_10_E = 0.4342944819032518


class _Builder:
    """Nodes and constants, in order."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._count = 0

    def constant(self, value: npt.ArrayLike, name: str = "") -> str:
        """An initializer; returns its name."""
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = name or self._name("constant")
        if all(tensor.name != name for tensor in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """A node with one output that counts; returns its name."""
        return self.add_many(operator, *inputs, outputs=outputs, **attributes)[0]

    def add_many(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """A node; returns the names of its outputs."""
        names = [self._name(operator.lower()) for _ in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """x[start:stop] along an axis."""
        bounds = [self.constant(np.array([value], np.int64)) for value in (start, stop, axis)]
        return self.add("Slice", x, *bounds)

    def rename(self, x: str, name: str) -> None:
        """Give an output its public name."""
        self.nodes.append(helper.make_node("Identity", [x], [name]))

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"


def build_graph(weights: Mapping[str, Tensor], preset: Preset, words: int) -> onnx.ModelProto:
    """Build the model.

    Args:
        weights: `CourseNetwork.state_dict()`.
        preset: features and network.
        words: outputs.

    Returns:
        A model with inputs `pcm` (streams, k × chunk) and `state` (streams, n), outputs `scores`
        (streams, steps, words) and `state_out`; without metadata.
    """
    arrays = {name: value.detach().cpu().numpy() for name, value in weights.items()}
    units, chunk = preset.model.units, preset.step * preset.delay_steps
    b = _Builder()
    past, count, first, second = (
        b.slice("state", start, start + length, 1) for start, length in _layout(chunk, units)
    )
    heard = b.add("Concat", past, "pcm", axis=1)  # (S, chunk + k × chunk)
    frames = _spectrogram(b, heard, preset)  # (S, bins, F)
    x = _convolution(b, frames, arrays, preset.model)
    hold, count_out = _hold(b, x, count, preset.delay_steps)  # (T, S, 1)
    live = b.add("Sub", b.constant(np.float32(1)), hold)
    x, first_out = _gru(b, x, hold, live, first, "first", arrays, preset.model)
    x = _norm(b, x, "first_norm", arrays, preset.model)
    x, second_out = _gru(b, x, hold, live, second, "second", arrays, preset.model)
    x = _norm(b, x, "second_norm", arrays, preset.model)
    x = b.add("MatMul", x, b.add("Transpose", _weight(b, "dense.weight", arrays), perm=[1, 0]))
    x = b.add("Sigmoid", b.add("Add", x, _weight(b, "dense.bias", arrays)))
    b.rename(b.add("Transpose", b.add("Mul", x, live), perm=[1, 0, 2]), "scores")
    kept = b.slice(heard, -chunk, np.iinfo(np.int64).max, 1)
    b.rename(b.add("Concat", kept, count_out, first_out, second_out, axis=1), "state_out")
    state = chunk + 1 + 2 * units
    return _model(b, state, words)


def _layout(chunk: int, units: int) -> list[tuple[int, int]]:
    """Start and length of samples, count, first and second GRU in the state."""
    lengths = (chunk, 1, units, units)
    starts = np.cumsum((0, *lengths)).tolist()
    return list(zip(starts, lengths, strict=False))


def _spectrogram(b: _Builder, heard: str, preset: Preset) -> str:
    """(S, samples) to (S, bins, frames), as `features.spectrogram`: a strided convolution."""
    config = preset.features
    chunk = preset.step * preset.delay_steps
    # frames that the last step does not see would be computed for nothing
    unseen = chunk + preset.step - preset.receptive_field
    kernels = b.constant(dft_kernels(config)[:, None, :], "spectrogram.kernels")
    x = b.slice(heard, 0, -unseen, 1) if unseen else heard
    x = b.add("Unsqueeze", x, b.constant(np.array([1], np.int64)))
    x = b.add("Conv", x, kernels, strides=[config.hop])  # (S, 2 × bins, F)
    x = b.add("Mul", x, x)
    halves = b.constant(np.array([config.bins, config.bins], np.int64))
    power = b.add("Add", *b.add_many("Split", x, halves, outputs=2, axis=1))
    if config.scale == "power":
        return power
    floored = b.add("Add", power, b.constant(np.float32(config.floor)))
    return b.add("Mul", b.add("Log", floored), b.constant(np.float32(LOG_10_E)))


def _convolution(
    b: _Builder, frames: str, arrays: Mapping[str, npt.NDArray[np.float32]], config: ModelConfig
) -> str:
    """(S, bins, F) to (T, S, filters)."""
    weight, bias = (_weight(b, f"conv.{name}", arrays) for name in ("weight", "bias"))
    x = b.add("Conv", frames, weight, bias, strides=[config.stride])
    x = b.add("Relu", _batch_norm(b, x, "norm", arrays, config))
    return b.add("Transpose", x, perm=[2, 0, 1])


def _hold(b: _Builder, x: str, count: str, delay: int) -> tuple[str, str]:
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
    b: _Builder,
    x: str,
    hold: str,
    live: str,
    state: str,
    name: str,
    arrays: Mapping[str, npt.NDArray[np.float32]],
    config: ModelConfig,
) -> tuple[str, str]:
    """(T, S, inputs) and (S, units) to (T, S, units) and (S, units)."""
    units = config.units
    stored = {
        key: _weight(b, f"{name}.{key}", arrays)
        for key in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        if f"{name}.{key}" in arrays
    }
    if "bias_hh" not in stored:
        stored["bias_hh"] = b.constant(np.zeros(3 * units, np.float32))
    column = np.zeros((3 * units, 1), np.float32)
    column[units : 2 * units] = HOLD  # of the update gate
    wide = b.add("Concat", stored["weight_ih"], b.constant(column), axis=1)
    front = b.constant(np.array([0], np.int64))
    weight, recurrent = (
        b.add("Unsqueeze", _onnx_order(b, one, units), front) for one in (wide, stored["weight_hh"])
    )
    biases = [_onnx_order(b, stored[key], units) for key in ("bias_ih", "bias_hh")]
    bias = b.add("Unsqueeze", b.add("Concat", *biases, axis=0), front)
    attributes: dict[str, Any] = {
        "hidden_size": units,
        "linear_before_reset": int(config.reset_after),
    }
    if config.gate == "hard_sigmoid":
        attributes |= {
            "activations": ["HardSigmoid", "Tanh"],
            "activation_alpha": [0.2],
            "activation_beta": [0.5],
        }
    # held steps see nothing: a loud one would outweigh the column
    x = b.add("Concat", b.add("Mul", x, live), hold, axis=2)
    state = b.add("Unsqueeze", state, front)
    y, last = b.add_many("GRU", x, weight, recurrent, bias, "", state, outputs=2, **attributes)
    axis = b.constant(np.array([1], np.int64))
    return b.add("Squeeze", y, axis), b.add("Squeeze", last, front)


def _onnx_order(b: _Builder, x: str, units: int) -> str:
    """Rows in torch's order (reset, update, new) to ONNX's (update, reset, new)."""
    sizes = b.constant(np.array([units] * 3, np.int64))
    reset, update, new = b.add_many("Split", x, sizes, outputs=3, axis=0)
    return b.add("Concat", update, reset, new, axis=0)


def _norm(
    b: _Builder,
    x: str,
    name: str,
    arrays: Mapping[str, npt.NDArray[np.float32]],
    config: ModelConfig,
) -> str:
    """Batch normalisation of (T, S, units): the operator wants (n, units)."""
    flat = b.add("Reshape", x, b.constant(np.array([-1, config.units], np.int64)))
    return b.add("Reshape", _batch_norm(b, flat, name, arrays, config), b.add("Shape", x))


def _batch_norm(
    b: _Builder,
    x: str,
    name: str,
    arrays: Mapping[str, npt.NDArray[np.float32]],
    config: ModelConfig,
) -> str:
    keys = ("weight", "bias", "running_mean", "running_var")
    values = [_weight(b, f"{name}.{key}", arrays) for key in keys]
    return b.add("BatchNormalization", x, *values, epsilon=config.epsilon)


def _weight(b: _Builder, name: str, arrays: Mapping[str, npt.NDArray[np.float32]]) -> str:
    return b.constant(arrays[name], name)


def _model(b: _Builder, state: int, words: int) -> onnx.ModelProto:
    def value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        b.nodes,
        "oyez",
        [value("pcm", "streams", "samples"), value("state", "streams", state)],
        [value("scores", "streams", "steps", words), value("state_out", "streams", state)],
        b.constants,
    )
    model = helper.make_model(graph, producer_name="oyez", opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return model
