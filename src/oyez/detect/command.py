"""What `oyez detect` does with its options: the terminal's side of hearing recordings."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from oyez import audio, plot
from oyez.detect.chime import overlay
from oyez.detect.intent import thresholds
from oyez.detect.model import Model, model_path
from oyez.detect.recording import Heard, hear
from oyez.errors import AudioError, ConfigError, OutputError, OyezError
from oyez.events import to_audacity
from oyez.output import check_free, whole, write_text

__all__ = ["run"]

Named = tuple[Path, str]
"""A file, and what to call it."""


def run(options: argparse.Namespace) -> None:
    """Hear recordings, print what was heard, write what was asked for.

    Args:
        options: of `oyez detect`.

    Raises:
        OyezError: a recording, the model or an output cannot be used. Of several recordings, the
            others are heard and printed first.
    """
    with _recordings(options.files) as recordings:
        _check_outputs(recordings, options)
        model = Model(model_path(options.model))
        found = thresholds(model, options.threshold, options.false_accepts, strict=options.strict)
        for line in found.told("--strict"):
            print(f"oyez: note: {line}", file=sys.stderr)
        results, failures = _hear_all(model, found.by_word, recordings, options)
        if not options.json and results:
            _print_table(results, model.card.words)
        if len(recordings) == 1 and results:
            _write(results[0][1], model, found.by_word, options)
    if failures:
        raise AudioError(f"{len(failures)} of {len(recordings)} recordings could not be heard: {failures[0]}")


@contextmanager
def _recordings(names: Sequence[str]) -> Iterator[list[Named]]:
    """Files behind what was typed; standard input goes to a file."""
    found: list[Named] = []
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


def _check_outputs(recordings: Sequence[Named], options: argparse.Namespace) -> None:
    """Refuse what cannot be written before anything is heard."""
    wanted = [path for path in (options.chime, options.labels, options.plot) if path is not None]
    if not wanted:
        return
    if len(recordings) > 1:
        raise ConfigError(
            f"--chime, --labels and --plot need one recording, got {len(recordings)}. Name one."
        )
    path, _ = recordings[0]
    for out in wanted:
        if out.resolve() == path.resolve():
            raise OutputError(f"{out} is the recording itself. Name another file.")
        check_free(out, overwrite=options.overwrite)
    if options.chime is not None:
        audio.check_format(options.chime)
        if audio.duration_s(path) > audio.LONGEST_S:
            raise ConfigError(
                f"--chime copies at most {audio.LONGEST_S / 60:.0f} minutes. Cut the recording."
            )
    if options.plot is not None:
        plot.check(options.plot, audio.duration_s(path))


def _hear_all(
    model: Model, by_word: dict[str, float], recordings: Sequence[Named], options: argparse.Namespace
) -> tuple[list[tuple[str, Heard]], list[OyezError]]:
    """What was heard, by name, and what went wrong; a single recording's error is raised."""
    results, failures = [], []
    console = Console(stderr=True)
    with Progress(transient=True, console=console, disable=not console.is_terminal) as progress:
        for path, name in recordings:
            task = progress.add_task(escape(name), total=None)

            def show(seconds: float, task: object = task) -> None:
                progress.update(task, completed=seconds)  # type: ignore[arg-type]

            try:
                heard = hear(model, path, by_word, show)
            except AudioError as error:
                told = AudioError(str(error).replace(str(path), name))
                if len(recordings) == 1:
                    raise told from None
                failures.append(told)
                continue
            finally:
                progress.remove_task(task)
            results.append((name, heard))
            if options.json:
                _print_json(name, heard)
    return results, list(failures)


def _write(heard: Heard, model: Model, by_word: dict[str, float], options: argparse.Namespace) -> None:
    overwrite, card = options.overwrite, model.card
    if options.labels is not None:
        write_text(options.labels, to_audacity(heard.detections), overwrite=overwrite)
    if options.chime is None and options.plot is None:
        return
    samples, rate = audio.read(heard.path)
    if options.chime is not None:
        times_s = [detection.time_s for detection in heard.detections]
        audio.write(options.chime, overlay(samples, rate, times_s), rate, overwrite=overwrite)
    if options.plot is not None:
        with whole(options.plot, overwrite=overwrite) as draft:
            plot.detection(
                draft,
                samples,
                rate,
                heard.scores,
                card.step / card.rate,
                card.words,
                [by_word[word] for word in card.words],
                heard.detections,
            )


def _print_json(name: str, heard: Heard) -> None:
    detections = [asdict(detection) for detection in heard.detections]
    print(json.dumps({"file": name, "seconds": heard.seconds, "detections": detections}), flush=True)


def _print_table(results: Sequence[tuple[str, Heard]], words: Sequence[str]) -> None:
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
    total_s = sum(heard.seconds for _, heard in results)
    named = " or ".join(f"“{word}”" for word in words)
    print(f"{named} heard {count} time{'s' * (count != 1)} in {total_s:.1f} s of audio")
