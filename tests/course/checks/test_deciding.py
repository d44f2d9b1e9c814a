from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from oyez.course.checks import ExerciseError, check_chime_steps, check_f1, check_pick_threshold


def f1(hits: int, misses: int, false_accepts: int) -> float:
    return 2 * hits / (2 * hits + misses + false_accepts)


def by_parts(hits: int, misses: int, false_accepts: int) -> float:
    if not hits:
        return 0
    precision, recall = hits / (hits + false_accepts), hits / (hits + misses)
    return 2 * precision * recall / (precision + recall)


def divides(hits: int, misses: int, false_accepts: int) -> float:
    precision, recall = hits / (hits + false_accepts), hits / (hits + misses)
    return 2 * precision * recall / (precision + recall)


def mean(hits: int, misses: int, false_accepts: int) -> float:
    return (hits / max(1, hits + false_accepts) + hits / max(1, hits + misses)) / 2


@pytest.mark.parametrize("function", [f1, by_parts])
def test_f1_right(function: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    check_f1(function)
    assert capsys.readouterr().out == "f1: correct.\n"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (mean, r"mean\(6, 3, 1\) should be 0.750, got 0.762: that is the ordinary mean"),
        (lambda h, m, f: h / (h + m + f), "should be 0.750, got 0.600: that is the hits among all events"),
        (divides, r"divides\(0, 5, 0\) should be 0, but it stops with a division by zero"),
        (lambda h, m, f: h / (h + m), r"\(6, 3, 1\) should be 0.750, got 0.667. Precision is"),
        (lambda h, m, f: "80 %", "should be a number, got '80 %'"),
        (lambda h, m: h, "TypeError"),
    ],
)
def test_f1_wrong(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_f1(function)


def chime(
    least: int = 75, start: int = 0, back: int = 0, quiet_too: bool = True, inclusive: bool = False
) -> Callable[..., Any]:
    """A learner's `chime_steps`, right but for what is said otherwise."""

    def function(predictions: Any, threshold: float) -> list[int]:
        steps, since = [], start
        for step, score in enumerate(predictions[0, :, 0]):
            high = score >= threshold if inclusive else score > threshold
            since += high or quiet_too
            if high and since > least:
                steps.append(step)
                since = back
        return steps

    return function


@pytest.mark.parametrize("function", [chime(), lambda *given: np.array(chime()(*given), int)])
def test_chime_steps_right(function: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    check_chime_steps(function)
    assert capsys.readouterr().out == "chime_steps: correct.\n"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (chime(least=-1, start=9), "you chime at each: 0, 1, 2, 3 …"),
        (chime(inclusive=True), "nothing may chime; got steps"),
        (chime(start=76), "first chime is at step 75, got 0"),
        (chime(least=74), "75, 151, 227 …, got 74, 149"),
        (chime(back=1), "got 75, 150"),
        (chime(quiet_too=False), "step 500 should chime, got nothing. The count goes on through quiet"),
        (lambda predictions, threshold: [], "steps 75 to 1374 are above"),
        (
            lambda predictions, threshold: (
                chime()(predictions, threshold)[:18]
                if predictions.mean() == 1
                else [step + 1 for step in chime()(predictions, threshold)]
            ),
            r"chime once, at 500, got \[501\]",
        ),
        (lambda predictions, threshold: 3, "a list of steps, .* got 3"),
        (lambda predictions, threshold: "75", "a list of steps, .* got '75'"),
        (lambda predictions, threshold: [0.5], "whole numbers from 0 to 1374"),
        (lambda predictions, threshold: [1375], "whole numbers from 0 to 1374"),
    ],
)
def test_chime_steps_wrong(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_chime_steps(function)


def test_a_chime_at_every_step_above_the_threshold_is_told() -> None:
    def every(predictions: Any, threshold: float) -> list[int]:
        return [step for step, score in enumerate(predictions[0, :, 0]) if score > threshold]

    with pytest.raises(ExerciseError, match="you chime at each"):
        check_chime_steps(every)


def pick_threshold(peaks: list[float], allowed: int) -> float:
    return max(sorted(peaks, reverse=True)[allowed:], default=0)


def sorts_in_place(peaks: list[float], allowed: int) -> float:
    peaks.sort(reverse=True)
    return np.float64(peaks[allowed]) if allowed < len(peaks) else 0


def one_less(peaks: list[float], allowed: int) -> float:
    return [1.0, *sorted(peaks, reverse=True)][allowed]


@pytest.mark.parametrize("function", [pick_threshold, sorts_in_place])
def test_pick_threshold_right(function: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    check_pick_threshold(function)
    assert capsys.readouterr().out == "pick_threshold: correct.\n"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            lambda peaks, allowed: sorted(peaks)[allowed],
            r"\(\[0.3, 0.8, 0.1, 0.6\], 1\) should be 0.6, got 0.3: 2 of the peaks lie above that, and 1 may",
        ),
        (one_less, r"one_less\(.*, 1\) should be 0.6, got 0.8: that is higher than it need be"),
        (
            lambda peaks, allowed: sorted(set(peaks))[::-1][allowed],
            r"0.7, 0.4\], 1\) should be 0.7, got 0.4: 2",
        ),
        (lambda peaks, allowed: sorted(peaks)[::-1][allowed], r"1, 0.6\], 4\): there are no more peaks than"),
        (lambda peaks, allowed: peaks[allowed + 9], "stops with IndexError: list index out of range"),
        (lambda peaks, allowed: peaks, r"should be a number, got \[0.3, 0.8"),
        (lambda peaks, allowed: float("nan"), "should be 0.6, got nan"),
        (lambda peaks, allowed: ..., "is not filled in yet"),
    ],
)
def test_pick_threshold_wrong(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_pick_threshold(function)
