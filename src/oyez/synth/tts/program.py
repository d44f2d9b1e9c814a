"""Speech by a program that the user has: it writes a WAV, which is read."""

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from oyez import audio
from oyez.errors import AudioError, DataError
from oyez.sound import Samples

__all__ = ["has_program", "run_program", "say_by_program"]

TIMEOUT_S = 60.0


@functools.cache
def has_program(name: str) -> bool:
    """Whether a program of that name can be run."""
    return shutil.which(name) is not None


def run_program(command: Sequence[str]) -> str:
    """What a program prints.

    Args:
        command: its name and what it is told.

    Raises:
        DataError: it is not installed, takes too long, or fails.
    """
    path = shutil.which(command[0])
    if path is None:
        raise DataError(f"this voice needs the program {command[0]}, which is not installed. Install it.")
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell; the text is one of its items
            [path, *command[1:]], capture_output=True, check=True, timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        raise DataError(f"{command[0]} did not end within {TIMEOUT_S:g} s. Give it a shorter text.") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise DataError(
            f"{command[0]} failed ({said or f'exit code {error.returncode}'}). Try another voice."
        ) from None
    return done.stdout.decode(errors="replace")


def say_by_program(command: Sequence[str]) -> tuple[Samples, int]:
    """Sound of a program.

    Args:
        command: all but the file to write, whose name is put at the end.

    Returns:
        (samples,) and their rate in Hertz.

    Raises:
        DataError: as `run_program`, or it wrote no sound.
    """
    with tempfile.TemporaryDirectory(prefix="oyez-") as folder:
        path = Path(folder) / "said.wav"
        run_program([*command, str(path)])
        try:
            return audio.read(path)
        except AudioError:
            raise DataError(f"{command[0]} said nothing. Try another voice or text.") from None
