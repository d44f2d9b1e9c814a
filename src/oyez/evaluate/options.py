"""Options of `oyez evaluate` and `oyez compare`."""

import argparse
import os
from pathlib import Path

from oyez.detect.options import threshold_options

__all__ = ["compare_options", "evaluate_options"]


def evaluate_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez evaluate`."""
    parser.add_argument("model", help="name or file; or another engine, as for --against")
    threshold_options(parser)
    parser.add_argument("--word", metavar="NAME", help="which of the model's words (default: its first)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    group = parser.add_argument_group("your own labels")
    group.add_argument(
        "--labelled",
        type=Path,
        metavar="DIR",
        help="recordings, each with a label file of its name beside it: .txt (Audacity), .json or .npy",
    )
    _sources(parser)
    group = parser.add_argument_group("what to do with it")
    group.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="ENGINE",
        help="hear the same with another engine too: one of our models, openwakeword:NAME, "
        "microwakeword:NAME, pocketsphinx:PHRASE, command:PROGRAM",
    )
    group.add_argument("--report", type=Path, metavar="OUT.html", help="write a page with curves and sounds")
    group.add_argument("--cuts", type=Path, metavar="DIR", help="write the worst moments as sound files")
    group.add_argument(
        "--calibrate",
        action="store_true",
        help="write what was measured into the model file as its table of thresholds; "
        "with --false-accepts also the threshold",
    )
    group.add_argument(
        "--out", type=Path, metavar="FILE.onnx", help="of --calibrate (default: the model file itself)"
    )
    group.add_argument("--overwrite", action="store_true", help="replace files that exist")


def compare_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez compare`."""
    parser.add_argument("a", metavar="A", help="the detector in use: name or file; or another engine")
    parser.add_argument("b", metavar="B", help="the one that may replace it")
    parser.add_argument("--word", metavar="NAME", help="which of the models' words (default: their first)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    _sources(parser)
    group = parser.add_argument_group(
        "when B is worse",
        "Its misses, false accepts or accepted near misses have risen by more than the margin, and equals "
        "would look so with a probability below alpha. The exit code is 0 where B is not worse, 1 where it "
        "is, 2 after an error.",
    )
    group.add_argument(
        "--alpha",
        type=float,
        default=0.05,
        metavar="P",
        help="how often equals may fail, in each of the three",
    )
    group.add_argument(
        "--margin",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="rise that is tolerated in misses, and in accepted near misses: 0.01 is one more of a hundred",
    )
    group.add_argument(
        "--margin-per-hour",
        type=float,
        default=0.0,
        metavar="RATE",
        help="rise that is tolerated in false accepts per hour",
    )


def _sources(parser: argparse.ArgumentParser) -> None:
    """Recordings that streams are built of."""
    group = parser.add_argument_group("streams built of recordings")
    group.add_argument("--positives", type=Path, metavar="DIR", help="recordings with the word, one in each")
    group.add_argument("--negatives", type=Path, metavar="DIR", help="recordings without it, hours of them")
    group.add_argument("--noise", type=Path, metavar="DIR", help="recordings of noise")
    group.add_argument(
        "--snr", type=float, nargs="+", default=[10.0], metavar="DB", help="of words over noise"
    )
    group.add_argument("--rooms", type=Path, metavar="DIR", help="impulse responses of rooms")
    group.add_argument(
        "--near-misses",
        type=Path,
        metavar="DIR",
        help="recordings of phrases that sound like the word, a sub-folder for each phrase",
    )
    group.add_argument("--seed", type=int, default=0, metavar="S", help="of the draw")
    group.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
