"""Files are written whole or not at all, and never over another one unasked."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oyez.errors import OutputError

__all__ = ["check_empty", "check_free", "whole", "whole_folder", "write_text"]


def check_free(path: Path, *, overwrite: bool = False) -> None:
    """Make sure that a file can be written, before the work that fills it.

    Raises:
        OutputError: it exists and `overwrite` is False, it is a folder or a device, or its folder
            cannot be made.
    """
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder. Name a file in it.")
        if path.exists() and not path.is_file():
            raise OutputError(f"{path} is no regular file, so it cannot be replaced. Name another file.")
        if path.exists() and not overwrite:
            raise OutputError(f"{path} exists already. Name another file, or pass --overwrite.")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path.parent}: cannot be made ({error.strerror}).") from None


@contextmanager
def whole(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary name beside `path`, renamed to it when the block ends without an error.

    Args:
        path: the file that is wanted; its folder is made.
        overwrite: whether it may take the place of a file that exists, or that has appeared when the block
            ends.

    Yields:
        The name to write to; it has the same suffix.

    Raises:
        OutputError: as `check_free`, or the disk refuses.
    """
    check_free(path, overwrite=overwrite)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from None
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        if overwrite:
            draft.replace(path)
        else:
            _place(draft, path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}).") from error
    finally:
        draft.unlink(missing_ok=True)


def check_empty(path: Path) -> None:
    """Refuse a folder that holds something already.

    Raises:
        OutputError: there is a file, or a folder that is not empty.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise OutputError(f"{path} exists already and is no empty folder. Name another one.")


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path`, renamed to it when the block ends without an error.

    Args:
        path: the folder that is wanted; those above it are made.

    Yields:
        The folder to write into.

    Raises:
        OutputError: there is a file, or a folder that is not empty, or the disk refuses.
    """
    check_empty(path)
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        yield draft
        draft.chmod(0o777 & ~_umask())
        if path.exists():
            path.rmdir()
        draft.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}).") from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _place(draft: Path, path: Path) -> None:
    """Give a file its name, unless another has taken it meanwhile: a renaming would replace that one."""
    try:
        try:
            path.hardlink_to(draft)  # the draft's own name goes later
        except FileExistsError:
            raise
        except OSError:  # no links here, as on FAT: an empty file keeps the name for a moment
            path.touch(exist_ok=False)
            _replace(draft, path)
    except FileExistsError:
        raise OutputError(f"{path} has appeared meanwhile, and was left alone. Name another file.") from None


def _replace(draft: Path, path: Path) -> None:
    """Rename onto a file that is ours and empty; it goes if that fails."""
    try:
        draft.replace(path)
    except OSError:
        path.unlink()
        raise


def write_text(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write text in UTF-8, whole (see `whole`)."""
    with whole(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
