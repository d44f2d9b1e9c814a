"""The command line: one sub-command, one short function; what it needs is imported inside."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from oyez import __version__
from oyez.errors import OyezError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "compare",
    "detect",
    "evaluate",
    "export",
    "import_keras",
    "info",
    "listen",
    "main",
    "models",
    "phrase",
    "record",
    "serve",
    "synth",
    "train",
]

EXIT_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: without the program's name; None takes the process's.

    Returns:
        The exit code: 0, or 2 for an error, which is printed on one line; `compare` has 1 too.
    """
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
    except OyezError as error:
        if options.debug:
            raise
        print(f"oyez: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("oyez: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(code or 0)


def detect(options: argparse.Namespace) -> None:
    """Hear words in recordings."""
    from oyez.detect.command import run

    run(options)


def listen(options: argparse.Namespace) -> None:
    """Hear words as they are said, and set things off."""
    from oyez.listen.command import run

    run(options)


def serve(options: argparse.Namespace) -> None:
    """Hear words for others: Home Assistant, satellites, other programs."""
    from oyez.serve.command import run

    run(options)


def record(options: argparse.Namespace) -> None:
    """Record words, other words, or a room."""
    from oyez.record.command import run

    run(options)


def synth(options: argparse.Namespace) -> None:
    """Write scenes to a folder."""
    from rich.progress import Progress

    from oyez.synth.folder import SceneFolder
    from oyez.synth.options import scene_config

    folder = SceneFolder(
        out=options.out,
        words=options.words,
        backgrounds=options.backgrounds,
        only=tuple(options.word),
        count=options.count,
        seed=options.seed,
        config=scene_config(options),
        ones=options.ones,
        arrays=options.arrays,
        plots=options.plot,
    )
    console = _stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("scenes", total=max(1, options.count))
        done = folder.write(options.jobs, lambda: progress.advance(task))
    print(
        f"{options.out}: {done.scenes} scenes, {done.written} of them new, with {done.words} trigger "
        f"words; {done.dropped} clips found no place"
    )


def train(options: argparse.Namespace) -> None:
    """Train a detector: from a phrase in quotes, or from recordings."""
    from oyez.errors import require
    from oyez.train.options import Kind, course_scenes, kind_of

    kind = kind_of(options)
    for library in ("torch", "onnx"):
        require(library, "train")
    if kind is Kind.PHRASE:
        from oyez.train.phrase_command import run as train_phrase

        train_phrase(options)
    elif kind is Kind.REFINE:
        from oyez.train.refine_command import run as refine

        refine(options)
    else:
        from oyez.output import check_free
        from oyez.train.command import run

        check_free(options.out, overwrite=options.overwrite)
        run(options, course_scenes(options), options.run_folder or Path("runs") / options.out.stem)


def evaluate(options: argparse.Namespace) -> None:
    """Measure how often a detector misses, and how often it misfires."""
    import json

    if options.labelled is not None:
        from oyez.evaluate.command import asked_thresholds
        from oyez.evaluate.labelled import evaluate_folder

        labelled = evaluate_folder(options.model, options.labelled, asked_thresholds(options))
        print(json.dumps(labelled.to_dict(), indent=1) if options.json else labelled.text())
        return
    from oyez.evaluate.command import run

    if not options.calibrate:
        run(options)
        return
    from oyez.train.calibrate_command import run as calibrate

    calibrate(options, run)


def compare(options: argparse.Namespace) -> bool:
    """Say whether a detector is worse than another on the same audio."""
    from oyez.evaluate.compare_command import run

    return run(options)


def export(options: argparse.Namespace) -> None:
    """Merge model files on one trunk into one that hears all their words."""
    from oyez.detect.model import Model, model_path
    from oyez.errors import ConfigError, require

    for library in ("torch", "onnx"):
        require(library, "train")
    from oyez.train.merge import merge

    if len(options.merge) < 2:
        raise ConfigError(f"--merge needs two model files or more, got {options.merge[0]}. Name another.")
    merge([model_path(name) for name in options.merge], options.out, overwrite=options.overwrite)
    print(f"{options.out}: hears {', '.join(Model(options.out).card.words)} on one trunk")


def import_keras(options: argparse.Namespace) -> None:
    """Make a model file of the lesson's Keras weights."""
    from oyez.errors import require

    for library in ("torch", "onnx", "h5py"):
        require(library, "course")
    from oyez.train.keras_command import run

    run(options)


def models(_options: argparse.Namespace) -> None:
    """List the models that come with Oyez."""
    from oyez.config import DEFAULT_MODEL
    from oyez.detect.intent import worth
    from oyez.detect.model import Model, model_path, shipped

    for name in shipped():
        path = model_path(name)
        card = Model(path).card
        star = " (default)" if name == DEFAULT_MODEL else ""
        print(f"{name}{star}: hears “{', '.join(card.words)}”, {path.stat().st_size / 1e6:.1f} MB")
        for word, trigger in card.trigger.items():
            print(f"  “{word}” from {trigger.threshold:g} on: {worth(card, word)}")


def info(options: argparse.Namespace) -> None:
    """Print what a model file says of itself, after its self-check."""
    import json

    from oyez.detect.model import Model, model_path

    model = Model(model_path(options.model))
    difference = model.self_check()
    values = {key: value for key, value in model.card.values.items() if key != "check"}
    print(_in_rows(json.dumps(values, indent=1, ensure_ascii=False)))
    print(f"self-check passed: scores as stated to {difference:.1g}", file=sys.stderr)


def phrase(options: argparse.Namespace) -> None:
    """Tell whether a phrase is a good wake word, before training it."""
    from oyez.synth.phrase_command import run

    run(options)


def _in_rows(text: str) -> str:
    """JSON with each list of numbers on one line."""
    import re

    return re.sub(r"\[\n[-+.,\deE\s]+\]", lambda match: f"[{' '.join(match[0][1:-1].split())}]", text)


def _stderr() -> "Console":
    from rich.console import Console

    return Console(stderr=True)


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Shows a default where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        nothing = action.default is None or action.default is False or action.default == []
        return action.help if nothing else super()._get_help_string(action)


class _Parser(argparse.ArgumentParser):
    """Errors in the form of all others: one line, exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_ERROR, f"oyez: {message}. See: {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="oyez", description="A word in, a small detector out, and the detector run.")
    parser.add_argument("--version", action="version", version=f"oyez {__version__}")
    common = _Parser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    from oyez.config import DEFAULT_MODEL
    from oyez.evaluate.options import compare_options, evaluate_options
    from oyez.listen.options import listen_options
    from oyez.options import (
        detect_options,
        export_options,
        import_keras_options,
        phrase_options,
    )
    from oyez.record.options import record_options
    from oyez.serve.options import serve_options
    from oyez.synth.options import synth_options
    from oyez.train.options import train_options

    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(function: Any) -> argparse.ArgumentParser:
        text = str(function.__doc__)
        added = commands.add_parser(
            function.__name__.replace("_", "-"),
            help=text[0].lower() + text[1:].rstrip("."),
            description=text,
            parents=[common],
            formatter_class=_Help,
        )
        added.set_defaults(run=function)
        return added

    detect_options(command(detect))
    listen_options(command(listen))
    serve_options(command(serve))
    record_options(command(record))
    synth_options(command(synth))
    train_options(command(train))
    evaluate_options(command(evaluate))
    compare_options(command(compare))
    export_options(command(export))
    import_keras_options(command(import_keras))
    command(models)
    command(info).add_argument("model", nargs="?", default=DEFAULT_MODEL, help="name or file")
    phrase_options(command(phrase))
    return parser
