"""Options of the command line: what can be typed after each command."""

import argparse
import dataclasses
import os
from pathlib import Path
from typing import Any

from oyez.config import DEFAULT_MODEL
from oyez.detect.options import threshold_options
from oyez.synth.scene import VARIED, SceneConfig

__all__ = [
    "detect_options",
    "export_options",
    "import_keras_options",
    "phrase_options",
    "scene_config",
    "synth_options",
    "train_options",
]


def detect_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez detect`."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="recording, folder of them, or - for standard input",
    )
    _model_options(parser)
    parser.add_argument(
        "--chime",
        type=Path,
        metavar="OUT",
        help="write a copy (one channel) that chimes at each detection",
    )
    parser.add_argument(
        "--labels", type=Path, metavar="OUT.txt", help="write the detections as Audacity labels"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="OUT.png", help="write a picture: spectrogram above score"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per recording")
    _overwrite_option(parser)


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
    _corpus_options(parser)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="scenes")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same scenes"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument(
        "--arrays", action="store_true", help="also write X.npy and Y.npy, for oyez train --arrays"
    )
    parser.add_argument("--plot", action="store_true", help="also draw each scene")
    _scene_options(parser, SceneConfig(), "the lesson's")


def train_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez train`."""
    group = parser.add_argument_group("what to learn from")
    source = group.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--words",
        type=Path,
        metavar="DIR",
        help="one sub-folder per word; `negatives` holds other words",
    )
    source.add_argument(
        "--arrays",
        type=Path,
        metavar="DIR",
        help="X.npy and Y.npy, the lesson's or of oyez synth --arrays",
    )
    _corpus_options(group)
    group.add_argument(
        "--validation",
        type=Path,
        metavar="DIR",
        help="the same of other voices, with `backgrounds` in it, or arrays; without it voices are held out",
    )
    group.add_argument(
        "--held-out",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="of voices and backgrounds, where --validation is not given",
    )
    group.add_argument("--scenes", type=int, default=1800, metavar="N", help="drawn anew for each epoch")
    group.add_argument("--validation-scenes", type=int, default=100, metavar="N", help="drawn once")
    _scene_options(parser, VARIED, "more varied than the lesson's")
    group = parser.add_argument_group("how to learn")
    group.add_argument("--preset", choices=["course"], default="course", help="kind of detector")
    group.add_argument("--from", dest="start", metavar="MODEL", help="go on from a model's weights")
    group.add_argument("--epochs", type=int, default=8, metavar="N", help="at most")
    group.add_argument("--batch", type=int, default=4, metavar="N", help="scenes per update")
    group.add_argument(
        "--optimizer",
        choices=["default", "lesson"],
        default="default",
        help="lesson: Adam 1e-4 with decay 0.01, for going on from a trained model",
    )
    group.add_argument(
        "--learning-rate", type=float, metavar="R", default=2e-3, help="highest, of the default optimizer"
    )
    group.add_argument(
        "--patience",
        type=int,
        default=4,
        metavar="N",
        help="epochs without improvement before it stops",
    )
    group.add_argument(
        "--dropout", type=float, default=0.2, metavar="SHARE", help="share dropped; the lesson: 0.8"
    )
    group.add_argument(
        "--scale",
        choices=["power", "log"],
        default=None,
        help="of the spectrogram: power as in the lesson, log is robust to level",
    )
    group.add_argument(
        "--reset-before",
        action="store_true",
        help="the GRU of the lesson's own edition: reset gate before the product, one bias",
    )
    group.add_argument(
        "--max-hz",
        type=float,
        metavar="HZ",
        help="hear nothing above this (default: what all recordings hold)",
    )
    group.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed gives the same model")
    group.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, metavar="N", help="of the computation"
    )
    group = parser.add_argument_group("what to write")
    group.add_argument("--out", type=Path, required=True, metavar="FILE.onnx", help="the model file")
    group.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="DIR",
        help="checkpoints and log (default: runs/NAME); the same command goes on with them",
    )
    group.add_argument("--plot", type=Path, metavar="OUT.png", help="draw the log")
    _overwrite_option(group)


def export_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez export`."""
    parser.add_argument(
        "--merge",
        nargs="+",
        required=True,
        metavar="MODEL",
        help="names or files, trained with the small preset on the same trunk, of different words",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx", help="the model file")
    _overwrite_option(parser)


def import_keras_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez import-keras`."""
    parser.add_argument("h5", type=Path, metavar="H5", help="file of model.save or model.save_weights")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="model.json",
        help="of model.to_json(), for a file of weights alone",
    )
    parser.add_argument(
        "--gate",
        choices=["sigmoid", "hard_sigmoid"],
        help="activation of the GRUs' gates, where neither the file nor --config tells it "
        "(stride and epsilon are then the lesson's)",
    )
    parser.add_argument(
        "--word",
        action="append",
        default=[],
        metavar="NAME",
        help="what it hears, once for each output (default: activate)",
    )
    parser.add_argument("--threshold", type=float, default=0.5, metavar="T", help="score that a word needs")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.onnx",
        help="the model file (default: the name of H5 with .onnx, in this folder)",
    )
    _overwrite_option(parser)


def phrase_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez phrase`."""
    parser.add_argument("phrases", nargs="+", metavar="PHRASE", help="in quotes, such as 'hey computer'")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="M", help="shipped name or model file")
    threshold_options(parser)


def _overwrite_option(parser: Any) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")


def _corpus_options(parser: Any) -> None:
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


def _scene_options(parser: argparse.ArgumentParser, default: SceneConfig, whose: str) -> None:
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
