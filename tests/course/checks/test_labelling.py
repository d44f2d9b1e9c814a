from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from oyez.course.checks import ExerciseError, check_insert_ones
from oyez.course.examples import insert_ones

STEPS = 1375


def _sets(first: Callable[[float], int], count: int = 50) -> Callable[..., Any]:
    """A learner's function that sets `count` steps from a first one on."""

    def function(y: Any, ms: int) -> Any:
        begin = first(ms * STEPS / 10_000)
        y[0, begin : begin + count] = 1
        return y

    return function


def in_a_loop(y: Any, ms: int) -> Any:
    end = int(ms * STEPS / 10_000)
    for step in range(end + 1, end + 51):
        if step < STEPS:
            y[0, step] = 1
    return y


def beyond(y: Any, ms: int) -> Any:
    end = int(ms * STEPS / 10_000)
    for step in range(end + 1, end + 51):
        y[0, step] = 1
    return y


def wraps(y: Any, ms: int) -> Any:
    end = int(ms * STEPS / 10_000)
    for step in range(end + 1, end + 51):
        y[0, step % STEPS] = 1
    return y


def only_when_it_fits(y: Any, ms: int) -> Any:
    end = int(ms * STEPS / 10_000)
    return insert_ones(y, ms) if end + 50 < STEPS else y


def anew(y: Any, ms: int) -> Any:
    return insert_ones(np.zeros_like(y), ms)


def adds(y: Any, ms: int) -> Any:
    return insert_ones(y, ms) * 2


def forgets_return(y: Any, ms: int) -> None:
    insert_ones(y, ms)


def test_insert_ones_right(capsys: pytest.CaptureFixture[str]) -> None:
    check_insert_ones(insert_ones)
    check_insert_ones(in_a_loop)
    assert capsys.readouterr().out == "insert_ones: correct.\n" * 2


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda y, ms: y, r"holds no ones after insert_ones\(y, 5000\).* = 687"),
        (_sets(lambda exact: int(exact)), "step 687, .* should stay 0: .* at 688"),
        (_sets(lambda exact: int(exact), 51), "step 687, .* should stay 0"),
        (
            _sets(lambda exact: int(exact) + 1, 51),
            "688 to 738 are ones, that is 51; it should be 50, 688 to 737",
        ),
        (_sets(lambda exact: int(exact) + 1, 49), "that is 49"),
        (_sets(lambda exact: int(exact) - 50), "637 to 686 are ones: that is before the word's end"),
        (_sets(lambda exact: STEPS - int(exact)), "expected at steps 585 to 634, got 791 to 840"),
        (_sets(lambda exact: int(exact) + 3), "expected at steps 688 to 737, got 690 to 739"),
        (_sets(lambda exact: round(exact) + 1), "Cut with int, do not round|should stay 0|expected at"),
        (beyond, r"only 1371 to 1374 become ones. IndexError: "),
        (wraps, "only 1371 to 1374 become ones. Got 0 to 1374"),
        (only_when_it_fits, "only 1371 to 1374 become ones. $"),
        (anew, "keep the ones of the first"),
        (adds, r"zeros and ones, got \[2.0\]"),
        (forgets_return, "returns None"),
        (lambda y, ms: y[0], r"shape \(1, 1375\), got \(1375,\)"),
        (lambda y, ms: 1, r"shape \(1, 1375\), got 1"),
        (lambda y, ms: y[0, ms], "IndexError: index 5000"),
    ],
)
def test_insert_ones_wrong(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_insert_ones(function)


def test_error_late_in_the_clip_that_is_no_index_keeps_its_message() -> None:
    def picky(y: Any, ms: int) -> Any:
        if ms > 9000:
            raise ValueError("too late")
        return insert_ones(y, ms)

    with pytest.raises(ExerciseError, match="ValueError: too late"):
        check_insert_ones(picky)


def test_rounding_is_told() -> None:
    """A word whose end lies past the middle of its step, and one whose end does not."""

    def rounds(y: Any, ms: int) -> Any:
        end = int(ms * STEPS / 10_000) if ms in (5000, 9965) else round(ms * STEPS / 10_000)
        y[0, end + 1 : end + 51] = 1
        return y

    with pytest.raises(
        ExerciseError, match=r"ends at step int\(584.51\) = 584, .* 585 to 634, got 586 to 635"
    ):
        check_insert_ones(rounds)
