"""A model file calibrated on somebody's own sound, as it is used."""

import json

import pytest

from oyez import audio
from oyez.cli import main
from oyez.detect.model import Model
from tone_model import tones, write_tone_model

RATE = 44_100


@pytest.fixture
def folder(tmp_path):
    write_tone_model(tmp_path / "tone.onnx")
    for number in range(3):
        audio.write(tmp_path / "speech" / f"{number}.wav", tones([1.0] * (number == 1), 4.0), RATE)
    return tmp_path


def _run(folder, *arguments, model="tone.onnx"):
    return main([
        "evaluate", str(folder / model) if model.endswith(".onnx") else model,
        "--negatives", str(folder / "speech"), "--calibrate", "--jobs", "1", *map(str, arguments),
    ])  # fmt: skip


def test_the_table_in_the_file_is_what_was_measured(folder, capsys):
    before = Model(folder / "tone.onnx").card.values
    assert _run(folder, "--json") == 0
    captured = capsys.readouterr()
    points = json.loads(captured.out)["engines"][0]
    model = Model(folder / "tone.onnx")
    table = model.card.values["table"]["tone"]
    assert table["hours"] == pytest.approx(12 / 3600, abs=0.001)
    assert table["rows"][-1][1] == 0 or points["false_accepts"]["count"] == 1
    assert model.card.values["trigger"] == before["trigger"]
    assert model.card.values["evaluated"] == {"calibrated_on_hours": table["hours"]}
    assert model.self_check() < 1e-4
    assert "its table of thresholds for “tone” is new" in captured.err


def test_a_rate_sets_the_threshold_too(folder, capsys):
    assert _run(folder, "--false-accepts", "1/day") == 0
    assert "evidence supports at most" in capsys.readouterr().err
    card = Model(folder / "tone.onnx").card
    assert card.trigger["tone"].threshold == card.values["table"]["tone"]["rows"][-1][0]


def test_strict_changes_nothing_where_the_hours_are_few(folder, capsys):
    before = (folder / "tone.onnx").read_bytes()
    assert _run(folder, "--false-accepts", "1/day", "--strict") == 2
    assert "evidence supports at most" in capsys.readouterr().err
    assert (folder / "tone.onnx").read_bytes() == before


def test_another_file_is_written_when_it_is_named(folder, capsys):
    before = (folder / "tone.onnx").read_bytes()
    assert _run(folder, "--out", folder / "mine.onnx") == 0
    assert (folder / "tone.onnx").read_bytes() == before
    assert Model(folder / "mine.onnx").card.values["table"] is not None
    assert _run(folder, "--out", folder / "mine.onnx") == 2
    assert "exists" in capsys.readouterr().err
    assert _run(folder, "--out", folder / "mine.onnx", "--overwrite") == 0


def test_a_shipped_model_stays_as_it_is(folder, capsys):
    assert _run(folder, model="activate") == 2
    assert "activate is shipped, and stays as it is" in capsys.readouterr().err


def test_sound_without_the_word_is_needed(folder, capsys):
    assert main(["evaluate", str(folder / "tone.onnx"), "--positives", "x", "--calibrate"]) == 2
    assert "Pass --negatives DIR" in capsys.readouterr().err
