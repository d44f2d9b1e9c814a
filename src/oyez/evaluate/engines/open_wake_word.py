"""openWakeWord: mel frames and embeddings by the graphs in `pyopen-wakeword`, the word by a file of its kind.

Its mel graph reads 16-bit samples as floats, ±32768, not ±1. Every 80 ms it takes those and 30 ms before
them, which gives 8 frames of 32 bands; 76 frames give an embedding of 96, 16 of these (the model says how
many) a score.

Windows end with the newest frame, as in openWakeWord's own `utils.py` (`AudioFeatures`). The loop of
pyopen-wakeword is four frames, 40 ms, behind; its scores are the same by then (but next to digital silence:
the mel graph cuts off what is 80 dB below the loudest of each call, and calls begin elsewhere).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from oyez.config import TriggerConfig
from oyez.errors import ConfigError, ModelError, require
from oyez.evaluate.engine import Listener, Scores
from oyez.evaluate.engines.blocks import NONE, RATE, BlockListener, Pcm
from oyez.evaluate.engines.graph_onnx import OnnxGraph
from oyez.evaluate.engines.graph_tflite import TfLiteGraph

__all__ = ["Graph", "OpenWakeWord"]

BLOCK = 1_280
"""Samples from one score to the next."""
BEFORE = 480
"""Samples before them that the mel graph sees again."""
BANDS, FRAMES, VALUES = 32, 76, 96
"""Of a mel frame, under an embedding, of an embedding."""

TRIGGER = TriggerConfig(threshold=0.5, smoothing=1, release=1.0, refractory_s=2.0)
"""Threshold: the default that openWakeWord documents. Refractory: it has none itself; two seconds are the
default of `wyoming-openwakeword`, the server that Home Assistant runs, which asks for no fall in between."""

Array = npt.NDArray[np.float32]


class Graph(Protocol):
    """A network with one input and one output."""

    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    def run(self, values: Array) -> Array:
        """Of `input_shape` in, of `output_shape` out."""
        ...


@dataclass(frozen=True)
class _Graphs:
    mel: Graph
    """(1, 1760) to 8 frames."""
    embedding: Graph
    """(1, 76, 32, 1) to 96 values."""
    word: Graph
    """(1, embeddings, 96) to one score."""


@dataclass(frozen=True)
class OpenWakeWord:
    """One word of openWakeWord."""

    name: str
    word: str
    graphs: _Graphs
    rate: int = RATE
    step_s: float = BLOCK / RATE
    wait_s: float = BLOCK / RATE
    trigger: TriggerConfig = TRIGGER
    sweeps: bool = True

    @classmethod
    def open(cls, what: str, word: str | None = None) -> "OpenWakeWord":
        """A built-in model's name, or the path of a `.tflite` or `.onnx` file.

        Raises:
            ConfigError: no such built-in model.
            ModelError: the file is missing, or no model of openWakeWord's shape.
            MissingExtraError: pyopen-wakeword is not installed.
        """
        package = require("pyopen_wakeword", package="pyopen-wakeword")
        folder = Path(str(package.__file__)).parent
        path = Path(what)
        if path.suffix not in (".tflite", ".onnx"):
            built_in = sorted(model.value for model in package.Model)
            if what not in built_in:
                raise ConfigError(
                    f"openWakeWord's built-in models are {', '.join(built_in)}; others are named by the path "
                    f"of their .tflite or .onnx file. Got {what!r}."
                )
            path = folder / "models" / f"{what}.tflite"
        graphs = _Graphs(
            TfLiteGraph(folder, folder / "models" / "melspectrogram.tflite", (1, BEFORE + BLOCK)),
            TfLiteGraph(folder, folder / "models" / "embedding_model.tflite", (1, FRAMES, BANDS, 1)),
            _word_graph(folder, path),
        )
        spoken = re.sub(r"_v\d[\d.]*$", "", path.stem).replace("_", " ")
        return cls(f"openWakeWord {path.stem}", word or spoken, graphs)

    def listen(self, rate: int) -> Listener:
        """A stream that has heard nothing, of samples at that rate in Hertz."""
        return BlockListener(rate, BLOCK, _Hearing(self.graphs))


class _Hearing:
    """One stream: what the graphs still need of its past. It begins after long silence."""

    def __init__(self, graphs: _Graphs) -> None:
        self._graphs = graphs
        self._samples = np.zeros(BEFORE, np.int16)
        frames = self._mel(np.zeros(BEFORE + BLOCK, np.int16))
        self._frames = np.concatenate([frames] * (-(-FRAMES // len(frames))))[-FRAMES:]
        self._embeddings = np.repeat(self._embedding(), graphs.word.input_shape[1], axis=0)

    def push(self, block: Pcm) -> Scores:
        samples = np.concatenate((self._samples, block))
        self._samples = samples[-BEFORE:]
        self._frames = np.concatenate((self._frames, self._mel(samples)))[-FRAMES:]
        self._embeddings = np.concatenate((self._embeddings[1:], self._embedding()))
        score = self._graphs.word.run(self._embeddings[None])
        return np.clip(score.reshape(1), 0, 1)

    def finish(self) -> Scores:
        return NONE

    def _mel(self, samples: Pcm) -> Array:
        """(frames, 32); the scale that Google's embedding was trained with."""
        decibels = self._graphs.mel.run(samples.astype(np.float32)[None]).reshape(-1, BANDS)
        return decibels / np.float32(10) + np.float32(2)

    def _embedding(self) -> Array:
        """(1, 96), of the last 76 frames."""
        return self._graphs.embedding.run(self._frames[None, :, :, None]).reshape(1, VALUES)


def _word_graph(folder: Path, path: Path) -> Graph:
    if not path.is_file():
        raise ModelError(f"{path}: no such model file.")
    graph = OnnxGraph(path) if path.suffix == ".onnx" else TfLiteGraph(folder, path)
    given, got = graph.input_shape, graph.output_shape
    if len(given) != 3 or given[0] != 1 or given[2] != VALUES or int(np.prod(got)) != 1:
        raise ModelError(
            f"{path} takes {given} and gives {got}, expected (1, embeddings, {VALUES}) and one score: "
            "it is no model of one word for openWakeWord."
        )
    return graph
