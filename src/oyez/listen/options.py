"""What can be typed after `oyez listen`."""

import argparse
from pathlib import Path

from oyez.detect.options import model_options

__all__ = ["SAVE_MOST", "listen_options"]

SAVE_MOST = 1000
COOLDOWN_S, TIMEOUT_S = 0.0, 10.0


def listen_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez listen`."""
    group = parser.add_argument_group("what to listen for")
    model_options(group)
    group = parser.add_argument_group("where from (default: the microphone)")
    source = group.add_mutually_exclusive_group()
    source.add_argument("--device", metavar="D", help="microphone: its number, or part of its name")
    source.add_argument("--devices", action="store_true", help="list the microphones, and leave")
    source.add_argument("--stdin", action="store_true", help="standard input: WAV, or raw 16-bit samples")
    group.add_argument(
        "--rate", type=int, metavar="HZ", help="of the microphone (default: its own), or of raw samples"
    )
    group.add_argument("--channels", type=int, metavar="N", help="of raw samples, averaged (default: 1)")
    _action_options(parser)
    group = parser.add_argument_group("what to keep and to show")
    group.add_argument(
        "--save", type=Path, metavar="DIR", help="keep 3 s around what was heard, and around what nearly was"
    )
    group.add_argument(
        "--save-most", type=int, default=SAVE_MOST, metavar="N", help="recordings that DIR may hold"
    )
    group.add_argument("--json", action="store_true", help="print words as lines of JSON")


def _action_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "what a word sets off",
        "An ACTION is a line for the shell (run:COMMAND or just COMMAND), http://… or https://… (POST), "
        "mqtt://[USER:PASSWORD@]HOST[:PORT]/TOPIC, json: or json:FILE, or chime.",
    )
    group.add_argument(
        "--on",
        action="append",
        default=[],
        metavar="WORD=ACTION",
        help="or ACTION, for every word; again for more of them",
    )
    group.add_argument(
        "--cooldown", type=float, default=COOLDOWN_S, metavar="S", help="seconds between two of one action"
    )
    group.add_argument(
        "--timeout", type=float, default=TIMEOUT_S, metavar="S", help="seconds that an action may take"
    )
    group.add_argument(
        "--pipe",
        metavar="COMMAND",
        help="feed it what is said from 0.5 s before a word until a pause, as raw 16-bit samples",
    )
    group.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    group.add_argument(
        "--chime",
        action=argparse.BooleanOptionalAction,
        help="answer every word with a sound (default: with a microphone, unless --on names a chime)",
    )
