"""The trained network as one file: PCM in, spectrogram inside, scores out, state in and out.

The graph is built node by node, so that it is the same on every version of torch, and the earlier
edition of the GRU, which torch does not have, is one node too. Weights keep the names of the
network: a file can be trained further.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import helper, numpy_helper

from oyez import features
from oyez.config import FULL_SCALE, Preset, TriggerConfig
from oyez.detect.model import FORMAT, TOLERANCE, Model
from oyez.errors import ModelError
from oyez.output import whole
from oyez.sound import to_int16
from oyez.train.graph import build_graph
from oyez.train.models import CourseNetwork

__all__ = ["Exported", "annotate", "export", "load_network", "parity"]

TAIL_STEPS = 76
"""Steps of silence that `finish` adds: the 50 of a label, and some."""

CHECK_CHUNKS = 10
PARITY_S = 4.0


@dataclass(frozen=True)
class Exported:
    """What was written, and how far its scores are from torch's."""

    path: Path
    whole_difference: float
    """Largest, over one long run."""
    stepped_difference: float
    """Largest, chunk by chunk."""


def export(
    network: CourseNetwork,
    path: Path,
    words: tuple[str, ...],
    trigger: Mapping[str, TriggerConfig],
    *,
    notes: Mapping[str, Any] | None = None,
    audio_for_parity: npt.NDArray[np.float32] | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write a model file, after its scores were compared with torch's.

    Args:
        network: trained.
        path: to be written; its suffix should be `.onnx`.
        words: names of the outputs.
        trigger: by word.
        notes: further metadata: `trained`, `evaluated`, `licences`, `table` (null where absent).
        audio_for_parity: samples at the model's rate to compare on; None makes some.
        overwrite: whether the file may exist.

    Returns:
        The differences.

    Raises:
        ModelError: torch and ONNX differ by more than 1e-4; nothing is written.
        OutputError: the file exists, or cannot be written.
    """
    network.eval()
    preset = Preset(network.features, network.config, TriggerConfig())
    graph = build_graph(network.state_dict(), preset, len(words))
    samples = _sound(preset) if audio_for_parity is None else audio_for_parity
    metadata = _metadata(preset, words, trigger, notes or {})
    with whole(path, overwrite=overwrite) as draft:
        # the check vector is what the file itself gives, and so comes second
        _save(graph, {**metadata, "check": {"pcm": "", "scores": []}}, draft)
        differences = parity(network, Model(draft), samples)
        if max(differences) > TOLERANCE:
            raise ModelError(
                f"{path}: its scores differ from torch's by {max(differences):.2g}, expected at most "
                f" {TOLERANCE:g}. Nothing was written."
            )
        check = _check(Model(draft), samples[: CHECK_CHUNKS * metadata["chunk"]])
        _save(graph, {**metadata, "check": check}, draft)
        Model(draft).self_check()
    return Exported(path, *differences)


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


def load_network(path: Path) -> tuple[CourseNetwork, tuple[str, ...]]:
    """The network inside a model file, to be trained further.

    Args:
        path: a model file that `export` wrote.

    Returns:
        The network, in evaluation mode, and its words.

    Raises:
        ModelError: the file is none of ours, or holds another network.
    """
    card = Model(path).card
    network = CourseNetwork(card.features, card.model, len(card.words))
    initializers = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer
    }
    state = network.state_dict()
    missing = [
        name for name in state if name not in initializers and not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise ModelError(f"{path} holds no weights called {', '.join(missing)}. Train from another model.")
    for name, value in state.items():
        if name in initializers:
            state[name] = torch.from_numpy(initializers[name].copy()).reshape(value.shape)
    network.load_state_dict(state)
    return network.eval(), card.words


def parity(network: CourseNetwork, model: Model, samples: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Largest differences between torch's scores and the file's.

    Args:
        network: in evaluation mode.
        model: exported from it.
        samples: (samples,), cut to whole chunks.

    Returns:
        Over one long run, and chunk by chunk.
    """
    chunk, delay = model.card.chunk, model.card.delay_steps
    samples = samples[: len(samples) // chunk * chunk]
    frames = features.spectrogram(samples, network.features)
    with torch.inference_mode():
        logits, _ = network(torch.from_numpy(frames)[None])
    wanted = torch.sigmoid(logits)[0].numpy()
    long, _ = model.run(samples[None], model.initial_state())
    state, stepped = model.initial_state(), []
    for start in range(0, len(samples), chunk):
        scores, state = model.run(samples[None, start : start + chunk], state)
        stepped.append(scores[0])
    pair = [scores[delay:] for scores in (long[0], np.concatenate(stepped))]
    return tuple(float(np.abs(wanted[: len(one)] - one).max()) for one in pair)  # type: ignore[return-value]


def _metadata(
    preset: Preset,
    words: tuple[str, ...],
    trigger: Mapping[str, TriggerConfig],
    notes: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "words": list(words),
        "rate": preset.features.rate,
        "chunk": preset.step * preset.delay_steps,
        "step": preset.step,
        "delay_steps": preset.delay_steps,
        "tail": TAIL_STEPS * preset.step,
        "features": preset.features.to_dict(),
        "model": preset.model.to_dict(),
        "trigger": {word: trigger[word].to_dict() for word in words},
        "table": None,
        "trained": None,
        "evaluated": None,
        "licences": None,
        **notes,
    }


def _save(graph: onnx.ModelProto, metadata: Mapping[str, Any], path: Path) -> None:
    del graph.metadata_props[:]
    helper.set_model_props(graph, {"oyez": json.dumps(metadata)})
    onnx.checker.check_model(graph)
    path.write_bytes(graph.SerializeToString(deterministic=True))


def _check(model: Model, samples: npt.NDArray[np.float32]) -> dict[str, Any]:
    pcm = to_int16(samples)
    scores, _ = model.run(pcm.astype(np.float32)[None] / np.float32(FULL_SCALE), model.initial_state())
    return {
        "pcm": base64.b64encode(pcm.astype("<i2").tobytes()).decode(),
        "scores": np.round(scores[0].astype(np.float64), 7).tolist(),
    }


def _sound(preset: Preset) -> npt.NDArray[np.float32]:
    """Something that moves through all bands and levels: a sweep over noise that swells."""
    rate = preset.features.rate
    t = np.arange(round(PARITY_S * rate)) / rate
    sweep = np.sin(2 * np.pi * (100 * t + (rate / 2.5 - 100) * t**2 / (2 * PARITY_S)))
    noise = np.random.default_rng(0).standard_normal(len(t))
    envelope = np.square(np.sin(2 * np.pi * 1.5 * t))
    return np.asarray(0.2 * sweep * envelope + 0.05 * noise * t / PARITY_S, np.float32)
