"""What `oyez train` does with its options: the terminal's side of a training."""

import argparse
import sys
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from oyez import audio, plot
from oyez.config import PRESETS, TriggerConfig
from oyez.detect.model import model_path
from oyez.errors import ConfigError
from oyez.output import check_free, whole
from oyez.sound import Samples
from oyez.synth.scene import SceneConfig
from oyez.train.dataset import Examples, SceneExamples
from oyez.train.export import export, load_network
from oyez.train.job import Job
from oyez.train.loop import TrainConfig
from oyez.train.models import CourseNetwork
from oyez.train.run import read_log

__all__ = ["run"]

PASSES = 0.9375  # of half the rate: what a resampler lets through (7500 of 8000 Hz)


def run(options: argparse.Namespace, scene: SceneConfig, folder: Path) -> None:
    """Train as the options say, and write the model file.

    Args:
        options: of `oyez train`.
        scene: how scenes are drawn.
        folder: of checkpoints and log.

    Raises:
        OyezError: bad options, folders or files; what was learnt so far is kept in `folder`.
    """
    if options.plot is not None:
        check_free(options.plot, overwrite=options.overwrite)
        plot.require_matplotlib()
    torch.set_num_threads(max(1, options.threads))
    start, job = _job(options, scene)
    console = Console(stderr=True)
    columns = (
        TextColumn("epoch {task.fields[epoch]}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        batches = 0
        task = progress.add_task("", total=None, epoch="…", loss=float("nan"))

        def on_batch(epoch: int, done: int, loss: float) -> None:
            nonlocal batches
            batches += 1
            epochs = f"{epoch + 1}/{job.train.epochs}"
            total = None if job.words is None else job.scenes // job.train.batch
            progress.update(task, completed=done, total=total, epoch=epochs, loss=loss)

        best, learnt = job.run(
            folder,
            start=start,
            jobs=max(1, options.threads),
            on_batch=on_batch,
            on_epoch=lambda row: console.print(_line(row), highlight=False, soft_wrap=True),
        )
    rows = read_log(folder)
    if not batches:
        console.print(f"{folder}: this training had ended before; its best network is written")
    if options.plot is not None:
        with whole(options.plot, overwrite=options.overwrite) as draft:
            plot.training(draft, rows)
    _export(best, learnt, options, job, rows)


def _job(options: argparse.Namespace, scene: SceneConfig) -> tuple[dict[str, torch.Tensor] | None, Job]:
    """Weights to start from, and the job."""
    course = PRESETS["course"]
    features, model, start = course.features, course.model, None
    word = options.word[0] if options.word else "activate"
    if options.start is not None:
        network, words = load_network(model_path(options.start))
        features, model, start = network.features, network.config, network.state_dict()
        word = options.word[0] if options.word else words[0]
        if len(words) != 1 and options.arrays is not None:
            raise ConfigError(f"arrays teach one word, {options.start} hears {', '.join(words)}.")
        if options.reset_before and model.reset_after:
            raise ConfigError(f"{options.start} has the other edition of the GRU. Leave --reset-before out.")
        if options.scale not in (None, features.scale):
            raise ConfigError(
                f"{options.start} learnt from --scale {features.scale}, its weights say nothing about "
                f"{options.scale}. Leave --scale out."
            )
    scale = options.scale or (features.scale if start is not None else "log")
    return start, Job(
        words=options.words,
        only=tuple(options.word),
        backgrounds=options.backgrounds,
        validation=options.validation,
        held_out=options.held_out,
        arrays=options.arrays,
        word=word,
        scenes=options.scenes,
        validation_scenes=options.validation_scenes,
        scale=scale,
        max_hz=options.max_hz or (features.max_hz if start is not None else _common_hz(options)),
        dropout=options.dropout,
        reset_after=model.reset_after and not options.reset_before,
        gate=model.gate,
        ones=options.ones,
        scene=scene,
        train=TrainConfig(
            epochs=options.epochs,
            batch=options.batch,
            optimizer=options.optimizer,
            learning_rate=options.learning_rate,
            patience=options.patience,
            seed=options.seed,
        ),
    )


def _common_hz(options: argparse.Namespace) -> float | None:
    """The highest frequency that every recording holds, where that is less than the model could hear.

    What scenes never hold above it, rooms do: the network must not look there.
    """
    folders = (options.words, options.backgrounds)
    rates = {
        audio.info(path)[1]
        for folder in folders
        if folder is not None and folder.is_dir()
        for path in audio.files_in(folder)
    }
    highest_hz = PASSES * min(rates, default=PRESETS["course"].features.rate) / 2
    return highest_hz if highest_hz < PASSES * PRESETS["course"].features.rate / 2 else None


def _line(row: dict[str, float]) -> str:
    return (
        f"epoch {row['epoch']:.0f}: loss {row['loss']:.4f}, held-out voices {row['validation_loss']:.4f}; "
        f"events: recall {row['event_recall']:.3f}, precision {row['event_precision']:.3f}; steps: "
        f"F1 {row['step_f1']:.3f}, accuracy {row['accuracy']:.4f} "
        f"(silence: {row['accuracy_of_silence']:.4f})"
    )


def _export(
    best: CourseNetwork,
    learnt: Examples,
    options: argparse.Namespace,
    job: Job,
    rows: list[dict[str, float]],
) -> None:
    settings = job.settings()
    # names of folders are for the run; a model file is given away
    for name in ("words", "backgrounds", "validation", "arrays"):
        settings.pop(name)
    best_row = min(rows, key=lambda row: row["validation_loss"])
    written = export(
        best,
        options.out,
        learnt.words,
        {word: TriggerConfig() for word in learnt.words},
        notes={"trained": settings, "evaluated": {"held_out_voices": best_row}},
        audio_for_parity=_sound(learnt),
        overwrite=options.overwrite,
    )
    print(f"{written.path}: hears {', '.join(learnt.words)}; equal to the trained network to "
          f"{max(written.whole_difference, written.stepped_difference):.1g}")  # fmt: skip
    print(f"try it: oyez detect --model {written.path} FILE", file=sys.stderr)


def _sound(learnt: Examples) -> Samples | None:
    """A scene to compare torch and ONNX on; arrays hold no sound."""
    return learnt.render(0, 0).samples if isinstance(learnt, SceneExamples) else None
