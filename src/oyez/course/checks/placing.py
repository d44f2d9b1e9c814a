"""Checks of clocks and places: frames of a recording, segments that overlap, clips that are laid down."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from oyez.course.checks.answer import ask, call_text, require_that, tell_correct
from oyez.course.examples import Times, insert_audio_clip, is_overlapping
from oyez.course.language import Text
from oyez.course.segments import CLIP_MS, RATE, segment_class, to_array

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = ["check_count_frames", "check_insert_audio_clip", "check_is_overlapping", "tone_segment"]

FRAMES = ((441_000, 5511), (200, 1), (279, 1), (280, 2))
"""Samples, and the frames in them: windows of 200 that start every 80."""

WINDOW, HOP = 200, 80
CROWDED = [(800, 2600), (3790, 4400), (5200, 7900)]
SEEDS = range(40)
LESSON_TAKEN, LESSON_SEEDS = [(3790, 4400)], (5, 0, 1, 2)
"""With the first seed the lesson's clip of 916 ms comes to lie at (2254, 3169)."""

FRAMES_WHOLE = Text(
    en="count_frames({samples}) is {got}: a count is a whole number. Divide with //.",
    ko="count_frames({samples})의 값이 {got}입니다. 개수는 정수여야 합니다. //로 나누세요.",
)
FRAMES_FIRST = Text(
    en="count_frames({samples}) is {expected}, got {got}. The first window stands at sample 0 without a "
    "step: count the steps that fit behind it, then add 1.",
    ko="count_frames({samples})는 {expected}인데 {got}입니다. 첫 창은 이동 없이 0번 샘플에 놓입니다. 그 "
    "뒤로 몇 번 이동할 수 있는지 세고 1을 더하세요.",
)
FRAMES_WRONG = Text(
    en="count_frames({samples}) is {expected}, got {got}. Windows have {window} samples and start every "
    "{hop}; only whole ones count.",
    ko="count_frames({samples})는 {expected}인데 {got}입니다. 창은 {window}샘플 길이이고 {hop}샘플마다 "
    "시작하며, 온전한 창만 셉니다.",
)

NOT_BOOL = Text(
    en="{call} gives {got!r}, it should be True or False.",
    ko="{call}의 결과가 {got!r}입니다. True나 False여야 합니다.",
)
CASE = Text(
    en="{call} should be {expected}, got {got}. {why}",
    ko="{call}의 값은 {expected}여야 하는데 {got}입니다. {why}",
)
SHARE_END = Text(
    en="Both hold millisecond {shared}: ends are inclusive.",
    ko="두 구간이 모두 {shared} ms를 포함합니다. 구간의 끝도 구간에 들어갑니다.",
)
SHARE_NONE = Text(
    en="One ends at {end} ms, the other begins one millisecond later: they share nothing.",
    ko="한 구간은 {end} ms에서 끝나고 다른 구간은 그다음 밀리초에 시작합니다. 겹치는 부분이 없습니다.",
)
PARTLY = Text(
    en="One begins before the other has ended.",
    ko="한 구간이 끝나기 전에 다른 구간이 시작합니다.",
)
WITHIN = Text(
    en="One lies wholly within the other: comparing only its ends with the other's span misses this.",
    ko="한 구간이 다른 구간 안에 완전히 들어 있습니다. 한쪽의 양 끝만 비교하면 이 경우를 놓칩니다.",
)
ALL_OF_THEM = Text(
    en="It overlaps one of several: look at each, and let no later one undo what was found.",
    ko="여러 구간 중 하나와 겹칩니다. 구간을 모두 살펴보고, 뒤의 구간이 앞에서 찾은 결과를 덮어쓰지 않게 "
    "하세요.",
)
NO_OTHERS = Text(
    en="Where nothing was placed yet, nothing can overlap.",
    ko="아직 놓인 구간이 없으면 겹칠 수 없습니다.",
)

OVERLAPS: tuple[tuple[Times, list[Times], bool, Text], ...] = (
    ((100, 200), [], False, NO_OTHERS),
    ((3400, 4500), [(3000, 3600)], True, PARTLY),
    ((3000, 3600), [(3400, 4500)], True, PARTLY),
    ((300, 400), [(100, 900)], True, WITHIN),
    ((100, 900), [(300, 400)], True, WITHIN),
    ((100, 200), [(150, 300), (5000, 6000)], True, ALL_OF_THEM),
    ((3000, 3600), [(1000, 1800), (3400, 4500)], True, ALL_OF_THEM),
    ((100, 200), [(200, 250)], True, SHARE_END),
    ((200, 250), [(100, 200)], True, SHARE_END),
    ((2305, 2950), [(824, 1532), (1900, 2305), (3424, 3656)], True, SHARE_END),
    ((100, 199), [(200, 250)], False, SHARE_NONE),
    ((950, 1430), [(2000, 2550), (260, 949)], False, SHARE_NONE),
)

NOT_PAIR = Text(
    en="insert_audio_clip should return two things, (new_background, segment_time), got {got}.",
    ko="insert_audio_clip은 (new_background, segment_time) 두 가지를 반환해야 하는데 {got}입니다.",
)
NOT_TIMES = Text(
    en="segment_time should be a pair of milliseconds for a clip of {length} ms, such as (1000, {last}) "
    "with both ends inclusive, got {got!r}. Take it from get_random_time_segment(len(audio_clip)).",
    ko="segment_time은 {length} ms 클립의 (시작, 끝) 밀리초 쌍이어야 합니다. 예를 들면 양 끝을 포함한 "
    "(1000, {last})입니다. 그런데 {got!r}입니다. get_random_time_segment(len(audio_clip))의 결과를 쓰세요.",
)
STILL_OVERLAPS = Text(
    en="the clip was laid at {got}, where {taken} is taken. Draw again for as long as is_overlapping says "
    "True.",
    ko="클립을 {got}에 놓았는데 {taken} 구간이 이미 차 있습니다. is_overlapping이 True인 동안 다시 뽑으세요.",
)
NOT_APPENDED = Text(
    en="previous_segments should hold the new segment {got} after the call, so that the next clip keeps "
    "clear of it. Append it.",
    ko="호출 뒤에는 previous_segments에 새 구간 {got}이(가) 들어 있어야 다음 클립이 그 자리를 피합니다. "
    "append로 추가하세요.",
)
APPENDED_OFTEN = Text(
    en="previous_segments grew by {count} segments in one call, it should be 1. Append after the loop, not "
    "in it.",
    ko="한 번 호출에 previous_segments가 {count}개 늘었습니다. 1개만 늘어야 합니다. 반복문 안이 아니라 끝난 "
    "뒤에 추가하세요.",
)
OTHER_LENGTH = Text(
    en="the new background lasts {got} ms, it should stay at {expected}. Lay the clip over it with overlay; "
    "+ and append put it behind.",
    ko="새 배경의 길이가 {got} ms입니다. {expected} ms 그대로여야 합니다. +나 append는 뒤에 이어 붙이니 "
    "overlay로 겹치세요.",
)
NO_CLIP = Text(
    en="the new background is the old one: overlay changes nothing in place, it returns the mix.",
    ko="새 배경이 원래 배경과 같습니다. overlay는 원본을 바꾸지 않고 섞은 결과를 반환합니다.",
)
OTHER_PLACE = Text(
    en="the clip is heard from {got} ms on, segment_time says {expected}. Give overlay position=start, in "
    "milliseconds.",
    ko="클립이 {got} ms부터 들리는데 segment_time에는 {expected}로 되어 있습니다. overlay에 밀리초로 "
    "position=시작을 주세요.",
)
OTHER_DRAWS = Text(
    en="with np.random.seed({seed}), a clip of {length} ms and {taken}, the segment should be {expected}, "
    "got {got}. Draw once, and again only while it overlaps: each other draw shifts what follows.",
    ko="np.random.seed({seed}), {length} ms 클립, {taken}이면 구간은 {expected}이어야 하는데 {got}입니다. "
    "한 번 뽑고, 겹칠 때만 다시 뽑으세요. 더 뽑으면 그 뒤의 값이 모두 달라집니다.",
)


def check_count_frames(function: Callable[..., Any]) -> None:
    """Check `count_frames(samples)`: spectrogram frames of a recording.

    Raises:
        ExerciseError: it is not right yet.
    """
    for samples, expected in FRAMES:
        got = ask(function, samples)
        whole = isinstance(got, int | np.integer)
        require_that(whole, FRAMES_WHOLE, samples=samples, got=got)
        text = FRAMES_FIRST if got == expected - 1 else FRAMES_WRONG
        require_that(
            got == expected, text, samples=samples, expected=expected, got=got, window=WINDOW, hop=HOP
        )
    tell_correct("count_frames")


def check_is_overlapping(function: Callable[..., Any]) -> None:
    """Check `is_overlapping(segment_time, previous_segments)`.

    Raises:
        ExerciseError: it is not right yet.
    """
    for segment, others, expected, why in OVERLAPS:
        got = ask(function, segment, list(others))
        call = call_text(function, segment, others)
        require_that(isinstance(got, bool | np.bool_), NOT_BOOL, call=call, got=got)
        near = [one for one in others if segment[0] - 1 <= one[1] and one[0] - 1 <= segment[1]]
        end = min((min(segment[1], one[1]) for one in near), default=0)
        require_that(
            bool(got) == expected, CASE, call=call, expected=expected, got=got, why=why(shared=end, end=end)
        )
    tell_correct("is_overlapping")


def check_insert_audio_clip(function: Callable[..., Any]) -> None:
    """Check `insert_audio_clip(background, audio_clip, previous_segments)`.

    Raises:
        ExerciseError: it is not right yet.
    """
    background, clip = tone_segment(200.0, CLIP_MS, 0.02), tone_segment(700.0, 916, 0.2)
    for seed in SEEDS:
        taken = list(CROWDED)
        np.random.seed(seed)
        answer = ask(function, background, clip, taken)
        require_that(isinstance(answer, tuple) and len(answer) == 2, NOT_PAIR, got=type(answer).__name__)
        _check_place(answer[1], len(clip), taken)
        _check_mix(answer[0], background, clip, answer[1][0])
    for seed in LESSON_SEEDS:
        places = []
        for insert in (insert_audio_clip, function):
            np.random.seed(seed)
            places.append(tuple(ask(insert, background, clip, list(LESSON_TAKEN))[1]))
        values = {"seed": seed, "length": len(clip), "taken": LESSON_TAKEN}
        require_that(places[0] == places[1], OTHER_DRAWS, expected=places[0], got=places[1], **values)
    tell_correct("insert_audio_clip")


def tone_segment(hz: float, length_ms: int, level: float) -> "AudioSegment":
    """A sine as a pydub segment, 16-bit at 44.1 kHz.

    Args:
        hz: frequency.
        length_ms: length.
        level: amplitude, 1.0 is full scale.
    """
    t = np.arange(round(length_ms * RATE / 1000)) / RATE
    data = np.rint(32767 * level * np.sin(2 * np.pi * hz * t)).astype(np.int16)
    return segment_class()(data.tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def _check_place(times: Any, length: int, taken: list[Times]) -> None:
    pair = isinstance(times, tuple | list) and len(times) == 2
    fits = pair and times[0] >= 0 and times[1] < CLIP_MS and times[1] - times[0] + 1 == length
    require_that(fits, NOT_TIMES, length=length, last=1000 + length - 1, got=times)
    clear = not is_overlapping(times, CROWDED)
    require_that(clear, STILL_OVERLAPS, got=times, taken=CROWDED)
    grown = len(taken) - len(CROWDED)
    require_that(grown and tuple(times) in map(tuple, taken), NOT_APPENDED, got=times)
    require_that(grown == 1, APPENDED_OFTEN, count=grown)


def _check_mix(mix: Any, background: "AudioSegment", clip: "AudioSegment", start_ms: int) -> None:
    got = len(mix) if isinstance(mix, segment_class()) else type(mix).__name__
    require_that(got == CLIP_MS, OTHER_LENGTH, got=got, expected=CLIP_MS)
    require_that(mix.raw_data != background.raw_data, NO_CLIP)
    right = background.overlay(clip, position=start_ms)
    if mix.raw_data != right.raw_data:
        changed = np.flatnonzero(to_array(mix)[:, 0] != to_array(background)[:, 0])
        require_that(False, OTHER_PLACE, got=int(changed[0] * 1000 / RATE), expected=start_ms)
