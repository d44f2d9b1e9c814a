"""Excerpts on disk: sound and facts in pairs, whole, bounded, and never in the listener's way."""

import json
import threading
from datetime import UTC, datetime

import numpy as np
import pytest

from oyez import audio
from oyez.errors import ConfigError, OutputError
from oyez.events import Detection
from oyez.listen import saves
from oyez.listen.heard import Excerpt, Heard, Nearly
from oyez.listen.saves import SaveFolder, Saves
from sounds import noise

RATE = 16_000
NOW = datetime(2026, 3, 4, 5, 6, 7, 89, UTC)


def _excerpt(kind=Heard, word="activate", time_s=5.0, seconds=3.0):
    heard = kind("small", Detection(word, time_s, 0.9), 0.6)
    return Excerpt(heard, time_s - 2, noise(1, seconds, RATE))


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_sound_and_facts_lie_side_by_side(tmp_path):
    folder = SaveFolder(tmp_path / "deep" / "kept", 10, lambda: NOW)
    path = folder.save(_excerpt(), RATE)
    assert path == tmp_path / "deep" / "kept" / "20260304-050607-000089-activate-heard.wav"
    samples, rate = audio.read(path)
    assert rate == RATE
    assert np.abs(samples - _excerpt().samples).max() < 1 / 32768
    assert json.loads(path.with_suffix(".json").read_text()) == {
        "word": "activate", "time_s": 5.0, "score": 0.9, "threshold": 0.6, "heard": True, "model": "small",
        "start_s": 3.0, "seconds": 3.0, "rate": RATE, "saved": "2026-03-04T05:06:07+00:00",
    }  # fmt: skip
    assert len(_names(path.parent)) == 2


def test_a_near_miss_is_called_so_and_a_word_makes_a_name(tmp_path):
    path = SaveFolder(tmp_path, 10, lambda: NOW).save(_excerpt(Nearly, "hé / you"), RATE)
    assert path.name == "20260304-050607-000089-hé-you-nearly.wav"
    assert json.loads(path.with_suffix(".json").read_text())["heard"] is False


def test_the_day_is_there_without_being_passed(tmp_path):
    path = SaveFolder(tmp_path, 10).save(_excerpt(), RATE)
    year = datetime.now(UTC).year
    assert path.name.startswith(str(year))


def test_nothing_is_overwritten(tmp_path):
    folder = SaveFolder(tmp_path, 10, lambda: NOW)
    path = folder.save(_excerpt(), RATE)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="exists already"):
        folder.save(_excerpt(seconds=1.0), RATE)
    assert path.read_bytes() == before


def test_sound_without_facts_does_not_stay(tmp_path, monkeypatch):
    def refuse(path, text):
        raise OutputError(f"{path}: cannot be written (No space left on device).")

    monkeypatch.setattr(saves, "write_text", refuse)
    with pytest.raises(OutputError, match="No space"):
        SaveFolder(tmp_path, 10).save(_excerpt(), RATE)
    assert _names(tmp_path) == []


def test_a_full_folder_takes_no_more_and_says_so_once(tmp_path):
    audio.write(tmp_path / "old.wav", noise(1, 0.1, RATE), RATE)
    told = []
    keeper = Saves(SaveFolder(tmp_path, 3), RATE, told.append)
    for time_s in range(5):
        keeper.put(_excerpt(time_s=time_s))
    keeper.stop(10)
    assert len(list(tmp_path.glob("*.wav"))) == 3
    assert told == [
        f"--save {tmp_path}: holds 3 recordings, no more are kept. Empty it, or pass a higher --save-most"
    ]


def test_a_disk_that_fails_is_told(tmp_path):
    folder = tmp_path / "kept"
    told = []
    keeper = Saves(SaveFolder(folder, 3), RATE, told.append)
    folder.rmdir()
    folder.write_text("a file in the way")
    keeper.put(_excerpt())
    keeper.stop(10)
    (line,) = told
    assert line.startswith(f"--save {folder}: ")
    assert "cannot be made" in line


def test_a_disk_that_is_slow_holds_up_nobody(tmp_path, monkeypatch):
    gate, begun, told = threading.Event(), threading.Event(), []

    def save(self, excerpt, rate):
        begun.set()
        gate.wait(10)

    monkeypatch.setattr(SaveFolder, "save", save)
    keeper = Saves(SaveFolder(tmp_path, 30), RATE, told.append)
    keeper.put(_excerpt())
    assert begun.wait(10)
    for time_s in range(17):
        keeper.put(_excerpt(time_s=time_s))
    assert told == [f"--save {tmp_path}: the disk is behind; what was heard at 16.00 s is not kept"]
    keeper.stop(0.01)
    assert told[1] == f"--save {tmp_path}: the disk is behind; the last excerpts are not kept"
    gate.set()


def test_a_dry_run_only_tells(tmp_path):
    told = []
    keeper = Saves(SaveFolder(tmp_path / "kept", 3, dry_run=True), RATE, told.append)
    keeper.put(_excerpt())
    keeper.stop(10)
    assert told == [f"--save {tmp_path / 'kept'}: would keep 3.0 s (activate, 5.00 s)"]
    assert not (tmp_path / "kept").exists()


def test_bad_folders_are_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match=r"cannot be made .*Name another folder"):
        SaveFolder(tmp_path / "file", 10)
    with pytest.raises(ConfigError, match="--save-most must be 1 or more, got 0"):
        SaveFolder(tmp_path / "new", 0)
    assert not (tmp_path / "new").exists()
