"""A TensorFlow Lite graph on one thread, by the C library that other engines' packages bring.

Those packages run it on eight threads and offer no choice; measured beside others, that is no fair second.
"""

import ctypes
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.errors import ModelError

__all__ = ["TfLiteGraph"]

Array = npt.NDArray[np.float32]

TYPES: dict[int, np.dtype[Any]] = {1: np.dtype(np.float32), 3: np.dtype(np.uint8), 9: np.dtype(np.int8)}
"""By TfLiteType."""


class _Quantization(ctypes.Structure):
    _fields_ = (("scale", ctypes.c_float), ("zero", ctypes.c_int32))


POINTER, INT, SIZE = ctypes.c_void_p, ctypes.c_int32, ctypes.c_size_t

SIGNATURES = {
    "ModelCreateFromFile": (POINTER, (ctypes.c_char_p,)),
    "ModelDelete": (None, (POINTER,)),
    "InterpreterOptionsCreate": (POINTER, ()),
    "InterpreterOptionsSetNumThreads": (None, (POINTER, INT)),
    "InterpreterOptionsDelete": (None, (POINTER,)),
    "InterpreterCreate": (POINTER, (POINTER, POINTER)),
    "InterpreterDelete": (None, (POINTER,)),
    "InterpreterResizeInputTensor": (ctypes.c_int, (POINTER, INT, ctypes.POINTER(INT), INT)),
    "InterpreterAllocateTensors": (ctypes.c_int, (POINTER,)),
    "InterpreterInvoke": (ctypes.c_int, (POINTER,)),
    "InterpreterGetInputTensor": (POINTER, (POINTER, INT)),
    "InterpreterGetOutputTensor": (POINTER, (POINTER, INT)),
    "TensorType": (ctypes.c_int, (POINTER,)),
    "TensorNumDims": (INT, (POINTER,)),
    "TensorDim": (INT, (POINTER, INT)),
    "TensorQuantizationParams": (_Quantization, (POINTER,)),
    "TensorCopyFromBuffer": (ctypes.c_int, (POINTER, POINTER, SIZE)),
    "TensorCopyToBuffer": (ctypes.c_int, (POINTER, POINTER, SIZE)),
}
"""What is used of it: results and arguments, by name without `TfLite`."""


class TfLiteGraph:
    """One input, one output; a streaming graph remembers what it has seen."""

    def __init__(self, package: Path, path: Path, shape: tuple[int, ...] | None = None) -> None:
        """Open a file.

        Args:
            package: folder of the Python package that has the library under `lib/`.
            path: the graph.
            shape: of the input, where the graph leaves it open.

        Raises:
            ModelError: the library or the graph cannot be loaded.
        """
        self.path = path
        self._library = _load(package)
        model = self._call("ModelCreateFromFile", str(path).encode())
        if not model:
            raise ModelError(f"{path} is no TensorFlow Lite model. Export or download it again.")
        options = self._call("InterpreterOptionsCreate")
        self._call("InterpreterOptionsSetNumThreads", options, 1)
        self._interpreter = self._call("InterpreterCreate", model, options)
        self._call("InterpreterOptionsDelete", options)
        weakref.finalize(self, _delete, self._library, self._interpreter, model)
        if shape is not None:
            self._call(
                "InterpreterResizeInputTensor", self._interpreter, 0, (INT * len(shape))(*shape), len(shape)
            )
        if not self._interpreter or self._call("InterpreterAllocateTensors", self._interpreter):
            raise ModelError(f"{path} needs more than this TensorFlow Lite can do. Export it for another.")
        self._input = self._call("InterpreterGetInputTensor", self._interpreter, 0)
        self._output = self._call("InterpreterGetOutputTensor", self._interpreter, 0)
        self.input_shape, self.output_shape = self._shape(self._input), self._shape(self._output)
        """Of the arrays that `run` takes and gives."""

    def run(self, values: Array) -> Array:
        """Run it once.

        Args:
            values: float32 of `input_shape`; quantized as the graph asks.

        Returns:
            float32 of `output_shape`, no longer quantized.
        """
        given = np.ascontiguousarray(self._quantized(values))
        self._call("TensorCopyFromBuffer", self._input, given.ctypes.data, given.nbytes)
        self._call("InterpreterInvoke", self._interpreter)
        result = np.empty(self.output_shape, self._type(self._output))
        self._call("TensorCopyToBuffer", self._output, result.ctypes.data, result.nbytes)
        if result.dtype == np.float32:
            return result
        quantization = self._call("TensorQuantizationParams", self._output)
        return np.asarray((result.astype(np.float32) - quantization.zero) * quantization.scale, np.float32)

    def _quantized(self, values: Array) -> npt.NDArray[Any]:
        kind = self._type(self._input)
        if kind == np.float32:
            return values
        quantization = self._call("TensorQuantizationParams", self._input)
        limits = np.iinfo(kind)
        rounded = np.round(values / quantization.scale + quantization.zero)
        return np.asarray(np.clip(rounded, limits.min, limits.max), kind)

    def _type(self, tensor: int) -> np.dtype[Any]:
        kind = self._call("TensorType", tensor)
        if kind not in TYPES:
            raise ModelError(f"{self.path} has tensors of TfLiteType {kind}, expected float32 or 8 bits.")
        return TYPES[kind]

    def _shape(self, tensor: int) -> tuple[int, ...]:
        self._type(tensor)
        return tuple(
            self._call("TensorDim", tensor, axis) for axis in range(self._call("TensorNumDims", tensor))
        )

    def _call(self, name: str, *arguments: Any) -> Any:
        return getattr(self._library, f"TfLite{name}")(*arguments)


def _load(package: Path) -> ctypes.CDLL:
    found = sorted((package / "lib").glob("*tensorflowlite_c.*"))
    if not found:
        raise ModelError(
            f"{package / 'lib'} holds no TensorFlow Lite library: this system's wheel comes without. "
            "Install the package on Linux, macOS or 64-bit Windows."
        )
    library = ctypes.CDLL(str(found[0]))
    for name, (result, arguments) in SIGNATURES.items():
        function = getattr(library, f"TfLite{name}")
        function.restype, function.argtypes = result, arguments
    return library


def _delete(library: ctypes.CDLL, interpreter: int | None, model: int) -> None:
    if interpreter:
        library.TfLiteInterpreterDelete(interpreter)
    library.TfLiteModelDelete(model)
