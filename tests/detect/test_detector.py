"""The detector: any cut gives the same, any rate and type is heard, the end is not lost."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oyez
from oyez.detect.detector import Detector, load
from oyez.detect.model import Model, model_path, shipped
from oyez.errors import AudioError, ConfigError, ModelError
from small_model import speech_like, write_small_model
from tone_model import tones, write_tone_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return Model(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


def _heard(detector, samples, cuts=()):
    edges = [0, *sorted(cuts), len(samples)]
    found = []
    for start, stop in pairwise(edges):
        found += detector.push(samples[start:stop])
    return found + detector.finish()


def test_hears_what_is_there_and_nothing_else(model):
    found = _heard(Detector(model), tones([1.0, 2.5], 4.0))
    assert [one.word for one in found] == ["tone", "tone"]
    assert [one.time_s for one in found] == pytest.approx([1.03, 2.53], abs=0.04)
    assert all(0.5 <= one.score <= 1 for one in found)
    assert _heard(Detector(model), tones([], 4.0)) == []


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 88_200), max_size=12), rate=st.sampled_from([44_100, 48_000, 16_000]))
def test_any_cut_gives_identical_detections(model, cuts, rate):
    samples = tones([0.2, 1.2], 2.0, rate)
    cuts = [min(cut, len(samples)) for cut in cuts]
    whole = Detector(model, rate=rate)
    assert _heard(Detector(model, rate=rate), samples, cuts) == _heard(whole, samples)


def test_one_sample_at_a_time(model):
    samples = tones([0.1], 0.5)
    singly = Detector(model)
    found = [one for sample in samples for one in singly.push([np.float32(sample)])] + singly.finish()
    assert found == _heard(Detector(model), samples)
    assert len(found) == 1


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000, 96_000])
def test_time_is_seconds_of_input_at_any_rate(model, rate):
    (found,) = _heard(Detector(model, rate=rate), tones([1.0], 2.0, rate))
    assert found.time_s == pytest.approx(1.03, abs=0.04)


def test_time_is_the_end_of_a_step(model):
    (found,) = _heard(Detector(model), tones([1.0], 2.0))
    steps = found.time_s * 44_100 / 320
    assert steps == pytest.approx(round(steps), abs=1e-9)


def test_int16_and_channels_are_the_same_sound(model):
    samples = np.round(tones([0.5], 1.0) * 32768) / 32768
    wanted = _heard(Detector(model), samples.astype(np.float32))
    assert _heard(Detector(model), (samples * 32768).astype(np.int16)) == wanted
    both = np.stack([samples * 1.5, samples * 0.5], axis=1)
    (found,) = _heard(Detector(model), both)
    assert found.time_s == wanted[0].time_s
    assert found.score == pytest.approx(wanted[0].score, abs=1e-5)


def test_the_end_of_a_stream_is_heard(model):
    """A tone that fills only what is left over after the last whole chunk."""
    samples = tones([0.5], 0.53)
    detector = Detector(model)
    assert detector.push(samples[: 16 * 1280]) == []
    late = detector.push(samples[16 * 1280 :]) + detector.finish()
    assert len(late) == 1


def test_after_finish_and_reset_a_new_stream_begins(model):
    samples = tones([0.3], 1.0)
    detector = Detector(model)
    first = _heard(detector, samples)
    assert _heard(detector, samples) == first
    detector.push(samples)
    detector.reset()
    assert _heard(detector, samples) == first


def test_bad_input_leaves_the_stream_as_it_was(model):
    samples = tones([0.3], 1.0)
    detector = Detector(model)
    found = detector.push(samples[:10_000])
    for bad in (samples * np.nan, samples * 32768, samples.astype(np.int32), samples.reshape(1, 2, -1)):
        with pytest.raises(AudioError):
            detector.push(bad)
    found += detector.push(samples[10_000:]) + detector.finish()
    assert found == _heard(Detector(model), samples)


def test_scores_leave_the_live_stream_alone(model):
    samples = tones([0.3], 1.0)
    detector = Detector(model)
    found = detector.push(samples[:9_000])
    scores = detector.scores(samples)
    assert scores.shape[1] == 1
    assert len(scores) >= 44_100 // 320
    assert scores.max() > 0.9
    found += detector.push(samples[9_000:]) + detector.finish()
    assert found == _heard(Detector(model), samples)


def test_scores_equal_one_long_run(model):
    samples = tones([0.3], 1.0)
    scores = Detector(model).scores(samples)
    whole = len(samples) // 1280 * 1280
    long, _ = model.run(samples[None, :whole], model.initial_state())
    np.testing.assert_allclose(scores[: whole // 320], long[0], atol=1e-4)


def test_later_input_never_changes_earlier_output(model):
    quiet, loud = tones([], 2.0), tones([1.0], 2.0)
    before = Detector(model).scores(quiet)
    after = Detector(model).scores(np.concatenate((quiet[:44_100], loud[44_100:])))
    same = 44_100 // 1280 * 4
    assert np.array_equal(before[:same], after[:same])


def test_threshold_is_the_callers(model):
    samples = tones([0.3], 1.0)
    peak = float(Detector(model).scores(samples).max())
    assert len(_heard(Detector(model, threshold=peak - 1e-4), samples)) == 1
    assert _heard(Detector(model, threshold=peak + 1e-4), samples) == []


@pytest.mark.parametrize("bad", [0, -1, 1_000, 10**6])
def test_a_rate_out_of_range_is_refused(model, bad):
    with pytest.raises(ConfigError, match="rate must be"):
        Detector(model, rate=bad)


@pytest.mark.parametrize("bad", [0.0, 1.0, -1.0, 2.0])
def test_a_threshold_out_of_range_is_refused(model, bad):
    with pytest.raises(ConfigError, match="threshold"):
        Detector(model, threshold=bad)


def test_an_unknown_name_lists_what_is_shipped():
    with pytest.raises(ModelError, match="nonsense: no such model file"):
        load("nonsense")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Every shipped model, and one on a random trunk that hears two words in everything."""
    made = write_small_model(tmp_path_factory.mktemp("small") / "small.onnx", ("alpha", "beta"))
    return {"small": Model(made), **{name: Model(model_path(name)) for name in shipped()}}


@pytest.fixture(scope="module")
def heard_whole(models):
    """By model and rate: samples of three seconds, and what one long push hears in them."""
    found = {}
    for name, model in models.items():
        for rate in (model.card.rate, 22_050):
            samples = speech_like(np.random.default_rng(3), 3, rate)
            detector = Detector(model, rate=rate, threshold=THRESHOLDS.get(name))
            found[name, rate] = samples, _heard(detector, samples)
    return found


THRESHOLDS = {"activate-course": 1e-4, "activate": 1e-4}
"""So low that a model that is no random one hears something too."""


@pytest.mark.parametrize("name", ["small", *shipped()])
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.floats(0, 1), max_size=10), own_rate=st.booleans())
def test_any_cut_of_any_model_gives_identical_detections(models, heard_whole, name, cuts, own_rate):
    rate = models[name].card.rate if own_rate else 22_050
    samples, wanted = heard_whole[name, rate]
    detector = Detector(models[name], rate=rate, threshold=THRESHOLDS.get(name))
    assert _heard(detector, samples, [round(cut * len(samples)) for cut in cuts]) == wanted


def test_the_random_model_hears_something_and_the_scores_move(models, heard_whole):
    for rate in (16_000, 22_050):
        samples, detections = heard_whole["small", rate]
        assert {one.word for one in detections} == {"alpha", "beta"}
        assert Detector(models["small"], rate=rate).scores(samples).std(axis=0).min() > 0.1


def test_small_steps_are_80_ms_of_input(models, heard_whole):
    _, detections = heard_whole["small", 22_050]
    for one in detections:
        assert one.time_s / 0.08 == pytest.approx(round(one.time_s / 0.08), abs=1e-9)


def test_int16_is_the_same_sound_for_small(models, rng):
    samples = np.round(speech_like(rng, 2) * 32_768)
    floats = _heard(Detector(models["small"]), (samples / 32_768).astype(np.float32))
    assert _heard(Detector(models["small"]), samples.astype(np.int16)) == floats != []


@pytest.mark.parametrize("name", shipped())
def test_shipped_models_pass_their_check_and_take_any_cut(name, rng):
    detector = oyez.load(name)
    assert detector.model.self_check() <= 1e-4
    samples = np.asarray(rng.standard_normal(30_000) * 0.05, np.float32)
    whole = detector.scores(samples)
    cut = oyez.load(name)
    parts = []
    for part in np.array_split(samples, 7):
        cut.push(part)
        parts.append(cut.last_scores)
    cut.finish()
    assert np.array_equal(np.concatenate([*parts, cut.last_scores]), whole)
