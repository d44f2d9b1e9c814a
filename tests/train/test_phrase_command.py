"""`oyez train PHRASE`, whole, on fake voices and with tiny counts."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from fake_training import COUNTS, RATE, fake_training
from oyez import audio
from oyez.cli import main
from oyez.detect.model import Model
from oyez.errors import ConfigError
from oyez.train import phrase_command
from oyez.train.export import load_small_network
from oyez.train.phrase_command import _counts, _keep_counts, minutes, slug
from oyez.train.progress import shown
from sounds import noise, word

pytest.importorskip("hibari", reason="hibari-tts is not installed: pip install 'oyez[train]'")

TRAIN = ["train", "smart  kettle", "--threads", "1", "--clips", "clips", "--false-accepts", "400/hour"]


@pytest.fixture
def faked(monkeypatch, tmp_path):
    fake_training(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which the command has run once, with everything that can be brought."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as monkeypatch:
        fake_training(monkeypatch, folder)
        for number in range(10):
            audio.write(folder / "people" / f"p{number}_1.wav", word(400.0 + 20 * number), RATE)
        audio.write(folder / "radio" / "news.wav", noise(3, 12.0, RATE), RATE)
        audio.write(folder / "kitchen" / "fan.wav", noise(4, 12.0, RATE), RATE)
        brought = ["--recordings", "people", "--negatives", "radio", "--backgrounds", "kitchen"]
        assert main([*TRAIN, *brought]) == 0
    return folder


def test_the_model_says_what_it_was_learnt_from(trained):
    model = Model(trained / "smart-kettle.onnx")
    card = model.card
    assert card.words == ("smart kettle",)
    assert model.self_check() < 1e-4
    values = card.values
    assert values["preset"] == "small"
    assert values["trained"]["counts"] == COUNTS.to_dict()
    assert (values["trained"]["phrase"], values["trained"]["seed"]) == ("smart kettle", 0)
    assert (values["trained"]["clips"], values["trained"]["recordings"]) == (4, 8)
    assert values["trained"]["own_hours"] == pytest.approx(12 / 3600, abs=1e-3)
    assert values["evaluated"]["held_out_voices"].endswith("of 6 missed, in noise, talk and rooms")
    assert values["evaluated"]["recordings_held_out"].endswith("of 2 missed")
    assert values["table"]["smart kettle"]["hours"] == pytest.approx(20 / 3600, abs=1e-3)
    assert {"some talk", "hibari voices"} < values["licences"].keys()
    assert str(trained) not in json.dumps(values)


def test_the_run_holds_what_is_needed_to_repeat_it(trained):
    run = trained / "runs/smart-kettle"
    counts = json.loads((run / "counts.json").read_text())
    assert counts == {"budget_s": 900.0, **COUNTS.to_dict()}
    settings = json.loads((run / "run.json").read_text())
    assert settings["voices"] == ["fake/anna", "hibari/bo"]
    assert settings["held_out_voices"] == ["fake/carla"]
    assert {"oyez", "torch"} < settings["versions"].keys()
    assert settings["clips"]["recorded"] == 8
    said = [json.loads(line) for line in (run / "said.jsonl").read_text().splitlines()]
    assert [(engine, voice, seed) for engine, voice, _, seed in said[:2]] == [
        ("fake", "anna", 0),
        ("hibari", "bo", 1),
    ]
    assert all(text == "smart kettle" or text[0] == text[-1] == "/" for _, _, text, _ in said[: COUNTS.words])
    assert len(said) == COUNTS.words + 3 + COUNTS.near_misses + COUNTS.sentences
    stages = json.loads((run / "seconds.json").read_text())
    assert list(stages) == [
        "voices", "scenes", "held-out voices", "your speech", "learning", "judging",
    ]  # fmt: skip


def test_a_run_that_was_stopped_goes_on_and_one_that_ended_says_so(faked, capsys, monkeypatch):
    original = phrase_command.train_phrase

    def stopped(*arguments, on_progress, **rest):
        def stop(name, done, total):
            on_progress(name, done, total)
            if name == "learning" and done:
                raise KeyboardInterrupt

        return original(*arguments, on_progress=stop, **rest)

    monkeypatch.setattr(phrase_command, "train_phrase", stopped)
    assert main(TRAIN) == 130
    err = capsys.readouterr().err
    assert "what was made is kept; the same command goes on with it" in err
    assert not Path("smart-kettle.onnx").exists()
    monkeypatch.setattr(phrase_command, "train_phrase", original)
    assert main(TRAIN) == 0
    out, err = capsys.readouterr()
    assert "ended before" not in err
    assert "smart-kettle.onnx: listens for “smart kettle” from " in out
    assert "These voices are synthetic" in out
    assert "per hour" in out
    assert "recordings of people" not in out
    assert [line.split()[0] for line in out.splitlines()[-6:]] == [
        "voices", "scenes", "held-out", "learning", "judging", "all",
    ]  # fmt: skip
    assert "try it: oyez listen --model smart-kettle.onnx" in err
    assert "\nvoices\n" in f"\n{err}"

    # once more: nothing is learnt, the same weights are written
    first, _ = load_small_network(Path("smart-kettle.onnx"))
    assert "smart-kettle.onnx exists already" in _error(capsys, *TRAIN)
    assert main([*TRAIN, "--overwrite"]) == 0
    assert "runs/smart-kettle: this training had ended before" in capsys.readouterr().err
    second, _ = load_small_network(Path("smart-kettle.onnx"))
    for one, two in zip(first.parameters(), second.parameters(), strict=True):
        np.testing.assert_array_equal(one.detach().numpy(), two.detach().numpy())

    # another seed or budget is another training, and is told before anything is said
    assert "another seed: expected 1, got 0" in _error(capsys, *TRAIN, "--overwrite", "--seed", "1")
    err = _error(capsys, *TRAIN, "--overwrite", "--budget", "5m")
    assert "runs/smart-kettle holds a training of 900 s, got --budget 5m" in err


def _error(capsys, *arguments):
    assert main(list(arguments)) == 2
    return capsys.readouterr().err


def test_people_are_told_of(trained, capsys, monkeypatch):
    fake_training(monkeypatch, trained)
    brought = ["--recordings", "people", "--negatives", "radio", "--backgrounds", "kitchen"]
    assert main([*TRAIN, *brought, "--out", "again.onnx", "--run", "runs/smart-kettle"]) == 0
    out, err = capsys.readouterr()
    assert "Of 2 recordings of people that trained nothing it missed " in out
    assert "2 of 10 recordings train nothing and are measured on, of people who do not train" in err
    assert "0.00 h of speech of your own train too" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "  "], "expected a phrase to listen for, got nothing"),
        (["train", "hey you", "--budget", "soon"], "expected a budget such as 15m"),
        (["train", "hey you", "--false-accepts", "seldom"], "expected a rate such as 1/day"),
        (["train", "hey you", "--recordings", "none"], "none holds no recordings"),
        (["train", "hey you", "--negatives", "none"], "none: no such folder"),
    ],
)
def test_what_cannot_be_is_told(faked, capsys, arguments, says):
    assert says in _error(capsys, *arguments, "--threads", "1", "--clips", "clips")
    assert not list(faked.glob("*.onnx"))
    assert not (faked / "runs").exists()


def test_counts_are_those_of_the_budget_and_stay(faked):
    options = argparse.Namespace(budget="5m", threads=2)
    folder = faked / "run"
    assert _counts(options, folder) == COUNTS
    _keep_counts(options, COUNTS, folder)
    assert json.loads((folder / "counts.json").read_text())["budget_s"] == 300
    (folder / "counts.json").write_text(json.dumps({"budget_s": 300, **COUNTS.to_dict(), "words": 9}))
    assert _counts(options, folder).words == 9
    anew = argparse.Namespace(budget=None, threads=1)
    _keep_counts(anew, COUNTS, folder)
    assert _counts(anew, folder).words == 9
    with pytest.raises(ConfigError, match="of 300 s, got --budget 6m"):
        _counts(argparse.Namespace(budget="6m", threads=2), folder)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("Hey, Computer!", "hey-computer"), ("안녕 하세요", "안녕-하세요"), ("?!", "word"), ("a/b", "a-b")],
)
def test_a_phrase_names_its_file(phrase, name):
    assert slug(phrase) == name


def test_minutes_are_told_by_stage():
    assert minutes({"voices": 90.0, "scenes": 30.0}).splitlines() == [
        "  voices                 1.5 min",
        "  scenes                 0.5 min",
        "  all                    2.0 min",
    ]


def test_bars_stand_on_a_terminal_and_lines_elsewhere(tmp_path):
    for terminal in (False, True):
        with (tmp_path / "out").open("w+", encoding="utf-8") as file:
            with shown(Console(file=file, force_terminal=terminal, width=100)) as on_progress:
                on_progress("voices", 0, 4)
                on_progress("voices", 4, 4)
                on_progress("scenes", 1, 2)
            file.seek(0)
            text = file.read()
        assert (text == "voices\nscenes\n") is not terminal
        assert ("4/4" in text) is terminal
