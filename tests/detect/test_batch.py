"""Many streams in one call hear what each would alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.detect.batch import Batch
from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.errors import AudioError, ConfigError
from small_model import speech_like, write_small_model
from tone_model import tones, write_tone_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return Model(write_small_model(tmp_path_factory.mktemp("small") / "small.onnx", ("alpha", "beta")))


@pytest.fixture(scope="module")
def sounds():
    rng = np.random.default_rng(5)
    return [speech_like(rng, seconds) * gain for seconds, gain in ((2.0, 1), (1.3, 0.3), (0.02, 1), (2.5, 2))]


def _alone(model, samples, **options):
    detector = Detector(model, **options)
    return detector.push(samples) + detector.finish()


def _same(found, wanted):
    assert [(one.word, one.time_s) for one in found] == [(one.word, one.time_s) for one in wanted]
    assert [one.score for one in found] == pytest.approx([one.score for one in wanted], abs=1e-5)


def _together(batch, sounds, cuts):
    """Pushed in as many rounds as there are cuts; each sound has its own."""
    found = [[] for _ in sounds]
    edges = [np.linspace(0, len(one), len(cuts) + 2).astype(int) for one in sounds]
    for turn in range(len(cuts) + 1):
        parts = [one[at[turn] : at[turn + 1]] for one, at in zip(sounds, edges, strict=True)]
        for kept, new in zip(found, batch.push(parts), strict=True):
            kept += new
    for kept, new in zip(found, batch.finish(), strict=True):
        kept += new
    return found


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.none(), max_size=30), rate=st.sampled_from([16_000, 22_050]))
def test_each_stream_hears_what_it_would_alone(model, sounds, cuts, rate):
    together = _together(Batch(model, 4, rate=rate), sounds, cuts)
    assert any(together)
    for found, samples in zip(together, sounds, strict=True):
        _same(found, _alone(model, samples, rate=rate))


def test_course_streams_too(tmp_path):
    course = Model(write_tone_model(tmp_path / "tone.onnx"))
    sounds = [tones([0.3], 1.0), tones([0.2, 1.2], 2.0), tones([], 0.5)]
    together = _together(Batch(course, 3), sounds, [None] * 5)
    assert [len(found) for found in together] == [1, 2, 0]
    for found, samples in zip(together, sounds, strict=True):
        _same(found, _alone(course, samples))


def test_scores_are_those_of_single_detectors(model, sounds):
    batch = Batch(model, 4)
    batch.push(sounds)
    for scores, samples in zip(batch.last_scores, sounds, strict=True):
        detector = Detector(model)
        detector.push(samples)
        assert scores.shape == detector.last_scores.shape
        np.testing.assert_allclose(scores, detector.last_scores, atol=1e-5)


def test_one_stream_ends_and_begins_while_others_go_on(model, sounds):
    batch = Batch(model, 2)
    long, short = sounds[3], sounds[1]
    first = batch.push([long[:20_000], short])
    ended = batch.finish(1)
    assert ended[0] == []
    second = batch.push([long[20_000:], short])
    third = batch.finish()
    _same(first[0] + second[0] + third[0], _alone(model, long))
    _same(first[1] + ended[1], _alone(model, short))
    _same(second[1] + third[1], _alone(model, short))


def test_reset_forgets_one_stream_or_all(model, sounds):
    batch = Batch(model, 2)
    batch.push(sounds[:2])
    batch.reset(0)
    assert len(batch.last_scores[0]) == 0
    assert len(batch.last_scores[1]) == 15
    batch.reset()
    found = [a + b for a, b in zip(batch.push(sounds[:2]), batch.finish(), strict=True)]
    for one, samples in zip(found, sounds, strict=False):
        _same(one, _alone(model, samples))


def test_bad_input_of_one_leaves_all_as_they_were(model, sounds):
    batch = Batch(model, 2)
    before = batch.push([one[:5_000] for one in sounds[:2]])
    with pytest.raises(AudioError):
        batch.push([sounds[0], sounds[1] * np.nan])
    rest = batch.push([one[5_000:] for one in sounds[:2]])
    last = batch.finish()
    for number in range(2):
        _same(before[number] + rest[number] + last[number], _alone(model, sounds[number]))


def test_numbers_out_of_range_are_refused(model):
    with pytest.raises(ConfigError, match="streams must be 1 or more"):
        Batch(model, 0)
    batch = Batch(model, 2)
    assert len(batch) == 2
    with pytest.raises(ConfigError, match="one array for each of 2 streams, got 1"):
        batch.push([np.zeros(10)])
    for stream in (-1, 2):
        with pytest.raises(ConfigError, match=r"stream must be 0\.\.1"):
            batch.finish(stream)


def test_a_shipped_model_by_its_name():
    assert len(Batch.load("activate-course", 3, rate=16_000, threshold=0.5)) == 3
