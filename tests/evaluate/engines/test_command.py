"""Any program: what it is fed, how its lines are read, how it may fail, and that none is left running."""

import gc
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from engine_laws import any_cuts, in_pieces
from oyez.actions.program import Program
from oyez.detect.trigger import Trigger
from oyez.errors import ActionError, ConfigError, DataError
from oyez.evaluate.engine import scores
from oyez.evaluate.engines.command import Command
from oyez.sound import to_int16
from sounds import noise, tone

BEEPS = """
import array, sys
heard, loud = 0, False
while data := sys.stdin.buffer.read(3200):
    heard += len(data) // 2
    peak = max(map(abs, array.array("h", data)))
    if peak > 3000 and not loud:
        print(heard / 16000{score})
    loud = peak > 3000
"""


def python(code, tmp_path):
    """A line for the shell that runs this code."""
    path = tmp_path / "program.py"
    path.write_text(code)
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(path))}"


def beeps(rate=16_000):
    """Beeps that begin 0.5 s and 1.5 s after the start."""
    quiet = noise(0, 2, rate, 1e-3)
    for at_s in (0.5, 1.5):
        quiet[round(at_s * rate) : round((at_s + 0.2) * rate)] += tone(500, 0.2, rate)
    return quiet


def test_its_lines_are_detections(tmp_path):
    engine = Command.open(python(BEEPS.format(score=""), tmp_path), "beep")
    assert (engine.word, engine.sweeps, engine.rate) == ("beep", False, 16_000)
    heard = scores(engine, beeps(), 16_000)
    assert len(heard) == 38  # two seconds and one of silence
    assert sorted(set(heard.tolist())) == [0, 1]
    steps = [step for step, _ in Trigger(engine.trigger, engine.step_s).push(heard)]
    assert steps == [7, 19]  # the lines say 0.6 s and 1.6 s


def test_any_cut_and_any_rate_give_the_same(tmp_path, rng):
    engine = Command.open(python(BEEPS.format(score=""), tmp_path))
    samples = beeps(48_000)
    whole = scores(engine, beeps(), 16_000)
    assert np.array_equal(in_pieces(engine, samples, 48_000, any_cuts(rng, len(samples))), whole)


def test_a_detection_of_any_score_counts(tmp_path):
    engine = Command.open(python(BEEPS.format(score=", 0.125"), tmp_path))
    heard = scores(engine, beeps(), 16_000)
    assert Trigger(engine.trigger, engine.step_s).push(heard) == [(7, 0.125), (19, 0.125)]


def test_candidates_are_judged_by_their_scores(tmp_path):
    engine = Command.open(python(BEEPS.format(score=", heard / 40000"), tmp_path), scored=True)
    assert engine.sweeps
    heard = scores(engine, beeps(), 16_000)
    assert heard[[7, 19]] == pytest.approx([0.24, 0.64])
    assert [step for step, _ in Trigger(engine.trigger, engine.step_s).push(heard)] == [19]


def test_it_reads_16_bit_samples(tmp_path):
    samples = noise(3, 0.08, 16_000)
    scores(Command.open(f"cat > {shlex.quote(str(tmp_path / 'pcm'))}"), samples, 16_000)
    heard = np.frombuffer((tmp_path / "pcm").read_bytes(), "<i2")
    assert np.array_equal(heard[:1_280], to_int16(samples))
    assert len(heard) == 14 * 1_280
    assert not heard[1_280:].any()


def test_it_is_told_to_use_one_thread(tmp_path):
    scores(
        Command.open(f'cat > /dev/null; echo $OMP_NUM_THREADS > "{tmp_path}/threads"'),
        noise(0, 0.1, 16_000),
        16_000,
    )
    assert (tmp_path / "threads").read_text() == "1\n"


def test_a_program_without_lines_heard_nothing():
    assert not scores(Command.open("cat > /dev/null; echo"), noise(0, 0.1, 16_000), 16_000).any()


@pytest.mark.parametrize(
    "line", ["alexa", "0.5 alexa", "0.5 0.5 0.5", "-1", "0.5 1.5", "9.9", "nan", "0.5 nan", "inf"]
)
def test_a_line_that_says_nothing(line):
    engine = Command.open(f"cat > /dev/null; echo {line}")
    with pytest.raises(DataError, match=f"printed '{line}', expected SECONDS or SECONDS SCORE"):
        scores(engine, noise(0, 0.5, 16_000), 16_000)


def test_a_candidate_needs_a_score():
    engine = Command.open("cat > /dev/null; echo 0.5", scored=True)
    with pytest.raises(DataError, match=r"printed '0\.5', expected SECONDS SCORE"):
        scores(engine, noise(0, 0.5, 16_000), 16_000)


def test_a_program_that_fails():
    with pytest.raises(DataError, match=r"ended with exit code 3\. Try it"):
        scores(Command.open("cat > /dev/null; exit 3"), noise(0, 0.5, 16_000), 16_000)


def test_a_program_that_does_not_read_to_the_end():
    with pytest.raises(DataError, match=r"ended with exit code 7 after at most .* It has to read"):
        scores(Command.open("head -c 100 > /dev/null; exit 7"), noise(0, 60, 16_000), 16_000)


def test_a_program_that_cannot_be_started(monkeypatch):
    def fail(*arguments, **options):
        raise ActionError("cannot be started (no memory). Check the command.")

    monkeypatch.setattr("oyez.evaluate.engines.command.Program", fail)
    with pytest.raises(ConfigError, match="hear: cannot be started"):
        Command.open("hear").listen(16_000)


def test_a_stream_that_is_forgotten_ends_its_program(monkeypatch):
    started = []

    def start(*arguments, **options):
        started.append(Program(*arguments, **options))
        return started[0]

    monkeypatch.setattr("oyez.evaluate.engines.command.Program", start)
    listener = Command.open("cat > /dev/null").listen(16_000)
    listener.push(noise(0, 1, 16_000))
    assert started[0]._process.poll() is None
    del listener
    gc.collect()
    assert started[0]._process.poll() is not None


def test_open_files_do_not_add_up():
    files = Path("/proc/self/fd")
    if not files.exists():
        pytest.skip("this system does not list open files")
    engine = Command.open("cat > /dev/null")
    gc.collect()
    before = len(list(files.iterdir()))
    for _ in range(3):
        scores(engine, noise(0, 0.1, 16_000), 16_000)
    assert len(list(files.iterdir())) == before
