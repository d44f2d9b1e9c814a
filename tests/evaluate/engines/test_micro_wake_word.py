"""microWakeWord: the rule from its manifest, scores before the mean; on a fake graph, then the real one."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from engine_laws import any_cuts, in_pieces, package, spoken
from oyez.detect.trigger import Trigger
from oyez.errors import ConfigError, ModelError
from oyez.evaluate.engine import scores
from oyez.evaluate.engines import micro_wake_word
from oyez.evaluate.engines.micro_wake_word import MicroWakeWord
from oyez.sound import to_int16
from sounds import noise

MICRO = {"probability_cutoff": 0.9, "sliding_window_size": 5, "feature_step_size": 10}
MANIFEST = {"wake_word": "Hey You", "model": "you.tflite", "micro": MICRO}


class Features:
    """A frame every 160 samples from the 480th on, that holds its number."""

    def __init__(self):
        self.samples = self.frames = 0

    def process_streaming(self, pcm):
        self.samples += len(pcm) // 2
        while 480 + 160 * self.frames <= self.samples:
            self.frames += 1
            yield np.full((1, 1, 40), self.frames)


class Graph:
    """A hundredth of its newest frame."""

    input_shape = (1, 3, 40)

    def __init__(self, folder, path):
        assert path.name == "you.tflite"

    def run(self, values):
        assert values.shape == self.input_shape
        return np.array([[values[0, -1, 0] / 100]], np.float32)


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Takes the place of the package; its folder."""
    made = SimpleNamespace(
        __file__=str(tmp_path / "__init__.py"),
        Model=[SimpleNamespace(value="you")],
        MicroWakeWordFeatures=Features,
    )
    (tmp_path / "models").mkdir()
    write(tmp_path / "models" / "you.json", MANIFEST)
    monkeypatch.setattr(micro_wake_word, "require", lambda module, package: made)
    monkeypatch.setattr(micro_wake_word, "TfLiteGraph", Graph)
    monkeypatch.setattr(Graph, "input_shape", (1, 3, 40))
    return tmp_path


def write(path, values):
    """A manifest, and a network beside it."""
    path.write_text(json.dumps(values))
    path.with_name("you.tflite").write_bytes(b"")
    return path


def test_its_manifest_tells_the_rule(fake):
    engine = MicroWakeWord.open("you")
    assert (engine.name, engine.word) == ("microWakeWord you", "hey you")
    assert (engine.trigger.threshold, engine.trigger.smoothing) == (0.9, 5)
    assert (engine.rate, engine.step_s, engine.wait_s, engine.sweeps) == (16_000, 0.03, 0.03, True)


def test_a_file_and_a_word_of_ones_own(fake):
    path = write(fake / "mine.json", {**MANIFEST, "micro": {**MICRO, "sliding_window_size": 10}})
    engine = MicroWakeWord.open(str(path), "hi")
    assert (engine.name, engine.word, engine.trigger.smoothing) == ("microWakeWord mine", "hi", 10)


@pytest.mark.parametrize(("stride", "silent"), [(1, 2), (2, 1), (3, 1)])
def test_one_score_for_each_stride(fake, monkeypatch, stride, silent):
    monkeypatch.setattr(Graph, "input_shape", (1, stride, 40))
    engine = MicroWakeWord.open("you")
    assert engine.step_s == pytest.approx(stride / 100)
    heard = engine.listen(16_000).push(noise(0, 0.24, 16_000))
    expected = [0] * silent + [stride * number / 100 for number in range(1, 24 // stride - silent + 1)]
    assert heard.tolist() == pytest.approx(expected)


def test_scores_stay_below_one(fake):
    assert scores(MicroWakeWord.open("you"), noise(0, 1, 16_000), 16_000).max() == 1


def test_a_name_that_is_not_built_in(fake):
    with pytest.raises(ConfigError, match=r"built-in models are you; .* Got 'computer'"):
        MicroWakeWord.open("computer")


def test_a_manifest_that_is_not_there(fake):
    with pytest.raises(ModelError, match=r"none\.json: no such file"):
        MicroWakeWord.open("none.json")


@pytest.mark.parametrize(
    "values",
    [
        [],
        {"micro": MICRO, "model": "you.tflite"},
        {**MANIFEST, "micro": {"sliding_window_size": 5}},
        {**MANIFEST, "micro": {**MICRO, "probability_cutoff": 1.5}},
        {**MANIFEST, "micro": {**MICRO, "probability_cutoff": "high"}},
        {**MANIFEST, "micro": {**MICRO, "sliding_window_size": 2.5}},
        {**MANIFEST, "micro": None},
    ],
)
def test_what_is_no_manifest(fake, values):
    path = write(fake / "x.json", values)
    with pytest.raises(ModelError, match=r"x\.json is no microWakeWord manifest of version 2"):
        MicroWakeWord.open(str(path))


def test_another_pace_of_features(fake):
    path = write(fake / "x.json", {**MANIFEST, "micro": {**MICRO, "feature_step_size": 20}})
    with pytest.raises(ModelError, match="wants a frame every 20 ms, pymicro-wakeword makes one every 10"):
        MicroWakeWord.open(str(path))


def test_a_network_that_is_not_beside_it(fake):
    path = write(fake / "x.json", {**MANIFEST, "model": "gone.tflite"})
    with pytest.raises(ModelError, match=r"names gone\.tflite, which is not beside it"):
        MicroWakeWord.open(str(path))


@pytest.mark.parametrize("shape", [(1, 120), (1, 3, 32)])
def test_a_network_of_another_shape(fake, monkeypatch, shape):
    monkeypatch.setattr(Graph, "input_shape", shape)
    with pytest.raises(ModelError, match=r"expected \(1, frames, 40\)"):
        MicroWakeWord.open("you")


def real(what="alexa"):
    """The real engine, where it is installed."""
    package("pymicro_wakeword", "pymicro-wakeword")
    return MicroWakeWord.open(what)


def test_the_real_one_hears_its_word():
    engine = real()
    found = Trigger(engine.trigger, engine.step_s).push(scores(engine, spoken("Alexa"), 16_000))
    assert len(found) == 1
    assert 1.3 < (found[0][0] + 1) * engine.step_s < 2.2
    assert scores(engine, spoken("computer"), 16_000).max() < 0.5


def test_the_real_one_hears_the_same_from_any_cut_and_scale(rng):
    engine, samples = real(), spoken("Alexa")
    whole = scores(engine, samples, 16_000)
    other = engine.listen(16_000)
    other.push(noise(0, 1, 16_000))
    assert np.array_equal(in_pieces(engine, samples, 16_000, any_cuts(rng, len(samples))), whole)
    assert np.array_equal(scores(engine, to_int16(samples), 16_000), whole)


def test_the_real_one_scores_as_its_package_does():
    """Whose probability is a mean over five, where ours is one."""
    made, engine = package("pymicro_wakeword", "pymicro-wakeword"), real()
    samples = to_int16(spoken("Alexa", 2.4))
    word, features = made.MicroWakeWord.from_builtin(made.Model("alexa")), made.MicroWakeWordFeatures()
    frames = [word.process_streaming_prob(frame) for frame in features.process_streaming(samples.tobytes())]
    theirs = np.array(frames[2::3])
    ours = engine.listen(16_000).push(samples)[1:]
    means = np.convolve(ours.astype(np.float64), np.full(5, 0.2))[: len(ours)]
    assert means.max() > 0.9
    assert np.abs(theirs[4 : len(ours)] - means[4:]).max() < 1e-6
