"""A head that goes on learning from recordings, and what it is held against."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from fake_training import COUNTS, fake_bank, few_scenes, weights_of
from oyez import audio
from oyez.config import SmallConfig
from oyez.errors import ConfigError, DataError
from oyez.evaluate.differences import Differences
from oyez.synth.clips import Clip
from oyez.train.models import SmallHead
from oyez.train.phrase import train_phrase
from oyez.train.phrase_material import Material, PhraseConfig
from oyez.train.recordings import Recording
from oyez.train.refine import RefineConfig, Refined, refine, training_of
from sounds import noise, word

RATE = 16_000
PHRASE = PhraseConfig("hello", COUNTS, per_hour=400.0)
QUICK = RefineConfig(scenes=20, epochs=2)


def _clip(hz, name="hello"):
    return Clip(word(hz), RATE, name, 0.1, 0.5, f"v{hz}", f"{hz}.wav")


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    folder = tmp_path_factory.mktemp("material")
    audio.write(folder / "talk.wav", noise(1, 20.0, RATE), RATE)
    audio.write(folder / "noise.wav", noise(2, 12.0, RATE), RATE)
    return Material(
        words=(_clip(400.0), _clip(500.0)),
        held_out=(_clip(450.0),),
        others=(_clip(2_000.0, "other"),),
        talk=(Recording(folder / "talk.wav", "synthetic", "voice", None, 20.0),),
        noises=(folder / "noise.wav",),
        negatives=fake_bank(),
        recorded=(_clip(600.0), _clip(650.0)),
        measured=(_clip(700.0),),
    )


@pytest.fixture(scope="module", autouse=True)
def _few():
    with few_scenes():
        yield


@pytest.fixture(scope="module")
def before(material, tmp_path_factory):
    """The head of a training from text, and that training's folder."""
    folder = tmp_path_factory.mktemp("before") / "run"
    return train_phrase(PHRASE, material, folder).head, folder


def test_both_heads_are_judged_on_the_same(material, before, tmp_path):
    head, folder = before
    told = []
    found = refine(
        head, PHRASE, material, tmp_path / "run", before=folder, config=QUICK,
        on_progress=lambda *row: told.append(row),
    )  # fmt: skip
    assert list(dict.fromkeys(name for name, _, _ in told)) == [
        "recordings", "scenes", "held-out voices", "learning", "judging",
    ]  # fmt: skip
    for name in found.seconds:
        last = [row for row in told if row[0] == name][-1]
        assert last[1] == pytest.approx(last[2])
    assert not torch.equal(weights_of(found.head), weights_of(head))
    assert found.before.words == found.after.words == 6
    assert found.before.hours == found.after.hours
    one = found.differences
    assert (one.both + one.only_a, one.both + one.only_b) == (found.before.missed, found.after.missed)
    assert found.measured == 1
    assert set(found.measured_missed) <= {0, 1}
    assert not (tmp_path / "run/scenes").exists()  # those of the training before were taken
    assert json.loads((tmp_path / "run/run.json").read_text())["refine"] == QUICK.to_dict()
    again = refine(head, PHRASE, material, tmp_path / "run", before=folder, config=QUICK)
    assert torch.equal(weights_of(again.head), weights_of(found.head))
    with pytest.raises(ConfigError, match="other settings"):
        refine(SmallHead(SmallConfig()), PHRASE, material, tmp_path / "run", before=folder, config=QUICK)


def test_without_a_training_before_scenes_are_made(material, before, tmp_path):
    refine(before[0], PHRASE, material, tmp_path / "run", config=QUICK)
    assert len(np.load(tmp_path / "run/scenes/scenes_000.npz")["x"]) == QUICK.scenes
    assert (tmp_path / "run/held_out").is_dir()


def test_a_training_of_the_phrase_is_known_by_its_folder(before, tmp_path):
    assert training_of("hello", before[1]) == before[1]
    assert training_of("goodbye", before[1]) is None
    (tmp_path / "run.json").write_text('{"phrase": "hello"}')  # that has not ended
    assert training_of("hello", tmp_path) is None
    assert training_of("hello", tmp_path / "none") is None


def test_nothing_to_learn_from_is_told(material, before, tmp_path):
    with pytest.raises(DataError, match=r"expected recordings of “hello”, .* got 0 and 2"):
        refine(before[0], PHRASE, replace(material, recorded=()), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("only_a", "only_b", "worse"), [(0, 4, False), (0, 5, True), (9, 10, False)])
def test_it_is_worse_where_chance_does_not_explain_it(only_a, only_b, worse):
    """Five more of five differences: p = 1/32."""
    found = Refined(None, None, None, Differences(3, only_a, only_b), 0.05, 0, (0, 0), {})
    assert found.worse is worse


def test_settings_out_of_range_are_told():
    with pytest.raises(ConfigError, match="scenes must be 1 or more"):
        RefineConfig(scenes=0)
    with pytest.raises(ConfigError, match="alpha must be between 0 and 1"):
        RefineConfig(alpha=1.0)
