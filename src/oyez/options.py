"""Options of the command line: what can be typed after each command."""

import argparse
from pathlib import Path
from typing import Any

from oyez.config import DEFAULT_MODEL
from oyez.detect.options import threshold_options

__all__ = [
    "detect_options",
    "export_options",
    "import_keras_options",
    "phrase_options",
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
