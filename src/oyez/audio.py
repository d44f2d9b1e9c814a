"""Sound in and out: recordings on disk.

The only code that knows file formats. Samples are as `oyez.sound` has them.
"""

import io
import math
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from oyez.errors import AudioError
from oyez.output import whole
from oyez.sound import MOST_CHANNELS, Samples, average_channels, fit, resample, to_int16

__all__ = [
    "SUFFIXES",
    "blocks",
    "check_format",
    "duration_s",
    "encode",
    "files_in",
    "info",
    "kind",
    "read",
    "segment",
    "write",
]

SUFFIXES = (
    ".wav",
    ".flac",
    ".ogg",
    ".oga",
    ".opus",
    ".mp3",
    ".aif",
    ".aiff",
    ".au",
    ".w64",
    ".m4a",
)
"""File names that count as recordings when a folder is read."""

WRITTEN = {
    ".wav": "WAV",
    ".flac": "FLAC",
    ".ogg": "OGG",
    ".oga": "OGG",
    ".mp3": "MP3",
    ".aif": "AIFF",
    ".aiff": "AIFF",
    ".au": "AU",
    ".w64": "W64",
}
"""File names that `write` knows, and libsndfile's names of their formats."""

LONGEST_S = 3600.0
"""Seconds that `read` takes into memory at once; `blocks` reads files of any length."""

BLOCK_S = 1.0
FASTEST = 768_000  # Hertz that are believed of a file that nobody vouches for
UNKNOWN_FRAMES = 2**62  # libsndfile's count is above it where a header does not state one
WRITE_BLOCK = 65_536  # samples: libsndfile 1.2 crashes on an OGG that gets minutes at once


def read(path: Path | str, rate: int | None = None, longest_s: float = LONGEST_S) -> tuple[Samples, int]:
    """A whole recording.

    Args:
        path: WAV of any width, FLAC, OGG, MP3 or whatever libsndfile reads; other formats (m4a)
            when ffmpeg is installed.
        rate: Hertz to resample to; None keeps the file's own.
        longest_s: seconds above which the file is refused.

    Returns:
        Samples, channels averaged, and their rate in Hertz.

    Raises:
        AudioError: the file is missing, empty, longer than `longest_s`, no audio, broken, or holds
            values that are no numbers.
    """
    with _opened(path) as file:
        seconds = file.frames / file.samplerate
        if seconds > longest_s:
            raise AudioError(
                f"{path} is {seconds / 60:.1f} minutes long, expected at most "
                f"{longest_s / 60:.1f} here. Cut it into parts."
            )
        samples = np.concatenate(list(_blocks(file, path)))
        own_rate = file.samplerate
    if rate is None or rate == own_rate:
        return samples, own_rate
    return resample(samples, own_rate, rate), rate


def blocks(
    path: Path | str, block_s: float = BLOCK_S, *, stranger: bool = False
) -> Iterator[tuple[Samples, int]]:
    """A recording of any length, piece by piece, in constant memory.

    Args:
        path: as for `read`.
        block_s: seconds in a piece.
        stranger: whether nobody vouches for the file. Then ffmpeg is left out, which opens other files and
            addresses that a file names, and so is a header whose samples would fill the memory.

    Yields:
        Samples, channels averaged, and the file's rate in Hertz.

    Raises:
        AudioError: as for `read`, but for the length.
    """
    with _opened(path, stranger=stranger) as file:
        for samples in _blocks(file, path, block_s):
            yield samples, file.samplerate


def segment(path: Path | str, start_s: float, length_s: float, rate: int) -> Samples:
    """A stretch of a recording, without reading the rest.

    Args:
        path: as for `read`.
        start_s: seconds into the file, not negative.
        length_s: seconds.
        rate: Hertz of what is returned.

    Returns:
        (length_s × rate,), zeros after the file's end.

    Raises:
        AudioError: as for `read`, but for the length.
    """
    with _opened(path) as file:
        start = min(round(start_s * file.samplerate), file.frames)
        wanted = math.ceil(length_s * file.samplerate)
        try:
            file.seek(start)
            samples = average_channels(file.read(wanted, dtype="float32", always_2d=True))
        except soundfile.LibsndfileError as error:
            raise _broken(path, error) from None
        _check_finite(samples, path, file.samplerate, start)
        return fit(resample(samples, file.samplerate, rate), round(length_s * rate))


def info(path: Path | str) -> tuple[int, int]:
    """Frames and rate of a recording, from its header.

    Raises:
        AudioError: as for `read`, but for the length.
    """
    with _opened(path) as file:
        return file.frames, file.samplerate


def kind(path: Path | str) -> tuple[str, str]:
    """Libsndfile's names of a recording's format and of its samples, such as WAV and PCM_16.

    Raises:
        AudioError: as for `read`, but for the length.
    """
    with _opened(path) as file:
        return file.format, file.subtype


def duration_s(path: Path | str) -> float:
    """Seconds of a recording, from its header."""
    frames, rate = info(path)
    return frames / rate


def write(path: Path | str, samples: npt.ArrayLike, rate: int, *, overwrite: bool = False) -> None:
    """Write a recording, 16 bits wide where the format has widths; values beyond ±1 saturate.

    Args:
        path: its suffix names the format, one of `WRITTEN`.
        samples: (samples,) or (samples, channels), full scale is 1.0.
        rate: Hertz.
        overwrite: whether a file that exists may be replaced.

    Raises:
        OutputError: the file exists, or cannot be written.
        AudioError: the suffix names no format, the format knows no such rate, or values are no
            numbers.
    """
    path = Path(path)
    kind = check_format(path)
    pcm = _pcm(samples, path)
    with whole(path, overwrite=overwrite) as draft:
        _encode(draft, pcm, rate, kind, path)


def encode(samples: npt.ArrayLike, rate: int, kind: str = "FLAC") -> bytes:
    """A recording as the bytes of a file, 16 bits wide.

    Args:
        samples: (samples,) or (samples, channels), full scale is 1.0; values beyond ±1 saturate.
        rate: Hertz.
        kind: libsndfile's name of the format.

    Raises:
        AudioError: the format knows no such rate, or values are no numbers.
    """
    buffer = io.BytesIO()
    _encode(buffer, _pcm(samples, kind), rate, kind, kind)
    return buffer.getvalue()


def _pcm(samples: npt.ArrayLike, name: object) -> npt.NDArray[np.int16]:
    values = np.asarray(samples, dtype=np.float32)
    if not np.isfinite(values).all():
        raise AudioError(f"{name}: samples hold values that are no numbers (NaN or infinite). Remove them.")
    return to_int16(values)


def _encode(
    target: Path | io.BytesIO, pcm: npt.NDArray[np.int16], rate: int, kind: str, name: object
) -> None:
    channels = 1 if pcm.ndim == 1 else pcm.shape[1]
    try:
        with soundfile.SoundFile(target, "w", rate, channels, format=kind) as file:
            for start in range(0, len(pcm), WRITE_BLOCK):
                file.write(pcm[start : start + WRITE_BLOCK])
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{name}: {kind} cannot hold this ({_reason(error)}). Use .wav or another rate."
        ) from None


def check_format(path: Path) -> str:
    """The format that a name's suffix stands for.

    Raises:
        AudioError: it is none of `WRITTEN`.
    """
    kind = WRITTEN.get(path.suffix.lower())
    if kind is None:
        raise AudioError(f"{path}: '{path.suffix}' is no format to write. Use one of {', '.join(WRITTEN)}.")
    return kind


def files_in(folder: Path) -> list[Path]:
    """Recordings in a folder and the folders below it, sorted by name."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


@contextmanager
def _opened(path: Path | str, *, stranger: bool = False) -> Iterator[soundfile.SoundFile]:
    path = Path(path)
    _check_file(path)
    why = ""
    try:
        direct = soundfile.SoundFile(path)
        if direct.frames > UNKNOWN_FRAMES:  # a FLAC that was written to a pipe: its last block would be lost
            direct.close()
            why = "its header does not state its length"
    except soundfile.LibsndfileError as error:
        why = _reason(error)
    if why and stranger:
        raise AudioError(f"{path} cannot be read ({why}). Use WAV, FLAC, OGG or MP3.")
    with _through_ffmpeg(path, why) if why else direct as file:
        if stranger and (file.channels > MOST_CHANNELS or file.samplerate > FASTEST):
            raise AudioError(
                f"{path} states {file.channels} channels at {file.samplerate} Hz, expected at most "
                f"{MOST_CHANNELS} at {FASTEST} Hz. Convert it."
            )
        if file.frames == 0:
            raise AudioError(f"{path} holds no samples, expected a recording.")
        yield file


def _check_file(path: Path) -> None:
    """Tell what libsndfile would not: why a file cannot be opened."""
    try:
        if path.is_dir():
            raise AudioError(f"{path} is a folder, expected an audio file.")
        if not path.exists():
            raise AudioError(f"{path}: no such file.")
        if not path.is_file():
            raise AudioError(f"{path} is no regular file, expected an audio file. Copy it to one.")
        with path.open("rb") as file:
            if not file.read(1):
                raise AudioError(f"{path} is empty (0 bytes), expected an audio file.")
    except PermissionError:
        raise AudioError(f"{path} may not be read. Check its permissions.") from None
    except OSError as error:
        raise AudioError(f"{path} cannot be read ({error.strerror}).") from None


@contextmanager
def _through_ffmpeg(path: Path, why: str) -> Iterator[soundfile.SoundFile]:
    """A file that libsndfile cannot read, decoded by ffmpeg where that is installed."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise AudioError(
            f"{path} is no audio file that can be read ({why}). "
            "Use WAV, FLAC, OGG or MP3, or install ffmpeg for other formats."
        )
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "decoded.wav")
        command = [program, "-v", "error", "-nostdin", "-i", str(path), "-vn", str(target)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if run.returncode or not target.exists():
            last = (run.stderr.strip().splitlines() or ["no audio in it"])[-1]
            raise AudioError(f"{path} is no audio file that can be read (ffmpeg: {last}).")
        with soundfile.SoundFile(target) as file:
            yield file


def _blocks(file: soundfile.SoundFile, path: Path | str, block_s: float = BLOCK_S) -> Iterator[Samples]:
    length = max(1, round(block_s * file.samplerate))
    at = 0
    while True:
        try:
            frames = file.read(length, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            if at:  # cut off in the middle: what came before it is sound
                return
            raise _broken(path, error) from None
        if not len(frames):
            if not at:
                raise AudioError(f"{path} holds no samples that can be decoded. Convert it again.")
            return
        samples = average_channels(frames)
        _check_finite(samples, path, file.samplerate, at)
        yield samples
        at += len(samples)


def _broken(path: Path | str, error: soundfile.LibsndfileError) -> AudioError:
    return AudioError(f"{path} is broken ({_reason(error)}). Record or convert it again.")


def _reason(error: soundfile.LibsndfileError) -> str:
    """The words of libsndfile, without the file's name before them."""
    return str(error.error_string).removeprefix("Error : ").rstrip(".")


def _check_finite(samples: Samples, path: Path | str, rate: int, at: int = 0) -> None:
    if not np.isfinite(samples).all():
        first = (at + int(np.argmin(np.isfinite(samples)))) / rate
        raise AudioError(f"{path} holds values that are no numbers, the first at {first:.3f} s.")
