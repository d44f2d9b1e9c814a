"""The lesson's network with the weights that Keras learnt.

Keras's matrices stand input first and have their gates in order of update, reset and new; the
network's stand output first, in order of reset, update and new.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from oyez.config import FeatureConfig, ModelConfig
from oyez.errors import ModelError
from oyez.train.keras_config import NEXT, read_config, read_config_file
from oyez.train.keras_file import KerasFile, KerasLayer, read_file
from oyez.train.models import CourseNetwork

__all__ = ["load_weights", "read_config", "read_config_file", "read_network"]

Array = npt.NDArray[np.float32]

PARTS = ("conv", "norm", "first", "first_norm", "second", "second_norm", "dense")
"""Of the network, in order; so stand Keras's layers that have weights."""


@dataclass(frozen=True)
class _Weights:
    """A file's weights, checked and turned."""

    sizes: dict[str, int]
    """`bins`, `words`, and those of ModelConfig that shapes tell."""
    state: dict[str, Tensor]
    """By the network's own names."""


def read_network(
    path: str | Path,
    config: ModelConfig | None = None,
    gate: Literal["sigmoid", "hard_sigmoid"] | None = None,
) -> CourseNetwork:
    """The lesson's network from a file of Keras: a whole model, or its weights.

    Args:
        path: HDF5.
        config: of `read_config`, for a file of weights alone.
        gate: activation of the gates, for a file of weights alone without `config` (then stride,
            dropout and epsilon are the lesson's); or to say that a hard sigmoid is Keras 2's.

    Returns:
        The network, in evaluation mode.

    Raises:
        ModelError: no file of Keras, another network, or nothing says what the gates are.
    """
    path = Path(path)
    file = read_file(path)
    features = FeatureConfig()
    weights = _weights(file, features.bins, path)
    chosen = _config(file, weights.sizes, config, gate, path)
    _compare(path, _sizes(chosen), weights.sizes, "the configuration")
    network = CourseNetwork(features, chosen, weights.sizes["words"])
    _load(network, weights)
    return network.eval()


def load_weights(network: CourseNetwork, path: str | Path) -> None:
    """Put a file's weights into a network; where they do not fit, it stays as it is.

    Args:
        network: of the same sizes and edition. Its own gates count: a file of weights alone does
            not know any.
        path: HDF5 of Keras; where it holds a whole model, its config must agree.

    Raises:
        ModelError: no file of Keras, or of another network.
    """
    path = Path(path)
    file = read_file(path)
    weights = _weights(file, network.features.bins, path)
    wanted = {**_sizes(network.config), "words": network.dense.out_features}
    _compare(path, wanted, weights.sizes, "the network")
    if file.config is not None:
        own = read_config(file.config, keras_version=file.version, source=str(path))
        names = ("gate", "stride", "epsilon")
        mine, theirs = ({name: getattr(one, name) for name in names} for one in (network.config, own))
        _compare(path, mine, theirs, "the network")
    _load(network, weights)


def _load(network: CourseNetwork, weights: _Weights) -> None:
    network.load_state_dict({**network.state_dict(), **weights.state})


def _config(
    file: KerasFile,
    sizes: Mapping[str, int],
    config: ModelConfig | None,
    gate: Literal["sigmoid", "hard_sigmoid"] | None,
    path: Path,
) -> ModelConfig:
    """The file's own config, or the one that was given, or the lesson's with the gate that was given."""
    own = None
    if file.config is not None:
        own = read_config(file.config, gate=gate, keras_version=file.version, source=str(path))
    if own is not None and config is not None:
        _compare(path, config.to_dict(), own.to_dict(), "the configuration that was given")
    chosen = config or own
    if chosen is None:
        if gate is None:
            raise ModelError(
                f"{path} holds weights alone, which do not tell the activation of the gates. Add "
                "--config model.json (of model.to_json()), or --gate sigmoid or --gate hard_sigmoid."
            )
        known = {name: sizes[name] for name in ("filters", "kernel", "units")}
        return ModelConfig(**known, reset_after=bool(sizes["reset_after"]), gate=gate)
    if gate not in (None, chosen.gate):
        raise ModelError(f"{path}: its gates are {chosen.gate}, --gate says {gate}. Leave --gate out.")
    return chosen


def _sizes(config: ModelConfig) -> dict[str, int]:
    return {name: int(getattr(config, name)) for name in ("filters", "kernel", "units", "reset_after")}


def _compare(path: Path, expected: Mapping[str, Any], got: Mapping[str, Any], who: str) -> None:
    for name, value in expected.items():
        if got[name] != value:
            kind = bool if name == "reset_after" else type(value)
            raise ModelError(
                f"{path}: expected {name} {kind(value)} as in {who}, got {kind(got[name])}. "
                "Take both from the same model."
            )


def _weights(file: KerasFile, bins: int, path: Path) -> _Weights:
    if len(file.layers) != len(PARTS):
        names = ", ".join(layer.name for layer in file.layers) or "none"
        raise ModelError(
            f"{path}: expected the {len(PARTS)} layers of the lesson that have weights, got "
            f"{len(file.layers)}: {names}. {NEXT}"
        )
    layers = {part: _modern(layer) for part, layer in zip(PARTS, file.layers, strict=True)}
    sizes = _measured(layers, path)
    for (part, layer), wanted in zip(layers.items(), _shapes(sizes, bins), strict=True):
        shapes = [array.shape for array in layer.arrays]
        if shapes != wanted:
            raise ModelError(f"{path}: {layer.name}: expected shapes {wanted}, got {shapes}. {NEXT}")
        finite = all(np.isfinite(array).all() for array in layer.arrays)
        if not finite or (part.endswith("norm") and (layer.arrays[3] < 0).any()):
            raise ModelError(
                f"{path}: {layer.name}: expected numbers, and variances of 0 or more, got others. "
                "Its training broke: take an earlier checkpoint."
            )
    return _Weights(sizes, _state(layers))


def _modern(layer: KerasLayer) -> KerasLayer:
    """Keras 1 had a second dimension of one in its kernels, and a GRU's three gates apart."""
    arrays = layer.arrays
    if arrays[0].ndim == 4 and arrays[0].shape[1] == 1:
        arrays = (arrays[0][:, 0], *arrays[1:])
    alike = [array.shape for array in arrays[:3]] * 3 == [array.shape for array in arrays]
    if alike and arrays[0].ndim:
        arrays = tuple(np.concatenate(arrays[first::3], axis=-1) for first in range(3))
    return KerasLayer(layer.name, arrays)


def _measured(layers: Mapping[str, KerasLayer], path: Path) -> dict[str, int]:
    """Sizes as some shapes tell them; all shapes are then compared with these."""
    conv, gru, dense = (layers[part].arrays[0].shape for part in ("conv", "first", "dense"))
    if (len(conv), len(gru), len(dense)) != (3, 2, 2):
        raise ModelError(
            f"{path}: expected kernels of 3, 2 and 2 dimensions for convolution, GRU and dense layer, "
            f"got shapes {conv}, {gru} and {dense}. {NEXT}"
        )
    after = layers["first"].arrays[-1].ndim == 2
    return {
        "kernel": conv[0], "filters": conv[2], "units": gru[1] // 3, "words": dense[1],
        "reset_after": int(after),
    }  # fmt: skip


def _shapes(sizes: Mapping[str, int], bins: int) -> list[list[tuple[int, ...]]]:
    """Of each layer's arrays, in order of PARTS."""
    filters, units, words = (sizes[name] for name in ("filters", "units", "words"))
    bias = (2, 3 * units) if sizes["reset_after"] else (3 * units,)
    recurrent = (units, 3 * units)
    return [
        [(sizes["kernel"], bins, filters), (filters,)],
        [(filters,)] * 4,
        [(filters, 3 * units), recurrent, bias],
        [(units,)] * 4,
        [recurrent, recurrent, bias],
        [(units,)] * 4,
        [(units, words), (words,)],
    ]


def _state(layers: Mapping[str, KerasLayer]) -> dict[str, Tensor]:
    state: dict[str, Array] = {}
    for part, layer in layers.items():
        if part.endswith("norm"):
            names: tuple[str, ...] = ("weight", "bias", "running_mean", "running_var")
            arrays: tuple[Array, ...] = layer.arrays
        elif part in ("first", "second"):
            kernel, recurrent, bias = (_torch_order(array) for array in layer.arrays)
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            arrays = (kernel.T, recurrent.T, *np.atleast_2d(bias))
        else:
            names, arrays = ("weight", "bias"), (layer.arrays[0].T, layer.arrays[1])
        state |= {f"{part}.{name}": array for name, array in zip(names, arrays, strict=False)}
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}


def _torch_order(array: Array) -> Array:
    """Columns in Keras's order (update, reset, new) to torch's (reset, update, new)."""
    update, reset, new = np.split(array, 3, axis=-1)
    return np.concatenate((reset, update, new), axis=-1)
