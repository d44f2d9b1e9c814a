"""Several words in one file: detectors on one trunk, merged, so that the trunk is computed once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oyez.config import SmallPreset
from oyez.detect.model import TRUNK, Model
from oyez.errors import ModelError
from oyez.sound import Samples
from oyez.train.graph_small import small_graph
from oyez.train.model_file import describe, sweep, weights_in, write_model
from oyez.train.nodes import Array

__all__ = ["merge"]

HEADS = "heads"
"""Metadata of a merged file: for each head its words and what was noted of it."""

TOLERANCE = 1e-6
"""Largest difference from the scores of each file alone."""

NOTES = ("model", "table", "trained", "evaluated", "licences")


def merge(
    paths: Sequence[Path], out: Path, *, samples: Samples | None = None, overwrite: bool = False
) -> None:
    """Write one model file that hears the words of several.

    Args:
        paths: two model files or more, on the same trunk; a merged one may be merged again.
        out: to be written.
        samples: at 16 kHz, to compare on and for the test vector; None makes some.
        overwrite: whether `out` may exist.

    Raises:
        ModelError: a file is not on the trunk, trunks or features differ, a word comes twice, or the
            scores would not be those of each file alone.
        OutputError: `out` exists, or cannot be written.
    """
    models = [Model(path) for path in paths]
    words = [word for model in models for word in model.card.words]
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise ModelError(f"{', '.join(twice)} is heard by more than one of the files. Leave one of them out.")
    presets = [_checked(model, models[0]) for model in models]
    weights = {name: value for name, value in weights_in(paths[0]).items() if name.startswith("trunk.")}
    heads: list[dict[str, Any]] = []
    for model in models:
        for number, head in enumerate(_heads(model)):
            weights |= _head_weights(model.path, number, len(heads))
            heads.append(head)
    trigger = {word: model.card.values["trigger"][word] for model in models for word in model.card.words}
    graph = small_graph(weights, presets[0].features, [len(head["words"]) for head in heads])
    notes = {TRUNK: models[0].card.values[TRUNK], HEADS: heads, **_pooled(heads)}
    samples = sweep(presets[0].features.rate) if samples is None else samples
    samples = samples[: len(samples) // presets[0].chunk * presets[0].chunk]
    alone = np.concatenate([_scores(model, samples) for model in models], axis=1)

    def judge(merged: Model) -> None:
        difference = float(np.abs(_scores(merged, samples) - alone).max())
        if difference > TOLERANCE:
            raise ModelError(
                f"{out}: its scores would differ by {difference:.2g} from those of each file alone, expected "
                f"at most {TOLERANCE:g}. Nothing was written: export the files again."
            )

    write_model(graph, describe(presets[0], trigger, notes), out, samples, judge, overwrite=overwrite)


def _checked(model: Model, first: Model) -> SmallPreset:
    """The model's preset, if it can be merged with the first one."""
    preset, path = model.card.preset, model.path
    if not isinstance(preset, SmallPreset):
        raise ModelError(
            f"{path} is a {preset.name} model, which shares no trunk. Merge models of `--preset small`."
        )
    trunks = [one.card.values[TRUNK] for one in (first, model)]
    if (
        trunks[0] != trunks[1]
        or preset.features != first.card.preset.features
        or not _same_trunk(first, model)
    ):
        raise ModelError(
            f"{path} has another trunk than {first.path} ({trunks[1][:12]}, expected {trunks[0][:12]}). "
            "Train both on the same one."
        )
    return preset


def _same_trunk(first: Model, other: Model) -> bool:
    """Whether the weights themselves are equal, whatever the metadata say."""
    one, two = (
        {name: value for name, value in weights_in(model.path).items() if name.startswith("trunk.")}
        for model in (first, other)
    )
    return one.keys() == two.keys() and all(np.array_equal(value, two[name]) for name, value in one.items())


def _heads(model: Model) -> list[dict[str, Any]]:
    """What the file says of each of its heads; a file that was not merged has one."""
    values = model.card.values
    if HEADS in values:
        return list(values[HEADS])
    return [{"words": list(model.card.words), **{name: values.get(name) for name in NOTES}}]


def _head_weights(path: Path, number: int, as_number: int) -> dict[str, Array]:
    old, new = f"{HEADS}.{number}.", f"{HEADS}.{as_number}."
    return {
        new + name.removeprefix(old): value
        for name, value in weights_in(path).items()
        if name.startswith(old)
    }


def _pooled(heads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Tables by word and licences of all heads together; null where no head has any."""
    found: dict[str, Any] = {}
    for name in ("table", "licences"):
        together: dict[str, Any] = {}
        for head in heads:
            together |= head.get(name) or {}
        found[name] = together or None
    return found


def _scores(model: Model, samples: Samples) -> Array:
    """(steps, words), chunk by chunk."""
    state, chunk, steps = model.initial_state(), model.card.chunk, []
    for start in range(0, len(samples), chunk):
        scores, state = model.run(samples[None, start : start + chunk], state)
        steps.append(scores[0])
    return np.concatenate(steps)
