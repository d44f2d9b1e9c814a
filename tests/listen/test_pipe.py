"""Passages to programs: all of the sound, in order; and no program is anybody's problem but its own."""

import os
import threading

import numpy as np
import pytest

from oyez.actions.program import Program
from oyez.errors import ActionError
from oyez.events import Detection
from oyez.listen import pipe
from oyez.listen.heard import Heard
from oyez.listen.pipe import MOST, Pipe
from oyez.sound import to_int16
from sounds import noise

RATE = 16_000
HEARD = Heard("small", Detection("activate", 5.0, 0.9), 0.6)


@pytest.fixture
def told():
    return []


def test_a_program_reads_the_passage_and_its_end(tmp_path, told):
    one = Pipe(f'cat > "{tmp_path}/sound"; echo "$OYEZ_WORD $OYEZ_TIME_S $OYEZ_RATE" > "{tmp_path}/facts"',
               RATE, told.append)  # fmt: skip
    samples = noise(1, 15.5, RATE)
    one.start(HEARD)
    for part in np.array_split(samples, 100):
        one.write(part)
    one.end()
    one.stop()
    assert (tmp_path / "sound").read_bytes() == to_int16(samples).astype("<i2").tobytes()
    assert (tmp_path / "facts").read_text() == "activate 5.000 16000\n"
    assert told == []


def test_each_passage_has_a_program_of_its_own(tmp_path, told):
    one = Pipe(f'cat > "$(mktemp "{tmp_path}/XXXXXX")"', RATE, told.append)
    for length in (100, 200):
        one.start(HEARD)
        one.write(np.zeros(length, np.float32))
        one.end()
    one.stop()
    assert sorted(path.stat().st_size for path in tmp_path.iterdir()) == [200, 400]


def test_stop_ends_an_open_passage(tmp_path, told):
    one = Pipe(f'cat > "{tmp_path}/sound"', RATE, told.append)
    one.start(HEARD)
    one.write(np.zeros(100, np.float32))
    one.stop()
    assert (tmp_path / "sound").stat().st_size == 200
    one.write(np.zeros(100, np.float32))  # to nobody
    one.end()


def test_who_stops_reading_is_told(told):
    one = Pipe("head -c 10 > /dev/null", RATE, told.append)
    one.start(HEARD)
    for _ in range(20):
        one.write(np.zeros(RATE, np.float32))
    one.end()
    one.stop()
    assert told == ["--pipe head -c 10 > /dev/null: stopped reading before the end"]


@pytest.mark.parametrize(("command", "code"), [("cat > /dev/null; exit 3", 3), ("no-such-program-here", 127)])
def test_who_fails_is_told(told, command, code):
    one = Pipe(command, RATE, told.append)
    one.start(HEARD)
    one.write(np.zeros(RATE, np.float32))
    one.end()
    one.stop()
    assert told == [f"--pipe {command}: ended with code {code}. Try the command in a shell"]


def test_who_reads_nothing_and_does_not_end_is_ended(told):
    one = Pipe("sleep 600", RATE, told.append, timeout_s=0.05)
    one.start(HEARD)
    one.write(noise(1, 15.5, RATE))  # more than a pipe holds
    one.end()
    one.stop()
    assert told == ["--pipe sleep 600: had not ended 0.05 s later, and was stopped"]


def test_who_is_at_work_at_the_end_is_ended(told, tmp_path):
    gone = tmp_path / "gone"
    os.mkfifo(gone)
    one = Pipe(f'exec 3> "{gone}"; cat > /dev/null; sleep 600', RATE, told.append)
    one.start(HEARD)
    with gone.open("rb") as reader:
        one.stop(0.0)
        assert reader.read() == b""
    assert told[0].endswith("was still at work at the end, and was stopped")


def test_only_so_many_are_at_work(told, tmp_path):
    go = tmp_path / "go"
    os.mkfifo(go)
    command = f'read line < "{go}"'
    one = Pipe(command, RATE, told.append)
    for _ in range(MOST + 1):
        one.start(HEARD)
        one.write(np.zeros(10, np.float32))
        one.end()
    assert told == [f"--pipe {command}: {MOST} of it are still at work, so this one is left out"]
    one.stop(0.0)


def test_who_is_given_up_while_it_starts_is_ended(told, monkeypatch):
    gate = threading.Event()

    def slow(*arguments, **names):
        gate.wait(10)
        return Program(*arguments, **names)

    monkeypatch.setattr(pipe, "Program", slow)
    one = Pipe("sleep 600", RATE, told.append)
    one.start(HEARD)
    opener = threading.Timer(0.05, gate.set)
    opener.start()
    one.stop(0.0)
    opener.join()
    assert told == ["--pipe sleep 600: was still at work at the end, and was stopped"]


def test_a_dry_run_only_tells(told, tmp_path):
    one = Pipe(f"touch {tmp_path}/started", RATE, told.append, dry_run=True)
    one.start(HEARD)
    one.write(np.zeros(10, np.float32))
    one.end()
    one.stop()
    assert told == [f"--pipe touch {tmp_path}/started: would be started (activate, 5.00 s)"]
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_started_is_told(told, monkeypatch):
    def refuse(*_arguments, **_names):
        raise ActionError("cannot be started (no more processes). Check the command.")

    monkeypatch.setattr(pipe, "Program", refuse)
    one = Pipe("cat", RATE, told.append)
    one.start(HEARD)
    one.write(np.zeros(10, np.float32))
    one.end()
    one.stop()
    assert told == ["--pipe cat: cannot be started (no more processes). Check the command."]
