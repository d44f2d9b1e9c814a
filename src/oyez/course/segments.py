"""The lesson's recordings: pydub segments, read, levelled, written.

The only module that knows pydub, which the extra `course` installs.
"""

import math
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oyez import audio
from oyez.course.language import Text
from oyez.errors import AudioError, DataError, require
from oyez.output import whole
from oyez.sound import to_int16

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = [
    "CLIP_MS",
    "RATE",
    "WavFile",
    "load_raw_audio",
    "match_target_amplitude",
    "preprocess_audio",
    "read_segment",
    "segment_class",
    "to_array",
    "write_segment",
]

RATE = 44_100
"""Hertz of the lesson's clips."""

CLIP_MS = 10_000
"""Milliseconds of the lesson's clips."""

PLAIN = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32")
"""Samples that pydub reads right; others it takes for these, where the header is an extensible one."""

FOLDERS = ("activates", "negatives", "backgrounds")

NO_FILE = Text(
    en="{path}: no such file. Check its name, and the folder that the notebook runs in.",
    ko="{path}: 파일이 없습니다. 이름과 노트북이 실행되는 폴더를 확인하세요.",
)
EMPTY_FOLDER = Text(
    en="{folder}: expected recordings there, got none. The lesson's raw data has the folders "
    "activates, negatives and backgrounds.",
    ko="{folder}: 녹음 파일이 있어야 하는데 하나도 없습니다. 강의의 raw_data에는 activates, negatives, "
    "backgrounds 폴더가 있습니다.",
)
SILENT = Text(
    en="the segment is silent, so no gain brings it to {target_dbfs} dBFS. Use one with sound in it.",
    ko="소리가 없는 구간이라 어떤 이득으로도 {target_dbfs} dBFS로 맞출 수 없습니다. "
    "소리가 있는 구간을 쓰세요.",
)


def segment_class() -> "type[AudioSegment]":
    """Pydub's `AudioSegment`.

    Raises:
        MissingExtraError: pydub is not installed.
    """
    with warnings.catch_warnings():
        # of no use to a learner: ffmpeg is missing, escapes that new Pythons dislike
        warnings.simplefilter("ignore")
        known: type[AudioSegment] = require("pydub", "course").AudioSegment
        return known


def read_segment(path: str | Path) -> "AudioSegment":
    """A recording as a pydub segment.

    Args:
        path: WAV, as the lesson has it, with its own width and channels. Other formats are an
            extension: whatever `oyez.audio.read` takes, as 16 bits and one channel.

    Raises:
        AudioError: the file is missing or is no recording.
    """
    path = Path(path)
    if not path.exists():
        raise AudioError(NO_FILE(path=path))
    known = segment_class()
    from pydub.exceptions import CouldntDecodeError

    _, samples_kind = audio.kind(path)  # tells what is wrong with a file better than pydub does
    if samples_kind in PLAIN:
        with suppress(CouldntDecodeError), path.open("rb") as file:
            segment = known(file)
            cut = len(segment.raw_data) % segment.frame_width  # the file ends within a sample
            return segment._spawn(segment.raw_data[:-cut]) if cut else segment
    samples, rate = audio.read(path)
    return known(to_int16(samples).tobytes(), sample_width=2, frame_rate=rate, channels=1)


def write_segment(segment: "AudioSegment", path: str | Path) -> None:
    """Write a segment as WAV, whole, in place of a file that is there: the lesson does so too.

    Raises:
        OutputError: it cannot be written.
    """
    with whole(Path(path), overwrite=True) as draft, draft.open("w+b") as file:
        segment.export(file, format="wav")


def to_array(segment: "AudioSegment") -> npt.NDArray[np.integer[Any]]:
    """A segment's samples as they are stored, (samples, channels) integers."""
    return np.asarray(segment.get_array_of_samples()).reshape(-1, segment.channels)


def load_raw_audio(path: str | Path = "./raw_data/") -> "tuple[list[AudioSegment], ...]":
    """The lesson's recordings.

    Args:
        path: folder that holds `activates`, `negatives` and `backgrounds`.

    Returns:
        Activates, negatives and backgrounds. The lesson lists files in the order of the directory,
        ours sorts by name, so `activates[0]` may be another clip than the lesson's.

    Raises:
        DataError: a folder is missing or holds no recordings.
        AudioError: a recording cannot be used.
    """
    found = []
    for name in FOLDERS:
        folder = Path(path, name)
        paths = audio.files_in(folder) if folder.is_dir() else []
        if not paths:
            raise DataError(EMPTY_FOLDER(folder=folder))
        found.append([read_segment(one) for one in paths])
    return tuple(found)


def match_target_amplitude(sound: "AudioSegment", target_dBFS: float) -> "AudioSegment":  # noqa: N803
    """A copy at another level.

    The gain is that which brings the RMS to the target *before* samples saturate at 16 bits: a
    segment with high peaks ends below the target, as in the lesson.

    Args:
        sound: a segment.
        target_dBFS: its RMS, in dB re full scale.

    Raises:
        AudioError: it is silent.
    """
    if math.isinf(sound.dBFS):
        raise AudioError(SILENT(target_dbfs=target_dBFS))
    return sound.apply_gain(target_dBFS - sound.dBFS)


def preprocess_audio(filename: str | Path) -> None:
    """Make a recording what the network takes: exactly 10 s at 44.1 kHz, 441,000 samples.

    It is cut at 10 s, or followed by silence. As in the lesson the file itself is replaced, but only
    once the new one is whole; what is written is WAV, whatever the name says.

    Args:
        filename: WAV, or any format that `oyez.audio.read` takes.

    Raises:
        AudioError: the file cannot be used; it is left as it was.
        OutputError: it cannot be replaced.
    """
    segment = read_segment(filename)
    known = segment_class()
    clip = known.silent(duration=CLIP_MS, frame_rate=segment.frame_rate).overlay(segment[:CLIP_MS])
    clip = clip.set_frame_rate(RATE)
    # from some rates pydub's resampler gives a few samples less
    width, length = clip.frame_width, RATE * CLIP_MS // 1000
    data = clip.raw_data[: length * width].ljust(length * width, b"\0")
    write_segment(clip._spawn(data), filename)


class WavFile:
    """What the lesson calls `wavfile`: `read` as scipy's has it, for the formats that ours knows."""

    @staticmethod
    def read(filename: str | Path) -> tuple[int, npt.NDArray[np.integer[Any]]]:
        """Samples of a recording.

        Args:
            filename: as for `read_segment`.

        Returns:
            The rate in Hertz, and integers (samples, channels), or (samples,) where it has one.

        Raises:
            AudioError: the file is missing or is no recording.
        """
        segment = read_segment(filename)
        samples = to_array(segment)
        return segment.frame_rate, samples[:, 0] if segment.channels == 1 else samples
