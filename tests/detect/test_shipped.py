"""The models that are shipped: whole, explained, and as good on the demo as they were when it was made."""

import base64
from pathlib import Path

import numpy as np
import pytest

import oyez
from oyez import audio
from oyez.detect.model import TOLERANCE, Model
from oyez.evaluate.match import match
from oyez.events import read_spans

MODELS = sorted((Path(oyez.__file__).parent / "models").glob("*.onnx"))
EXAMPLES = Path(__file__).parents[2] / "examples"
HEARD = {"activate": ("demo", 0), "activate-course": ("demo", 1), "computer": ("computer", 0)}
"""By model: what it hears, and how many of the words in it are missed."""

shipped = pytest.mark.parametrize("path", MODELS, ids=[path.stem for path in MODELS])


def test_all_are_there():
    assert {path.stem for path in MODELS} == set(HEARD)


@shipped
def test_the_file_gives_the_scores_that_it_must(path):
    assert Model(path).self_check() <= TOLERANCE


@shipped
def test_the_check_would_notice(path):
    model = Model(path)
    pcm = np.frombuffer(base64.b64decode(model.card.check["pcm"]), "<i2").astype(np.float32) / 32768
    scores, _ = model.run(pcm[None], model.initial_state())
    silent, _ = model.run(np.zeros_like(pcm)[None], model.initial_state())
    assert np.abs(scores - silent).max() > TOLERANCE


@shipped
def test_it_names_what_made_it(path):
    values = Model(path).card.values
    assert all(values["licences"].values())
    assert values["evaluated"]
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert card.startswith(f"# {path.stem}\n")
    (trigger,) = values["trigger"].values()
    assert f"{trigger['threshold']:g}" in card


@shipped
def test_it_hears_its_example(path):
    name, missed = HEARD[path.stem]
    recording = EXAMPLES / f"{name}.flac"
    samples, rate = audio.read(recording)
    detector = oyez.load(path, rate=rate)
    found = detector.push(samples) + detector.finish()
    matches = match(read_spans(recording.with_suffix(".txt")), found)
    assert (matches.misses, matches.false_accepts) == (missed, 0)


@pytest.mark.parametrize("name", ["activate", "computer"])
def test_the_table_tells_what_a_threshold_is_worth(name):
    path = next(path for path in MODELS if path.stem == name)
    values = Model(path).card.values
    table, threshold = values["table"][name], values["trigger"][name]["threshold"]
    thresholds, rates = np.transpose(table["rows"])
    assert table["hours"] > 2.5
    assert np.all(np.diff(thresholds) > 0)
    assert np.all(np.diff(rates) < 0)
    assert thresholds[0] <= threshold <= thresholds[-1]
