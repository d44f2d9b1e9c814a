"""The soak of `make soak`, for seconds: a server as people start it, many streams, clients that vanish."""

import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"
linux = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


@linux
def test_nothing_is_lost_and_nothing_grows_in_a_short_soak():
    options = ("--streams", "20", "--minutes", "0.11", "--speed", "4", "--trial")
    run = subprocess.run(
        [sys.executable, BENCHMARKS / "soak.py", *options], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "| of them not told; told beside them | 0; 0 |" in run.stdout
    assert "| words that a lone detector hears in all streams | 20 |" in run.stdout


def test_a_soak_knows_loss_and_growth(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    soak = importlib.import_module("soak")
    calm = soak.Reading(100.0, 10, 4)
    well = soak.Soak(2, 600.0, 601.0, 40, 0, 0, 9, calm, [calm] * 8, calm, 0.1)
    assert well.is_well
    growing = [soak.Reading(100.0 + 3 * number, 10, 4) for number in range(8)]
    for worse in (
        {"lost": 1},
        {"added": 1},
        {"readings": growing},
        {"after": soak.Reading(100.0, 11, 4)},
        {"after": soak.Reading(100.0, 10, 5)},
    ):
        assert not replace(well, **worse).is_well
