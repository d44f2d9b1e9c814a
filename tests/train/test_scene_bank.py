"""Scenes in a bank: the same on any number of processes, made once, with targets where the words end."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from oyez import audio
from oyez.config import PRESETS
from oyez.synth.clips import Clip
from oyez.synth.material import Material, read_material
from oyez.train.bank import IGNORED
from oyez.train.scene_bank import Said, Scenes, fill_scenes, render_scene, spans_of
from sounds import noise, word

RATE = 16_000


def _clip(hz, name="hello"):
    return Clip(word(hz), RATE, name, 0.1, 0.5, f"v{hz}", f"{hz}.wav")


def _material():
    rng = np.random.default_rng(3)
    hiss = (rng.standard_normal(RATE * 12) * 800).astype(np.int16)
    return Material(noises={"noise": [hiss]}, talk={"talk": [hiss[::-1].copy()]})


@pytest.fixture
def scenes():
    return Scenes(Said((_clip(400.0), _clip(700.0)), (_clip(2_000.0, "other"),)), _material, 3)


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr("oyez.train.scene_bank.PART", 2)


def test_scenes_are_those_of_their_numbers(scenes, tmp_path):
    told = []
    bank = fill_scenes(scenes, tmp_path, on_scenes=told.append)
    assert len(bank) == 3
    assert sum(told) == 3
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["scenes_000.npz", "scenes_001.npz"]
    samples, spans = render_scene(scenes, _material(), 1)
    assert spans_of(tmp_path)[1] == spans
    assert len(spans_of(tmp_path)) == 3
    assert samples.shape == (160_000,)
    ends = np.flatnonzero((bank.y[1][:-1] == IGNORED) & (bank.y[1][1:] == 1)) + 1
    step_s = PRESETS["small"].step / RATE
    for span in spans:
        if span.end_s < 9:
            assert any(0 < (step + 1) * step_s - span.end_s <= step_s for step in ends)


def test_what_was_made_is_not_made_again(scenes, tmp_path):
    first = fill_scenes(scenes, tmp_path)
    (tmp_path / "scenes_001.npz").unlink()
    before = (tmp_path / "scenes_000.npz").stat().st_mtime_ns
    again = fill_scenes(scenes, tmp_path)
    assert (tmp_path / "scenes_000.npz").stat().st_mtime_ns == before
    np.testing.assert_array_equal(again.x, first.x)


def test_processes_change_nothing(scenes, tmp_path):
    audio.write(tmp_path / "hiss.wav", noise(3, 12.0, RATE), RATE)
    paths = [tmp_path / "hiss.wav"]
    made = partial(read_material, {"noise": paths}, {"talk": paths}, simulated=1, made=1)
    scenes = replace(scenes, material=made)
    alone = fill_scenes(scenes, tmp_path / "one")
    together = fill_scenes(scenes, tmp_path / "two", jobs=2)
    np.testing.assert_array_equal(alone.x, together.x)
    np.testing.assert_array_equal(alone.y, together.y)


def test_weights_decide_who_speaks(tmp_path):
    said = Said((_clip(400.0), _clip(700.0)), weights=(0.0, 1.0))
    scenes = Scenes(said, Material, 1)
    for number in range(4):
        samples, spans = render_scene(scenes, Material(), number)
        for span in spans:
            piece = samples[round(span.start_s * RATE) : round(span.end_s * RATE)]
            hertz = np.fft.rfftfreq(len(piece), 1 / RATE)
            peak = hertz[int(np.argmax(np.abs(np.fft.rfft(piece))))]
            assert 700 * 0.85 < peak < 700 * 1.2
