"""`oyez evaluate` on folders, as it is used: what it prints, what it writes, what it refuses."""

import json

import numpy as np
import pytest

from oyez import audio
from oyez.cli import main
from tone_model import tones, write_tone_model

RATE = 44_100


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model, words, speech, noise and a room."""
    folder = tmp_path_factory.mktemp("evaluate")
    write_tone_model(folder / "tone.onnx")
    for number in range(2):
        audio.write(folder / "words" / f"{number}.wav", tones([0.1], 0.5), RATE)
    audio.write(folder / "words" / "lost.wav", np.zeros(RATE), RATE)
    audio.write(folder / "near" / "tune" / "1.wav", tones([0.1], 0.5), RATE)
    for number in range(6):
        audio.write(folder / "speech" / f"{number}.wav", tones([1.0] * (number == 4), 3.0), RATE)
    audio.write(folder / "noise" / "hiss.wav", tones([], 8.0, noise=0.05), RATE)
    audio.write(folder / "rooms" / "room.wav", np.eye(1, 800)[0] * 0.5, RATE)
    return folder


def _evaluate(folder, *more, model="tone.onnx"):
    names = ("--positives", "words", "--negatives", "speech", "--noise", "noise", "--rooms", "rooms")
    paths = [name if name.startswith("--") else str(folder / name) for name in names]
    return main(["evaluate", str(folder / model), *paths, "--jobs", "1", *map(str, more)])


def test_it_says_what_was_missed_and_what_set_it_off(folder, capsys):
    assert _evaluate(folder) == 0
    text = capsys.readouterr().out
    assert "2 recordings of it" in text
    for condition in ("clean", "at once", "noise 10 dB", "six talkers 5 dB", "rooms", "telephone"):
        assert condition in text


def test_all_numbers_as_json(folder, capsys):
    assert _evaluate(folder, "--json", "--near-misses", folder / "near") == 0
    values = json.loads(capsys.readouterr().out)
    (engine,) = values["engines"]
    assert engine["false_accepts"]["count"] == 1
    assert values["hours"] == pytest.approx(18 / 3600)
    assert values["words"] == 2
    assert len(values["skipped"]) == 1
    assert [one["phrase"] for one in engine["near_misses"]] == ["tune"]


def test_a_page_and_cuts_are_written(folder, tmp_path, capsys):
    assert _evaluate(folder, "--report", tmp_path / "r.html", "--cuts", tmp_path / "cuts") == 0
    capsys.readouterr()
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<audio" in page
    assert "tone" in page
    found = [path.name for path in audio.files_in(tmp_path / "cuts")]
    assert any(name.startswith("false_accept-01") for name in found)
    assert _evaluate(folder, "--report", tmp_path / "r.html") == 2
    assert "exists" in capsys.readouterr().err
    assert _evaluate(folder, "--report", tmp_path / "r.html", "--overwrite") == 0


def test_a_threshold_of_ones_own(folder, capsys):
    assert _evaluate(folder, "--threshold", "0.999", "--json") == 0
    (engine,) = json.loads(capsys.readouterr().out)["engines"]
    assert engine["threshold"] == 0.999


def test_others_are_heard_beside_it(folder, capsys):
    assert _evaluate(folder, "--against", "activate", "--json") == 0
    engines = json.loads(capsys.readouterr().out)["engines"]
    assert [one["word"] for one in engines] == ["tone", "activate"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to evaluate on"),
        (("--positives", "nowhere"), "no such folder"),
        (("--negatives", "empty"), "holds no recordings"),
        (("--negatives", "speech", "--jobs", "0"), "jobs must be 1 or more"),
        (("--negatives", "speech", "--word", "chime"), "chime"),
        (("--negatives", "speech", "--against", "nobody:x"), "nobody"),
    ],
)
def test_bad_input_is_told_in_one_line(folder, arguments, message, capsys):
    (folder / "empty").mkdir(exist_ok=True)
    paths = [str(folder / one) if (folder / one).exists() else one for one in arguments]
    assert main(["evaluate", str(folder / "tone.onnx"), *paths]) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("oyez: ")
    assert message in error
    assert len(error.splitlines()) == 1
