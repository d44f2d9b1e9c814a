"""`oyez train --from MODEL --recordings DIR`, whole, on fake voices and with tiny counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from fake_training import fake_training
from oyez import audio
from oyez.cli import main
from oyez.config import PRESETS, SmallConfig
from oyez.detect.model import Model
from oyez.evaluate.differences import Differences
from oyez.train import refine_command
from oyez.train.export import export
from oyez.train.model_file import annotate
from oyez.train.models import SmallNetwork
from oyez.train.refine import RefineConfig, refine
from oyez.train.trunk import load_trunk
from small_model import write_small_model
from sounds import word

pytest.importorskip("hibari", reason="hibari-tts is not installed: pip install 'oyez[train]'")

SMALL = PRESETS["small"]
REFINE = ["train", "--from", "kettle.onnx", "--recordings", "people", "--threads", "1", "--clips", "clips"]


@pytest.fixture
def faked(monkeypatch, tmp_path):
    """A model of the phrase on the published trunk, and people who say it."""
    fake_training(monkeypatch, tmp_path)

    def quick(*arguments, **rest):
        return refine(*arguments, config=RefineConfig(scenes=20, epochs=2), **rest)

    monkeypatch.setattr(refine_command, "refine", quick)
    network = SmallNetwork(SMALL.features, SmallConfig(hidden=12, units=10))
    network.trunk = load_trunk()
    notes = {"trained": {"seed": 3, "clips": 800}, "licences": {"an old voice": "CC0"}}
    path = tmp_path / "kettle.onnx"
    export(network, path, ("smart kettle",), {"smart kettle": SMALL.trigger}, notes=notes)
    for number in range(10):
        audio.write(tmp_path / "people" / f"p{number}_1.wav", word(400.0 + 20 * number), 16_000)
    return tmp_path


def _error(capsys, *arguments):
    assert main(list(arguments)) == 2
    return capsys.readouterr().err


def test_a_model_learns_from_recordings(faked, capsys):
    assert main(REFINE) == 0
    out, err = capsys.readouterr()
    assert "held-out synthetic voices: " in out
    assert "recordings that trained nothing: " in out
    assert "kettle-refined.onnx: listens for “smart kettle” from " in out
    assert "2 of 10 recordings train nothing" in err
    assert "try it: oyez listen --model kettle-refined.onnx" in err
    card = Model(faked / "kettle-refined.onnx").card
    assert card.preset.model.units == 10
    trained = card.values["trained"]
    assert (trained["phrase"], trained["recordings"], trained["seed"]) == ("smart kettle", 8, 3)
    assert trained["from"] == {"seed": 3, "clips": 800}
    assert card.values["evaluated"]["held_out_voices_before"].endswith("of 6 missed")
    assert {"an old voice", "some talk", "hibari voices"} < card.values["licences"].keys()
    assert "kettle-refined.onnx exists already" in _error(capsys, *REFINE)
    assert main([*REFINE, "--overwrite"]) == 0
    assert "this training had ended before; its model is judged again" in capsys.readouterr().err


def test_a_worse_head_is_not_written_unless_that_is_wanted(faked, capsys, monkeypatch):
    original = refine_command.refine

    def worse(*arguments, **rest):
        return replace(original(*arguments, **rest), differences=Differences(0, 0, 9))

    monkeypatch.setattr(refine_command, "refine", worse)
    err = _error(capsys, *REFINE)
    assert "expected a head that is not worse on held-out voices" in err
    assert "(p = 0.002). Nothing was written. Add recordings, or pass --even-if-worse." in err
    assert not (faked / "kettle-refined.onnx").exists()
    assert main([*REFINE, "--even-if-worse"]) == 0
    assert (faked / "kettle-refined.onnx").exists()


def test_a_model_may_take_its_own_place(faked, capsys):
    """Its run's folder is not that of the training before."""
    for number in range(2, 10):
        (faked / "people" / f"p{number}_1.wav").unlink()
    assert main([*REFINE, "--out", "kettle.onnx", "--overwrite", "--seed", "3"]) == 0
    assert (faked / "runs/kettle-refined/head.pt").exists()
    assert "recordings_held_out" not in Model(faked / "kettle.onnx").card.values["evaluated"]
    assert "recordings that trained nothing" not in capsys.readouterr().out


def test_what_cannot_be_is_told(faked, capsys):
    assert "kettle.onnx was trained with --seed 3" in _error(capsys, *REFINE, "--seed", "1")
    assert "no such model file" in _error(capsys, "train", "--from", "none.onnx", "--recordings", "people")
    write_small_model(faked / "two.onnx", ("a", "b"))
    err = _error(capsys, "train", "--from", "two.onnx", "--recordings", "people")
    assert "two.onnx listens for a, b, expected one phrase" in err
    write_small_model(faked / "strange.onnx", ("a",))
    err = _error(capsys, "train", "--from", "strange.onnx", "--recordings", "people")
    assert "strange.onnx stands on another trunk" in err
    assert 'oyez train "a" --recordings DIR' in err
    err = _error(capsys, "train", "--from", "activate-course", "--recordings", "people")
    assert "expected a small model" in err
    assert not (faked / "runs").exists()


def test_a_model_that_does_not_tell_its_seed_takes_the_one_that_is_typed(faked):
    annotate(faked / "kettle.onnx", {"trained": None})
    assert main([*REFINE, "--seed", "5"]) == 0
    assert Model(faked / "kettle-refined.onnx").card.values["trained"]["seed"] == 5


def test_the_training_before_is_gone_on_with(faked, monkeypatch):
    """Less is said then, and its scenes are taken."""
    seen = []

    def spy(head, config, material, folder, *, before, **rest):
        seen.append((before, config.counts.words))
        return quick(head, config, material, folder, before=before, **rest)

    quick = refine_command.refine
    assert main(["train", "smart kettle", "--out", "kettle.onnx", "--overwrite", *REFINE[5:]]) == 0
    monkeypatch.setattr(refine_command, "refine", spy)
    assert main(REFINE) == 0
    assert seen == [(Path("runs/kettle"), 2)]
    assert not (faked / "runs/kettle-refined/scenes").exists()
