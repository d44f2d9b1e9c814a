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
DEMO = Path(__file__).parents[2] / "examples" / "demo.flac"

shipped = pytest.mark.parametrize("path", MODELS, ids=[path.stem for path in MODELS])


def test_both_are_there():
    assert {path.stem for path in MODELS} == {"activate", "activate-course"}


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
    assert f"{values['trigger']['activate']['threshold']:g}" in card


@shipped
def test_it_hears_the_demo(path):
    samples, rate = audio.read(DEMO)
    detector = oyez.load(path, rate=rate)
    found = detector.push(samples) + detector.finish()
    matches = match(read_spans(DEMO.with_suffix(".txt")), found)
    assert (matches.misses, matches.false_accepts) == {"activate": (0, 0), "activate-course": (1, 0)}[
        path.stem
    ]


def test_the_table_of_activate_tells_what_its_threshold_is_worth():
    path = next(path for path in MODELS if path.stem == "activate")
    values = Model(path).card.values
    table, threshold = values["table"]["activate"], values["trigger"]["activate"]["threshold"]
    thresholds, rates = np.transpose(table["rows"])
    assert table["hours"] > 3
    assert np.all(np.diff(thresholds) > 0)
    assert np.all(np.diff(rates) < 0)
    assert thresholds[0] <= threshold <= thresholds[-1]
