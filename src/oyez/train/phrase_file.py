"""The model file of a phrase: its head on the trunk, and what the file says of how it was learnt."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from oyez.config import PRESETS
from oyez.synth.clips import Clip
from oyez.train.export import export
from oyez.train.held_out import Verdict
from oyez.train.models import SmallHead, SmallNetwork
from oyez.train.trunk import load_trunk

__all__ = ["engine_licences", "write_phrase_model"]

LICENCES = {
    "kokoro": ("Kokoro-82M v1.0 voices", "Apache-2.0"),
    "hibari": ("hibari voices", "Apache-2.0"),
    "flite": ("Flite voices", "BSD-style, of Carnegie Mellon University"),
    "espeak": ("eSpeak NG voices", "of a program under GPL-3.0-or-later"),
    "piper": ("Piper voices", "see each voice"),
}
"""Of engines: what the voices are called in a model file, and their licence."""


def engine_licences(clips: Iterable[Clip]) -> dict[str, str]:
    """Of the engines that spoke, by what they are called."""
    engines = dict.fromkeys(clip.voice.partition("/")[0] for clip in clips)
    return dict(LICENCES[name] for name in engines if name in LICENCES)


def write_phrase_model(
    head: SmallHead,
    phrase: str,
    verdict: Verdict,
    out: Path,
    *,
    trained: Mapping[str, Any],
    evaluated: Mapping[str, Any],
    licences: Mapping[str, str],
    overwrite: bool = False,
) -> None:
    """Write the file.

    Args:
        head: trained on the published trunk.
        phrase: what it listens for.
        verdict: with the threshold and its table.
        out: the file.
        trained: what it was learnt from.
        evaluated: further measurements, beside those of the verdict.
        licences: of what it was learnt from, by name; the trunk's is added.
        overwrite: whether the file may exist.

    Raises:
        OutputError: the file exists, or cannot be written.
    """
    network = SmallNetwork(PRESETS["small"].features, head.config)
    network.trunk, network.head = load_trunk(), head
    notes = {
        "table": {phrase: verdict.table},
        "trained": {"phrase": phrase, **trained},
        "evaluated": {
            "held_out_hours": round(verdict.hours, 3),
            "false_accepts": verdict.false_accepts,
            "held_out_voices": f"{verdict.missed} of {verdict.words} missed, in noise, talk and rooms",
            **evaluated,
        },
        "licences": dict(licences),
    }
    export(network, out, (phrase,), {phrase: verdict.trigger}, notes=notes, overwrite=overwrite)
