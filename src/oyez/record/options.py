"""What can be typed after `oyez record`."""

import argparse
from pathlib import Path

__all__ = ["record_options"]


def record_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez record`."""
    parser.add_argument("word", nargs="?", metavar="WORD", help="what is said; the name of its folder")
    group = parser.add_argument_group("what to record")
    kind = group.add_mutually_exclusive_group()
    kind.add_argument(
        "--negatives", action="store_true", help="other words, which must not wake the detector"
    )
    kind.add_argument("--room", type=float, metavar="S", help="so many seconds of the room, nobody speaking")
    group.add_argument(
        "--count", type=int, metavar="N", help="of this speaker, in the end (default: 20; from files: all)"
    )
    group.add_argument(
        "--speaker", metavar="NAME", help="who speaks (default: me; files: what their names tell)"
    )
    group.add_argument(
        "--out", type=Path, default=Path("words"), metavar="DIR", help="folder that oyez train --words reads"
    )
    group = parser.add_argument_group("where from (default: the microphone)")
    source = group.add_mutually_exclusive_group()
    source.add_argument("--device", metavar="D", help="microphone: its number, or part of its name")
    source.add_argument("--stdin", action="store_true", help="standard input: WAV, or raw 16-bit samples")
    source.add_argument(
        "--from",
        dest="files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="recordings, or folders of them; long ones are split at their silences",
    )
    group.add_argument(
        "--rate", type=int, metavar="HZ", help="of the microphone (default: its own), or of raw samples"
    )
    group.add_argument("--channels", type=int, metavar="N", help="of raw samples, averaged (default: 1)")
    group = parser.add_argument_group("how")
    group.add_argument("--seconds", type=float, default=2.5, metavar="S", help="length of a take")
    group.add_argument("--countdown", type=float, default=1.5, metavar="S", help="time before each take")
    group.add_argument(
        "--min-snr-db", type=float, default=12.0, metavar="DB", help="level of a word over the room, at least"
    )
    group.add_argument("--yes", action="store_true", help="keep what passes, without playback or questions")
    group.add_argument("--no-play", action="store_true", help="do not play takes back")
