"""What all tests of the server hear with: a model for a tone, and one of two words that hears often."""

import pytest

from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.serve.catalog import Catalog, Served
from small_model import write_small_model
from tone_model import write_tone_model


@pytest.fixture(scope="session")
def tone_path(tmp_path_factory):
    return write_tone_model(tmp_path_factory.mktemp("tone") / "tone.onnx")


@pytest.fixture(scope="session")
def pair_path(tmp_path_factory):
    return write_small_model(tmp_path_factory.mktemp("pair") / "pair.onnx", ("alpha", "beta"))


@pytest.fixture(scope="session")
def tone(tone_path):
    return Model(tone_path)


@pytest.fixture(scope="session")
def pair(pair_path):
    return Model(pair_path)


@pytest.fixture(scope="session")
def catalog(tone, pair):
    return Catalog([_served("tone", tone), _served("pair", pair)])


def _served(name, model):
    return Served(name, model, {word: one.threshold for word, one in model.card.trigger.items()})


@pytest.fixture(scope="session")
def alone():
    """What a detector of one's own hears in all of some samples: (word, time) in order."""

    def hear(model, samples, **options):
        detector = Detector(model, **options)
        found = detector.push(samples) + detector.finish()
        return sorted((one.word, round(one.time_s, 6)) for one in found)

    return hear
