"""ONNX graphs of others: shapes, one run, and what is no such graph."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from oyez.detect.model import model_path
from oyez.errors import ModelError
from oyez.evaluate.engines.graph_onnx import OnnxGraph


def write_graph(path, shape=(1, 16, 96), outputs=1):
    """The mean of the input, as a graph."""
    nodes = [
        helper.make_node("ReduceMean", ["x"], [f"y{number}"], axes=[1, 2], keepdims=0)
        for number in range(outputs)
    ]
    graph = helper.make_graph(
        nodes,
        "mean",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(f"y{number}", TensorProto.FLOAT, ["n"]) for number in range(outputs)],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


def test_it_runs(tmp_path, rng):
    graph = OnnxGraph(write_graph(tmp_path / "mean.onnx", ("n", 16, 96)))
    assert (graph.input_shape, graph.output_shape) == ((1, 16, 96), (1,))
    values = rng.random((1, 16, 96), np.float32)
    assert graph.run(values) == pytest.approx(values.mean(), rel=1e-5)
    assert graph.run(values).dtype == np.float32


def test_it_has_one_thread(tmp_path):
    options = OnnxGraph(write_graph(tmp_path / "mean.onnx"))._session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)


def test_the_runtimes_reports_are_off(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("onnxruntime.disable_telemetry_events", lambda: asked.append(1))
    OnnxGraph(write_graph(tmp_path / "mean.onnx"))
    monkeypatch.setattr("oyez.evaluate.engines.graph_onnx.REPORTS_OFF", "0")
    OnnxGraph(write_graph(tmp_path / "mean.onnx"))
    assert asked == [1]


def test_what_is_no_onnx(tmp_path):
    (tmp_path / "x.onnx").write_bytes(b"none")
    with pytest.raises(ModelError, match=r"x\.onnx is no ONNX model"):
        OnnxGraph(tmp_path / "x.onnx")


def test_more_than_one_input_or_output(tmp_path):
    with pytest.raises(ModelError, match="has 2 inputs and 2 outputs, expected one of each"):
        OnnxGraph(model_path("activate"))
    with pytest.raises(ModelError, match="has 1 inputs and 2 outputs"):
        OnnxGraph(write_graph(tmp_path / "two.onnx", outputs=2))
