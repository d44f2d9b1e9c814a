"""A learner's function, asked: whatever it does, the answer comes back, or a message that helps."""

import linecache
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

from oyez.course.language import Text
from oyez.errors import OyezError

__all__ = ["ExerciseError", "ask", "call_text", "require_that", "tell_correct"]

MOST_LINES = 300_000
"""Lines of the learner's code that one call may run through; the longest right answer needs some 10,000."""

LONGEST_TEXT = 60

CORRECT = Text(en="{name}: correct.", ko="{name}: 정답입니다.")
NO_FUNCTION = Text(
    en="the check needs your function, got {got!r}. Write its name without brackets: check_…(my_function)",
    ko="채점에는 여러분이 만든 함수가 필요한데 {got!r}입니다. 괄호 없이 함수 이름만 쓰세요: check_…(내_함수)",
)
BLANK = Text(
    en="{name} is not filled in yet. Replace every `...` in its cell with your code, and run the cell again.",
    ko="{name} 함수가 아직 비어 있습니다. 셀 안의 `...`을 모두 여러분의 코드로 바꾸고 그 셀을 다시 "
    "실행하세요.",
)
NOTHING = Text(
    en="{call} returns None. Does every way through the function end with `return`?",
    ko="{call}의 반환값이 None입니다. 함수의 모든 경로가 `return`으로 끝나는지 확인하세요.",
)
ENDLESS = Text(
    en="{call} does not come to an end: stopped after {lines:,} lines. Look at your loop: does something in "
    "it change what its condition asks? Are the functions that it calls correct?",
    ko="{call}이(가) 끝나지 않아 {lines:,}줄을 실행한 뒤 멈췄습니다. 반복문을 살펴보세요. 반복할 때마다 "
    "조건에 쓰이는 값이 바뀌나요? 그 안에서 부르는 함수들은 채점을 통과했나요?",
)
STOPPED = Text(
    en="{call} stops with {kind}: {text}{where}",
    ko="{call} 실행 중 {kind} 오류가 났습니다: {text}{where}",
)
WHERE = Text(en="\nLook at line {number} of the cell: {line}", ko="\n셀의 {number}번째 줄을 보세요: {line}")


class ExerciseError(OyezError):
    """An answer is not right yet; the message says what is wrong and where to look."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message alone."""
        return [str(self)]


class _EndlessError(BaseException):
    """Ends a learner's loop; no `except Exception` in it catches this."""


def require_that(holds: object, text: Text, **values: object) -> None:
    """Raise ExerciseError with a message unless something holds."""
    if not holds:
        raise ExerciseError(text(**values))


def tell_correct(name: str) -> None:
    """Say that an exercise is solved."""
    print(CORRECT(name=name))


def call_text(function: Callable[..., Any], *arguments: object) -> str:
    """A call as one would type it; what is long is left out."""
    texts = (repr(argument) for argument in arguments)
    shown = (text if len(text) <= LONGEST_TEXT and "<" not in text else "…" for text in texts)
    return f"{_name(function)}({', '.join(shown)})"


def ask(function: Callable[..., Any], *arguments: object) -> Any:
    """Call a learner's function.

    Its own lines are counted while it runs, so that an endless loop ends; the clock is not looked at.

    Args:
        function: the learner's.
        arguments: what it is called with.

    Returns:
        What it returns, neither None nor `...`.

    Raises:
        ExerciseError: it is blank, does not end, or raises.
    """
    if not callable(function):
        raise ExerciseError(NO_FUNCTION(got=function))
    call = call_text(function, *arguments)
    try:
        answer = _bounded(function, *arguments)
    except _EndlessError:
        raise ExerciseError(ENDLESS(call=call, lines=MOST_LINES)) from None
    except OyezError as error:
        raise ExerciseError(str(error)) from error
    except Exception as error:
        raise ExerciseError(_stopped(function, call, error)) from error
    parts = answer if isinstance(answer, tuple) else (answer,)
    require_that(
        not any(part is ... for part in parts),
        BLANK,
        name=_name(function),
        got=repr(answer).replace("Ellipsis", "..."),
    )
    require_that(answer is not None, NOTHING, call=call)
    return answer


def _bounded(function: Callable[..., Any], *arguments: object) -> Any:
    """The call, with the lines counted that run in the module, or the notebook, of the function."""
    home = getattr(function, "__globals__", None)
    left = MOST_LINES

    def count(frame: FrameType, event: str, _: object) -> Any:  # pragma: no cover - cannot be measured
        nonlocal left
        if frame.f_globals is not home:
            return None
        left -= event == "line"
        if left < 0:
            raise _EndlessError
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return function(*arguments)
    finally:
        sys.settrace(before)


def _stopped(function: Callable[..., Any], call: str, error: Exception) -> str:
    """The message for an exception, with the last of the learner's own lines that it passed through."""
    home = getattr(function, "__globals__", None)
    where = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals is home:
            line = linecache.getline(frame.f_code.co_filename, number).strip()
            where = WHERE(number=number, line=line)
    return STOPPED(call=call, kind=type(error).__name__, text=error, where=where)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)
