"""Filling a bank: what is rendered, that it is the same in any order, and that nothing is done twice."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

import sounds
from oyez import audio, sound
from oyez.errors import DataError
from oyez.mel import log_mel
from oyez.synth.material import Material
from oyez.synth.surroundings import SurroundingsConfig
from oyez.train import fill as module
from oyez.train.fill import Filling, fill, render_negative
from oyez.train.recordings import read_segment, recordings_in, segments
from oyez.train.trunk import load_trunk

RATE = 16_000
QUIET = SurroundingsConfig(
    noise_share=0.0, talk_share=0.0, both_share=0.0, room_share=0.0, narrow_share=0.0, bands_share=0.0,
    tilt_db=(0.0, 0.0), overload_share=0.0, telephone_share=0.0, codec_share=0.0,
)  # fmt: skip


MADE = partial(Material, {"noise": [sound.to_int16(sounds.noise(5, 2, RATE))]})
"""Of the library's own: processes that are begun anew do not find what a test defines."""

FILLING = Filling(MADE, "test", renderings=2)


@pytest.fixture
def cut(tmp_path, monkeypatch):
    """Five segments of three speakers, in parts of two."""
    monkeypatch.setattr(module, "PART", 2)
    for name, seconds, hz in (("a/1.wav", 24.0, 400.0), ("b/1.wav", 7.0, 800.0), ("c/1.wav", 9.0, 600.0)):
        audio.write(tmp_path / "speech" / name, sounds.tone(hz, seconds, RATE), RATE)
    return segments(recordings_in(tmp_path / "speech"))


def test_each_stretch_is_heard_as_it_is_and_in_surroundings(tmp_path, cut):
    done = []
    negatives = fill(cut, FILLING, tmp_path / "cache", on_seconds=done.append)
    assert len(cut) == 5
    assert negatives.bank.x.shape == (15, 125, 96)
    assert negatives.of.tolist() == [n for n in range(5) for _ in range(3)]
    assert negatives.rendering.tolist() == [0, 1, 2] * 5
    assert [one.speaker for one in negatives.stretches] == ["a", "a", "a", "b", "c"]
    assert sum(done) == 50.0
    assert not negatives.bank.y.any()
    x = negatives.bank.embeddings()
    # the clean one differs from the segment by its level alone
    samples = read_segment(cut[3], RATE)[: 10 * RATE]
    with torch.inference_mode():
        wanted = load_trunk()(torch.from_numpy(log_mel(samples)[None]))[0][0].numpy()
    alike = [np.corrcoef(x[row].ravel(), wanted.ravel())[0, 1] for row in (9, 10, 11)]
    assert alike[0] > 0.9
    assert not np.array_equal(x[10], x[11])


def test_a_filling_goes_on_where_it_stopped(tmp_path, cut, monkeypatch):
    cache = tmp_path / "cache"
    whole = fill(cut, FILLING, cache)
    files = sounds.files(cache)
    assert len(files) == 3
    (cache / min(files)).unlink()
    done = []
    again = fill(cut, FILLING, cache, on_seconds=done.append)
    assert sounds.files(cache) == files
    assert len(done) == 2
    np.testing.assert_array_equal(again.bank.x, whole.bank.x)
    monkeypatch.setattr(module, "embed", None)  # nothing is left to do
    done.clear()
    fill(cut, FILLING, cache, on_seconds=done.append)
    assert done == [50.0]


def test_other_speech_or_settings_are_other_parts(tmp_path, cut):
    names = {FILLING.name(cut[:2], "t")}
    for filling in (
        replace(FILLING, seed=1),
        replace(FILLING, renderings=1),
        replace(FILLING, made_of="other"),
        replace(FILLING, surroundings=QUIET),
    ):
        names.add(filling.name(cut[:2], "t"))
    names |= {FILLING.name(cut[1:3], "t"), FILLING.name(cut[:2], "u")}
    path = tmp_path / "speech/a/1.wav"
    audio.write(path, sounds.tone(400, 25.0, RATE), RATE, overwrite=True)
    names.add(FILLING.name(cut[:2], "t"))
    assert len(names) == 8


def test_chance_does_not_depend_on_place_or_company(tmp_path, cut):
    alone = fill(cut[3:4], FILLING, tmp_path / "one")
    together = fill(cut, FILLING, tmp_path / "two")
    np.testing.assert_array_equal(alone.bank.x, together.bank.x[9:12])
    (tmp_path / "speech").rename(tmp_path / "elsewhere")
    moved = segments(recordings_in(tmp_path / "elsewhere", "speech"))
    np.testing.assert_array_equal(fill(moved[3:4], FILLING, tmp_path / "three").bank.x, alone.bank.x)


@pytest.mark.slow
def test_processes_change_nothing(tmp_path, cut):
    one, two = (fill(cut, FILLING, tmp_path / str(jobs), jobs=jobs) for jobs in (1, 2))
    np.testing.assert_array_equal(one.bank.x, two.bank.x)
    assert one.stretches == two.stretches


def test_nothing_to_fill_with_is_told(tmp_path):
    with pytest.raises(DataError, match="there is no speech to fill a bank with"):
        fill([], FILLING, tmp_path)


def test_a_rendering_is_played_faster_or_slower(rng):
    samples = sounds.tone(1_000, 12.0, RATE)
    heard = [render_negative(samples, np.random.default_rng(n), Material(), QUIET) for n in range(6)]
    speeds = [np.argmax(np.abs(np.fft.rfft(one))) / 10 / 1_000 for one in heard]
    assert all(0.87 < speed < 1.15 for speed in speeds)
    assert max(speeds) - min(speeds) > 0.05
    for one, speed in zip(heard, speeds, strict=True):
        assert one.shape == (160_000,)
        assert np.abs(one[-RATE // 4 :]).max() > 0, speed  # what follows the ten seconds fills the rest
