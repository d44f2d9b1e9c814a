from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oyez import plot
from oyez.course.checks import ExerciseError, check_create_training_example
from oyez.course.examples import create_training_example, insert_audio_clip, insert_ones
from oyez.course.hearing import graph_spectrogram
from oyez.course.segments import match_target_amplitude, write_segment


@pytest.fixture(autouse=True)
def quiet_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window is wanted."""
    monkeypatch.setenv("MPLBACKEND", "agg")


def example(
    gain_db: float = -20.0,
    level_dbfs: float | None = -20.0,
    most: tuple[int, int] = (4, 2),
    label: Callable[[Any, tuple[int, int], bool], object] = lambda y, times, word: (
        word and insert_ones(y, times[1])
    ),
    goes_on: bool = True,
    heard: bool = True,
) -> Callable[..., Any]:
    """A learner's function, right but for what is said otherwise."""

    def function(background: Any, activates: Any, negatives: Any) -> Any:
        np.random.seed(18)
        mix = background + gain_db
        y, taken = np.zeros((1, 1375)), []  # type: ignore[var-annotated]
        for clips, count, word in ((activates, most[0], True), (negatives, most[1], False)):
            for index in np.random.randint(len(clips), size=np.random.randint(0, count + 1)):
                laid, times = insert_audio_clip(mix if goes_on else background, clips[index], taken)
                mix = laid if word or heard else mix
                label(y, times, word)
        if level_dbfs is not None:
            mix = match_target_amplitude(mix, level_dbfs)
        write_segment(mix, "train.wav")
        return graph_spectrogram("train.wav"), y

    return function


@pytest.mark.parametrize("function", [create_training_example, example()])
def test_right_answer_passes(function: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    check_create_training_example(function)
    assert capsys.readouterr().out == "create_training_example: correct.\n"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pyplot = plot.pyplot()
    shown = pyplot.get_fignums()
    check_create_training_example(create_training_example)
    assert list(tmp_path.iterdir()) == []
    assert pyplot.get_fignums() == shown


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (example(label=lambda *_: None), "call insert_ones for each"),
        (example(label=lambda y, times, _: insert_ones(y, times[1])), "labelled too: steps 1026 to 1075"),
        (
            example(label=lambda y, times, word: word and insert_ones(y, times[0])),
            "takes the end of its segment",
        ),
        (example(most=(9, 2)), "with seed 18 the ones are expected at steps 337-386, 522-571, got"),
        (example(gain_db=0.0), "20 dB softer"),
        (example(level_dbfs=None), "another level than -20 dBFS"),
        (example(heard=False), "the other word is not heard"),
        (example(goes_on=False), "the sound is not that of seed 18"),
        (lambda *_: (np.zeros((101, 5511)), np.zeros(1375)), r"the labels, \(1, 1375\), got \(1375,\)"),
        (lambda *given: create_training_example(*given)[0], "two things"),
        (
            lambda *given: tuple(
                part.T if part.shape[0] == 101 else part for part in create_training_example(*given)
            ),
            r"\(101, 5511\), got \(5511, 101\)",
        ),
    ],
)
def test_mistake_is_named(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_create_training_example(function)
