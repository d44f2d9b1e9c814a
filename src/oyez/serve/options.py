"""What can be typed after `oyez serve`."""

import argparse
from pathlib import Path

from oyez.detect.options import model_options
from oyez.serve.http_options import http_options

__all__ = ["serve_options"]


def serve_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez serve`."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE.toml",
        help="settings; options given beside it take the place of what the file says",
    )
    parser.add_argument(
        "--check", action="store_true", help="check settings, models and actions, tell of them, and leave"
    )
    group = parser.add_argument_group("what to listen for")
    model_options(group)
    group = parser.add_argument_group("where to listen (one at least)")
    group.add_argument(
        "--wyoming",
        action="append",
        metavar="URI",
        help="for Home Assistant and satellites: tcp://HOST:PORT (0.0.0.0: every address of this machine) or "
        "unix:///PATH; again for more of them",
    )
    group.add_argument(
        "--zeroconf",
        action="store_true",
        default=None,
        help="tell the network, so that it is found by itself",
    )
    http_options(group)
    group = parser.add_argument_group("what clients may have")
    group.add_argument("--streams", type=int, metavar="N", help="open at once (default: 400)")
    _action_options(parser)
    group = parser.add_argument_group("what is told on standard error")
    group.add_argument("--log-json", action="store_true", help="as lines of JSON")


def _action_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "what a word sets off, whoever says it",
        "An ACTION is as after `oyez listen --on`: a line for the shell (run:COMMAND or just COMMAND), "
        "http://… or https://… (POST), mqtt://[USER:PASSWORD@]HOST[:PORT]/TOPIC, json: or json:FILE, or "
        "chime.",
    )
    group.add_argument(
        "--on",
        action="append",
        metavar="WORD=ACTION",
        help="or ACTION, for every word; again for more of them",
    )
    group.add_argument(
        "--cooldown", type=float, metavar="S", help="seconds between two of one action (default: 0)"
    )
    group.add_argument(
        "--timeout", type=float, metavar="S", help="seconds that an action may take (default: 10)"
    )
