"""Right answers pass; each typical mistake gets a message of its own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from oyez import features
from oyez.course.checks import (
    ExerciseError,
    check_count_frames,
    check_insert_audio_clip,
    check_is_overlapping,
)
from oyez.course.examples import get_random_time_segment, insert_audio_clip, is_overlapping

Times = tuple[int, int]


def frames(samples: int) -> int:
    return 1 + (samples - 200) // 80


def test_count_frames_right(capsys: pytest.CaptureFixture[str]) -> None:
    check_count_frames(frames)
    assert capsys.readouterr().out == "count_frames: correct.\n"


@pytest.mark.parametrize("samples", [200, 279, 280, 4_000])
def test_frames_are_those_of_the_spectrogram(samples: int) -> None:
    assert len(features.spectrogram(np.zeros(samples, np.float32))) == frames(samples)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda samples: (samples - 200) // 80, "is 5511, got 5510. The first window"),
        (lambda samples: 1 + (samples - 200) / 80, "is 5511.0: a count is a whole number"),
        (lambda samples: samples // 80, "is 5511, got 5512. Windows have 200"),
        (lambda samples: 1 + -(-(samples - 200) // 80), r"\(279\) is 1, got 2"),
        (lambda samples: 5511, r"\(200\) is 1, got 5511"),
    ],
)
def test_count_frames_wrong(function: Callable[[int], Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_count_frames(function)


def test_is_overlapping_right(capsys: pytest.CaptureFixture[str]) -> None:
    check_is_overlapping(is_overlapping)
    check_is_overlapping(lambda segment, others: np.bool_(is_overlapping(segment, others)))
    assert capsys.readouterr().out == "is_overlapping: correct.\n" * 2


def exclusive(segment: Times, others: list[Times]) -> bool:
    return any(segment[0] < end and start < segment[1] for start, end in others)


def start_exclusive(segment: Times, others: list[Times]) -> bool:
    return any(segment[0] < end and start <= segment[1] for start, end in others)


def touching(segment: Times, others: list[Times]) -> bool:
    return any(segment[0] <= end + 1 and start <= segment[1] + 1 for start, end in others)


def only_start(segment: Times, others: list[Times]) -> bool:
    return any(start <= segment[0] <= end for start, end in others)


def only_ends(segment: Times, others: list[Times]) -> bool:
    return any(start <= segment[0] <= end or start <= segment[1] <= end for start, end in others)


def last_one(segment: Times, others: list[Times]) -> bool:
    overlap = False
    for other in others:
        overlap = is_overlapping(segment, [other])
    return overlap


def first_one(segment: Times, others: list[Times]) -> bool:
    for other in others:
        return is_overlapping(segment, [other])
    return False


def no_others(segment: Times, others: list[Times]) -> bool:
    return not others or is_overlapping(segment, others)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (exclusive, r"\(100, 200\), \[\(200, 250\)\]\) should be True, got False. Both hold millisecond 200"),
        (start_exclusive, r"\(200, 250\), \[\(100, 200\)\]\) should be True.* millisecond 200"),
        (touching, r"\(100, 199\), \[\(200, 250\)\]\) should be False, got True. One ends at 199 ms"),
        (only_start, "One begins before the other has ended"),
        (only_ends, "wholly within the other"),
        (last_one, "one of several"),
        (first_one, "one of several"),
        (no_others, "nothing was placed yet"),
        (lambda segment, others: int(is_overlapping(segment, others)), "gives 0, it should be True or False"),
    ],
)
def test_is_overlapping_wrong(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_is_overlapping(function)


def test_is_overlapping_that_stops_is_told_where() -> None:
    def unpacks(segment: Times, others: list[Times]) -> bool:
        start, _ = others
        return bool(start)

    with pytest.raises(ExerciseError, match=r"ValueError: .*\n.*start, _ = others"):
        check_is_overlapping(unpacks)


def test_insert_audio_clip_right(capsys: pytest.CaptureFixture[str]) -> None:
    check_insert_audio_clip(insert_audio_clip)
    assert capsys.readouterr().out == "insert_audio_clip: correct.\n"


def test_insert_audio_clip_may_append_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    def lists(background: Any, clip: Any, taken: list[Any]) -> Any:
        mix, times = insert_audio_clip(background, clip, taken)
        taken[-1] = list(times)
        return mix, list(times)

    check_insert_audio_clip(lists)
    assert "correct" in capsys.readouterr().out


def _place(length: int, taken: list[Times]) -> Times:
    times = get_random_time_segment(length)
    while is_overlapping(times, taken):
        times = get_random_time_segment(length)
    return times


def no_draw_again(background: Any, clip: Any, taken: list[Times]) -> Any:
    times = get_random_time_segment(len(clip))
    taken.append(times)
    return background.overlay(clip, position=times[0]), times


def forgets(background: Any, clip: Any, taken: list[Times]) -> Any:
    times = _place(len(clip), taken)
    return background.overlay(clip, position=times[0]), times


def appends_each(background: Any, clip: Any, taken: list[Times]) -> Any:
    own = list(taken)
    times = get_random_time_segment(len(clip))
    taken.append(times)
    while is_overlapping(times, own):
        times = get_random_time_segment(len(clip))
        taken.append(times)
    return background.overlay(clip, position=times[0]), times


def puts_behind(background: Any, clip: Any, taken: list[Times]) -> Any:
    times = _place(len(clip), taken)
    taken.append(times)
    return background + clip, times


def in_place(background: Any, clip: Any, taken: list[Times]) -> Any:
    times = _place(len(clip), taken)
    taken.append(times)
    background.overlay(clip, position=times[0])
    return background, times


def too_late(background: Any, clip: Any, taken: list[Times]) -> Any:
    times = _place(len(clip), taken)
    taken.append(times)
    return background.overlay(clip, position=times[0] + 100), times


def draws_more(background: Any, clip: Any, taken: list[Times]) -> Any:
    get_random_time_segment(len(clip))
    return insert_audio_clip(background, clip, taken)


def other_length(background: Any, clip: Any, taken: list[Times]) -> Any:
    mix, (start, end) = insert_audio_clip(background, clip, taken)
    return mix, (start, end + 1)


def never_draws(background: Any, clip: Any, taken: list[Times]) -> Any:
    times = get_random_time_segment(len(clip))
    while is_overlapping(times, taken):
        pass
    taken.append(times)
    return background.overlay(clip, position=times[0]), times


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (no_draw_again, "is taken. Draw again"),
        (forgets, "should hold the new segment .* Append it"),
        (appends_each, r"grew by \d+ segments in one call"),
        (puts_behind, "lasts 10916 ms, it should stay at 10000"),
        (in_place, "overlay changes nothing in place"),
        (too_late, "segment_time says"),
        (draws_more, r"seed\(0\), .* should be .*, got .* Draw once"),
        (other_length, "a pair of milliseconds for a clip of 916 ms"),
        (never_draws, "does not come to an end"),
        (lambda *_: (1, 2, 3), "two things"),
        (lambda background, clip, taken: (background, 7), "a pair of milliseconds"),
        (lambda background, clip, taken: insert_audio_clip(background, clip, taken)[0], "two things"),
    ],
)
def test_insert_audio_clip_wrong(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_insert_audio_clip(function)


def test_insert_audio_clip_that_returns_no_segment_is_told() -> None:
    def raw(background: Any, clip: Any, taken: list[Times]) -> Any:
        mix, times = insert_audio_clip(background, clip, taken)
        return mix.raw_data, times

    with pytest.raises(ExerciseError, match="lasts bytes ms"):
        check_insert_audio_clip(raw)
