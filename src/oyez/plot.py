"""Pictures: spectrogram with labels, spectrogram above score, a training's log.

The only module that knows matplotlib, which the extra `plot` installs.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oyez import features
from oyez.config import FeatureConfig
from oyez.errors import ConfigError, require
from oyez.events import Detection, Span
from oyez.sound import Samples, fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "LONGEST_S",
    "PNG_TOP_HZ",
    "check",
    "detection",
    "draw_power",
    "draw_probability",
    "pyplot",
    "require_matplotlib",
    "scene",
    "spectrogram_png",
    "training",
]

LONGEST_S = 600.0
"""Seconds that one picture shows at most."""

TRUTH, HEARD, SCORE, QUIET = "#2a9d8f", "#d1495b", "#1d3557", "#8d99ae"
DYNAMIC_DB = 75.0
PNG_TOP_HZ, PNG_WINDOW_S = 8_000, 0.016
PNG_STEP_DB = 1.5  # nobody sees it, and the file is smaller
COLUMNS = 2_000  # of the spectrogram: more than a picture has pixels


def require_matplotlib() -> None:
    """Raise MissingExtraError unless pictures can be made."""
    require("matplotlib", "plot")


def pyplot() -> ModuleType:
    """`matplotlib.pyplot`, for notebooks; what is drawn into files here does without it.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    return require("matplotlib.pyplot", "plot")


def draw_power(axes: "Axes", power: npt.NDArray[np.floating[Any]], seconds: float) -> None:
    """Draw the lesson's spectrogram.

    Args:
        axes: to draw into.
        power: (bins, frames); bins reach from 0 to half the rate.
        seconds: that the frames cover.
    """
    level = 10 * np.log10(power + 1e-10)
    loudest = float(level.max(initial=-100.0))
    axes.imshow(
        level, origin="lower", aspect="auto", cmap="magma", interpolation="nearest",
        extent=(0, seconds, 0, len(power)), vmin=loudest - DYNAMIC_DB, vmax=loudest,
    )  # fmt: skip
    axes.set(ylabel="frequency bin", xlabel="seconds")


def draw_probability(axes: "Axes", probability: npt.NDArray[np.floating[Any]], seconds: float) -> None:
    """Draw a network's output over time.

    Args:
        axes: to draw into.
        probability: (steps,), 0..1.
        seconds: that the steps cover.
    """
    axes.plot((np.arange(len(probability)) + 1) * seconds / len(probability), probability, color=SCORE)
    axes.set(ylabel="probability", xlabel="seconds", xlim=(0, seconds), ylim=(-0.02, 1.05))


def scene(
    path: Path, samples: Samples, rate: int, spans: Sequence[Span], labels: npt.NDArray[np.float32]
) -> None:
    """Draw a scene: its spectrogram, its words, and the labels that the network learns.

    Args:
        path: the picture; its suffix names the format.
        samples: (samples,).
        rate: Hertz.
        spans: the words in it.
        labels: (steps, words), 0 or 1.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ConfigError: it is longer than ten minutes, or the suffix names no kind of picture.
    """
    seconds = len(samples) / rate
    figure, (top, bottom) = _two(seconds)
    _spectrogram(top, samples, rate)
    _name_spans(top, spans)
    times = (np.arange(len(labels)) + 0.5) * seconds / max(1, len(labels))
    for column in labels.T:
        bottom.fill_between(times, column, step="mid", color=TRUTH, alpha=0.5, linewidth=0)
    bottom.set_ylabel("label")
    _save(figure, path)


def detection(
    path: Path,
    samples: Samples,
    rate: int,
    scores: npt.NDArray[np.float32],
    step_s: float,
    words: Sequence[str],
    thresholds: Sequence[float],
    detections: Sequence[Detection],
    spans: Sequence[Span] = (),
) -> None:
    """Draw what was heard: spectrogram above score, detections through both.

    Args:
        path: the picture; its suffix names the format.
        samples: (samples,).
        rate: Hertz.
        scores: (steps, words), 0..1.
        step_s: seconds per step.
        words: names of the columns.
        thresholds: of the words.
        detections: what was heard.
        spans: where the words are, if known.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ConfigError: it is longer than ten minutes, or the suffix names no kind of picture.
    """
    seconds = len(samples) / rate
    figure, (top, bottom) = _two(seconds)
    _spectrogram(top, samples, rate)
    _name_spans(top, spans)
    times = (np.arange(len(scores)) + 1) * step_s
    for column, (word, threshold) in enumerate(zip(words, thresholds, strict=True)):
        bottom.plot(times, scores[:, column], color=SCORE, linewidth=1.2, label=_plain(word))
        bottom.axhline(threshold, color=QUIET, linewidth=0.8, linestyle="--")
    for one in detections:
        for axes in (top, bottom):
            axes.axvline(one.time_s, color=HEARD, linewidth=1.4)
        bottom.annotate(
            f"{one.time_s:.2f} s", (one.time_s, 1.05), xytext=(0, 1), textcoords="offset points",
            va="bottom", ha="center", fontsize=8, color=HEARD,
        )  # fmt: skip
    bottom.set_ylabel(f"score of “{_plain(words[0])}”" if len(words) == 1 else "score")
    if len(words) > 1:
        bottom.legend(loc="upper right", fontsize=8)
    _save(figure, path)


def training(path: Path, rows: Sequence[Mapping[str, float]]) -> None:
    """Draw a training's log.

    Args:
        path: the picture; its suffix names the format.
        rows: one per epoch, as `log.jsonl` has them.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ConfigError: the suffix names no kind of picture.
    """
    figure, (left, right) = _figure(10, 4, ncols=2)
    epochs = [row["epoch"] for row in rows]
    for name, colour, label in (
        ("loss", QUIET, "training"), ("validation_loss", SCORE, "held-out voices"),
    ):  # fmt: skip
        left.plot(epochs, [row[name] for row in rows], color=colour, marker=".", label=label)
    left.set(xlabel="epoch", ylabel="binary cross-entropy")
    for name, colour, label in (
        ("event_precision", TRUTH, "precision, events"), ("event_recall", HEARD, "recall, events"),
        ("step_f1", SCORE, "F1, steps"), ("accuracy", QUIET, "accuracy, steps"),
    ):  # fmt: skip
        right.plot(epochs, [row[name] for row in rows], color=colour, marker=".", label=label)
    right.set(xlabel="epoch", ylim=(0, 1.02))
    for axes in (left, right):
        axes.legend(fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _figure(width: float, height: float, **subplots: Any) -> tuple["Figure", Any]:
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(**subplots)


def check(path: Path, seconds: float = 0.0) -> None:
    """Make sure that a picture can be drawn, before the work that fills it.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ConfigError: the suffix names no kind of picture, or it would be longer than ten minutes.
    """
    require_matplotlib()
    _check_length(seconds)
    _kind(path, _figure(1, 1)[0])


def _check_length(seconds: float) -> None:
    if seconds > LONGEST_S:
        raise ConfigError(
            f"a picture shows at most {LONGEST_S / 60:.0f} minutes, got {seconds / 60:.1f}. "
            "Cut the recording."
        )


def _two(seconds: float) -> tuple["Figure", Any]:
    _check_length(seconds)
    width = min(24.0, max(10.0, seconds * 0.6))
    figure, axes = _figure(width, 5, nrows=2, sharex=True, gridspec_kw={"height_ratios": [2.2, 1]})
    axes[1].set(xlabel="seconds", ylim=(-0.02, 1.05), xlim=(0, seconds))
    axes[1].spines[["top", "right"]].set_visible(False)
    return figure, axes


def spectrogram_png(samples: Samples, rate: int) -> bytes:
    """A spectrogram alone, without axes, in the colours of the other pictures.

    Args:
        samples: (samples,).
        rate: Hertz.

    Returns:
        A PNG, 10 ms a pixel, from 0 Hz at the bottom to `PNG_TOP_HZ`, or to half the rate.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.image import imsave

    level = _level(fit(samples, max(len(samples), 64, round(rate * PNG_WINDOW_S))), rate, PNG_WINDOW_S)
    level = level[: max(1, round(len(level) * PNG_TOP_HZ / (rate / 2)))]
    stepped = np.round(level / PNG_STEP_DB) * PNG_STEP_DB
    loudest = float(stepped.max())
    buffer = io.BytesIO()
    imsave(
        buffer, stepped, origin="lower", cmap="magma", vmin=loudest - DYNAMIC_DB, vmax=loudest, format="png"
    )  # fmt: skip
    return buffer.getvalue()


def _spectrogram(axes: "Axes", samples: Samples, rate: int) -> None:
    level = _level(samples, rate)
    loudest = float(level.max(initial=-100.0))
    axes.imshow(
        level, origin="lower", aspect="auto", cmap="magma", interpolation="nearest",
        extent=(0, len(samples) / rate, 0, rate / 2000), vmin=loudest - DYNAMIC_DB, vmax=loudest,
    )  # fmt: skip
    axes.set(ylabel="kHz", ylim=(0, min(rate / 2000, 10)))


def _level(samples: Samples, rate: int, window_s: float = 0.025) -> npt.NDArray[np.float32]:
    """Level in dB, (bins, columns); columns beyond what a picture shows are averaged."""
    config = FeatureConfig(rate=rate, window=max(64, round(rate * window_s)), hop=max(16, rate // 100))
    power = features.spectrogram(samples, config)  # (frames, bins)
    if len(power):
        step = -(-len(power) // COLUMNS)
        whole = len(power) // step * step
        power = power[:whole].reshape(-1, step, config.bins).mean(axis=1)
    return np.asarray(10 * np.log10(power.T + 1e-10), np.float32)


def _name_spans(axes: "Axes", spans: Sequence[Span]) -> None:
    top = axes.get_ylim()[1]
    for span in spans:
        axes.axvspan(span.start_s, span.end_s, ymin=0.96, color=TRUTH, linewidth=0)
        axes.text(
            span.start_s, top * 0.945, _plain(span.word), color="white", fontsize=8, va="top", clip_on=True
        )  # fmt: skip


def _plain(word: str) -> str:
    """A word for matplotlib, which would read what is between two dollar signs as a formula."""
    return word.replace("$", r"\$")


def _save(figure: "Figure", path: Path) -> None:
    figure.savefig(path, dpi=130, format=_kind(path, figure))


def _kind(path: Path, figure: "Figure") -> str:
    kinds = figure.canvas.get_supported_filetypes()
    kind = path.suffix[1:].lower() or "png"
    if kind not in kinds:
        raise ConfigError(
            f"{path}: '{path.suffix}' is no kind of picture. Use one of {', '.join(sorted(kinds))}."
        )
    return kind
