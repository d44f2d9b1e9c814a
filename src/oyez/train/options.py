"""Options of `oyez train`, by kind of training: which belong to which, and which exclude each other."""

import argparse
import os
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

from oyez.errors import ConfigError
from oyez.synth.options import scene_config
from oyez.synth.scene import VARIED, SceneConfig
from oyez.train.course_options import course_options, source_options, varied_scenes

__all__ = ["Kind", "course_scenes", "kind_of", "train_options"]

TRY = 'Try: oyez train "hey computer"'
SHARED = {"backgrounds"}
"""Options that are declared for one kind of training, and mean something to another too."""


class Kind(Enum):
    """What a detector is learnt from."""

    PHRASE = "a phrase"
    REFINE = "--from a model of a phrase, and --recordings"
    COURSE = "--words or --arrays"


def train_options(parser: argparse.ArgumentParser) -> None:
    """Of `oyez train`."""
    parser.add_argument(
        "phrase",
        nargs="?",
        metavar="PHRASE",
        help="in quotes, such as 'hey computer': synthetic voices say it",
    )
    _shared_options(parser.add_argument_group("any training"))
    group = parser.add_argument_group(
        "from a phrase, or for a model of one (--from, --recordings)",
        "--backgrounds are noises then, beside those that come with oyez-bank.",
    )
    _spoken_options(group)
    _phrase_options(group)
    _refine_options(group)
    source_options(parser.add_argument_group("from recordings (--words, --arrays), what to learn from"))
    course_options(parser.add_argument_group("from recordings, how to learn"))
    varied_scenes(parser)


def kind_of(options: argparse.Namespace) -> Kind:
    """Which training is wanted.

    Args:
        options: of `oyez train`.

    Raises:
        ConfigError: none is, options exclude each other, or one is missing.
    """
    kind = _kind(options)
    wanted = "course" if kind is Kind.COURSE else "small"
    if options.preset not in (None, wanted):
        raise ConfigError(
            f"--preset {options.preset} does not learn from {kind.value}, --preset {wanted} does. "
            + ("Leave it out." if kind is not Kind.PHRASE else "Leave it out, or name --words: oyez record.")
        )
    mine = _defaults(*OPTIONS[kind]).keys() | SHARED
    for other in Kind:
        for name, default in _defaults(*OPTIONS[other]).items():
            if name not in mine and getattr(options, name) != default:
                flag = name.replace("_", "-")
                raise ConfigError(
                    f"--{flag} is for learning from {other.value}, got it with {kind.value}. "
                    "Leave one of them out."
                )
    if kind is Kind.PHRASE and options.start is not None:
        raise ConfigError(
            "--from goes on with a model, whose phrase is its own, got another phrase with it. Leave one of "
            "them out."
        )
    if kind is Kind.COURSE and options.out is None:
        raise ConfigError("expected a file to write, got no --out. Name one: --out hello.onnx")
    _check_negatives(options, kind)
    return kind


def course_scenes(options: argparse.Namespace) -> SceneConfig:
    """The scenes that options of a training from recordings describe."""
    if options.negatives is None:
        options.negatives = VARIED.negatives
    return scene_config(options)


def _kind(options: argparse.Namespace) -> Kind:
    if options.phrase is not None:
        return Kind.PHRASE
    if options.words is not None or options.arrays is not None:
        return Kind.COURSE
    if options.start is not None and options.recordings is not None:
        return Kind.REFINE
    if options.start is not None:
        raise ConfigError(
            "--from goes on with --recordings of a model's phrase, or with --words or --arrays, got none. "
            "Name one."
        )
    if options.recordings is not None:
        raise ConfigError(
            f"expected a phrase beside --recordings, or a model that listens for it, got neither. {TRY} "
            "--recordings DIR, or oyez train --from MODEL --recordings DIR."
        )
    first = "" if options.negatives is None else "; all that follows --negatives is a folder"
    raise ConfigError(f"expected a phrase, or recordings (--words, --arrays), got neither{first}. {TRY}")


def _check_negatives(options: argparse.Namespace, kind: Kind) -> None:
    """Folders of speech with a phrase, two numbers with `--words`."""
    given = options.negatives
    if given is None:
        return
    if kind is Kind.REFINE:
        raise ConfigError(
            f"--negatives is for learning from {Kind.PHRASE.value}, got it with {kind.value}. Leave it out."
        )
    wanted = int if kind is Kind.COURSE else Path
    if not all(isinstance(one, wanted) for one in given) or (kind is Kind.COURSE and len(given) != 2):
        expected = "LOW HIGH, two numbers" if kind is Kind.COURSE else "folders (one called 2 is ./2)"
        raise ConfigError(
            f"with {kind.value}, --negatives expects {expected}, got {' '.join(map(str, given))}."
        )


def _folder_or_number(text: str) -> Path | int:
    return int(text) if text.isdecimal() else Path(text)


def _shared_options(group: Any) -> None:
    group.add_argument(
        "--preset",
        choices=["small", "course"],
        help="kind of detector (default: small from a phrase, course from --words or --arrays)",
    )
    group.add_argument("--from", dest="start", metavar="MODEL", help="go on from a model's weights")
    group.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed gives the same model")
    group.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, metavar="N", help="of the computation"
    )
    group.add_argument(
        "--negatives",
        type=_folder_or_number,
        nargs="+",
        action="extend",
        metavar="DIR",
        help="with a phrase: folders of speech without it; with --words: LOW HIGH, other words in a scene "
        f"(default: {' '.join(map(str, VARIED.negatives))})",
    )
    group.add_argument(
        "--out", type=Path, metavar="FILE.onnx", help="the model file (default: named after the phrase)"
    )
    group.add_argument(
        "--run",
        "--run-folder",
        dest="run_folder",
        type=Path,
        metavar="DIR",
        help="what was made on the way, and log (default: runs/NAME); the same command goes on with it",
    )
    group.add_argument("--overwrite", action="store_true", help="replace files that exist")


def _spoken_options(group: Any) -> None:
    """Of trainings in which voices speak."""
    group.add_argument(
        "--recordings",
        type=Path,
        metavar="DIR",
        help="people who say the phrase, one recording in each file: ANN_1.wav, or a folder for each speaker",
    )
    group.add_argument("--rooms", type=Path, metavar="DIR", help="impulse responses, beside simulated rooms")
    group.add_argument(
        "--false-accepts",
        metavar="RATE",
        help="how often it may be wrong, such as 1/day: chooses the threshold (default: 0.5/hour)",
    )
    group.add_argument(
        "--clips",
        type=Path,
        metavar="DIR",
        help="where synthetic voices are kept (default: the user's cache)",
    )


def _phrase_options(group: Any) -> None:
    group.add_argument(
        "--budget", metavar="TIME", help="how long it may take, such as 90s or 1h (default: 15m)"
    )


def _refine_options(group: Any) -> None:
    group.add_argument(
        "--even-if-worse",
        action="store_true",
        help="of --from: write the model even if it misses more of the held-out voices",
    )


Declare = Callable[[argparse.ArgumentParser], None]

OPTIONS: dict[Kind, tuple[Declare, ...]] = {
    Kind.PHRASE: (_spoken_options, _phrase_options),
    Kind.REFINE: (_spoken_options, _refine_options),
    Kind.COURSE: (source_options, course_options, varied_scenes),
}
"""Those of one kind of training; all others are for any."""


def _defaults(*declared: Declare) -> dict[str, Any]:
    """Options by name, with what holds where nothing is typed."""
    parser = argparse.ArgumentParser(add_help=False)
    for declare in declared:
        declare(parser)
    return vars(parser.parse_args([]))
