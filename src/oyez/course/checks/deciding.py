"""Checks of what is made of scores: F1 of events, when to chime, and a fair threshold."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.course.checks.answer import ExerciseError, ask, call_text, require_that, tell_correct
from oyez.course.examples import STEPS
from oyez.course.hearing import QUIET_STEPS
from oyez.course.language import Text

__all__ = ["check_chime_steps", "check_f1", "check_pick_threshold"]

THRESHOLD = 0.5

NO_NUMBER = Text(
    en="{call} should be a number, got {got!r}.",
    ko="{call}의 값은 숫자여야 하는데 {got!r}입니다.",
)
F1_MEAN = Text(
    en="{call} should be {expected:.3f}, got {got:.3f}: that is the ordinary mean of precision "
    "{precision:.3f} and recall {recall:.3f}. F1 is the harmonic mean, which the worse of the two pulls "
    "down.",
    ko="{call}의 값은 {expected:.3f}이어야 하는데 {got:.3f}입니다. 이것은 정밀도 {precision:.3f}와(과) "
    "재현율 {recall:.3f}의 산술 평균입니다. F1은 둘 중 나쁜 쪽에 끌려가는 조화 평균입니다.",
)
F1_SHARE = Text(
    en="{call} should be {expected:.3f}, got {got:.3f}: that is the hits among all events. In F1 the hits "
    "count twice, above and below: 2·hits / (2·hits + misses + false accepts).",
    ko="{call}의 값은 {expected:.3f}이어야 하는데 {got:.3f}입니다. 이것은 전체 사건 중 적중의 비율입니다. "
    "F1에서는 적중을 분자와 분모에서 두 번씩 셉니다: 2·적중 / (2·적중 + 놓침 + 오경보).",
)
F1_ZERO = Text(
    en="a detector that never says anything has no hits: {call} should be 0, but it stops with a division "
    "by zero. The form 2·hits / (2·hits + misses + false accepts) needs no special case for that.",
    ko="아무 말도 하지 않는 검출기는 적중이 0이므로 {call}의 값은 0이어야 하는데, 0으로 나누다가 멈춥니다. "
    "2·적중 / (2·적중 + 놓침 + 오경보) 꼴이면 예외를 따로 두지 않아도 됩니다.",
)
F1_OTHER = Text(
    en="{call} should be {expected:.3f}, got {got:.3f}. Precision is hits / (hits + false accepts), recall "
    "is hits / (hits + misses).",
    ko="{call}의 값은 {expected:.3f}이어야 하는데 {got:.3f}입니다. 정밀도는 적중 / (적중 + 오경보), "
    "재현율은 적중 / (적중 + 놓침)입니다.",
)

NOT_STEPS = Text(
    en="chime_steps should return a list of steps, whole numbers from 0 to {last}, got {got}.",
    ko="chime_steps는 0에서 {last}까지의 스텝 번호(정수) 리스트를 반환해야 하는데 {got}입니다.",
)
QUIET = Text(
    en="no score is above the threshold, so nothing may chime; got steps {got}. A score equal to the "
    "threshold is not above it.",
    ko="임계값을 넘는 점수가 없으니 아무것도 울리면 안 되는데 {got}에서 울립니다. 임계값과 같은 점수는 넘은 "
    "것이 아닙니다.",
)
EVERY_STEP = Text(
    en="a word is above the threshold for many steps, and you chime at each: {got} … Count the steps since "
    "the last chime, and set the count to 0 when it chimes.",
    ko="한 단어의 점수는 여러 스텝 동안 임계값을 넘는데, 그때마다 울립니다: {got} … 마지막으로 울린 뒤의 "
    "스텝을 세고, 울릴 때 0으로 되돌리세요.",
)
TOO_EARLY = Text(
    en="with all scores high the first chime is at step 75, got {got}. The count begins at 0 and grows by "
    "one at each step, before you look: it must be above {quiet}.",
    ko="모든 점수가 높을 때 첫 소리는 75번 스텝인데 {got}번입니다. 세기는 0에서 시작해 스텝마다 먼저 1씩 "
    "늘고, 그 값이 {quiet}보다 커야 울립니다.",
)
OTHER_DISTANCE = Text(
    en="with all scores high, chimes are 76 steps apart: 75, 151, 227 …, got {got} … Is the count set to 0 "
    "at a chime, and must it be above {quiet}, not equal?",
    ko="모든 점수가 높으면 76스텝 간격으로 75, 151, 227 …에서 울려야 하는데 {got} …입니다. 울릴 때 0으로 "
    "되돌리나요? {quiet}와 같을 때가 아니라 더 클 때 울리나요?",
)
NEVER = Text(
    en="steps {first} to {last} are above the threshold, so step {first} should chime, got nothing. The "
    "count goes on through quiet steps too.",
    ko="{first}~{last}번 스텝이 임계값을 넘으므로 {first}번에서 울려야 하는데 울리지 않습니다. 조용한 "
    "스텝에서도 계속 세어야 합니다.",
)
CHIMES = Text(
    en="steps {first} to {last} are above the threshold; it should chime once, at {first}, got {got}.",
    ko="{first}~{last}번 스텝이 임계값을 넘습니다. {first}번에서 한 번만 울려야 하는데 {got}입니다.",
)

TOO_MANY = Text(
    en="{call} should be {expected}, got {got:g}: {count} of the peaks lie above that, and {allowed} may. "
    "Sort them, the highest first: which one is the first that must not pass?",
    ko="{call}의 값은 {expected}이어야 하는데 {got:g}입니다. 이 값을 넘는 봉우리는 {count}개인데 "
    "{allowed}개까지만 넘을 수 있습니다. 높은 것부터 정렬하세요. 넘어서는 안 되는 첫 봉우리는 어느 것인가요?",
)
NOT_LOWEST = Text(
    en="{call} should be {expected}, got {got:g}: that is higher than it need be, and misses words for "
    "nothing. At {expected}, too, no more than {allowed} of the peaks lie above: an equal one does not.",
    ko="{call}의 값은 {expected}이어야 하는데 {got:g}입니다. 필요 이상으로 높아서 단어를 괜히 놓칩니다. "
    "임계값이 {expected}일 때도 넘는 봉우리는 많아야 {allowed}개입니다. 임계값과 같으면 넘은 것이 아닙니다.",
)
ALL_ALLOWED = Text(
    en="{call}: there are no more peaks than may lie above the threshold, so it should be 0, but it stops "
    "with an IndexError.",
    ko="{call}: 모든 봉우리가 임계값을 넘어도 되므로 0이어야 하는데 IndexError로 멈춥니다.",
)


def check_f1(function: Callable[..., Any]) -> None:
    """Check `f1(hits, misses, false_accepts)`.

    Raises:
        ExerciseError: it is not right yet.
    """
    for hits, misses, false_accepts in ((6, 3, 1), (8, 2, 2), (0, 5, 0), (0, 0, 2)):
        counts = (hits, misses, false_accepts)
        call = call_text(function, *counts)
        got = _f1(function, counts, call)
        expected = 2 * hits / (2 * hits + misses + false_accepts)
        if math.isclose(got, expected, abs_tol=1e-3):
            continue
        values: dict[str, Any] = {"call": call, "expected": expected, "got": got}
        precision, recall = hits / max(1, hits + false_accepts), hits / max(1, hits + misses)
        mean = math.isclose(got, (precision + recall) / 2, abs_tol=1e-3)
        require_that(not mean, F1_MEAN, precision=precision, recall=recall, **values)
        share = math.isclose(got, hits / sum(counts), abs_tol=1e-3)
        require_that(not share, F1_SHARE, **values)
        require_that(False, F1_OTHER, **values)
    tell_correct("f1")


def check_chime_steps(function: Callable[..., Any]) -> None:
    """Check `chime_steps(predictions, threshold)`: the steps at which the lesson's rule chimes.

    Raises:
        ExerciseError: it is not right yet.
    """
    got = _steps(function, np.full(STEPS, THRESHOLD))
    require_that(not got, QUIET, got=got[:5])
    _check_all_high(_steps(function, np.ones(STEPS)))
    for first, last in ((500, 549), (200, 249)):
        scores = np.full(STEPS, 0.1)
        scores[first : last + 1] = 0.9
        got = _steps(function, scores)
        require_that(got, NEVER, first=first, last=last)
        require_that(got == [first], CHIMES, first=first, last=last, got=got[:5])
    tell_correct("chime_steps")


def check_pick_threshold(function: Callable[..., Any]) -> None:
    """Check `pick_threshold(peaks, allowed)`: the lowest that at most so many peaks lie above.

    Raises:
        ExerciseError: it is not right yet.
    """
    four, tied = (0.3, 0.8, 0.1, 0.6), (0.2, 0.7, 0.7, 0.4)
    for given, allowed, expected in (
        (four, 1, 0.6),
        (four, 0, 0.8),
        (four, 3, 0.1),
        (tied, 1, 0.7),
        (four, 4, 0),
    ):
        peaks = list(given)
        call = call_text(function, peaks, allowed)
        try:
            got = ask(function, peaks, allowed)
        except ExerciseError as error:
            beyond = isinstance(error.__cause__, IndexError) and allowed >= len(given)
            require_that(not beyond, ALL_ALLOWED, call=call)
            raise
        require_that(isinstance(got, int | float | np.number), NO_NUMBER, call=call, got=got)
        values = {"call": call, "expected": expected, "got": float(got), "allowed": allowed}
        above = sum(peak > got for peak in given)
        require_that(above <= allowed, TOO_MANY, count=above, **values)
        require_that(math.isclose(got, expected, abs_tol=1e-6), NOT_LOWEST, **values)
    tell_correct("pick_threshold")


def _f1(function: Callable[..., Any], counts: tuple[int, int, int], call: str) -> float:
    try:
        got = ask(function, *counts)
    except ExerciseError as error:
        require_that(not isinstance(error.__cause__, ZeroDivisionError), F1_ZERO, call=call)
        raise
    require_that(isinstance(got, int | float | np.number), NO_NUMBER, call=call, got=got)
    return float(got)


def _steps(function: Callable[..., Any], scores: npt.NDArray[np.float64]) -> list[int]:
    answer = ask(function, scores.reshape(1, -1, 1), THRESHOLD)
    listed = isinstance(answer, Sequence | np.ndarray) and not isinstance(answer, str)
    steps = list(answer) if listed else [-1]
    fits = all(isinstance(step, int | np.integer) and 0 <= step < STEPS for step in steps)
    require_that(listed and fits, NOT_STEPS, last=STEPS - 1, got=repr(answer)[:60])
    return [int(step) for step in steps]


def _check_all_high(got: list[int]) -> None:
    """All scores are high: 75, 151, 227 and so on."""
    shown = ", ".join(map(str, got[:4]))
    distances = set(np.diff(got).tolist())
    require_that(distances != {1} or len(got) < 3, EVERY_STEP, got=shown)
    require_that(got, NEVER, first=QUIET_STEPS, last=STEPS - 1)
    require_that(
        got[0] == QUIET_STEPS or distances != {QUIET_STEPS + 1}, TOO_EARLY, got=got[0], quiet=QUIET_STEPS
    )
    right = list(range(QUIET_STEPS, STEPS, QUIET_STEPS + 1))
    require_that(got == right, OTHER_DISTANCE, got=shown, quiet=QUIET_STEPS)
