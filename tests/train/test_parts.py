"""Parts are written once each, in this process or as a second one would."""

from pathlib import Path

import pytest
import torch

from oyez.errors import DataError
from oyez.train import parts
from oyez.train.parts import write_parts


class Notes:
    """A writer that writes how much it was given."""

    opened = 0

    def __init__(self):
        Notes.opened += 1

    def write(self, path, part):
        if part is None:
            raise DataError("nothing to write")
        path.write_text(str(part), encoding="utf-8")
        return part


@pytest.fixture(autouse=True)
def _none_opened(monkeypatch):
    monkeypatch.setattr(Notes, "opened", 0)


def test_one_writer_writes_every_part(tmp_path):
    missing = {tmp_path / str(number): number for number in (3, 1, 2)}
    assert list(write_parts(missing, Notes, 1)) == [3, 1, 2]
    assert Notes.opened == 1
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["1", "2", "3"]


def test_for_nothing_no_writer_is_opened():
    assert list(write_parts({}, Notes, 2)) == []
    assert Notes.opened == 0


def test_a_single_part_needs_no_second_process(tmp_path):
    assert list(write_parts({tmp_path / "one": 7}, Notes, 8)) == [7]
    assert Notes.opened == 1


def test_an_error_is_told(tmp_path):
    with pytest.raises(DataError, match="nothing to write"):
        list(write_parts({Path("x"): None}, Notes, 1))


def test_a_process_writes_what_it_is_given(tmp_path):
    """What a second process does, done in this one."""
    threads = torch.get_num_threads()
    try:
        parts._start(Notes)
        assert parts._write(tmp_path / "a", 5) == 5
    finally:
        torch.set_num_threads(threads)
        parts._writers.clear()
    assert (tmp_path / "a").read_text() == "5"
