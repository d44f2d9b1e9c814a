"""A model file that lacks something is refused with the reason."""

import json

import onnx
import pytest
from onnx import helper

from oyez.detect.model import Model, model_path
from oyez.errors import ModelError
from tone_model import write_tone_model


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx")


def _changed(good, path, change):
    """The model with other metadata; None removes them."""
    model = onnx.load(good)
    card = json.loads(model.metadata_props[0].value)
    card = change(card)
    del model.metadata_props[:]
    if card is not None:
        helper.set_model_props(model, {"oyez": card if isinstance(card, str) else json.dumps(card)})
    onnx.save(model, path)
    return path


def _without(name):
    return lambda card: {key: value for key, value in card.items() if key != name}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _: None, "carries no oyez metadata"),
        (lambda _: "{", "is no JSON object"),
        (lambda _: "[1]", "is no JSON object"),
        (lambda card: {**card, "format": 2}, "model format 2, this version reads 1 to 1"),
        (lambda card: {**card, "format": "1"}, "model format '1'"),
        (_without("format"), "model format None"),
        (_without("step"), "its metadata lacks step"),
        (_without("check"), "its metadata lacks check"),
        (lambda card: {**card, "trigger": {}}, "its metadata does not fit"),
        (lambda card: {**card, "trigger": {"tone": {"threshold": 7}}}, "threshold must be between 0 and 1"),
        (lambda card: {**card, "features": 3}, "its metadata does not fit"),
        (lambda card: {**card, "rate": "fast"}, "its metadata does not fit"),
        (lambda card: {**card, "chunk": 1000}, r"chunk must .* of 320 samples each, got 1000\)\. Export it"),
        (lambda card: {**card, "chunk": 0}, "got 0"),
        (lambda card: {**card, "chunk": -320}, "got -320"),
        (lambda card: {**card, "step": 0}, "of 0 samples each"),
        (lambda card: {**card, "preset": "huge"}, "preset 'huge' is unknown, expected course or small"),
        (lambda card: {**card, "preset": "small"}, "its metadata lacks trunk_sha256"),
    ],
)
def test_bad_metadata(good, tmp_path, change, says):
    path = _changed(good, tmp_path / "bad.onnx", change)
    with pytest.raises(ModelError, match=says) as caught:
        Model(path)
    assert "bad.onnx" in str(caught.value)


def test_a_file_without_a_kind_is_a_course_model(good, tmp_path):
    path = _changed(good, tmp_path / "old.onnx", _without("preset"))
    assert Model(path).card.preset == Model(good).card.preset


def test_unknown_keys_are_kept(good, tmp_path):
    path = _changed(good, tmp_path / "new.onnx", lambda card: {**card, "colour": "blue"})
    assert Model(path).card.values["colour"] == "blue"


def test_not_onnx_and_not_there(tmp_path):
    path = tmp_path / "x.onnx"
    path.write_text("hello")
    with pytest.raises(ModelError, match="is no ONNX model"):
        Model(path)
    with pytest.raises(ModelError, match="no such model file"):
        Model(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match="no such model file"):
        model_path(tmp_path / "none.onnx")


def test_another_graph_is_refused(good, tmp_path):
    card = next(p.value for p in onnx.load(good).metadata_props)
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [value], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    helper.set_model_props(model, {"oyez": card})
    onnx.save(model, tmp_path / "g.onnx")
    with pytest.raises(ModelError, match="inputs must be pcm and state, got x"):
        Model(tmp_path / "g.onnx")


def test_self_check_notices_other_scores(good, tmp_path):
    def change(card):
        card["check"]["scores"][-1][0] += 0.01
        return card

    assert Model(good).self_check() < 1e-6
    with pytest.raises(ModelError, match=r"off by 0\.01"):
        Model(_changed(good, tmp_path / "m.onnx", change)).self_check()
