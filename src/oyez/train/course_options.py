"""Options of `oyez train` from recordings: the lesson's training."""

import argparse
from pathlib import Path
from typing import Any

from oyez.synth.options import corpus_options, scene_options
from oyez.synth.scene import VARIED

__all__ = ["course_options", "source_options", "varied_scenes"]


def source_options(group: Any) -> None:
    """What to learn from."""
    source = group.add_mutually_exclusive_group()
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
    corpus_options(group)
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


def course_options(group: Any) -> None:
    """How to learn, and the log."""
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
        "--patience", type=int, default=4, metavar="N", help="epochs without improvement before it stops"
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
    group.add_argument("--plot", type=Path, metavar="OUT.png", help="draw the log")


def varied_scenes(parser: argparse.ArgumentParser) -> None:
    """How scenes are drawn."""
    scene_options(parser, VARIED, "more varied than the lesson's", negatives=False)
