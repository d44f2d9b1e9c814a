"""A phrase learnt in small: stages, their folder, going on after a stop, and the same result from a seed."""

import json
import shutil
from dataclasses import replace
from importlib import metadata

import numpy as np
import pytest
import torch

from fake_training import few_scenes, weights_of
from oyez import audio
from oyez.errors import ConfigError, DataError
from oyez.synth.clips import Clip
from oyez.train.bank import Bank
from oyez.train.budget import Counts
from oyez.train.negatives import Negatives, Stretch
from oyez.train.phrase import Material, PhraseConfig, _said, check_folder, train_phrase
from oyez.train.recordings import Recording
from oyez.train.several import train_heads
from sounds import noise, word

RATE = 16_000
COUNTS = Counts(words=2, near_misses=1, sentences=1, scenes=40, renderings=1, epochs=2)
CONFIG = PhraseConfig("hello", COUNTS, per_hour=400.0)


def _clip(hz, name="hello"):
    return Clip(word(hz), RATE, name, 0.1, 0.5, f"v{hz}", f"{hz}.wav")


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("material")
    path = tmp_path / "talk" / "1.wav"
    audio.write(path, noise(1, 20.0, RATE), RATE)
    audio.write(tmp_path / "noise.wav", noise(2, 12.0, RATE), RATE)
    rng = np.random.default_rng(0)
    hours = Negatives(
        Bank.of(rng.normal(0, 9, (6, 125, 96)).astype(np.float32)),
        tuple(Stretch("s", str(number), calibration=number > 3) for number in range(6)),
        np.arange(6, dtype=np.int32),
        np.zeros(6, np.int8),
        "trunk",
    )
    return Material(
        (_clip(400.0), _clip(500.0)),
        (_clip(450.0),),
        (_clip(2_000.0, "other"),),
        (Recording(path, "synthetic", "voice", None, 20.0),),
        (tmp_path / "noise.wav",),
        hours,
        made_of="test 1",
    )


@pytest.fixture(scope="module", autouse=True)
def _few():
    with few_scenes():
        yield


@pytest.fixture(scope="module")
def whole(material, tmp_path_factory):
    """A training that was never stopped, and its folder."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return train_phrase(CONFIG, material, folder), folder


@pytest.fixture
def run(whole, tmp_path):
    """A copy of that folder."""
    return shutil.copytree(whole[1], tmp_path / "run")


def test_stages_are_told_timed_and_kept(material, tmp_path):
    told = []
    learnt = train_phrase(CONFIG, material, tmp_path / "run", on_progress=lambda *row: told.append(row))
    stages = list(dict.fromkeys(name for name, _, _ in told))
    assert stages == ["scenes", "held-out voices", "learning", "judging"]
    for name in stages:
        last = [row for row in told if row[0] == name][-1]
        assert last[1] == pytest.approx(last[2])
    assert list(learnt.seconds) == stages
    assert json.loads((tmp_path / "run/seconds.json").read_text()) == learnt.seconds
    assert learnt.verdict.hours == pytest.approx(20 / 3600)
    assert learnt.verdict.words == 6
    assert 0 < learnt.verdict.trigger.threshold < 1


def test_what_is_done_is_not_done_again_and_gives_the_same(material, whole, run):
    before = (run / "scenes/scenes_000.npz").stat().st_mtime_ns
    again = train_phrase(CONFIG, material, run)
    assert (run / "scenes/scenes_000.npz").stat().st_mtime_ns == before
    assert torch.equal(weights_of(again.head), weights_of(whole[0].head))
    assert again.verdict.trigger == whole[0].verdict.trigger


def test_the_same_seed_and_counts_give_the_same_bytes(material, whole, tmp_path):
    afresh = train_phrase(CONFIG, material, tmp_path / "other")
    assert weights_of(afresh.head).numpy().tobytes() == weights_of(whole[0].head).numpy().tobytes()
    assert afresh.verdict.trigger == whole[0].verdict.trigger


def test_another_training_in_the_folder_is_an_error(material, run, tmp_path):
    other = PhraseConfig("hello", COUNTS, seed=1)
    with pytest.raises(ConfigError, match="other settings"):
        train_phrase(other, material, tmp_path / "run")
    with pytest.raises(ConfigError, match="another seed: expected 1, got 0"):
        check_folder(tmp_path / "run", other)
    assert check_folder(tmp_path / "run", CONFIG)
    assert not check_folder(tmp_path / "none", CONFIG)
    audio.write(tmp_path / "rooms" / "hall.wav", noise(6, 0.2, RATE), RATE)
    for change in (
        {"words": material.words[:1]},
        {"noises": ()},
        {"rooms": tmp_path / "rooms"},
        {"measured": material.words[:1]},
        {"own": material.talk},
    ):
        with pytest.raises(ConfigError, match="other settings"):
            train_phrase(CONFIG, replace(material, **change), tmp_path / "run")


def test_a_threshold_is_chosen_again_without_learning_again(material, whole, run):
    first = whole[0]
    strict = train_phrase(replace(CONFIG, per_hour=0.1), material, run)
    assert torch.equal(weights_of(first.head), weights_of(strict.head))
    assert strict.verdict.false_accepts == 0
    assert strict.verdict.trigger.threshold >= first.verdict.trigger.threshold


class StopError(Exception):
    pass


@pytest.mark.parametrize("stage", ["scenes", "held-out voices", "learning", "judging"])
def test_a_training_that_was_stopped_goes_on_and_gives_the_same(material, tmp_path, whole, stage):
    def stop(name, done, _):
        if name == stage and done:
            raise StopError

    with pytest.raises(StopError):
        train_phrase(CONFIG, material, tmp_path / "run", on_progress=stop)
    assert stage in json.loads((tmp_path / "run/seconds.json").read_text())
    assert not (tmp_path / "run/head.pt").exists()
    again = train_phrase(CONFIG, material, tmp_path / "run")
    assert torch.equal(weights_of(again.head), weights_of(whole[0].head))


def test_the_folder_says_what_it_was_made_of(material, tmp_path):
    rows = (("kokoro", "af_heart", "hello", 3),)
    train_phrase(CONFIG, replace(material, said=rows), tmp_path / "run")
    settings = json.loads((tmp_path / "run/run.json").read_text())
    assert settings["phrase"] == "hello"
    assert settings["counts"] == COUNTS.to_dict()
    assert settings["voices"] == ["v400.0", "v500.0"]
    assert settings["held_out_voices"] == ["v450.0"]
    assert settings["versions"]["torch"] == metadata.version("torch")
    assert settings["clips"]["talk"] == 1
    assert [json.loads(line) for line in (tmp_path / "run/said.jsonl").read_text().splitlines()] == [
        list(row) for row in rows
    ]


def test_speech_of_ones_own_trains_too(material, tmp_path, monkeypatch):
    heard = []

    def spy(count, scenes, speech, *rest, **named):
        heard.append(len(speech))
        return train_heads(count, scenes, speech, *rest, **named)

    monkeypatch.setattr("oyez.train.phrase.train_heads", spy)
    told = []
    audio.write(tmp_path / "mine" / "radio.wav", noise(5, 30.0, RATE), RATE)
    own = (Recording(tmp_path / "mine" / "radio.wav", "mine", "radio", None, 30.0),)
    train_phrase(
        CONFIG, replace(material, own=own), tmp_path / "b", on_progress=lambda *row: told.append(row[0])
    )
    # those of the bank that train, and three times ten seconds, clean and in one rendering
    assert heard == [4 + 3 * 2]
    assert "your speech" in told


def test_people_who_train_nothing_are_measured(material, tmp_path):
    learnt = train_phrase(CONFIG, replace(material, measured=(_clip(700.0), _clip(800.0))), tmp_path / "run")
    assert learnt.measured == 2
    assert 0 <= learnt.measured_missed <= 2


def test_without_voices_there_is_nothing_to_learn(material, tmp_path):
    empty = Material((), (), (), material.talk, material.noises, material.negatives)
    with pytest.raises(DataError, match="expected clips of “hello”"):
        train_phrase(CONFIG, empty, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_recordings_of_people_have_their_share(material):

    said = _said(CONFIG, replace(material, recorded=(_clip(600.0),)))
    assert len(said.words) == 3
    assert said.weights == pytest.approx((0.25, 0.25, 0.5))
    assert _said(CONFIG, material).weights == ()
