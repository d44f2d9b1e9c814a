"""Where the minutes go."""

import json

import pytest

from oyez.train import stages as module
from oyez.train.stages import Stages


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test moves on."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_time_is_the_stages_that_is_told_of_next_and_adds_up_over_runs(clock, tmp_path):
    told = []
    stages = Stages(tmp_path, lambda *row: told.append(row))
    clock[0] += 2
    stages.told("voices", 0, 5)
    clock[0] += 3
    stages.told("voices", 5, 5)
    with stages.stage("scenes", 4) as done:
        clock[0] += 7
        done(1)
        done(3)
    assert told == [
        ("voices", 0, 5), ("voices", 5, 5), ("scenes", 0.0, 4), ("scenes", 1.0, 4), ("scenes", 4.0, 4),
    ]  # fmt: skip
    assert stages.seconds == {"voices": 5.0, "scenes": 7.0}
    again = Stages(tmp_path, lambda *_: None)
    with again.stage("scenes", 4):
        clock[0] += 1
    assert again.seconds == {"voices": 5.0, "scenes": 8.0}
    assert json.loads((tmp_path / "seconds.json").read_text()) == again.seconds


def test_time_of_a_stage_that_fails_is_kept(clock, tmp_path):
    stages = Stages(tmp_path, lambda *_: None)

    def fail():
        with stages.stage("scenes", 1):
            clock[0] += 4
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert json.loads((tmp_path / "seconds.json").read_text()) == {"scenes": 4.0}
