import errno
import os
import stat
from pathlib import Path

import pytest

import sounds
from oyez.errors import OutputError
from oyez.output import check_free, whole, whole_folder, write_text


def test_a_file_appears_whole_with_its_folder(tmp_path):
    target = tmp_path / "new" / "below" / "a.txt"
    with whole(target) as draft:
        draft.write_text("half")
        assert not target.exists()
        assert (draft.parent, draft.suffix) == (target.parent, ".txt")
    assert target.read_text() == "half"
    assert list(sounds.files(target.parent)) == ["a.txt"]


def write_half(draft: Path, error: type[BaseException]) -> None:
    draft.write_text("half")
    raise error


def test_nothing_is_left_of_a_write_that_failed(tmp_path):
    target = tmp_path / "a.txt"
    with pytest.raises(ZeroDivisionError), whole(target) as draft:
        write_half(draft, ZeroDivisionError)
    assert not sounds.files(tmp_path)


def test_a_failed_overwrite_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(target, overwrite=True) as draft:
        write_half(draft, KeyboardInterrupt)
    assert target.read_text() == "old"
    assert list(sounds.files(tmp_path)) == ["a.txt"]


def test_nothing_is_overwritten_unasked(tmp_path):
    target = tmp_path / "a.txt"
    write_text(target, "old")
    with pytest.raises(OutputError, match=r"a\.txt exists already\. .*--overwrite"):
        write_text(target, "new")
    assert target.read_text() == "old"
    write_text(target, "néw", overwrite=True)
    assert target.read_bytes() == "néw".encode()


@pytest.fixture(params=["links", "no links"])
def disk(request, monkeypatch):
    """One that has hard links, and one that has not."""

    def refuse(path, target):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    return monkeypatch


def test_a_file_that_appears_meanwhile_is_left_alone(disk, tmp_path):
    target = tmp_path / "a.txt"

    def write(*, overwrite):
        with whole(target, overwrite=overwrite) as draft:
            draft.write_text("ours")
            target.write_text("theirs")

    with pytest.raises(OutputError, match=r"a\.txt has appeared meanwhile"):
        write(overwrite=False)
    assert target.read_text() == "theirs"
    assert list(sounds.files(tmp_path)) == ["a.txt"]
    write(overwrite=True)
    assert target.read_text() == "ours"


def test_a_file_is_written_with_links_or_without(disk, tmp_path):
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert list(sounds.files(tmp_path)) == ["a.txt"]
    assert (tmp_path / "a.txt").stat().st_nlink == 1


@pytest.mark.parametrize("disk", ["no links"], indirect=True)
def test_nothing_is_left_where_renaming_fails(disk, tmp_path):
    def fail(path, target):
        raise OSError(errno.EIO, "Input/output error")

    disk.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match=r"cannot be written \(Input/output error"):
        write_text(tmp_path / "a.txt", "new")
    assert not sounds.files(tmp_path)


def test_a_folder_and_a_device_are_never_replaced(tmp_path):
    with pytest.raises(OutputError, match="is a folder"):
        check_free(tmp_path, overwrite=True)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="is no regular file"):
        check_free(tmp_path / "pipe", overwrite=True)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        check_free(tmp_path / "file" / "a.txt")


def test_a_name_that_no_disk_takes(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        check_free(tmp_path / ("a" * 300))
    with pytest.raises(OutputError, match="cannot be written"), whole(tmp_path / ("a" * 250)):
        pass  # fits, but not with the temporary name's extra letters


def test_a_disk_that_refuses_is_an_output_error(tmp_path):
    with pytest.raises(OutputError, match="No space left"), whole(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")
    assert not sounds.files(tmp_path)


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("")
    write_text(tmp_path / "ours", "")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")}
    assert len(modes) == 1


def test_a_folder_appears_whole(tmp_path):
    target = tmp_path / "new" / "folder"
    with whole_folder(target) as draft:
        (draft / "a.txt").write_text("a")
        assert not target.exists()
        assert draft.parent == target.parent
    assert sounds.files(target) == {"a.txt": b"a"}
    assert [path.name for path in target.parent.iterdir()] == ["folder"]


def test_an_empty_folder_is_filled(tmp_path):
    with whole_folder(tmp_path / "a") as draft:
        (tmp_path / "a").mkdir()
        (draft / "b").write_text("b")
    assert sounds.files(tmp_path / "a") == {"b": b"b"}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE(tmp_path.stat().st_mode | 0o055)


def test_nothing_is_left_of_a_folder_that_failed(tmp_path):
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "a") as draft:
        write_half(draft / "x", ZeroDivisionError)
    assert not list(tmp_path.iterdir())


def test_a_folder_takes_nothings_place(tmp_path):
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path, tmp_path / "file"):
        with pytest.raises(OutputError, match="exists already and is no empty folder"):
            whole_folder(taken).__enter__()
    with pytest.raises(OutputError, match="cannot be written"):
        whole_folder(tmp_path / "file" / "below").__enter__()
    assert sounds.files(tmp_path) == {"file": b"mine"}
