"""TensorFlow Lite graphs: the library's calls on a library that is none, and on the real one where it is."""

# ruff: noqa: N802 - the library has its own names

import ctypes
import gc
from pathlib import Path

import numpy as np
import pytest

from engine_laws import package
from oyez.errors import ModelError
from oyez.evaluate.engines import graph_tflite
from oyez.evaluate.engines.graph_tflite import SIGNATURES, TfLiteGraph

FLOAT, UINT8, INT8, INT32 = 1, 3, 9, 2
MODEL, OPTIONS, INTERPRETER, INPUT, OUTPUT = 1, 2, 3, 4, 5


class Library:
    """Stands for the C library: its one graph gives back what it takes."""

    def __init__(self, kinds=(FLOAT, FLOAT), scales=(0.0, 0.0), zeros=(0, 0), shape=(1, 3)):
        self.kinds, self.scales, self.zeros, self.shape = kinds, scales, zeros, shape
        self.threads, self.deleted, self.allocated = None, [], 0
        self.model, self.held = MODEL, b""

    def __getattr__(self, name):
        assert name.removeprefix("TfLite") in SIGNATURES
        return getattr(self, name.removeprefix("TfLite"))

    def ModelCreateFromFile(self, path):
        return self.model if path == b"word.tflite" else None

    def ModelDelete(self, model):
        self.deleted.append(model)

    def InterpreterOptionsCreate(self):
        return OPTIONS

    def InterpreterOptionsSetNumThreads(self, options, count):
        assert options == OPTIONS
        self.threads = count

    def InterpreterOptionsDelete(self, options):
        self.deleted.append(options)

    def InterpreterCreate(self, model, options):
        assert (model, options, self.threads) == (MODEL, OPTIONS, 1)
        return INTERPRETER

    def InterpreterDelete(self, interpreter):
        self.deleted.append(interpreter)

    def InterpreterResizeInputTensor(self, interpreter, number, sizes, count):
        self.shape = tuple(sizes[:count])

    def InterpreterAllocateTensors(self, interpreter):
        return self.allocated

    def InterpreterInvoke(self, interpreter):
        return 0

    def InterpreterGetInputTensor(self, interpreter, number):
        return INPUT

    def InterpreterGetOutputTensor(self, interpreter, number):
        return OUTPUT

    def TensorType(self, tensor):
        return self.kinds[tensor == OUTPUT]

    def TensorNumDims(self, tensor):
        return len(self.shape)

    def TensorDim(self, tensor, axis):
        return self.shape[axis]

    def TensorQuantizationParams(self, tensor):
        side = tensor == OUTPUT
        return graph_tflite._Quantization(self.scales[side], self.zeros[side])

    def TensorCopyFromBuffer(self, tensor, pointer, size):
        self.held = ctypes.string_at(pointer, size)

    def TensorCopyToBuffer(self, tensor, pointer, size):
        assert size == len(self.held)
        ctypes.memmove(pointer, self.held, size)


@pytest.fixture
def library(monkeypatch):
    """Takes the place of the C library."""

    def put(library):
        monkeypatch.setattr(graph_tflite, "_load", lambda folder: library)
        return library

    return put


def test_floats_go_in_and_out(library):
    library(Library())
    graph = TfLiteGraph(Path("package"), Path("word.tflite"))
    values = np.array([[0.25, -1, 7]], np.float32)
    assert (graph.input_shape, graph.output_shape) == ((1, 3), (1, 3))
    assert np.array_equal(graph.run(values), values)
    assert np.array_equal(graph.run(values[:, ::-1]), values[:, ::-1])  # no view of a view


def test_an_open_shape_is_set(library):
    library(Library())
    graph = TfLiteGraph(Path("package"), Path("word.tflite"), (1, 2, 2))
    assert graph.input_shape == (1, 2, 2)


def test_values_are_quantized_and_back(library):
    made = library(Library(kinds=(INT8, UINT8), scales=(0.5, 0.25), zeros=(10, 2)))
    result = TfLiteGraph(Path("package"), Path("word.tflite")).run(np.array([[1.1, -6, 500]], np.float32))
    given = np.frombuffer(made.held, np.int8)
    assert given.tolist() == [12, -2, 127]
    assert result.tolist() == [[(12 - 2) / 4, (254 - 2) / 4, (127 - 2) / 4]]


def test_what_is_no_graph(library):
    library(Library())
    with pytest.raises(ModelError, match=r"other\.tflite is no TensorFlow Lite model"):
        TfLiteGraph(Path("package"), Path("other.tflite"))


def test_tensors_that_are_not_read(library):
    library(Library(kinds=(INT32, FLOAT)))
    with pytest.raises(ModelError, match="has tensors of TfLiteType 2, expected float32 or 8 bits"):
        TfLiteGraph(Path("package"), Path("word.tflite"))


def test_a_graph_with_unknown_parts_is_told_and_freed(library):
    made = library(Library())
    made.allocated = 1
    with pytest.raises(ModelError, match="needs more than this TensorFlow Lite can do"):
        TfLiteGraph(Path("package"), Path("word.tflite"))
    gc.collect()
    assert sorted(made.deleted) == [MODEL, OPTIONS, INTERPRETER]


def test_a_graph_without_interpreter_is_told(library):
    made = library(Library())
    made.InterpreterCreate = lambda model, options: None
    with pytest.raises(ModelError, match="needs more than this"):
        TfLiteGraph(Path("package"), Path("word.tflite"))
    gc.collect()
    assert sorted(made.deleted) == [MODEL, OPTIONS]


def test_it_is_freed_when_it_is_forgotten(library):
    made = library(Library())
    graph = TfLiteGraph(Path("package"), Path("word.tflite"))
    assert made.deleted == [OPTIONS]
    del graph
    gc.collect()
    assert made.deleted == [OPTIONS, INTERPRETER, MODEL]


def test_a_package_without_library(tmp_path):
    with pytest.raises(ModelError, match="holds no TensorFlow Lite library"):
        TfLiteGraph(tmp_path, Path("word.tflite"))


def test_the_library_is_loaded_with_its_signatures(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libtensorflowlite_c.so").write_bytes(b"")

    class Function:
        restype = argtypes = None

    class Loaded:
        def __init__(self, path):
            self.path = path
            for name in SIGNATURES:
                setattr(self, f"TfLite{name}", Function())

    monkeypatch.setattr(ctypes, "CDLL", Loaded)
    loaded = graph_tflite._load(tmp_path)
    assert loaded.path == str(tmp_path / "lib" / "libtensorflowlite_c.so")
    assert loaded.TfLiteModelCreateFromFile.argtypes == (ctypes.c_char_p,)
    assert loaded.TfLiteTensorQuantizationParams.restype is graph_tflite._Quantization


def test_the_real_library_starts_no_threads():
    folder = Path(package("pyopen_wakeword", "pyopen-wakeword").__file__).parent
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        pytest.skip("this system does not list threads")
    before = len(list(tasks.iterdir()))
    graph = TfLiteGraph(folder, folder / "models" / "embedding_model.tflite", (1, 76, 32, 1))
    for _ in range(3):
        graph.run(np.ones((1, 76, 32, 1), np.float32))
    assert len(list(tasks.iterdir())) == before
