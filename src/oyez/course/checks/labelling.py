"""The check of labels: ones right after a word's end."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.course.checks.answer import ExerciseError, ask, require_that, tell_correct
from oyez.course.examples import STEPS
from oyez.course.language import Text

__all__ = ["check_insert_ones"]

ONES = 50
MIDDLE_MS, LATE_MS = 5000, 9965
MIDDLE, LATE = 687, 1370
"""Steps in which those milliseconds lie."""

NOT_LABELS = Text(
    en="insert_ones should return y with its shape (1, {steps}), got {got}.",
    ko="insert_ones는 모양이 (1, {steps})인 y를 그대로 반환해야 하는데 {got}입니다.",
)
NO_ONES = Text(
    en="y holds no ones after insert_ones(y, {ms}). The word ends at step int({ms} * {steps} / 10000) = "
    "{end}: the {ones} steps after it become 1.",
    ko="insert_ones(y, {ms}) 뒤에도 y에 1이 없습니다. 단어는 int({ms} * {steps} / 10000) = {end}번째 "
    "스텝에서 끝나고, 그 뒤 {ones}개 스텝이 1이 됩니다.",
)
OTHER_VALUES = Text(
    en="y should hold zeros and ones, got {got}. Set the steps to 1; do not add to them.",
    ko="y에는 0과 1만 있어야 하는데 {got}이(가) 있습니다. 더하지 말고 1로 설정하세요.",
)
END_ITSELF = Text(
    en="step {end}, in which the word ends, should stay 0: the ones begin one step later, at {first}.",
    ko="단어가 끝나는 {end}번째 스텝은 0으로 남아야 합니다. 1은 그다음 스텝인 {first}번부터 시작합니다.",
)
BEFORE_END = Text(
    en="steps {first} to {last} are ones: that is before the word's end at step {end}. The network cannot "
    "know the word yet; count forward from its end.",
    ko="{first}~{last}번 스텝이 1입니다. 단어가 끝나는 {end}번보다 앞입니다. 그때는 신경망이 아직 단어를 다 "
    "듣지 못했습니다. 단어가 끝난 다음 스텝부터 세어 나가세요.",
)
OTHER_COUNT = Text(
    en="steps {first} to {last} are ones, that is {got}; it should be {ones}, {right_first} to "
    "{right_last}. The end of a range or slice in Python does not belong to it.",
    ko="{first}~{last}번 스텝, 모두 {got}개가 1입니다. {right_first}~{right_last}번의 {ones}개여야 합니다. "
    "파이썬에서 range나 슬라이스의 끝 값은 포함되지 않습니다.",
)
ROUNDED = Text(
    en="a word that ends at {ms} ms ends at step int({exact:.2f}) = {end}, so the ones are {right_first} to "
    "{right_last}, got {first} to {last}. Cut with int, do not round.",
    ko="{ms} ms에서 끝나는 단어의 끝 스텝은 int({exact:.2f}) = {end}이므로 1은 "
    "{right_first}~{right_last}번인데 {first}~{last}번입니다. 반올림하지 말고 int로 버리세요.",
)
ELSEWHERE = Text(
    en="a word that ends at {ms} ms: ones are expected at steps {right_first} to {right_last}, got {first} "
    "to {last}. A step lasts 10000 / {steps} ms, so the end lies at step int({ms} * {steps} / 10000) = "
    "{end}.",
    ko="{ms} ms에서 끝나는 단어라면 {right_first}~{right_last}번 스텝이 1이어야 하는데 "
    "{first}~{last}번입니다. 한 스텝은 10000 / {steps} ms이므로 단어의 끝은 int({ms} * {steps} / 10000) = "
    "{end}번째 스텝입니다.",
)
PAST_END = Text(
    en="a word may end near the end of the clip. At {ms} ms its end is step {end}, and y has {steps} steps: "
    "only {right_first} to {right_last} become ones. {got}",
    ko="단어가 클립의 끝 가까이에서 끝날 수도 있습니다. {ms} ms면 끝은 {end}번째 스텝이고 y에는 스텝이 "
    "{steps}개뿐이므로 {right_first}~{right_last}번만 1이 됩니다. {got}",
)
GOT_STEPS = Text(en="Got {first} to {last}.", ko="그런데 {first}~{last}번이 1입니다.")
LOST = Text(
    en="a second call should keep the ones of the first: after 9700 ms and 4251 ms both words are labelled. "
    "Change y, and return the same array.",
    ko="두 번째 호출이 첫 번째의 1을 지우면 안 됩니다. 9700 ms와 4251 ms 뒤에는 두 단어 모두 표시되어 "
    "있어야 합니다. y를 고치고 같은 배열을 반환하세요.",
)


def check_insert_ones(function: Callable[..., Any]) -> None:
    """Check `insert_ones(y, segment_end_ms)`.

    Raises:
        ExerciseError: it is not right yet.
    """
    _check_run(_labels(function, MIDDLE_MS), MIDDLE_MS, MIDDLE)
    _check_run(_labels(function, 4251), 4251, 584)
    _check_late(function)
    y = np.zeros((1, STEPS))
    for ms in (9700, 4251):
        y = np.asarray(ask(function, y, ms))
    expected = {*range(585, 635), *range(1334, STEPS)}
    require_that(set(np.flatnonzero(y[0]).tolist()) == expected, LOST)
    tell_correct("insert_ones")


def _labels(function: Callable[..., Any], ms: int) -> npt.NDArray[Any]:
    answer = ask(function, np.zeros((1, STEPS)), ms)
    shape = np.shape(answer)
    require_that(shape == (1, STEPS), NOT_LABELS, steps=STEPS, got=shape or repr(answer))
    return np.asarray(answer)


def _check_run(y: npt.NDArray[Any], ms: int, end: int) -> None:
    """The 50 steps after `end`, and no others; the commonest mistakes first."""
    require_that(y.any(), NO_ONES, ms=ms, steps=STEPS, end=end, ones=ONES)
    values = sorted(set(np.unique(y).tolist()) - {0, 1})
    require_that(not values, OTHER_VALUES, got=values)
    found: Sequence[int] = np.flatnonzero(y[0]).tolist()
    first, last = found[0], found[-1]
    right = {"right_first": end + 1, "right_last": end + ONES}
    exact = ms * STEPS / 10_000
    require_that(first != end, END_ITSELF, end=end, first=end + 1)
    require_that(last > end, BEFORE_END, first=first, last=last, end=end)
    rounded = round(exact) != end and first == round(exact) + 1
    require_that(not rounded, ROUNDED, ms=ms, exact=exact, end=end, first=first, last=last, **right)
    require_that(first == end + 1, ELSEWHERE, ms=ms, steps=STEPS, end=end, first=first, last=last, **right)
    full = found == list(range(end + 1, end + ONES + 1))
    require_that(full, OTHER_COUNT, first=first, last=last, got=len(found), ones=ONES, **right)


def _check_late(function: Callable[..., Any]) -> None:
    """Ones that would lie beyond the last step."""
    right = {"ms": LATE_MS, "end": LATE, "steps": STEPS, "right_first": LATE + 1, "right_last": STEPS - 1}
    try:
        y = _labels(function, LATE_MS)
    except ExerciseError as error:
        beyond = isinstance(error.__cause__, IndexError)
        require_that(not beyond, PAST_END, got=f"IndexError: {error.__cause__}", **right)
        raise
    found = np.flatnonzero(y[0]).tolist()
    got = GOT_STEPS(first=found[0], last=found[-1]) if found else ""
    require_that(found == list(range(LATE + 1, STEPS)), PAST_END, got=got, **right)
