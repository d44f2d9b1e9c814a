"""What `oyez train --from MODEL --recordings DIR` does: the terminal's side of a few recordings more."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from oyez.config import EventRate
from oyez.detect.model import Model, model_path
from oyez.errors import ConfigError, DataError, ModelError
from oyez.output import check_free
from oyez.train.export import load_small_network
from oyez.train.models import SmallNetwork
from oyez.train.phrase import check_folder
from oyez.train.phrase_command import PER_HOUR, SYNTHETIC, minutes, tell_notes
from oyez.train.phrase_file import engine_licences, write_phrase_model
from oyez.train.phrase_material import Material, PhraseConfig
from oyez.train.progress import shown
from oyez.train.refine import COUNTS, FEWER, Refined, refine, training_of
from oyez.train.speaking import gather
from oyez.train.stages import Stages
from oyez.train.trunk import load_trunk, trunk_sha256
from oyez.train.versions import versions

__all__ = ["run"]


def run(options: argparse.Namespace) -> None:
    """Train a model's head further, and write the new model file if it is not worse.

    Args:
        options: of `oyez train`, with a model and recordings.

    Raises:
        OyezError: bad options, folders or files, or the new head misses more of the held-out voices; nothing
            is written then.
    """
    model = model_path(options.start)
    network, phrase = _read(model)
    out = options.out or Path(f"{model.stem}-refined.onnx")
    check_free(out, overwrite=options.overwrite)
    before = training_of(phrase, Path("runs") / model.stem)
    name = out.stem if out.stem != model.stem else f"{model.stem}-refined"
    folder = options.run_folder or Path("runs") / name
    rate = EventRate.of(PER_HOUR if options.false_accepts is None else options.false_accepts)
    values = Model(model).card.values
    counts = COUNTS if before is None else FEWER
    config = PhraseConfig(phrase, counts, _seed(options.seed, model, values), rate.per_hour)
    console = Console(stderr=True)
    if check_folder(folder, config):
        tell_notes(console, [f"{folder}: this training had ended before; its model is judged again"])
    with shown(console) as on_progress:
        stages = Stages(folder, on_progress)
        material, notes = gather(config, options, stages.told)
        stages.save()
        tell_notes(console, notes)
        refined = refine(
            network.head, config, material, folder, before=before, jobs=options.threads,
            on_progress=on_progress,
        )  # fmt: skip
    print(_compared(refined))
    if refined.worse and not options.even_if_worse:
        raise DataError(
            f"expected a head that is not worse on held-out voices, got {refined.after.missed} of "
            f"{refined.after.words} missed where the old one missed {refined.before.missed} "
            f"(p = {refined.differences.p_worse:.2g}). Nothing was written. "
            "Add recordings, or pass --even-if-worse."
        )
    _write(config, material, refined, values, out, overwrite=options.overwrite)
    print(f"{out}: listens for “{phrase}” from {refined.after.trigger.threshold:g} on. {SYNTHETIC}")
    print(f"Where the time went:\n{minutes(refined.seconds)}")
    print(f"try it: oyez listen --model {out}", file=sys.stderr)


def _read(path: Path) -> tuple[SmallNetwork, str]:
    """The network and its phrase.

    Raises:
        ModelError: it listens for several, or stands on another trunk than what is learnt on.
    """
    network, words = load_small_network(path)
    if len(words) != 1:
        raise ModelError(f"{path} listens for {', '.join(words)}, expected one phrase. Name a model of one.")
    if trunk_sha256(network.trunk) != trunk_sha256(load_trunk()):
        raise ModelError(
            f"{path} stands on another trunk than the published one, which trainings use. Train the phrase "
            f'anew: oyez train "{words[0]}" --recordings DIR'
        )
    return network, words[0]


def _seed(asked: int, path: Path, values: Mapping[str, Any]) -> int:
    """The model's own: it decides whose voices are held out, and they must have trained nothing.

    Raises:
        ConfigError: another one is asked for.
    """
    own = int((values.get("trained") or {}).get("seed", asked))
    if asked not in (0, own):
        raise ConfigError(
            f"{path} was trained with --seed {own}, which decides who is held out, got --seed {asked}. "
            "Leave it out."
        )
    return own


def _compared(refined: Refined) -> str:
    before, after = refined.before, refined.after
    voices = f"{before.missed} of {before.words} missed before, {after.missed} after"
    hours = f"{before.false_accepts} and {after.false_accepts} false accepts in {after.hours:.2f} h"
    rows = [f"held-out synthetic voices: {voices}, with {hours}"]
    if refined.measured:
        old, new = refined.measured_missed
        rows.append(
            f"recordings that trained nothing: {old} of {refined.measured} missed before, {new} after"
        )
    return "\n".join(rows)


def _write(
    config: PhraseConfig,
    material: Material,
    refined: Refined,
    values: Mapping[str, Any],
    out: Path,
    *,
    overwrite: bool,
) -> None:
    evaluated: dict[str, Any] = {
        "held_out_voices_before": f"{refined.before.missed} of {refined.before.words} missed"
    }
    if refined.measured:
        evaluated["recordings_held_out"] = f"{refined.measured_missed[1]} of {refined.measured} missed"
    write_phrase_model(
        refined.head,
        config.phrase,
        refined.after,
        out,
        trained={
            "from": values.get("trained"),
            "recordings": len(material.recorded),
            "seed": config.seed,
            "versions": versions(),
        },
        evaluated=evaluated,
        licences={
            **(values.get("licences") or {}),
            **engine_licences((*material.words, *material.others)),
            **material.negatives.licences,
        },
        overwrite=overwrite,
    )
