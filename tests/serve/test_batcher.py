"""Seats at one network: each hears what it would alone, whoever sits beside it."""

from itertools import pairwise

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.errors import ConfigError, ModelError
from oyez.serve.batcher import Batcher
from oyez.serve.heard import Heard, Scored
from small_model import speech_like


def _words(events):
    return sorted(
        (one.detection.word, round(one.detection.time_s, 6)) for one in events if isinstance(one, Heard)
    )


def _hear_all(batcher, *seats):
    found = [[] for _ in seats]
    while batcher.run():
        for kept, seat in zip(found, seats, strict=True):
            kept += seat.fetch()
    return found


@pytest.fixture(scope="module")
def sounds():
    rng = np.random.default_rng(5)
    return [speech_like(rng, seconds) for seconds in (1.5, 0.9, 2.0)]


@settings(max_examples=10, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 9_000), min_size=1, max_size=8),
    most=st.integers(1, 4),
    rate=st.sampled_from([16_000, 22_050]),
)
def test_each_seat_hears_what_it_would_alone(pair, sounds, alone, cuts, most, rate):
    batcher = Batcher("pair", pair, most)
    seats = [batcher.seat(rate=rate) for _ in sounds]
    found = [[] for _ in sounds]
    edges = np.cumsum([0, *cuts, 10**6])
    for start, stop in pairwise(edges):
        for seat, samples in zip(seats, sounds, strict=True):
            seat.push(samples[start:stop])
        batcher.run()
    for seat in seats:
        seat.finish()
    found = [kept + more for kept, more in zip(found, _hear_all(batcher, *seats), strict=True)]
    assert any(found)
    for one, samples in zip(found, sounds, strict=True):
        assert _words(one) == alone(pair, samples, rate=rate)
    assert all(seat.is_ended for seat in seats)


def test_a_round_hears_one_chunk_of_those_that_waited_longest(pair):
    batcher = Batcher("pair", pair, most=2)
    first, second, third = (batcher.seat() for _ in range(3))
    chunk = np.zeros(pair.card.chunk, np.float32)
    first.push(np.tile(chunk, 5))
    second.push(chunk)
    third.push(chunk)
    assert batcher.ready == 3
    assert batcher.run() == [first, second]
    assert batcher.run() == [third, first]  # a recording that waits takes its turn behind the others
    assert batcher.run() == [first]


def test_scores_and_words_are_those_asked_for(pair, sounds):
    batcher = Batcher("pair", pair)
    seat = batcher.seat(words=("beta",), scores=True)
    seat.push(sounds[0])
    (found,) = _hear_all(batcher, seat)
    assert {one.detection.word for one in found if isinstance(one, Heard)} == {"beta"}
    scored = [one for one in found if isinstance(one, Scored)]
    detector = Detector(pair)
    detector.push(sounds[0])
    assert {one.words for one in scored} == {("beta",)}
    assert [one.time_s for one in scored[:2]] == pytest.approx([0.08, 0.32])  # chunks of three steps
    np.testing.assert_allclose(
        np.concatenate([one.scores for one in scored]), detector.last_scores[:, 1:], atol=1e-5
    )


def test_a_reset_seat_hears_as_a_new_one(pair, sounds, alone):
    batcher = Batcher("pair", pair)
    seat = batcher.seat()
    seat.push(sounds[0])
    batcher.run()
    seat.reset()
    seat.fetch()
    assert seat.waiting_s == 0
    assert batcher.run() == []
    seat.push(sounds[1])
    seat.finish()
    (found,) = _hear_all(batcher, seat)
    assert _words(found) == alone(pair, sounds[1])


def test_a_free_seat_is_not_heard(pair):
    batcher = Batcher("pair", pair)
    seat, other = batcher.seat(), batcher.seat()
    for one in (seat, other):
        one.push(np.zeros(pair.card.chunk, np.float32))
    batcher.free(seat)
    assert len(batcher) == 1
    assert batcher.run() == [other]
    seat.push(np.zeros(pair.card.chunk, np.float32))
    assert batcher.ready == 0


def test_a_network_that_takes_one_stream_is_run_for_each(tone, tone_path, tmp_path):
    file = onnx.load(tone_path)
    for value in file.graph.input:
        value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(file, tmp_path / "one.onnx")
    one = Model(tmp_path / "one.onnx")
    assert (one.takes_one, tone.takes_one) == (True, False)
    batcher = Batcher("one", one)
    seats = [batcher.seat(), batcher.seat()]
    for seat in seats:
        seat.push(np.zeros(one.card.chunk, np.float32))
    assert [batcher.run(), batcher.run()] == [[seats[0]], [seats[1]]]


class _Breaking:
    """A network that breaks on loud sound."""

    def __init__(self, model):
        self.card, self.path, self.takes_one = model.card, model.path, False
        self.initial_state, self._model = model.initial_state, model

    def run(self, pcm, state):
        if np.abs(pcm).max() > 0.5:
            raise RuntimeError("too loud")
        return self._model.run(pcm, state)


def test_a_stream_that_breaks_the_network_breaks_alone(pair, sounds, alone):
    batcher = Batcher("pair", _Breaking(pair))
    good, bad = batcher.seat(), batcher.seat()
    good.push(sounds[0])
    bad.push(np.ones(len(sounds[0]), np.float32))
    good.finish()
    found, _ = _hear_all(batcher, good, bad)
    assert isinstance(bad.error, ModelError)
    assert good.error is None
    assert _words(found) == alone(pair, sounds[0])


@pytest.mark.parametrize("options", [{"rate": 100}, {"threshold": {"gamma": 0.5}}, {"threshold": 2.0}])
def test_what_is_out_of_range_takes_no_seat(pair, options):
    batcher = Batcher("pair", pair)
    with pytest.raises(ConfigError):
        batcher.seat(**options)
    assert len(batcher) == 0
