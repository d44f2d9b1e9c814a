"""Options of `oyez synth`, and of whatever else draws scenes."""

import argparse
import dataclasses
import os
from pathlib import Path
from typing import Any

from oyez.synth.scene import SceneConfig

__all__ = ["corpus_options", "scene_config", "scene_options", "synth_options"]


def synth_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez synth`."""
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument(
        "--words",
        type=Path,
        required=True,
        metavar="DIR",
        help="one sub-folder per word; `negatives` holds other words",
    )
    corpus_options(parser)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="scenes")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same scenes"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument(
        "--arrays", action="store_true", help="also write X.npy and Y.npy, for oyez train --arrays"
    )
    parser.add_argument("--plot", action="store_true", help="also draw each scene")
    scene_options(parser, SceneConfig(), "the lesson's")


def corpus_options(parser: Any) -> None:
    """What scenes are made of, beside words."""
    parser.add_argument(
        "--backgrounds",
        type=Path,
        metavar="DIR",
        help="long recordings (default: `backgrounds` in the folder of words)",
    )
    parser.add_argument(
        "--word",
        action="append",
        default=[],
        metavar="NAME",
        help="sub-folder of a trigger word; the rest are then other words (default: all but negatives)",
    )


def scene_options(
    parser: argparse.ArgumentParser, default: SceneConfig, whose: str, *, negatives: bool = True
) -> None:
    """How scenes are drawn.

    Args:
        parser: of a command.
        default: what holds where nothing is typed.
        whose: defaults these are.
        negatives: whether `--negatives` is one of them; else it is the command's own.
    """
    group = parser.add_argument_group(f"scenes (the defaults are {whose})")

    def pair(name: str, kind: type, help_text: str) -> None:
        group.add_argument(
            f"--{name}",
            type=kind,
            nargs=2,
            metavar=("LOW", "HIGH"),
            default=getattr(default, name.replace("-", "_")),
            help=help_text,
        )

    group.add_argument(
        "--duration", type=float, default=default.duration_s, metavar="S", help="seconds of a scene"
    )
    pair("positives", int, "trigger words in a scene")
    if negatives:
        pair("negatives", int, "other words in a scene")
    pair("beds", int, "backgrounds, laid over each other")
    pair("background-db", float, "gain of a background")
    pair("word-db", float, "gain of a word")
    pair("snr-db", float, "level of a word over its background, in place of its gain")
    pair("level-dbfs", float, "level of a scene")
    pair("low-pass-hz", float, "cut-off of a scene; none: only where recordings differ in rate")
    pair("tilt-db", float, "spectral slope of a scene, dB per octave")
    group.add_argument("--ones", type=int, default=50, metavar="N", help="output steps labelled after a word")


def scene_config(options: argparse.Namespace) -> SceneConfig:
    """The scenes that options describe."""
    names = {field.name for field in dataclasses.fields(SceneConfig)} - {"duration_s"}
    values = {name: getattr(options, name) for name in names}
    pairs: dict[str, Any] = {name: None if value is None else tuple(value) for name, value in values.items()}
    return SceneConfig(duration_s=options.duration, **pairs)
