"""What `oyez evaluate --calibrate` does after it has measured."""

import argparse
import sys
from collections.abc import Callable

from oyez.config import EventRate
from oyez.errors import ConfigError, require
from oyez.evaluate.result import Result
from oyez.output import check_free

__all__ = ["run"]


def run(options: argparse.Namespace, measure: Callable[[argparse.Namespace], Result]) -> None:
    """Measure, then write what was measured into the model file.

    Args:
        options: of `oyez evaluate`.
        measure: evaluates as they say.

    Raises:
        OyezError: bad options, folders or files; no model file is changed then.
    """
    require("onnx", "evaluate")
    from oyez.train.calibrate import calibrate, target

    if options.negatives is None:
        raise ConfigError("--calibrate measures on sound without the word, got none. Pass --negatives DIR.")
    rate = None if options.false_accepts is None else EventRate.of(options.false_accepts)
    path = target(options.model, options.out)
    if options.out is not None:
        check_free(path, overwrite=options.overwrite)
    engine = measure(options).engines[0]
    path, note = calibrate(
        options.model, engine, options.out, rate, strict=options.strict, overwrite=options.overwrite
    )
    if note is not None:
        print(f"oyez: note: {note}. --strict refuses.", file=sys.stderr)
    print(f"{path}: its table of thresholds for “{engine.word}” is new", file=sys.stderr)
