"""A model file written: graph, metadata, and the test vector that the file itself gives."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from oyez.config import FULL_SCALE, AnyPreset
from oyez.detect.model import FORMAT, Model
from oyez.output import whole
from oyez.sound import Samples, to_int16
from oyez.train.nodes import Array

__all__ = ["annotate", "describe", "sweep", "weights_in", "write_model"]

CHECK_CHUNKS = 8
SWEEP_S = 4.0


def write_model(
    graph: onnx.ModelProto,
    metadata: Mapping[str, Any],
    path: Path,
    samples: Samples,
    judge: Callable[[Model], None],
    *,
    overwrite: bool = False,
) -> None:
    """Write a model file, if it passes.

    Args:
        graph: without metadata.
        metadata: all but the test vector (see `describe`).
        path: to be written.
        samples: at the model's rate; the test vector is of their first chunks.
        judge: called with the model as it will be; an error that it raises leaves nothing written.
        overwrite: whether the file may exist.

    Raises:
        OutputError: the file exists, or cannot be written.
    """
    with whole(path, overwrite=overwrite) as draft:
        # the test vector is what the file itself gives, and so comes second
        _save(graph, {**metadata, "check": {"pcm": "", "scores": []}}, draft)
        model = Model(draft)
        judge(model)
        check = _check(model, samples[: CHECK_CHUNKS * model.card.chunk])
        _save(graph, {**metadata, "check": check}, draft)
        Model(draft).self_check()


def describe(preset: AnyPreset, trigger: Mapping[str, Any], notes: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a new model, but for the test vector.

    Args:
        preset: features and network.
        trigger: plain data by word, in the order of the scores.
        notes: further keys, and those that are null where absent: `table`, `trained`, `evaluated`,
            `licences`.
    """
    return {
        "format": FORMAT,
        "preset": preset.name,
        "words": list(trigger),
        "rate": preset.features.rate,
        "chunk": preset.chunk,
        "step": preset.step,
        "delay_steps": preset.delay_steps,
        "tail": preset.tail,
        "features": preset.features.to_dict(),
        "model": preset.model.to_dict(),
        "trigger": dict(trigger),
        "table": None,
        "trained": None,
        "evaluated": None,
        "licences": None,
        **notes,
    }


def annotate(path: Path, changes: Mapping[str, Any]) -> None:
    """Replace some of a model file's metadata, in place; the network stays.

    Args:
        path: a model file.
        changes: keys of the metadata with their new values, such as `trigger` or `evaluated`.

    Raises:
        ModelError: it is no model file of ours, or would not be one any more.
    """
    card = Model(path).card
    graph = onnx.load(path)
    with whole(path, overwrite=True) as draft:
        _save(graph, {**card.values, **changes}, draft)
        Model(draft).self_check()


def weights_in(path: Path) -> dict[str, Array]:
    """The weights in a model file, by the names that they have in torch, and its other constants."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}


def sweep(rate: int) -> Samples:
    """Four seconds that move through all bands and levels: a sweep over noise that swells."""
    t = np.arange(round(SWEEP_S * rate)) / rate
    tone = np.sin(2 * np.pi * (100 * t + (rate / 2.5 - 100) * t**2 / (2 * SWEEP_S)))
    noise = np.random.default_rng(0).standard_normal(len(t))
    envelope = np.square(np.sin(2 * np.pi * 1.5 * t))
    return np.asarray(0.2 * tone * envelope + 0.05 * noise * t / SWEEP_S, np.float32)


def _save(graph: onnx.ModelProto, metadata: Mapping[str, Any], path: Path) -> None:
    del graph.metadata_props[:]
    helper.set_model_props(graph, {"oyez": json.dumps(metadata)})
    onnx.checker.check_model(graph)
    path.write_bytes(graph.SerializeToString(deterministic=True))


def _check(model: Model, samples: Samples) -> dict[str, Any]:
    pcm = to_int16(samples)
    scores, _ = model.run(pcm.astype(np.float32)[None] / np.float32(FULL_SCALE), model.initial_state())
    return {
        "pcm": base64.b64encode(pcm.astype("<i2").tobytes()).decode(),
        "scores": np.round(scores[0].astype(np.float64), 7).tolist(),
    }
