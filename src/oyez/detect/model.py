"""The model file: one ONNX that explains itself, opened and checked.

The only module of detection that knows ONNX Runtime.
"""

import base64
import json
import os
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.config import FULL_SCALE, AnyPreset, SmallPreset, TriggerConfig, read_preset
from oyez.errors import ConfigError, ModelError

REPORTS_OFF = os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
"""ONNX Runtime's official builds report their use to its maker, and keep a number for each machine, unless
this is set before they are loaded. Who has set it to 0 is left to it."""

import onnxruntime  # noqa: E402 - after the line above

__all__ = ["FORMAT", "Model", "ModelCard", "model_path", "shipped"]

Array = npt.NDArray[np.float32]

FORMAT = 1
"""The newest model format that is understood."""

REQUIRED = (
    "format", "words", "rate", "chunk", "step", "delay_steps", "tail", "features", "model",
    "trigger", "check",
)  # fmt: skip

TRUNK = "trunk_sha256"
"""Required of models on the trunk: models of one digest can be merged."""

TOLERANCE = 1e-4


@dataclass(frozen=True)
class ModelCard:
    """What a model file says of itself, from `metadata_props["oyez"]`."""

    words: tuple[str, ...]
    rate: int
    """Hertz of the samples that the network takes."""
    chunk: int
    """Samples that the network takes at once, whole steps; a multiple of it works too."""
    step: int
    """Samples from one score to the next."""
    delay_steps: int
    """Steps at the start of a stream whose scores are 0: no whole receptive field was heard."""
    tail: int
    """Samples of silence that `finish` adds."""
    preset: AnyPreset
    """Features and network: of the course, or on the trunk."""
    trigger: dict[str, TriggerConfig]
    """By word."""
    check: dict[str, Any]
    """`pcm` (base64 of little-endian int16) and the `scores` that it must give."""
    values: dict[str, Any] = field(repr=False)
    """All keys as they stand in the file, those of later versions too."""

    def __post_init__(self) -> None:
        if self.step < 1 or self.chunk < 1 or self.chunk % self.step:
            raise ConfigError(
                f"chunk must be 1 step or several, of {self.step} samples each, got {self.chunk}"
            )

    @classmethod
    def from_json(cls, text: str, path: Path) -> "ModelCard":
        """Read and checked.

        Raises:
            ModelError: a required key is missing or does not fit, or the format is newer than this program.
        """
        try:
            values = json.loads(text)
            found = values.get("format")
        except (ValueError, AttributeError):
            raise ModelError(f"{path}: its oyez metadata is no JSON object. Export it again.") from None
        if not isinstance(found, int) or not 1 <= found <= FORMAT:
            raise ModelError(
                f"{path} has model format {found!r}, this version reads 1 to {FORMAT}. "
                "Upgrade: pip install -U oyez"
            )
        on_trunk = (TRUNK,) if values.get("preset") == SmallPreset.name else ()
        missing = [name for name in (*REQUIRED, *on_trunk) if name not in values]
        if missing:
            raise ModelError(f"{path}: its metadata lacks {', '.join(missing)}. Export it again.")
        try:
            words = tuple(values["words"])
            return cls(
                words=words,
                **{name: int(values[name]) for name in ("rate", "chunk", "step", "delay_steps", "tail")},
                preset=read_preset(values),
                trigger={word: TriggerConfig.from_dict(values["trigger"][word]) for word in words},
                check=dict(values["check"]),
                values=values,
            )
        except (ConfigError, TypeError, ValueError, KeyError, AttributeError) as error:
            raise ModelError(f"{path}: its metadata does not fit ({error}). Export it again.") from None


class Model:
    """A network that is run step by step: `(pcm, state) -> (scores, state)`."""

    def __init__(self, path: Path) -> None:
        """Open a model file.

        Raises:
            ModelError: it is missing, no ONNX, no model of ours, or of a newer format.
        """
        self.path = path
        if not path.is_file():
            raise ModelError(f"{path}: no such model file. {_known()}")
        if REPORTS_OFF != "0":
            onnxruntime.disable_telemetry_events()  # where the variable is not known: Windows
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            raise ModelError(f"{path} is no ONNX model ({str(error).splitlines()[0]}).") from None
        text = self._session.get_modelmeta().custom_metadata_map.get("oyez")
        if text is None:
            raise ModelError(f"{path} carries no oyez metadata. Export it again with `oyez train`.")
        self.card = ModelCard.from_json(text, path)
        shapes = {value.name: value.shape for value in self._session.get_inputs()}
        if set(shapes) != {"pcm", "state"}:
            raise ModelError(
                f"{path}: its inputs must be pcm and state, got {', '.join(shapes)}. Export it again."
            )
        self._state_size = int(shapes["state"][1])
        self.takes_one = shapes["pcm"][0] == 1
        """Whether the file fixes the streams of a run to one: `run` must be called for each."""

    def initial_state(self, streams: int = 1) -> Array:
        """The state of a stream that has heard nothing: (streams, n) zeros."""
        return np.zeros((streams, self._state_size), np.float32)

    def run(self, pcm: Array, state: Array) -> tuple[Array, Array]:
        """Hear the next samples.

        Args:
            pcm: (streams, k × chunk), full scale is 1.0.
            state: (streams, n), from `initial_state` or the last call.

        Returns:
            Scores (streams, steps, words), 0..1, and the new state.
        """
        scores, state = self._session.run(("scores", "state_out"), {"pcm": pcm, "state": state})
        return scores, state

    def self_check(self) -> float:
        """Run the test vector that the file carries.

        Returns:
            The largest difference from the scores that it must give.

        Raises:
            ModelError: it is more than 1e-4.
        """
        check = self.card.check
        pcm = np.frombuffer(base64.b64decode(check["pcm"]), "<i2").astype(np.float32) / np.float32(FULL_SCALE)
        scores, _ = self.run(pcm[None], self.initial_state())
        difference = float(np.abs(scores[0] - np.asarray(check["scores"], np.float32)).max())
        if difference > TOLERANCE:
            raise ModelError(
                f"{self.path}: its test vector gives scores off by {difference:.2g}, expected at most "
                f"{TOLERANCE:g}. The file or this ONNX Runtime is damaged: install both again."
            )
        return difference


def shipped() -> list[str]:
    """Names of the models that come with the package."""
    return sorted(path.name.removesuffix(".onnx") for path in _folder().glob("*.onnx"))


def model_path(name: str | Path) -> Path:
    """The file of a shipped model, or the path itself.

    Raises:
        ModelError: it is neither a shipped name nor a file.
    """
    path = Path(name)
    if path.is_file():
        return path
    if path.name == str(name) and not path.suffix:
        inside = _folder() / f"{name}.onnx"
        if inside.is_file():
            return inside
    raise ModelError(f"{name}: no such model file, and no shipped model. {_known()}")


def _folder() -> Path:
    return Path(str(resources.files("oyez"))) / "models"


def _known() -> str:
    names = ", ".join(shipped())
    return f"Shipped: {names}." if names else "No model is shipped: pass a path."
