"""Training examples, made as the lesson makes them: words laid over ten seconds of background.

Chance comes from numpy's legacy global generator, so that a seed gives the lesson's own numbers.
For thousands of scenes use `oyez synth`, which is faster and never waits.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oyez.config import PRESETS
from oyez.course.hearing import graph_spectrogram
from oyez.course.language import Text
from oyez.course.segments import CLIP_MS, RATE, match_target_amplitude, write_segment
from oyez.errors import ConfigError, DataError
from oyez.events import Span
from oyez.synth.render import targets

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = [
    "create_training_example",
    "get_random_time_segment",
    "insert_audio_clip",
    "insert_ones",
    "is_overlapping",
]

Times = tuple[int, int]
"""Start and end in milliseconds, both inclusive."""

STEPS = PRESETS["course"].steps(RATE * CLIP_MS // 1000)  # Ty: 1375
BACKGROUND_DB, LEVEL_DBFS = -20.0, -20.0
MOST_POSITIVES, MOST_NEGATIVES = 4, 2
TRAIN_FILE = "train.wav"

TOO_LONG = Text(
    en="a clip of {length} ms does not fit into {whole} ms. Use a shorter one.",
    ko="{length} ms 클립은 {whole} ms 안에 들어가지 않습니다. 더 짧은 클립을 쓰세요.",
)
NO_PLACE = Text(
    en="a clip of {length} ms fits nowhere between {segments}. The lesson's own loop would search for ever: "
    "use another seed or shorter clips; oyez.synth.scene.draw leaves such a clip out and counts it.",
    ko="{length} ms 클립이 {segments} 사이 어디에도 들어가지 않습니다. 강의의 반복문이라면 끝없이 찾습니다. "
    "다른 시드나 더 짧은 클립을 쓰세요. oyez.synth.scene.draw는 그런 클립을 빼고 개수를 셉니다.",
)
LABEL_SHAPE = Text(
    en="y must be an array of shape (1, steps), got {shape}. Make it with np.zeros((1, Ty)).",
    ko="y는 (1, 스텝 수) 모양의 배열이어야 하는데 {shape}입니다. np.zeros((1, Ty))로 만드세요.",
)
BAD_END = Text(
    en="the end of a segment must be 0 or more milliseconds, got {end}.",
    ko="구간의 끝은 0 이상의 밀리초여야 하는데 {end}입니다.",
)
BAD_STEPS = Text(
    en="Ty must be 1 step or more, got {steps}. The lesson's is 1375.",
    ko="Ty는 1 이상이어야 하는데 {steps}입니다. 강의에서는 1375입니다.",
)
NO_CLIPS = Text(
    en="there are no clips to draw from. Load some: load_raw_audio().",
    ko="뽑을 클립이 없습니다. load_raw_audio()로 불러오세요.",
)
SAVED = Text(
    en="File ({name}) was saved in your directory.",
    ko="{name} 파일을 현재 폴더에 저장했습니다.",
)


def get_random_time_segment(segment_ms: int) -> Times:
    """A place for a clip, drawn uniformly from the ten seconds.

    Args:
        segment_ms: length of the clip in milliseconds, below 10,000.

    Returns:
        Start and end in milliseconds, both inclusive.

    Raises:
        DataError: the clip is too long.
    """
    if not 0 <= segment_ms < CLIP_MS:
        raise DataError(TOO_LONG(length=segment_ms, whole=CLIP_MS))
    start = int(np.random.randint(low=0, high=CLIP_MS - segment_ms))
    return start, start + segment_ms - 1


def is_overlapping(segment_time: Times, previous_segments: Sequence[Times]) -> bool:
    """Whether a segment shares a millisecond with any of others; ends are inclusive.

    Args:
        segment_time: start and end in milliseconds.
        previous_segments: the others.

    Example:
        >>> is_overlapping((950, 1430), [(2000, 2550), (260, 949)])
        False
        >>> is_overlapping((2305, 2950), [(824, 1532), (1900, 2305), (3424, 3656)])
        True
    """
    start, end = segment_time
    return any(start <= other_end and other_start <= end for other_start, other_end in previous_segments)


def insert_audio_clip(
    background: "AudioSegment", audio_clip: "AudioSegment", previous_segments: list[Times]
) -> "tuple[AudioSegment, Times]":
    """Lay a clip over the background, where it overlaps none of those before.

    Places are drawn until one is free, as in the lesson.

    Args:
        background: ten seconds.
        audio_clip: what is laid over it.
        previous_segments: places that are taken; the new one is appended.

    Returns:
        The new background, of the same length, and the clip's place.

    Raises:
        DataError: there is no place for it, so that drawing would never end.
    """
    length = len(audio_clip)
    _check_place(length, previous_segments)
    segment_time = get_random_time_segment(length)
    while is_overlapping(segment_time, previous_segments):
        segment_time = get_random_time_segment(length)
    previous_segments.append(segment_time)
    return background.overlay(audio_clip, position=segment_time[0]), segment_time


def insert_ones(y: npt.NDArray[Any], segment_end_ms: float) -> npt.NDArray[Any]:
    """Label the 50 steps that follow the end of a word.

    Args:
        y: (1, steps), changed in place.
        segment_end_ms: the word's end, in milliseconds of ten seconds.

    Returns:
        The same array. Steps past its end are left out.

    Raises:
        DataError: y has another shape, or the end is negative.

    Example:
        >>> np.flatnonzero(insert_ones(np.zeros((1, 1375)), 5000))[[0, -1]].tolist()
        [688, 737]
    """
    if np.ndim(y) != 2 or len(y) != 1:
        raise DataError(LABEL_SHAPE(shape=np.shape(y)))
    if not segment_end_ms >= 0:
        raise DataError(BAD_END(end=segment_end_ms))
    span = Span("word", 0.0, segment_end_ms / 1000)
    ones = targets((span,), ("word",), CLIP_MS / 1000, y.shape[1])
    y[0, ones[:, 0] > 0] = 1
    return y


def create_training_example(
    background: "AudioSegment",
    activates: "Sequence[AudioSegment]",
    negatives: "Sequence[AudioSegment]",
    Ty: int = STEPS,  # noqa: N803
    seed: int | None = 18,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """One training example: 0 to 4 positives, then 0 to 2 negatives, over a background 20 dB down.

    The mix, brought to −20 dBFS, is written to `train.wav` in the current folder.

    Args:
        background: ten seconds.
        activates: recordings of the word.
        negatives: recordings of other words.
        Ty: output steps.
        seed: of numpy's global generator. The lesson seeds with 18 in every call, so that all its
            examples have one layout; None goes on drawing.

    Returns:
        x, the spectrogram (101, frames), and y, the labels (1, Ty).

    Raises:
        DataError: a clip finds no place, or there is nothing to draw from.
        OutputError: `train.wav` cannot be written.
    """
    if seed is not None:
        np.random.seed(seed)
    if Ty < 1:
        raise ConfigError(BAD_STEPS(steps=Ty))
    background = background + BACKGROUND_DB
    y = np.zeros((1, Ty))
    taken: list[Times] = []
    for clip in _choose(activates, MOST_POSITIVES):
        background, (_, end_ms) = insert_audio_clip(background, clip, taken)
        insert_ones(y, end_ms)
    for clip in _choose(negatives, MOST_NEGATIVES):
        background, _ = insert_audio_clip(background, clip, taken)
    write_segment(match_target_amplitude(background, LEVEL_DBFS), TRAIN_FILE)
    print(SAVED(name=TRAIN_FILE))
    return graph_spectrogram(TRAIN_FILE), y


def _choose(clips: "Sequence[AudioSegment]", most: int) -> "list[AudioSegment]":
    """None to `most` clips, with repetition: their number first, then their indices, as in the lesson."""
    count = np.random.randint(0, most + 1)
    if count and not clips:
        raise DataError(NO_CLIPS())
    return [clips[index] for index in np.random.randint(len(clips) or 1, size=count)]


def _check_place(length: int, taken: Sequence[Times]) -> None:
    """Raise DataError unless some start leaves the clip clear of all segments."""
    if length >= CLIP_MS:
        raise DataError(TOO_LONG(length=length, whole=CLIP_MS))
    # a place is free where the clip may start at 0, or one millisecond after a segment
    starts = [0, *(end + 1 for _, end in taken)]
    free = (0 <= start < CLIP_MS - length and not is_overlapping((start, start + length - 1), taken)
            for start in starts)  # fmt: skip
    if not any(free):
        raise DataError(NO_PLACE(length=length, segments=sorted(taken)))
