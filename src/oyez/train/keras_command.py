"""What `oyez import-keras` does with its options: the terminal's side of an import."""

import argparse
import hashlib
import sys
from pathlib import Path

from oyez.config import TriggerConfig
from oyez.errors import ConfigError
from oyez.train.export import export
from oyez.train.keras import read_config_file, read_network
from oyez.train.models import CourseNetwork, count_parameters

__all__ = ["run"]


def run(options: argparse.Namespace) -> None:
    """Write a model file of Keras's weights, and say what was found in them.

    Args:
        options: of `oyez import-keras`.

    Raises:
        OyezError: files or options do not fit; nothing is written.
    """
    path: Path = options.h5
    out: Path = options.out or Path(path.with_suffix(".onnx").name)
    trigger = TriggerConfig(threshold=options.threshold)
    config = None if options.config is None else read_config_file(options.config, gate=options.gate)
    network = read_network(path, config, options.gate)
    words = _words(options.word or ["activate"], network, path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    written = export(
        network,
        out,
        words,
        dict.fromkeys(words, trigger),
        notes={"trained": {"imported": path.name, "sha256": sha256}},
        overwrite=options.overwrite,
    )
    difference = max(written.whole_difference, written.stepped_difference)
    print(f"{out}: hears {', '.join(words)}; {_found(network)}; scores equal to torch's to {difference:.1g}")
    print(f"try it: oyez detect --model {out} FILE", file=sys.stderr)


def _words(names: list[str], network: CourseNetwork, path: Path) -> tuple[str, ...]:
    count = network.dense.out_features
    if len(set(names)) != count:
        raise ConfigError(
            f"{path}: expected a word for each output, {count} in all, got {', '.join(names)}. "
            "Name each once: --word ONE --word OTHER"
        )
    return tuple(names)


def _found(network: CourseNetwork) -> str:
    config = network.config
    edition = "later edition (reset after)" if config.reset_after else "earlier edition (reset before)"
    return f"the lesson's {edition}, gates {config.gate}, {sum(count_parameters(network)):,} parameters"
