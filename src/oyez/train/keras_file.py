"""Keras's weights in an HDF5 file: layers in their order, as plain arrays. Knows no network."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.errors import ModelError, require

__all__ = ["KerasFile", "KerasLayer", "read_file"]

Array = npt.NDArray[np.float32]

LARGEST = 50_000_000
"""Numbers in one array, a hundred times the lesson's network: more is no weight of it."""

KERAS_3 = (
    ("conv1d", "vars"), ("batch_normalization", "vars"),
    ("gru", "cell/vars"), ("batch_normalization_1", "vars"),
    ("gru_1", "cell/vars"), ("batch_normalization_2", "vars"),
    ("time_distributed", "layer/vars"),
)  # fmt: skip
"""Where Keras 3's `.weights.h5` has the lesson's layers: named by class and count, in no order."""


@dataclass(frozen=True)
class KerasLayer:
    """One layer that has weights."""

    name: str
    arrays: tuple[Array, ...]
    """In Keras's order: kernel, recurrent kernel, bias; or gamma, beta, mean, variance."""


@dataclass(frozen=True)
class KerasFile:
    """What a file holds."""

    layers: tuple[KerasLayer, ...]
    """In the order of the model; only those with weights."""
    config: str | None
    """JSON of the model; None in a file of weights alone."""
    version: str | None
    """Of the Keras that wrote it, where it says so."""


def read_file(path: Path) -> KerasFile:
    """Read a whole model (`model.save`) or its weights (`model.save_weights`).

    Args:
        path: HDF5, of any Keras.

    Returns:
        Layers, config and version.

    Raises:
        ModelError: it is missing, no HDF5, cut short, or not laid out as Keras does.
        MissingExtraError: h5py is not installed.
    """
    h5py = require("h5py", "course")
    _check_kind(path, h5py)
    try:
        with h5py.File(path, "r") as file:
            version, config = (_text(file.attrs.get(name)) for name in ("keras_version", "model_config"))
            return KerasFile(tuple(_layers(file, path)), config, version)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        said = (str(error).splitlines() or [""])[0].strip("'\"")
        raise ModelError(
            f"{path}: expected weights as Keras writes them, got a file that is damaged or of another "
            f"program ({said}). Copy it again, or write it again with model.save."
        ) from None


def _check_kind(path: Path, h5py: Any) -> None:
    if not path.is_file():
        raise ModelError(f"{path}: no such file. Name the HDF5 file that Keras wrote.")
    if h5py.is_hdf5(path):
        return
    if zipfile.is_zipfile(path):
        raise ModelError(f"{path}: expected HDF5, got a zip archive. Save it so: model.save('model.h5')")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror}). Name the HDF5 file that Keras wrote."
        ) from None
    raise ModelError(
        f"{path}: expected HDF5, got a file that begins with {start!r}. Download or copy it again, whole."
    )


def _layers(file: Any, path: Path) -> Iterator[KerasLayer]:
    group = file.get("model_weights", file)
    if "layer_names" in group.attrs:
        for name in map(_text, group.attrs["layer_names"]):
            layer = group[name]
            weights = [_array(layer, str(_text(one)), path) for one in layer.attrs["weight_names"]]
            if weights:
                yield KerasLayer(str(name), tuple(weights))
    elif "layers" in file:
        for name, inside in KERAS_3:
            stored = file["layers"][name][inside]
            yield KerasLayer(name, tuple(_array(stored, str(i), path) for i in range(len(stored))))
    else:
        raise ModelError(
            f"{path}: expected layer_names of Keras, got {', '.join(map(repr, file)) or 'nothing'}. "
            "Write it with model.save or model.save_weights."
        )


def _array(group: Any, name: str, path: Path) -> Array:
    stored = group[name]
    if not hasattr(stored, "dtype"):
        raise KeyError(f"{stored.name} holds no numbers")
    if stored.dtype.kind != "f" or stored.size > LARGEST:
        raise ModelError(
            f"{path}: {stored.name} must be floating point, at most {LARGEST:,} numbers, got "
            f"{stored.size:,} of {stored.dtype}. Write it again with model.save."
        )
    return np.asarray(stored[()], np.float32)


def _text(value: Any) -> str | None:
    """Old files hold bytes, new ones text."""
    return value.decode() if isinstance(value, bytes) else None if value is None else str(value)
