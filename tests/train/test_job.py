"""A training from folders: what is held out, what is refused, and that it learns."""

from dataclasses import replace

import pytest
import torch

from corpus_folder import VOICES, write_corpus
from oyez.errors import ConfigError, DataError
from oyez.synth.clips import load_corpus
from oyez.synth.scene import SceneConfig
from oyez.train.job import Job, hold_out
from oyez.train.loop import TrainConfig

SCENE = SceneConfig(duration_s=1.5, positives=(0, 2), negatives=(0, 1))


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_voices_and_backgrounds_are_held_apart(words, seed):
    rest, out = hold_out(load_corpus(words), 0.3, seed)
    assert set(rest.voices) | set(out.voices) == set(VOICES)
    assert not set(rest.voices) & set(out.voices)
    assert not {clip.source for clip in rest.clips} & {clip.source for clip in out.clips}
    assert not {clip.voice for clip in rest.negatives} & set(out.voices)
    assert not {one.source for one in rest.backgrounds} & {one.source for one in out.backgrounds}
    assert len(out.voices) == 1


def test_one_voice_cannot_be_held_out(words):
    corpus = load_corpus(words)
    rest, _ = corpus.split(VOICES[1:], lambda _: False)
    with pytest.raises(DataError, match="spoken by one voice, ann"):
        hold_out(rest, 0.2, 0)


def test_words_or_arrays(words, tmp_path):
    for sources in ({}, {"words": words, "arrays": tmp_path}):
        with pytest.raises(ConfigError, match="either a folder"):
            Job(**sources)
    with pytest.raises(ConfigError, match="arrays carry no voices"):
        Job(arrays=_arrays(tmp_path)).examples()


def _arrays(folder):
    import numpy as np

    np.save(folder / "X.npy", np.zeros((2, 5511, 101), np.float32))
    np.save(folder / "Y.npy", np.zeros((2, 1375, 1), np.float32))
    return folder


def test_validation_must_have_the_same_words(words, tmp_path):
    other = write_corpus(tmp_path)
    (other / "rise").rename(other / "fall")
    with pytest.raises(DataError, match="has the words fall, expected rise"):
        Job(words=words, validation=other).examples()


def test_settings_survive_json(words):
    import json

    settings = Job(words=words, scene=SCENE).settings()
    assert json.loads(json.dumps(settings)) == settings


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["log", "power"])
def test_learns_a_rising_tone_without_a_miss(tmp_path, scale):
    """The whole way on a core in a minute: a held-out voice is always heard, nothing is made up.

    A silence after each word leaves room for its labels and for the trigger to rest.
    """
    torch.set_num_threads(1)
    job = Job(
        words=write_corpus(tmp_path, tail_s=0.4),
        scenes=160,
        validation_scenes=20,
        scale=scale,
        dropout=0.1,
        scene=replace(SCENE, duration_s=2.0, positives=(0, 1)),
        train=TrainConfig(epochs=12, batch=4, learning_rate=3e-3, patience=12),
    )
    rows = []
    job.run(tmp_path / "run", on_epoch=rows.append)
    best = min(rows, key=lambda row: row["validation_loss"])
    assert best["event_recall"] == 1.0
    assert best["event_precision"] == 1.0


def test_voices_that_say_only_other_words_are_held_apart_too(words, tmp_path):
    import shutil

    copy = shutil.copytree(words, tmp_path / "words")
    for path in (copy / "negatives").glob("*.wav"):
        path.rename(path.with_name(f"other-{path.name}"))
    rest, out = hold_out(load_corpus(copy), 0.3, 0)
    assert not {clip.source for clip in rest.negatives} & {clip.source for clip in out.negatives}
