"""What was measured on somebody's own sound, written into a model file."""

import shutil
from pathlib import Path

from oyez.config import EventRate
from oyez.detect.intent import choose
from oyez.detect.model import Model, model_path, shipped
from oyez.errors import ConfigError
from oyez.evaluate.calibration import recalibrated, threshold_table
from oyez.evaluate.result import EngineResult
from oyez.output import whole
from oyez.train.model_file import annotate

__all__ = ["calibrate", "target"]


def target(model: str, out: Path | None) -> Path:
    """The file that will be written.

    Args:
        model: shipped name or path.
        out: another file than the model's own.

    Raises:
        ConfigError: it would be a shipped model, which all use.
        ModelError: there is no such model.
    """
    if out is None and model in shipped():
        raise ConfigError(
            f"{model} is shipped, and stays as it is. Name a file of your own: --out {model}.onnx"
        )
    return model_path(model) if out is None else out


def calibrate(
    model: str,
    result: EngineResult,
    out: Path | None = None,
    rate: EventRate | None = None,
    *,
    strict: bool = False,
    overwrite: bool = False,
) -> tuple[Path, str | None]:
    """Write a new table of thresholds into a model file, and perhaps a new threshold.

    Args:
        model: shipped name or path.
        result: of this model, measured on sound without the word.
        out: file to be written; None means the model's own.
        rate: false accepts, at most; None leaves the threshold as it is.
        strict: whether to refuse a rate that the hours do not support.
        overwrite: whether `out` may exist.

    Returns:
        The file, and a note where the hours do not support the rate.

    Raises:
        DataError: next to no sound without the word was heard.
        ConfigError: `strict`, and see `target`.
        OutputError: `out` exists, or cannot be written.
    """
    path = target(model, out)
    table = threshold_table(result.negatives)
    note = None if rate is None else choose(table, result.word, rate, strict=strict).note
    source = model_path(model)
    values = Model(source).card.values
    changes = recalibrated(values, result.word, table, rate)
    known = values["evaluated"] if isinstance(values.get("evaluated"), dict) else {}
    changes["evaluated"] = {**known, "calibrated_on_hours": table["hours"]}
    with whole(path, overwrite=overwrite or path == source) as draft:
        shutil.copyfile(source, draft)
        annotate(draft, changes)
    return path, note
