"""Our engine is the production detector: its scores, its rule, its word among several."""

import numpy as np
import pytest

from engine_laws import any_cuts, in_pieces
from oyez.config import TriggerConfig
from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path
from oyez.errors import ConfigError
from oyez.evaluate.engine import scores
from oyez.evaluate.engines.ours import OurEngine
from oyez.train.export import export
from small_model import small_network
from sounds import noise

WORDS = ("one", "two")


@pytest.fixture(scope="module")
def two_words(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "pair.onnx"
    export(small_network(2), path, WORDS, {"one": TriggerConfig(), "two": TriggerConfig(threshold=0.7)})
    return path


def test_it_is_what_production_is():
    model = Model(model_path("activate"))
    engine = OurEngine.open("activate")
    assert (engine.rate, engine.sweeps) == (16_000, True)
    assert engine.step_s == 0.08
    assert engine.wait_s == model.card.chunk / 16_000
    samples = noise(0, 2, 48_000)
    expected = Detector(model, rate=48_000).scores(samples)
    assert np.array_equal(scores(engine, samples, 48_000), expected[:, 0])


@pytest.mark.parametrize("word", WORDS)
def test_a_word_among_several(two_words, word):
    engine, samples = OurEngine.open(str(two_words), word), noise(1, 2, 16_000)
    expected = Detector(Model(two_words)).scores(samples)[:, WORDS.index(word)]
    assert np.array_equal(scores(engine, samples, 16_000), expected)
    assert engine.name == f"pair {word}"
    assert engine.trigger.threshold == {"one": 0.5, "two": 0.7}[word]


def test_the_first_word_if_none_is_named(two_words):
    assert OurEngine.open(str(two_words)).word == "one"


def test_a_word_that_it_does_not_hear(two_words):
    with pytest.raises(ConfigError, match="listens for one, two, got 'three'"):
        OurEngine.open(str(two_words), "three")


def test_any_cut_gives_the_same_and_streams_are_apart(two_words, rng):
    engine, samples = OurEngine.open(str(two_words)), noise(2, 2, 44_100)
    whole = scores(engine, samples, 44_100)
    other = engine.listen(44_100)
    other.push(noise(3, 1, 44_100))
    assert np.array_equal(in_pieces(engine, samples, 44_100, any_cuts(rng, len(samples))), whole)
