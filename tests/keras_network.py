"""Files as several Kerases write them, made without any; and the lesson's network once more, in numpy.

The network follows Keras's own definitions, in float64, and shares nothing with the package.
"""

import json
import re
from pathlib import Path

import h5py
import numpy as np

Weights = dict[str, list[np.ndarray]]
"""By layer, in the order of the model."""

KERAS_1 = {
    "Conv1D": {
        "filters": "nb_filter", "kernel_size": "filter_length", "strides": "subsample_length",
        "padding": "border_mode", "use_bias": "bias",
    },
    "Dropout": {"rate": "p"},
    "GRU": {
        "units": "output_dim", "recurrent_activation": "inner_activation", "dropout": "dropout_W",
        "recurrent_dropout": "dropout_U",
    },
    "Dense": {"units": "output_dim", "use_bias": "bias"},
}  # fmt: skip

NAMES = {
    "conv": ["kernel", "bias"],
    "batch": ["gamma", "beta", "moving_mean", "moving_variance"],
    "gru": ["kernel", "recurrent_kernel", "bias"],
    "time": ["kernel", "bias"],
}


def draw_weights(rng, *, after, filters=5, kernel=7, units=4, words=1, bins=101) -> Weights:
    """Weights that keep power of the scale of `power_like` between the gates' ends."""

    def norm(size, mean, spread):
        return [
            1 + 0.3 * rng.standard_normal(size), 0.3 * rng.standard_normal(size),
            mean + 0.3 * spread * rng.standard_normal(size), spread**2 * rng.uniform(0.5, 2, size),
        ]  # fmt: skip

    def gru(inputs):
        bias = (2, 3 * units) if after else (3 * units,)
        kernel = 1.5 * rng.standard_normal((inputs, 3 * units)) / np.sqrt(inputs)
        recurrent = 1.5 * rng.standard_normal((units, 3 * units)) / np.sqrt(units)
        return [kernel, recurrent, 0.5 * rng.standard_normal(bias)]

    conv = rng.standard_normal((kernel, bins, filters)) / np.sqrt(kernel * bins)
    weights = {
        "conv1d_1": [conv, rng.standard_normal(filters)],
        "batch_normalization_1": norm(filters, 0, 2000),
        "gru_1": gru(filters),
        "batch_normalization_2": norm(units, 0, 0.5),
        "gru_2": gru(units),
        "batch_normalization_3": norm(units, 0, 0.5),
        "time_distributed_1": [rng.standard_normal((units, words)), rng.standard_normal(words)],
    }
    return {name: [array.astype(np.float32) for array in arrays] for name, arrays in weights.items()}


def power_like(rng, frames: int, bins: int = 101) -> np.ndarray:
    """What the lesson's spectrogram gives for speech: (frames, bins) float32, from 1e-3 to 1e5."""
    t, f = np.arange(frames)[:, None], np.arange(bins)
    level_db = 22 + 12 * np.sin(t / 13 + f / 7) + 8 * np.sin(t / 29 - f / 17)
    return (10 ** (level_db / 10) * rng.exponential(size=(frames, bins))).astype(np.float32)


def describe(*, after, gate, filters=5, kernel=7, units=4, words=1, spelling="2", functional=True) -> dict:
    """The model's JSON, parsed, in the spelling of Keras 1, 2 or 3."""
    gru = {
        "return_sequences": True, "return_state": False, "go_backwards": False, "stateful": False,
        "units": units, "activation": "tanh", "recurrent_activation": gate, "use_bias": True,
        "dropout": 0.0, "recurrent_dropout": 0.0, "reset_after": after,
    }  # fmt: skip
    norm = {"axis": -1, "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True}
    drop = ("Dropout", {"rate": 0.8, "noise_shape": None, "seed": None})
    conv = {
        "filters": filters, "kernel_size": [kernel], "strides": [4], "padding": "valid",
        "activation": "linear", "use_bias": True,
    }  # fmt: skip
    dense = _layer("Dense", {"units": words, "activation": "sigmoid", "use_bias": True}, 1, spelling)
    rows = [
        ("Conv1D", conv), ("BatchNormalization", norm), ("Activation", {"activation": "relu"}), drop,
        ("GRU", gru), drop, ("BatchNormalization", norm), ("GRU", gru), drop, ("BatchNormalization", norm),
        drop, ("TimeDistributed", {"layer": dense}),
    ]  # fmt: skip
    layers = [_layer(kind, settings, i, spelling) for i, (kind, settings) in enumerate(rows, 1)]
    if not functional:
        return {"class_name": "Sequential", "config": layers, "keras_version": "2.0.7"}
    first = _layer("InputLayer", {"batch_input_shape": [None, None, 101]}, 0, spelling)
    model = {
        "class_name": "Functional" if spelling == "3" else "Model",
        "config": {"layers": [first, *layers]},
    }
    return model | ({"module": "keras"} if spelling == "3" else {"keras_version": f"{spelling}.1.0"})


def _layer(kind: str, settings: dict, number: int, spelling: str) -> dict:
    settings = {"name": f"{kind.lower()}_{number}", "trainable": True, **settings}
    if spelling == "1":
        names = KERAS_1.get(kind, {})
        settings = {names.get(key, key): value for key, value in settings.items() if key != "reset_after"}
        kind = "Convolution1D" if kind == "Conv1D" else kind
    return {"class_name": kind, "config": settings}


def write_h5(
    path: Path, weights: Weights, config=None, *, version="2.0.7", spelling="2", as_bytes=True
) -> Path:
    """A file of Keras: whole where there is a config, else weights alone.

    Args:
        spelling: "1" one array per gate, "2" as the lesson's, "cell" as tf.keras names them,
            "3" for the `.weights.h5` of Keras 3.
        as_bytes: attributes as old h5py wrote them.
    """

    def text(value):
        return np.bytes_(value.encode()) if as_bytes else value

    def texts(values):
        return np.array([text(one) for one in values], "S" if as_bytes else object)

    with h5py.File(path, "w") as file:
        if spelling == "3":
            _write_layout_3(file, weights)
            return path
        group = file if config is None else file.create_group("model_weights")
        if version is not None:
            file.attrs["keras_version"] = text(version)
        if config is not None:
            file.attrs["model_config"] = text(json.dumps(config))
        group.attrs["layer_names"] = texts(("input_1", *weights, "dropout_4"))
        for name in ("input_1", "dropout_4"):
            group.create_group(name).attrs["weight_names"] = []
        for name, arrays in weights.items():
            stored = _named(name, arrays, spelling)
            layer = group.create_group(name)
            layer.attrs["weight_names"] = texts(stored)
            for one, array in stored.items():
                layer[one] = array
    return path


def _named(name: str, arrays: list[np.ndarray], spelling: str) -> dict[str, np.ndarray]:
    """Arrays of one layer by the names that Keras gives them."""
    kind = name.split("_")[0].removesuffix("1d")
    names = NAMES[kind]
    if spelling == "1":
        arrays, names = _apart(name, arrays, names)
    if len(names) != len(arrays):  # no layer of the lesson
        names = [f"array{i}" for i in range(len(arrays))]
    inner = f"{name}/gru_cell_7" if spelling == "cell" and kind == "gru" else name
    return {f"{inner}/{one}:0": array for one, array in zip(names, arrays, strict=True)}


def _apart(name: str, arrays: list[np.ndarray], names: list[str]) -> tuple[list[np.ndarray], list[str]]:
    if name.startswith("conv"):
        return [arrays[0][:, None], arrays[1]], ["W", "b"]
    if name.startswith("gru"):
        gates = [np.split(array, 3, -1) for array in arrays]
        return [one[i] for i in range(3) for one in gates], [f"{w}_{g}" for g in "zrh" for w in "WUb"]
    return arrays, names


def _write_layout_3(file: h5py.File, weights: Weights) -> None:
    for name, arrays in weights.items():
        kind, number = re.fullmatch(r"(\w+)_(\d)", name).groups()
        inside = {"gru": "cell/", "time_distributed": "layer/"}.get(kind, "")
        count = "" if number == "1" else f"_{int(number) - 1}"
        for i, array in enumerate(arrays):
            file[f"layers/{kind}{count}/{inside}vars/{i}"] = array


def read_weights(path: Path) -> Weights:
    """All arrays of a file of Keras 2, found by their names alone."""
    found: dict[str, dict[str, np.ndarray]] = {}

    def keep(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            layer, *_, array = name.removeprefix("model_weights/").split("/")
            found.setdefault(layer, {})[array.removesuffix(":0")] = item[()]

    with h5py.File(path) as file:
        file.visititems(keep)
    numbered = sorted(found, key=lambda name: int((re.findall(r"_(\d+)$", name) or [0])[0]))
    conv, gru, norm, time = ([name for name in numbered if name.startswith(kind)] for kind in NAMES_IN_ORDER)
    order = [conv[0], norm[0], gru[0], norm[1], gru[1], norm[2], time[0]]
    kinds = ["conv", "batch", "gru", "batch", "gru", "batch", "time"]
    return {name: [found[name][one] for one in NAMES[kind]] for name, kind in zip(order, kinds, strict=True)}


NAMES_IN_ORDER = ("conv", "gru", "batch", "time")


def predict(weights: Weights, frames: np.ndarray, *, gate: str, stride=4, epsilon=1e-3) -> np.ndarray:
    """The lesson's network: (frames, bins) to (steps, words), float64.

    Source: Keras 2's documentation of its layers; Cho et al. (2014), arXiv 1406.1078, for the GRU.
    """
    conv, norm, first, first_norm, second, second_norm, dense = (
        [array.astype(np.float64) for array in arrays] for arrays in weights.values()
    )
    kernel, bias = conv
    starts = range(0, len(frames) - len(kernel) + 1, stride)
    x = np.array([np.einsum("kb,kbf->f", frames[i : i + len(kernel)], kernel) + bias for i in starts])
    x = np.maximum(_normalised(x, norm, epsilon), 0)
    x = _normalised(_gru(x, *first, gate), first_norm, epsilon)
    x = _normalised(_gru(x, *second, gate), second_norm, epsilon)
    return 1 / (1 + np.exp(-(x @ dense[0] + dense[1])))


def _normalised(x: np.ndarray, arrays: list[np.ndarray], epsilon: float) -> np.ndarray:
    gamma, beta, mean, variance = arrays
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _gru(x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, gate: str) -> np.ndarray:
    after = bias.ndim == 2
    input_bias, state_bias = bias if after else (bias, np.zeros_like(bias))

    def squash(v):
        return np.clip(0.2 * v + 0.5, 0, 1) if gate == "hard_sigmoid" else 1 / (1 + np.exp(-v))

    w_z, w_r, w_h = np.split(kernel, 3, 1)
    u_z, u_r, u_h = np.split(recurrent, 3, 1)
    b_z, b_r, b_h = np.split(input_bias, 3)
    c_z, c_r, c_h = np.split(state_bias, 3)
    h, states = np.zeros(recurrent.shape[0]), []
    for v in x:
        z = squash(v @ w_z + b_z + h @ u_z + c_z)
        r = squash(v @ w_r + b_r + h @ u_r + c_r)
        new = np.tanh(v @ w_h + b_h + (r * (h @ u_h + c_h) if after else (r * h) @ u_h))
        h = z * h + (1 - z) * new
        states.append(h)
    return np.array(states)
