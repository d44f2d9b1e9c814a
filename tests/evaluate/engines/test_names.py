"""One door to all engines: names, and what is said to those that are none."""

import sys

import pytest

from oyez.detect.model import Model, model_path
from oyez.errors import ConfigError, MissingExtraError, ModelError
from oyez.evaluate.engines import open_engine
from oyez.evaluate.engines.names import KINDS


def test_a_name_is_a_shipped_model():
    engine = open_engine("activate")
    assert (engine.name, engine.word) == ("activate", "activate")


def test_a_path_is_a_model_of_ours():
    engine = open_engine(str(model_path("activate-course")))
    assert (engine.name, engine.rate) == ("activate-course", 44_100)


@pytest.mark.parametrize("name", ["none", "C:/models/none.onnx"])
def test_a_model_that_is_not_there(name):
    with pytest.raises(ModelError, match="no such model file"):
        open_engine(name)


@pytest.mark.parametrize("text", ["snowboy:alexa", "openwakeword:", "command: "])
def test_an_unknown_kind_lists_those_that_are(text):
    with pytest.raises(ConfigError, match=f"Got '{text}'") as caught:
        open_engine(text)
    assert all(way in str(caught.value) for way in KINDS.values())


@pytest.mark.parametrize(
    ("text", "module", "package"),
    [
        ("openwakeword:alexa", "pyopen_wakeword", "pyopen-wakeword"),
        ("microwakeword:alexa", "pymicro_wakeword", "pymicro-wakeword"),
        ("pocketsphinx:computer", "pocketsphinx", "pocketsphinx"),
    ],
)
def test_a_missing_package_is_told_with_the_line_to_type(monkeypatch, text, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=f"needs {module}, .* pip install {package}$"):
        open_engine(text)


@pytest.mark.parametrize(("kind", "sweeps"), [("command", False), ("command+scores", True)])
def test_a_command_may_hold_colons_and_is_called_as_one_likes(kind, sweeps):
    engine = open_engine(f"{kind}: hear --url tcp://x:1", "alexa")
    assert (engine.name, engine.word) == ("command hear --url tcp://x:1", "alexa")
    assert engine.sweeps is sweeps


def test_opening_ours_needs_no_other_package(monkeypatch):
    for module in ("pyopen_wakeword", "pymicro_wakeword", "pocketsphinx"):
        monkeypatch.setitem(sys.modules, module, None)
    assert open_engine("activate").trigger == Model(model_path("activate")).card.trigger["activate"]
