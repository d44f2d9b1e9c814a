"""Blocks of one size from any stream; impulses where something was heard."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_laws import in_pieces
from oyez.evaluate.engines.blocks import NONE, RATE, BlockListener, impulses, step_of
from oyez.sound import resample, to_int16
from sounds import noise, tone


class Recorder:
    """Scores each block by its number, and one more at the end."""

    def __init__(self):
        self.blocks = []

    def push(self, block):
        self.blocks.append(block)
        return np.array([len(self.blocks)], np.float32) if len(self.blocks) % 2 else NONE

    def finish(self):
        return np.array([0], np.float32)


class Recording:
    """An engine that keeps what its streams were fed."""

    def listen(self, rate):
        self.heard = Recorder()
        return BlockListener(rate, 480, self.heard)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 9_000), max_size=8), rate=st.sampled_from([16_000, 44_100, 48_000]))
def test_any_cut_gives_the_same_blocks(cuts, rate):
    samples, engine = noise(0, 0.2, rate), Recording()
    whole = in_pieces(engine, samples, rate, [])
    expected = np.stack(engine.heard.blocks)
    assert np.array_equal(in_pieces(engine, samples, rate, cuts), whole)
    assert np.array_equal(np.stack(engine.heard.blocks), expected)


def test_the_end_is_heard_and_a_second_of_silence_after_it():
    samples, engine = noise(1, 0.5, RATE), Recording()
    scores = in_pieces(engine, samples, RATE, [])
    heard = np.concatenate(engine.heard.blocks)
    assert heard.dtype == np.int16
    assert np.array_equal(heard[:8_000], to_int16(samples))
    assert not heard[8_000:].any()
    assert len(heard) == 50 * 480  # 24,000 samples
    assert scores.tolist() == [*range(1, 51, 2), 0]


def test_what_does_not_fill_a_block_is_filled_with_silence():
    engine = Recording()
    in_pieces(engine, noise(1, 0.5, RATE)[:7_999], RATE, [])
    assert len(engine.heard.blocks) == 50


def test_another_rate_is_resampled():
    samples, engine = tone(440, 0.5, 48_000), Recording()
    in_pieces(engine, samples, 48_000, [100])
    heard = np.concatenate(engine.heard.blocks)[:8_000] / 32_768
    assert np.abs(heard - resample(samples, 48_000, RATE)[:8_000]).max() < 1e-3


def test_floats_and_16_bit_samples_are_the_same_sound():
    samples = to_int16(noise(2, 0.3, RATE))
    engine = Recording()
    in_pieces(engine, samples, RATE, [])
    expected = np.stack(engine.heard.blocks)
    in_pieces(engine, samples.astype(np.float32) / 32_768, RATE, [])
    assert np.array_equal(np.stack(engine.heard.blocks), expected)


def test_what_waits_is_less_than_a_block():
    listener = BlockListener(RATE, 480, Recorder())
    listener.push(noise(0, 60, RATE)[:-1])
    assert listener._waiting.base is None
    assert len(listener._waiting) == 479


@pytest.mark.parametrize(
    ("time_s", "step"), [(0.0, 0), (0.01, 0), (0.08, 0), (0.081, 1), (0.56, 6), (1.6, 19), (1.61, 20)]
)
def test_the_step_of_a_time(time_s, step):
    assert step_of(time_s, 0.08) == step


def test_impulses_stand_at_their_steps():
    heard = [(0.30, 0.5), (0.29, 0.7), (0.30, 0.6), (0.24, 1.0)]
    assert impulses(heard, 2, 3, 0.08).tolist() == pytest.approx([1.0, 0.7, 0.0])
    assert impulses([], 0, 2, 0.08).tolist() == [0, 0]
