"""Makes golden.zip beside it with Keras 2, or the same at full size into a folder.

    python regenerate.py                  the small files that are kept here
    python regenerate.py --full FOLDER    196 filters, 128 units, 5511 frames; for the slow test

Needs requirements.txt (`make keras` installs it). For both of the lesson's editions: the whole model,
its weights alone, its JSON, and what it predicts. Weights are drawn, not learnt, but every bias and
statistic counts, and normalisation fits its input, so that gates are neither shut nor open.
"""

import argparse
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
BINS = 101
EDITIONS = {
    "earlier": {"reset_after": False, "recurrent_activation": "hard_sigmoid"},
    "later": {"reset_after": True, "recurrent_activation": "sigmoid"},
}


def power(frames: int) -> np.ndarray:
    """Noise that swells and sinks in some bands, at the scale of speech: (1, frames, bins) float16."""
    rng = np.random.default_rng(1)
    t, f = np.arange(frames)[:, None], np.arange(BINS)
    level_db = 20 + 12 * np.sin(t / 17 + f / 9) + 8 * np.sin(t / 41 - f / 23) - 0.2 * f
    values = 10 ** (level_db / 10) * rng.exponential(size=(frames, BINS))
    return np.minimum(values, 6e4).astype(np.float16)[None]


def network(kernel: int, filters: int, units: int, frames: int, **gru: object):
    """The lesson's model, as its notebook builds it."""
    from tf_keras import Model, layers

    x = first = layers.Input((frames, BINS))
    x = layers.Conv1D(filters, kernel_size=kernel, strides=4)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Dropout(0.8)(x)
    x = layers.GRU(units, return_sequences=True, **gru)(x)
    x = layers.Dropout(0.8)(x)
    x = layers.BatchNormalization()(x)
    x = layers.GRU(units, return_sequences=True, **gru)(x)
    x = layers.Dropout(0.8)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.8)(x)
    x = layers.TimeDistributed(layers.Dense(1, activation="sigmoid"))(x)
    return Model(first, x)


def draw_weights(model, x: np.ndarray) -> None:
    """Draw all weights; normalisation gets the mean and variance of what comes in."""
    from tf_keras import Model

    rng = np.random.default_rng(2)
    for layer in model.layers:
        drawn = [rng.standard_normal(weight.shape) for weight in layer.weights]
        if "batch" in layer.name:
            inputs = Model(model.input, layer.input).predict(x, verbose=0)
            drawn[0] = 1 + 0.3 * drawn[0]
            drawn[1] *= 0.3
            drawn[2:] = inputs.mean((0, 1)), inputs.var((0, 1))
        for weight, array in zip(layer.weights, drawn, strict=True):
            if "bias" in weight.name:
                array *= 0.4
            elif "kernel" in weight.name:  # keeps the spread of what it multiplies, gates a wider one
                array *= (1.5 if "gru" in layer.name else 1.0) / np.sqrt(array[..., 0].size)
        layer.set_weights(drawn)


def write(folder: Path, frames: int, **sizes: int) -> None:
    """Both editions: NAME.h5, NAME-weights.h5, NAME.json; frames and predictions in golden.npz."""
    x = power(frames)
    arrays = {"frames": x[0]}
    for name, gru in EDITIONS.items():
        model = network(frames=frames, **sizes, **gru)
        draw_weights(model, x.astype(np.float32))
        model.save(folder / f"{name}.h5", save_format="h5")
        model.save_weights(folder / f"{name}-weights.h5", save_format="h5")
        (folder / f"{name}.json").write_text(model.to_json(), encoding="utf-8")
        arrays[name] = model.predict(x.astype(np.float32), verbose=0)[0]
    np.savez_compressed(folder / "golden.npz", **arrays)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", type=Path)
    full = parser.parse_args().full
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # one order of summation on every machine
    if full is not None:
        write(full, frames=5511, kernel=15, filters=196, units=128)
        return
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(HERE / "golden.zip", "w") as archive:
        write(Path(name), frames=160, kernel=6, filters=4, units=4)
        for path in sorted(Path(name).iterdir()):
            entry = zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main()
