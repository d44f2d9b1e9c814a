"""Banks of embeddings: targets, files, and the trunk that fills them."""

import numpy as np
import pytest
import torch

import sounds
from oyez.config import PRESETS
from oyez.errors import DataError, OutputError
from oyez.events import Span
from oyez.mel import log_mel
from oyez.train.bank import IGNORED, Bank, embed, join, targets
from oyez.train.trunk import Trunk

SMALL = PRESETS["small"]


def _bank(rng, count=3, steps=5):
    x = 10 * rng.standard_normal((count, steps, 96))
    return Bank.of(x, rng.integers(-1, 2, (count, steps)).astype(np.int8))


def test_the_steps_after_a_word_are_ones_and_those_around_them_ignored():
    wanted = targets([Span("yes", 0.4, 1.0)], SMALL, 30)
    ends_s = (np.arange(30) + 1) * 0.08
    assert ends_s[wanted == 1].tolist() == pytest.approx([1.04, 1.12, 1.20, 1.28, 1.36])
    ignored_s = ends_s[wanted == IGNORED]
    assert ignored_s.min() == pytest.approx(0.80)
    assert ignored_s.max() == pytest.approx(1.84)
    assert set(ends_s[wanted == 0] > 1.9) == {False, True}
    assert ((wanted == 0) == ((ends_s <= 0.75) | (ends_s > 1.9))).all()


def test_a_step_that_ends_with_the_word_is_not_one_yet():
    wanted = targets([Span("yes", 0.0, 0.8)], SMALL, 20)  # 0.8 s is the end of step 9
    assert wanted[9] == IGNORED
    assert wanted[10] == 1


@pytest.mark.parametrize("spans", [[(0.2, 1.0), (1.1, 1.5)], [(1.1, 1.5), (0.2, 1.0)]])
def test_a_word_soon_after_another_keeps_the_ones_of_both(spans):
    wanted = targets([Span("yes", *span) for span in spans], SMALL, 40)
    alone = [targets([Span("yes", *span)], SMALL, 40) for span in spans]
    np.testing.assert_array_equal(wanted == 1, (alone[0] == 1) | (alone[1] == 1))
    np.testing.assert_array_equal(wanted == 0, (alone[0] == 0) & (alone[1] == 0))


def test_a_word_at_the_end_has_only_the_ones_that_fit_in():
    assert (targets([Span("yes", 0.2, 0.75)], SMALL, 10) == 1).sum() == 1
    assert (targets([Span("yes", 0.2, 0.9)], SMALL, 10) == 1).sum() == 0


def test_no_word_gives_zeros():
    assert not targets([], SMALL, 8).any()


def test_what_is_saved_is_loaded_in_order_of_names(tmp_path, rng):
    first, second, other = _bank(rng), _bank(rng, 2), _bank(rng)
    second.save(tmp_path / "scenes_001.npz")
    first.save(tmp_path / "scenes_000.npz")
    other.save(tmp_path / "speech_000.npz")
    loaded = Bank.load(tmp_path, "scenes_*.npz")
    np.testing.assert_array_equal(loaded.x, np.concatenate((first.x, second.x)))
    np.testing.assert_array_equal(loaded.y, np.concatenate((first.y, second.y)))
    np.testing.assert_array_equal(loaded.scale, np.concatenate((first.scale, second.scale)))
    np.testing.assert_array_equal(loaded.y, np.concatenate((first.y, second.y)))
    assert (loaded.x.dtype, loaded.scale.dtype, loaded.y.dtype) == (np.int8, np.float16, np.int8)
    assert len(loaded) == 5


def test_a_byte_is_right_to_half_a_step(rng):
    x = (rng.standard_normal((4, 20, 96)) * rng.uniform(0.1, 40, (4, 1, 96))).astype(np.float32)
    bank = Bank.of(x)
    step = np.abs(x).max(1, keepdims=True) / 127
    assert (np.abs(bank.embeddings() - x) <= 0.51 * step + 0.07 * step).all()  # the scale is a half float
    assert np.abs(bank.x).max() == 127
    assert bank.embeddings().dtype == np.float32
    assert not bank.y.any()


def test_silence_is_zeros():
    bank = Bank.of(np.zeros((1, 5, 96)))
    assert (bank.embeddings() == 0).all()


def test_some_recordings_are_those(rng):
    bank = _bank(rng)
    np.testing.assert_array_equal(bank.embeddings(np.array([2, 0])), bank.embeddings()[[2, 0]])
    np.testing.assert_array_equal(bank.embeddings(slice(1, 3)), bank.embeddings()[1:])
    last = bank.only(np.array([False, False, True]))
    np.testing.assert_array_equal(last.embeddings(), bank.embeddings()[2:])
    np.testing.assert_array_equal(last.y, bank.y[2:])


def test_a_file_is_never_written_over(tmp_path, rng):
    _bank(rng).save(tmp_path / "a.npz")
    with pytest.raises(OutputError, match="exists already"):
        _bank(rng).save(tmp_path / "a.npz")


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(DataError, match=r"holds no scenes_\*\.npz. Fill the bank"):
        Bank.load(tmp_path, "scenes_*.npz")


def test_banks_are_joined_in_order(rng):
    one, two = _bank(rng, 1), _bank(rng, 2)
    both = join(iter((one, two)))
    np.testing.assert_array_equal(both.x[1:], two.x)
    np.testing.assert_array_equal(both.y[:1], one.y)


def test_every_recording_is_embedded_from_the_zero_state():
    torch.manual_seed(0)
    trunk = Trunk().eval()
    recordings = [sounds.noise(seed, 0.8, 16_000) for seed in range(6)]  # more than a batch
    x = embed(trunk, recordings)
    assert (x.shape, x.dtype) == ((6, 10, 96), np.float16)
    with torch.inference_mode():
        alone, _ = trunk(torch.from_numpy(log_mel(recordings[5])[None]))
    np.testing.assert_allclose(x[5], alone[0].numpy(), rtol=2e-3, atol=1e-3)
