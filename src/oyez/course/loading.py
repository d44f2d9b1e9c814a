"""Networks to begin with: the lesson's own, Keras's files, and ours."""

from pathlib import Path

import numpy as np

from oyez.config import FeatureConfig
from oyez.course.layers import (
    GRU,
    Activation,
    BatchNormalization,
    Conv1D,
    Dense,
    Dropout,
    Input,
    TimeDistributed,
)
from oyez.course.network import SEEDS, Model, require_libraries

__all__ = ["load_model", "model", "model_from_json"]

KERAS_SUFFIXES = (".h5", ".hdf5")


def model(input_shape: tuple[int, int], *, reset_after: bool = False) -> Model:
    """The lesson's network, its weights drawn.

    Args:
        input_shape: frames and bins, (5511, 101).
        reset_after: True makes the GRUs of the later edition: 523,329 parameters in place of 522,561.

    Returns:
        A network to compile and fit.

    Raises:
        ConfigError: the shape does not fit.
        MissingExtraError: torch is not installed.
    """
    x_input = Input(shape=input_shape)
    x = Conv1D(196, kernel_size=15, strides=4)(x_input)
    x = BatchNormalization()(x)
    x = Activation("relu")(x)
    x = Dropout(0.8)(x)
    x = GRU(128, return_sequences=True, reset_after=reset_after)(x)
    x = Dropout(0.8)(x)
    x = BatchNormalization()(x)
    x = GRU(128, return_sequences=True, reset_after=reset_after)(x)
    x = Dropout(0.8)(x)
    x = BatchNormalization()(x)
    x = Dropout(0.8)(x)
    x = TimeDistributed(Dense(1, activation="sigmoid"))(x)
    return Model(inputs=x_input, outputs=x)


def load_model(path: str | Path) -> Model:
    """A trained network.

    Args:
        path: a whole Keras file (`.h5`), a model file of ours (`.onnx`), or a shipped model's name.

    Returns:
        A network that predicts, and can be compiled and fitted further.

    Raises:
        ModelError: the file is missing or holds no such network.
        MissingExtraError: a library of the extra `course` is not installed.
    """
    require_libraries()
    if Path(path).suffix.lower() in KERAS_SUFFIXES:
        from oyez.train.keras import read_network

        return Model.around(read_network(Path(path)))
    from oyez.detect.model import model_path
    from oyez.train.export import load_network

    network, words = load_network(model_path(path))
    return Model.around(network, words)


def model_from_json(text: str) -> Model:
    """A network as Keras's `model.json` describes it, its weights drawn; `load_weights` brings them.

    Args:
        text: what the file holds.

    Raises:
        ModelError: it describes another network.
    """
    require_libraries()
    from oyez.train.fitting import build_network
    from oyez.train.keras import read_config

    seed = int(np.random.randint(SEEDS))
    return Model.around(build_network(FeatureConfig(), read_config(text), 1, seed))
