"""microWakeWord: features by `pymicro-wakeword`, the network by its `.tflite`, the rule from its `.json`.

A score is the network's probability at one stride (30 ms in the published models); the mean over the
`.json`'s window, which the package computes itself, is left to our trigger, so that it can be swept.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from oyez.config import TriggerConfig
from oyez.errors import ConfigError, ModelError, require
from oyez.evaluate.engine import Listener, Scores
from oyez.evaluate.engines.blocks import NONE, RATE, BlockListener, Pcm
from oyez.evaluate.engines.graph_tflite import TfLiteGraph

__all__ = ["MicroWakeWord"]

FRAME = 160
"""Samples from one feature frame to the next."""
FRAME_MS = 1000 * FRAME // RATE
BANDS = 40

REFRACTORY_S, RELEASE = 1.0, 1.0
"""ESPHome, which runs these models, takes no detection until 100 frames (`MIN_SLICES_BEFORE_DETECTION` in
`streaming_model.h`) have passed with the probability below the cutoff."""


@dataclass(frozen=True)
class MicroWakeWord:
    """One word of microWakeWord."""

    name: str
    word: str
    package: ModuleType
    path: Path
    """The network."""
    stride: int
    """Feature frames that it takes at once."""
    trigger: TriggerConfig
    rate: int = RATE
    sweeps: bool = True

    @classmethod
    def open(cls, what: str, word: str | None = None) -> "MicroWakeWord":
        """A built-in model's name, or the path of the `.json` beside a `.tflite`.

        Raises:
            ConfigError: no such built-in model.
            ModelError: the `.json` or its `.tflite` is missing, or holds something else.
            MissingExtraError: pymicro-wakeword is not installed.
        """
        package = require("pymicro_wakeword", package="pymicro-wakeword")
        path = Path(what)
        if path.suffix != ".json":
            built_in = sorted(model.value for model in package.Model)
            if what not in built_in:
                raise ConfigError(
                    f"microWakeWord's built-in models are {', '.join(built_in)}; others are named by the "
                    f"path of the .json beside their .tflite. Got {what!r}."
                )
            path = _folder(package) / "models" / f"{what}.json"
        spoken, network, trigger = _read(path)
        shape = TfLiteGraph(_folder(package), network).input_shape
        if len(shape) != 3 or shape[2] != BANDS:
            raise ModelError(
                f"{network} takes {shape}, expected (1, frames, {BANDS}): it is no microWakeWord."
            )
        return cls(f"microWakeWord {path.stem}", word or spoken, package, network, shape[1], trigger)

    @property
    def step_s(self) -> float:
        """Seconds of a stride."""
        return self.stride * FRAME / RATE

    @property
    def wait_s(self) -> float:
        """The same."""
        return self.step_s

    def listen(self, rate: int) -> Listener:
        """A stream that has heard nothing, of samples at that rate in Hertz."""
        return BlockListener(rate, self.stride * FRAME, _Hearing(self))


class _Hearing:
    """One stream; the network's memory is in its graph, so that each has its own."""

    def __init__(self, engine: MicroWakeWord) -> None:
        self._features = engine.package.MicroWakeWordFeatures()
        self._graph = TfLiteGraph(_folder(engine.package), engine.path)
        self._stride = engine.stride
        self._frames: list[Any] = []

    def push(self, block: Pcm) -> Scores:
        """One score a block; 0 until the first window of 30 ms and the first stride are whole."""
        self._frames += [np.float32(frame[0]) for frame in self._features.process_streaming(block.tobytes())]
        if len(self._frames) < self._stride:
            return np.zeros(1, np.float32)
        frames, self._frames = self._frames[: self._stride], self._frames[self._stride :]
        probability = self._graph.run(np.concatenate(frames)[None])
        return np.clip(probability.reshape(1), 0, 1)

    def finish(self) -> Scores:
        return NONE


def _folder(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent


def _read(path: Path) -> tuple[str, Path, TriggerConfig]:
    """The word, the network's file and the rule that a `.json` tells."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        micro = values["micro"]
        spoken, network = str(values["wake_word"]).lower(), path.parent / values["model"]
        frame_ms = micro.get("feature_step_size", FRAME_MS)
        trigger = TriggerConfig.from_dict(
            {
                "threshold": float(micro["probability_cutoff"]),
                "smoothing": micro["sliding_window_size"],
                "release": RELEASE,
                "refractory_s": REFRACTORY_S,
            }
        )
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise ModelError(
            f"{path} is no microWakeWord manifest of version 2 ({type(error).__name__}: {error})."
        ) from None
    if frame_ms != FRAME_MS:
        raise ModelError(
            f"{path} wants a frame every {frame_ms} ms, pymicro-wakeword makes one every {FRAME_MS}."
        )
    if not network.is_file():
        raise ModelError(f"{path} names {network.name}, which is not beside it. Put it there.")
    return spoken, network, trigger
