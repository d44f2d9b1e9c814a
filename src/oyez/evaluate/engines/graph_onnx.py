"""An ONNX graph of another engine, on one thread."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez.detect.model import REPORTS_OFF  # sets the variable before the library is loaded
from oyez.errors import ModelError

__all__ = ["OnnxGraph"]

Array = npt.NDArray[np.float32]


class OnnxGraph:
    """One input, one output, no memory."""

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            ModelError: it is no ONNX model, or has more inputs or outputs.
        """
        import onnxruntime

        if REPORTS_OFF != "0":
            onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            raise ModelError(f"{path} is no ONNX model ({str(error).splitlines()[0]}).") from None
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ModelError(
                f"{path} has {len(inputs)} inputs and {len(outputs)} outputs, expected one of each. "
                "A model of ours is named by its path alone."
            )
        self._input = inputs[0].name
        self.input_shape = _shape(inputs[0].shape)
        self.output_shape = _shape(outputs[0].shape)
        """Of the arrays that `run` takes and gives; what the file leaves open is 1."""

    def run(self, values: Array) -> Array:
        """Run it once: float32 of `input_shape` in, float32 of `output_shape` out."""
        return np.asarray(self._session.run(None, {self._input: values})[0], np.float32)


def _shape(sizes: list[int | str | None]) -> tuple[int, ...]:
    return tuple(size if isinstance(size, int) else 1 for size in sizes)
