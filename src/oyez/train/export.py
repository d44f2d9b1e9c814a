"""The trained network as one file: PCM in, features inside, scores out, state in and out.

The graph is built node by node, so that it is the same on every version of torch, and the earlier
edition of the GRU, which torch does not have, is one node too. Weights keep the names of the
network: a file can be trained further.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from oyez.config import Preset, SmallPreset, TriggerConfig
from oyez.detect.model import TOLERANCE, TRUNK, Model
from oyez.errors import ModelError
from oyez.sound import Samples
from oyez.train.graph_course import course_graph
from oyez.train.graph_small import small_graph
from oyez.train.model_file import annotate, describe, sweep, weights_in, write_model
from oyez.train.models import CourseNetwork, SmallNetwork
from oyez.train.nodes import Array
from oyez.train.trunk import LICENCE, PUBLISHED_SHA256, trunk_sha256

__all__ = ["Exported", "annotate", "export", "load_network", "load_small_network", "parity"]

HEAD, FIRST_HEAD = "head.", "heads.0."
"""What the head's weights are called in the network, and in the file, which may hold several."""


@dataclass(frozen=True)
class Exported:
    """What was written, and how far its scores are from torch's."""

    path: Path
    whole_difference: float
    """Largest, over one long run."""
    stepped_difference: float
    """Largest, chunk by chunk."""


def export(
    network: CourseNetwork | SmallNetwork,
    path: Path,
    words: tuple[str, ...],
    trigger: Mapping[str, TriggerConfig],
    *,
    notes: Mapping[str, Any] | None = None,
    audio_for_parity: Samples | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write a model file, after its scores were compared with torch's.

    Args:
        network: trained.
        path: to be written; its suffix should be `.onnx`.
        words: names of the outputs.
        trigger: by word.
        notes: further metadata: `trained`, `evaluated`, `table` (null where absent), and `licences`,
            to which the trunk's is added.
        audio_for_parity: samples at the model's rate to compare on; None makes some.
        overwrite: whether the file may exist.

    Returns:
        The differences.

    Raises:
        ModelError: torch and ONNX differ by more than 1e-4; nothing is written.
        OutputError: the file exists, or cannot be written.
    """
    network.eval()
    rate = network.preset.features.rate
    samples = sweep(rate) if audio_for_parity is None else audio_for_parity
    differences = (0.0, 0.0)

    def judge(model: Model) -> None:
        nonlocal differences
        differences = parity(network, model, samples)
        if max(differences) > TOLERANCE:
            raise ModelError(
                f"{path}: its scores differ from torch's by {max(differences):.2g}, expected at most "
                f" {TOLERANCE:g}. Nothing was written."
            )

    graph, own = _graph(network, len(words))
    triggers = {word: trigger[word].to_dict() for word in words}
    together = {**own, **(notes or {})}
    together["licences"] = {**(own.get("licences") or {}), **(together.get("licences") or {})} or None
    metadata = describe(network.preset, triggers, together)
    write_model(graph, metadata, path, samples, judge, overwrite=overwrite)
    return Exported(path, *differences)


def load_network(path: Path) -> tuple[CourseNetwork, tuple[str, ...]]:
    """The lesson's network inside a model file, to be trained further.

    Args:
        path: a model file that `export` wrote.

    Returns:
        The network, in evaluation mode, and its words.

    Raises:
        ModelError: the file is none of ours, or holds another network.
    """
    card = Model(path).card
    if not isinstance(card.preset, Preset):
        raise ModelError(f"{path} is a {card.preset.name} model, expected a course model. Name another.")
    network = CourseNetwork(card.preset.features, card.preset.model, len(card.words))
    _fill(network, path, weights_in(path))
    return network.eval(), card.words


def load_small_network(path: Path) -> tuple[SmallNetwork, tuple[str, ...]]:
    """The network on the trunk inside a model file, to be trained further.

    Args:
        path: a model file that `export` wrote.

    Returns:
        The network, in evaluation mode, its trunk frozen, and its words.

    Raises:
        ModelError: the file is none of ours, or holds another network, or several that were merged.
    """
    card = Model(path).card
    if not isinstance(card.preset, SmallPreset):
        raise ModelError(f"{path} is a {card.preset.name} model, expected a small model. Name another.")
    network = SmallNetwork(card.preset.features, card.preset.model, len(card.words))
    _fill(
        network, path, {name.replace(FIRST_HEAD, HEAD, 1): value for name, value in weights_in(path).items()}
    )
    return network.eval(), card.words


def _fill(network: CourseNetwork | SmallNetwork, path: Path, stored: Mapping[str, Array]) -> None:
    """Put the weights of a file into a network."""
    state = network.state_dict()
    missing = [
        name
        for name, value in state.items()
        if stored.get(name, np.empty(0)).size != value.numel() and not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise ModelError(
            f"{path} holds no weights of the right size called {', '.join(missing)}. "
            "Train from another model, and from each one before it is merged."
        )
    for name, value in state.items():
        if name in stored:
            state[name] = torch.from_numpy(stored[name].copy()).reshape(value.shape)
    network.load_state_dict(state)


def parity(network: CourseNetwork | SmallNetwork, model: Model, samples: Samples) -> tuple[float, float]:
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
    wanted = network.scores(samples)
    long, _ = model.run(samples[None], model.initial_state())
    state, stepped = model.initial_state(), []
    for start in range(0, len(samples), chunk):
        scores, state = model.run(samples[None, start : start + chunk], state)
        stepped.append(scores[0])
    pair = [scores[delay:] for scores in (long[0], np.concatenate(stepped))]
    return tuple(float(np.abs(wanted[: len(one)] - one).max()) for one in pair)  # type: ignore[return-value]


def _graph(network: CourseNetwork | SmallNetwork, words: int) -> tuple[onnx.ModelProto, dict[str, Any]]:
    """The graph, and the metadata that only this kind of network has."""
    weights: dict[str, Array] = {
        name: value.detach().cpu().numpy() for name, value in network.state_dict().items()
    }
    if isinstance(network, CourseNetwork):
        return course_graph(weights, network.preset, words), {}
    weights = {
        FIRST_HEAD + name.removeprefix(HEAD) if name.startswith(HEAD) else name: value
        for name, value in weights.items()
    }
    digest = trunk_sha256(network.trunk)
    licences = dict(LICENCE) if digest == PUBLISHED_SHA256 else None
    return small_graph(weights, network.features, [words]), {TRUNK: digest, "licences": licences}
