import string
import sys
from collections.abc import Iterator

import pytest

from oyez.course import checks, use_language
from oyez.course.checks.answer import ExerciseError, ask, call_text
from oyez.errors import OyezError


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """As a program starts."""
    yield
    use_language("en")


def test_answer_comes_back() -> None:
    assert ask(lambda a, b: (a, b), 1, 2) == (1, 2)


def test_answer_may_be_false() -> None:
    assert ask(lambda: False) is False


@pytest.mark.parametrize("blank", [..., (..., 3), (1, ...)])
def test_blank_is_told(blank: object) -> None:
    with pytest.raises(ExerciseError, match="<lambda> is not filled in yet"):
        ask(lambda: blank)


def test_nothing_returned_is_told() -> None:
    with pytest.raises(ExerciseError, match=r"<lambda>\(1\) returns None"):
        ask(lambda _: None, 1)


def test_what_is_no_function_is_told() -> None:
    with pytest.raises(ExerciseError, match="needs your function, got False"):
        ask(False)  # type: ignore[arg-type]


def test_object_that_can_be_called_is_asked_too() -> None:
    class Answer:
        def __call__(self, number: int) -> int:
            return number + 1

    assert ask(Answer(), 1) == 2
    assert call_text(Answer(), 1) == "Answer(1)"


def test_exception_is_told_with_the_learners_line() -> None:
    def divide(number: int) -> float:
        return number / 0  # here

    with pytest.raises(ExerciseError, match=r"divide\(3\) stops with ZeroDivisionError") as caught:
        ask(divide, 3)
    assert str(caught.value).endswith("return number / 0  # here")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_our_own_errors_keep_their_message() -> None:
    def refuse() -> None:
        raise OyezError("ends are inclusive")

    with pytest.raises(ExerciseError, match=r"^ends are inclusive$"):
        ask(refuse)


def test_endless_loop_ends() -> None:
    def wait() -> None:
        while True:
            pass

    with pytest.raises(ExerciseError, match="does not come to an end"):
        ask(wait)


def test_endless_loop_that_catches_everything_ends() -> None:
    def wait() -> None:
        while True:
            try:
                sum(range(3))
            except Exception:
                continue

    with pytest.raises(ExerciseError, match="does not come to an end"):
        ask(wait)


def test_endless_loop_in_what_it_calls_ends() -> None:
    def wait() -> None:
        while True:
            pass

    def outer() -> None:
        wait()

    with pytest.raises(ExerciseError, match=r"outer\(\) does not come to an end"):
        ask(outer)


def test_long_work_of_a_library_does_not_count() -> None:
    assert ask(lambda: len(string.Template("$a" * 200).substitute(a="x" * 2_000))) == 400_000


def test_tracing_is_left_as_it_was() -> None:
    before = sys.gettrace()
    ask(lambda: 1)
    with pytest.raises(ExerciseError):
        ask(lambda: 1 / 0)
    assert sys.gettrace() is before


def test_call_leaves_out_what_is_long() -> None:
    assert call_text(ask, (1, 2), [0] * 99, object()) == "ask((1, 2), …, …)"


def test_notebook_shows_the_message_alone() -> None:
    assert ExerciseError("look at the ends")._render_traceback_() == ["look at the ends"]


def test_error_is_one_of_ours() -> None:
    assert issubclass(ExerciseError, OyezError)


def test_message_is_in_the_chosen_language() -> None:
    use_language("ko")
    with pytest.raises(ExerciseError, match="아직 비어 있습니다"):
        ask(lambda: ...)


def test_checks_name_what_they_offer() -> None:
    assert {name for name in vars(checks) if name.startswith("check_")} | {"ExerciseError"} == set(
        checks.__all__
    )


@pytest.mark.parametrize("name", [name for name in checks.__all__ if name.startswith("check_")])
def test_every_check_tells_a_blank_kindly(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    def blank(*_: object) -> object:
        return ...

    with pytest.raises(ExerciseError, match="blank is not filled in yet"):
        getattr(checks, name)(blank)
    assert capsys.readouterr().out == ""
