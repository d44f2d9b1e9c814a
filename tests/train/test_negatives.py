"""The bank of negatives: its file, what may be dropped from it, and how banks are put together."""

import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from oyez.errors import DataError, MissingExtraError, OutputError
from oyez.train.bank import Bank
from oyez.train.negatives import FORMAT, Negatives, Stretch, contains, join, shipped

TEXTS = (None, "Hey, computer!", "A COMPUTER was there", "computers")


def _negatives(rng, texts=TEXTS, each=2, trunk="t"):
    stretches = tuple(Stretch("set", f"s{n}", text, n == 1) for n, text in enumerate(texts))
    rows = len(texts) * each
    return Negatives(
        Bank.of(rng.standard_normal((rows, 5, 96))),
        stretches,
        np.repeat(np.arange(len(texts), dtype=np.int32), each),
        np.tile(np.arange(each, dtype=np.int8), len(texts)),
        trunk,
        {"set": "CC0"},
    )


def _same(one, two):
    for name in ("x", "scale", "y"):
        np.testing.assert_array_equal(getattr(one.bank, name), getattr(two.bank, name))
    np.testing.assert_array_equal(one.of, two.of)
    np.testing.assert_array_equal(one.rendering, two.rendering)
    assert (one.stretches, one.trunk, one.licences) == (two.stretches, two.trunk, two.licences)
    return True


def test_a_file_holds_all_of_it_without_pickle(tmp_path, rng):
    negatives = _negatives(rng)
    negatives.save(tmp_path / "bank.npz")
    assert _same(Negatives.load(tmp_path / "bank.npz"), negatives)
    with np.load(tmp_path / "bank.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)
    with pytest.raises(OutputError, match="exists already"):
        negatives.save(tmp_path / "bank.npz")
    negatives.save(tmp_path / "bank.npz", overwrite=True)


def test_hours_count_once_for_each_stretch(rng):
    assert _negatives(rng).hours == pytest.approx(4 * 10 / 3600)
    assert _negatives(rng).only(np.array([0, 1, 2])).hours == pytest.approx(2 * 10 / 3600)


def test_what_is_for_calibration_is_known_of_each_recording(rng):
    assert _negatives(rng).calibration.tolist() == [False] * 2 + [True] * 2 + [False] * 4


def test_some_recordings_keep_their_stretches_only(rng):
    negatives = _negatives(rng)
    some = negatives.only(np.array([6, 0]))
    assert [one.speaker for one in some.stretches] == ["s0", "s3"]
    assert some.of.tolist() == [1, 0]
    assert some.of.dtype == np.int32
    np.testing.assert_array_equal(some.bank.x, negatives.bank.x[[6, 0]])
    assert len(negatives.only(np.zeros(8, bool))) == 0


def test_stretches_that_say_the_phrase_are_dropped(rng):
    negatives = _negatives(rng)
    kept = negatives.without_phrase("computer")
    assert [one.text for one in kept.stretches] == [None, "computers"]
    assert len(kept) == 4
    assert len(negatives.without_phrase("hey computer").stretches) == 3
    assert _same(negatives.without_phrase("kettle"), negatives)
    by_letters = negatives.without_phrase("computer", lambda text, phrase: phrase in text.lower())
    assert [one.text for one in by_letters.stretches] == [None]


@pytest.mark.parametrize(
    ("text", "phrase", "says"),
    [
        ("WE CALL IT BEAR", "call it", True),
        ("Well – hey,  Computer. Go!", "hey computer", True),
        ("hey | computer", "hey computer", True),  # one recording after the other
        ("They, computer", "hey computer", False),
        ("activated", "activate", False),
        ("don’t stop", "DON'T", True),
        ("don't", "don", False),
        ("la ＣＡＦÉ", "café", True),
        ("안녕 하세요", "하세요", True),
        ("", "a", False),
    ],
)
def test_a_phrase_is_found_word_by_word(text, phrase, says):
    assert contains(text, phrase) is says


def test_banks_are_put_together_in_order(rng):
    one, two = _negatives(rng), replace(_negatives(rng, ("x",)), licences={"other": "CC BY 4.0"})
    both = join((one, two))
    assert both.stretches == one.stretches + two.stretches
    assert both.of.tolist() == [*one.of.tolist(), 4, 4]
    np.testing.assert_array_equal(both.bank.x[8:], two.bank.x)
    assert both.licences == {"set": "CC0", "other": "CC BY 4.0"}
    assert _same(both.only(np.arange(8)), replace(one, licences=both.licences))


def test_banks_of_two_trunks_are_refused(rng):
    with pytest.raises(DataError, match="expected banks of one trunk, got 2"):
        join((_negatives(rng), _negatives(rng, trunk="u")))
    with pytest.raises(DataError, match="got 0 trunks"):
        join(())


def test_a_newer_format_and_other_files_are_refused(tmp_path, rng):
    path = tmp_path / "bank.npz"
    _negatives(rng).save(path)
    with np.load(path) as file:
        arrays = dict(file)
    about = json.loads(arrays["about"].tobytes())
    about["format"] = FORMAT + 1
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=f"of format {FORMAT + 1}, expected {FORMAT} at most. Upgrade oyez"):
        Negatives.load(path)
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    for name, content in (
        ("none.npz", None),
        ("text.npz", b"hello"),
        ("empty.npz", b""),
        ("other.npz", None),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=f"{name} is no bank of negatives"):
            Negatives.load(tmp_path / name)


def test_the_shipped_bank_is_found_or_told(tmp_path, rng, monkeypatch):
    _negatives(rng).save(tmp_path / "bank.npz")
    module = SimpleNamespace(bank_path=lambda: tmp_path / "bank.npz")
    monkeypatch.setitem(sys.modules, "oyez_bank", module)
    assert len(shipped()) == 8
    monkeypatch.delitem(sys.modules, "oyez_bank")
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(MissingExtraError, match="oyez_bank"):
        shipped()
