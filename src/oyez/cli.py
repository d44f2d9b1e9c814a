"""The command line: one sub-command, one short function; what it needs is imported inside."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from oyez import __version__
from oyez.errors import ConfigError, OyezError

if TYPE_CHECKING:
    from rich.console import Console

    from oyez.detect.model import Model
    from oyez.detect.recording import Heard

__all__ = ["detect", "evaluate", "info", "main", "models", "synth", "train"]

EXIT_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: without the program's name; None takes the process's.

    Returns:
        The exit code: 0, or 2 for an error, which is printed on one line.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
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


def detect(options: argparse.Namespace) -> None:
    """Hear words in recordings."""
    from rich.progress import Progress

    from oyez import plot
    from oyez.detect.model import Model, model_path
    from oyez.detect.recording import hear
    from oyez.output import check_free

    single = [path for path in (options.chime, options.labels, options.plot) if path is not None]
    with _recordings(options.files) as recordings:
        if single and len(recordings) > 1:
            raise ConfigError(
                f"--chime, --labels and --plot need one recording, got {len(recordings)}. Name one."
            )
        for path in single:
            check_free(path, overwrite=options.overwrite)
        if options.plot is not None:
            plot.require_matplotlib()
        model = Model(model_path(options.model))
        results = []
        with Progress(transient=True, console=_stderr()) as progress:
            for path, name in recordings:
                task = progress.add_task(name, total=None)
                heard = hear(
                    model,
                    path,
                    options.threshold,
                    lambda seconds, task=task: progress.update(task, completed=seconds),  # type: ignore[misc]
                )
                progress.remove_task(task)
                results.append((name, heard))
        if single:
            _write_heard(results[0][1], model, options)
    _print_json(results) if options.json else _print_table(results, model.card.words)


def synth(options: argparse.Namespace) -> None:
    """Write scenes to a folder."""
    from rich.progress import Progress

    from oyez.options import scene_config
    from oyez.synth.folder import SceneFolder

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
    with Progress(console=_stderr(), transient=True) as progress:
        task = progress.add_task("scenes", total=max(1, options.count))
        done = folder.write(options.jobs, lambda: progress.advance(task))
    print(
        f"{options.out}: {done.scenes} scenes, {done.written} of them new, with {done.words} trigger "
        f"words; {done.dropped} clips found no place"
    )


def train(options: argparse.Namespace) -> None:
    """Train a detector."""
    from oyez.errors import require
    from oyez.output import check_free

    for library in ("torch", "onnx"):
        require(library, "train")
    from oyez.options import scene_config
    from oyez.train.command import run

    out = options.out
    check_free(out, overwrite=options.overwrite)
    run(options, scene_config(options), options.run_folder or Path("runs") / out.stem)


def evaluate(options: argparse.Namespace) -> None:
    """Compare a detector with hand-set labels."""
    import json

    from oyez.evaluate.labelled import evaluate_folder

    result = evaluate_folder(options.model, options.labelled, options.threshold)
    print(json.dumps(result.to_dict(), indent=1) if options.json else result.text())


def models(_options: argparse.Namespace) -> None:
    """List the models that come with Oyez."""
    from oyez.detect.model import DEFAULT_MODEL, Model, model_path, shipped

    for name in shipped():
        path = model_path(name)
        words = ", ".join(Model(path).card.words)
        star = " (default)" if name == DEFAULT_MODEL else ""
        print(f"{name}{star}: hears “{words}”, {path.stat().st_size / 1e6:.1f} MB")


def info(options: argparse.Namespace) -> None:
    """Print what a model file says of itself, after its self-check."""
    import json

    from oyez.detect.model import Model, model_path

    model = Model(model_path(options.model))
    difference = model.self_check()
    values = {key: value for key, value in model.card.values.items() if key != "check"}
    print(json.dumps(values, indent=1, ensure_ascii=False))
    print(f"self-check passed: scores as stated to {difference:.1g}", file=sys.stderr)


@contextmanager
def _recordings(names: Sequence[str]) -> Iterator[list[tuple[Path, str]]]:
    """Files behind what was typed, each with the name to print; standard input goes to a file."""
    import shutil
    import tempfile

    from oyez import audio

    found: list[tuple[Path, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = Path(name)
            if name == "-":
                path = Path(folder, "stdin")
                with path.open("wb") as file:
                    shutil.copyfileobj(sys.stdin.buffer, file)
                found.append((path, "standard input"))
            elif path.is_dir():
                inside = audio.files_in(path)
                if not inside:
                    raise ConfigError(f"{path} holds no recordings. Name a file, or another folder.")
                found += [(one, str(one)) for one in inside]
            else:
                found.append((path, name))
        yield found


def _write_heard(heard: "Heard", model: "Model", options: argparse.Namespace) -> None:
    from oyez import audio, plot
    from oyez.detect.chime import overlay
    from oyez.events import to_audacity
    from oyez.output import whole, write_text

    overwrite = options.overwrite
    if options.labels is not None:
        write_text(options.labels, to_audacity(heard.detections), overwrite=overwrite)
    if options.chime is None and options.plot is None:
        return
    samples, rate = audio.read(heard.path)
    if options.chime is not None:
        times_s = [detection.time_s for detection in heard.detections]
        audio.write(options.chime, overlay(samples, rate, times_s), rate, overwrite=overwrite)
    if options.plot is not None:
        card = model.card
        thresholds = [options.threshold or card.trigger[word].threshold for word in card.words]
        with whole(options.plot, overwrite=overwrite) as draft:
            plot.detection(
                draft, samples, rate, heard.scores, card.step / card.rate, card.words, thresholds,
                heard.detections,
            )  # fmt: skip


def _print_json(results: Sequence[tuple[str, "Heard"]]) -> None:
    import json
    from dataclasses import asdict

    for name, heard in results:
        detections = [asdict(detection) for detection in heard.detections]
        print(json.dumps({"file": name, "seconds": heard.seconds, "detections": detections}))


def _print_table(results: Sequence[tuple[str, "Heard"]], words: Sequence[str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("recording", "word", "at", "score", box=None, pad_edge=False, header_style="bold")
    for column in (2, 3):
        table.columns[column].justify = "right"
    for name, heard in results:
        for one in heard.detections:
            minutes, seconds = divmod(one.time_s, 60)
            at = f"{minutes:.0f}:{seconds:05.2f}"
            table.add_row(escape(name), escape(one.word), at, f"{one.score:.2f}")
        if not heard.detections:
            table.add_row(escape(name), "—", "", "")
    Console().print(table)
    count = sum(len(heard.detections) for _, heard in results)
    seconds = sum(heard.seconds for _, heard in results)
    named = " or ".join(f"“{word}”" for word in words)
    print(f"{named} heard {count} time{'s' * (count != 1)} in {seconds:.1f} s of audio")


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
    from oyez.options import detect_options, evaluate_options, synth_options, train_options

    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(function: Any) -> argparse.ArgumentParser:
        text = str(function.__doc__)
        added = commands.add_parser(
            function.__name__,
            help=text[0].lower() + text[1:].rstrip("."),
            description=text,
            parents=[common],
            formatter_class=_Help,
        )
        added.set_defaults(run=function)
        return added

    detect_options(command(detect))
    synth_options(command(synth))
    train_options(command(train))
    evaluate_options(command(evaluate))
    command(models)
    command(info).add_argument("model", nargs="?", default="activate-course", help="name or file")
    return parser
