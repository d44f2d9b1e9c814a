"""openWakeWord: scale, windows and steps on graphs that tell what they see, then the real ones."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine_laws import any_cuts, in_pieces, package, spoken
from oyez.detect.trigger import Trigger
from oyez.errors import ConfigError, ModelError
from oyez.evaluate.engine import scores
from oyez.evaluate.engines import open_wake_word
from oyez.evaluate.engines.open_wake_word import OpenWakeWord
from oyez.sound import resample, to_int16
from sounds import noise


class Mel:
    """Every frame holds the loudest sample of its call, in the scale that it came in."""

    input_shape, output_shape = (1, 1760), (1, 1, 8, 32)

    def run(self, values):
        assert values.shape == self.input_shape
        assert values.dtype == np.float32
        return np.full(self.output_shape, np.abs(values).max(), np.float32)


class Embedding:
    """The mean of its newest 8 frames."""

    input_shape, output_shape = (1, 76, 32, 1), (1, 1, 1, 96)

    def run(self, values):
        assert values.shape == self.input_shape
        return np.full(self.output_shape, values[0, -8:].mean(), np.float32)


class Word:
    """The mean of its window, which 16-bit full scale brings to 1."""

    input_shape, output_shape = (1, 16, 96), (1, 1)

    def run(self, values):
        assert values.shape == self.input_shape
        return np.full(self.output_shape, (values.mean() - 2) * 10 / 32_768, np.float32)


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Takes the place of the package and of its graphs."""
    graphs = {"melspectrogram": Mel(), "embedding_model": Embedding(), "alexa": Word()}
    made = SimpleNamespace(
        __file__=str(tmp_path / "__init__.py"),
        Model=[SimpleNamespace(value=name) for name in ("okay", "alexa")],
    )
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "alexa.tflite").write_bytes(b"")
    monkeypatch.setattr(open_wake_word, "require", lambda module, package: made)
    monkeypatch.setattr(
        open_wake_word,
        "TfLiteGraph",
        lambda folder, path, shape=None: graphs[path.stem.removesuffix("_v0.1")],
    )
    return tmp_path


def test_a_built_in_word(fake):
    engine = OpenWakeWord.open("alexa")
    assert (engine.name, engine.word) == ("openWakeWord alexa", "alexa")
    assert (engine.rate, engine.step_s, engine.wait_s, engine.sweeps) == (16_000, 0.08, 0.08, True)
    assert (engine.trigger.threshold, engine.trigger.smoothing) == (0.5, 1)


def test_a_file_is_called_without_its_version(fake):
    path = fake / "alexa_v0.1.tflite"
    path.write_bytes(b"")
    engine = OpenWakeWord.open(str(path))
    assert (engine.name, engine.word) == ("openWakeWord alexa_v0.1", "alexa")
    assert OpenWakeWord.open(str(path), "Alexa!").word == "Alexa!"


def test_an_onnx_word(fake, monkeypatch):
    opened = []
    monkeypatch.setattr(open_wake_word, "OnnxGraph", lambda path: opened.append(path) or Word())
    path = fake / "hey_you.onnx"
    path.write_bytes(b"")
    assert OpenWakeWord.open(str(path)).word == "hey you"
    assert opened == [path]


def test_a_name_that_is_not_built_in(fake):
    with pytest.raises(ConfigError, match=r"built-in models are alexa, okay; .* Got 'computer'"):
        OpenWakeWord.open("computer")


def test_a_file_that_is_not_there(fake):
    with pytest.raises(ModelError, match=r"none\.onnx: no such model file"):
        OpenWakeWord.open("none.onnx")


@pytest.mark.parametrize(
    ("given", "got"), [((1, 96), (1, 1)), ((1, 16, 40), (1, 1)), ((2, 16, 96), (1, 1)), ((1, 16, 96), (1, 3))]
)
def test_a_graph_of_another_shape(fake, monkeypatch, given, got):
    monkeypatch.setattr(Word, "input_shape", given)
    monkeypatch.setattr(Word, "output_shape", got)
    with pytest.raises(ModelError, match="no model of one word for openWakeWord"):
        OpenWakeWord.open("alexa")


def test_it_hears_16_bit_scale_and_the_newest_frames(fake):
    pulse = np.zeros(1_280 * 3, np.float32)
    pulse[1_280 + 900] = 0.5  # in the last 480 samples of its block, so the next call sees it again
    heard = OpenWakeWord.open("alexa").listen(16_000).push(pulse)
    assert heard.tolist() == pytest.approx([0, 0.5 / 16, 0.5 / 8], abs=1e-6)


def test_a_sample_before_the_overlap_is_seen_once(fake):
    pulse = np.zeros(1_280 * 3, np.float32)
    pulse[1_280 + 799] = 0.5
    heard = OpenWakeWord.open("alexa").listen(16_000).push(pulse)
    assert heard.tolist() == pytest.approx([0, 0.5 / 16, 0.5 / 16], abs=1e-6)


def test_the_end_of_a_clip(fake):
    assert len(scores(OpenWakeWord.open("alexa"), noise(0, 0.8, 16_000), 16_000)) == 23  # and 1 s


def real(what="alexa"):
    """The real engine, where it is installed."""
    package("pyopen_wakeword", "pyopen-wakeword")
    return OpenWakeWord.open(what)


def test_the_real_one_hears_its_word():
    engine = real()
    heard = scores(engine, spoken("Alexa"), 16_000)
    found = Trigger(engine.trigger, engine.step_s).push(heard)
    assert len(found) == 1
    assert 1.3 < (found[0][0] + 1) * engine.step_s < 2.2
    assert scores(engine, spoken("computer"), 16_000).max() < 0.1
    assert scores(real("hey_jarvis"), spoken("hey Jarvis"), 16_000).max() > 0.9


def test_the_real_one_hears_the_same_from_any_cut_and_scale(rng):
    engine, samples = real(), spoken("Alexa")
    whole = scores(engine, samples, 16_000)
    other = engine.listen(16_000)
    other.push(noise(0, 1, 16_000))
    assert np.array_equal(in_pieces(engine, samples, 16_000, any_cuts(rng, len(samples))), whole)
    assert np.array_equal(scores(engine, to_int16(samples), 16_000), whole)


def test_the_real_one_hears_other_rates(rng):
    engine = real()
    heard = scores(engine, resample(spoken("Alexa"), 16_000, 48_000), 48_000)
    assert heard.max() > 0.9


def test_the_real_one_scores_as_its_package_does():
    """Which is 640 samples behind; 26 steps after the silence that both begin with, all is the same."""
    made, engine = package("pyopen_wakeword", "pyopen-wakeword"), real()
    said = spoken("Alexa", 2.4) + noise(7, 2.4, 16_000, 3e-3)
    samples = to_int16(np.concatenate((noise(8, 1.6, 16_000, 3e-3), said)))
    features = made.OpenWakeWordFeatures.from_builtin()
    word = made.OpenWakeWord.from_builtin(made.Model("alexa"))

    def push(block):
        found = features.process_streaming(block.tobytes())
        return [score for embedding in found for score in word.process_streaming(embedding)]

    push(np.zeros(480, np.int16))
    theirs = np.concatenate([push(block) for block in samples.reshape(-1, 1_280)])
    ours = engine.listen(16_000).push(np.concatenate((np.zeros(640, np.int16), samples)))
    assert len(theirs) == len(ours) == 50
    assert ours[26:].max() > 0.9
    assert np.abs(theirs - ours)[26:].max() < 1e-4


def test_the_published_onnx_graphs_give_the_same():
    from oyez.evaluate.engines.graph_onnx import OnnxGraph
    from oyez.train.trunk import _published

    engine, samples = real(), spoken("Alexa")
    folder = _published().parent
    graphs = open_wake_word._Graphs(
        OnnxGraph(folder / "melspectrogram.onnx"),
        OnnxGraph(folder / "embedding_model.onnx"),
        engine.graphs.word,
    )
    other = OpenWakeWord("ONNX", "alexa", graphs)
    assert np.abs(scores(other, samples, 16_000) - scores(engine, samples, 16_000)).max() < 1e-4
