import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import sounds
from oyez import audio
from oyez.cli import main
from oyez.record import command
from oyez.sound import to_int16
from oyez.synth.clips import load_corpus

RATE = 16_000
SHORT = ["--seconds", "2", "--countdown", "0.3"]


def stream(*takes):
    """A countdown and a take, again and again."""
    room = sounds.noise(7, 0.3, RATE, 1e-3)
    return to_int16(np.concatenate([part for take in takes for part in (room, take)]))


GOOD = [sounds.take(seed=seed, level=0.1 + 0.01 * seed) for seed in range(4)]
LOUD = sounds.take(level=0.45)


def wav(samples, rate=RATE):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV")
    return file.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pipe(monkeypatch):
    """Puts bytes on standard input."""
    return lambda data: monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.fixture
def keys(monkeypatch):
    """Keys that a person will press, in order."""
    pressed = []

    class Keyboard:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def key(self):
            return pressed.pop(0)

    monkeypatch.setattr(command, "Keyboard", Keyboard)
    return pressed


def record(*arguments):
    return main(["record", *map(str, arguments)])


def error(capsys, *arguments):
    """What is said on the last line when it is refused."""
    assert record(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    last = err.splitlines()[-1]
    assert last.startswith("oyez: ")
    return last


def metadata():
    with Path("words/metadata.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- from a pipe


@pytest.mark.parametrize("kind", ["wav", "raw"])
def test_a_pipe_is_recorded_by_prompts(pipe, capsys, kind):
    samples = stream(GOOD[0], LOUD, GOOD[1])
    pipe(wav(samples) if kind == "wav" else samples.tobytes())
    more = [] if kind == "wav" else ["--rate", RATE]
    assert record("hello", "--stdin", "--count", 2, "--speaker", "ann", *more, *SHORT) == 0
    out, err = capsys.readouterr()
    assert out == "words/hello: 2 new; not kept: 1 too loud\n"
    assert err.splitlines()[:4] == [
        "standard input, 16000 Hz: into words/hello",
        "1/2  say “hello”",
        "3 … 2 … 1 … now",
        "      good: 0.40 s at -20 dBFS, 40 dB over the room",
    ]
    assert [(row["path"], row["word"], row["speaker"], row["rate"]) for row in metadata()] == [
        ("hello/ann_0001.wav", "hello", "ann", "16000"),
        ("hello/ann_0002.wav", "hello", "ann", "16000"),
    ]
    assert all(row["recorded"] for row in metadata())


def test_channels_of_a_pipe_are_averaged(pipe):
    pipe(np.column_stack((stream(GOOD[0]), 0 * stream(GOOD[0]))).tobytes())
    assert record("hello", "--stdin", "--count", 1, "--rate", RATE, "--channels", 2, *SHORT) == 0
    assert float(metadata()[0]["level_dbfs"]) == pytest.approx(-26, abs=0.3)


def test_a_pipe_that_ends_early(pipe, capsys):
    pipe(wav(stream(GOOD[0])))
    assert record("hello", "--stdin", *SHORT) == 0
    assert capsys.readouterr().out == "words/hello: 1 new; the stream ended\n"


def test_the_same_command_goes_on_and_ends(pipe, capsys):
    command_line = ["hello", "--stdin", "--count", 2, *SHORT]
    pipe(wav(stream(GOOD[0])))
    record(*command_line)
    pipe(wav(stream(GOOD[1], GOOD[2])))
    capsys.readouterr()
    assert record(*command_line) == 0
    out, err = capsys.readouterr()
    assert "where 1 of me are" in err
    assert out == "words/hello: 1 new\n"
    before = sounds.files(Path("words"))
    assert record(*command_line) == 0
    assert "2 recordings of me are there already" in capsys.readouterr().out
    assert sounds.files(Path("words")) == before


def test_a_kill_loses_nothing_that_was_kept():
    """A process that dies while a take runs; the same command then goes on."""
    arguments = [sys.executable, "-m", "oyez", "record", "hello", "--stdin", "--count", "3"]
    arguments += ["--rate", str(RATE), *SHORT]
    data = stream(*GOOD[:3]).tobytes()
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(arguments, **pipes) as process:
        process.stdin.write(data[: len(data) // 2])  # a take and a half
        process.stdin.flush()
        for line in process.stderr:
            if b"0001.wav" in line:
                break
        process.kill()
    assert [row["path"] for row in metadata()] == ["hello/me_0001.wav"]
    first = sounds.files(Path("words"))
    assert list(first) == ["hello/me_0001.wav", "metadata.csv"]
    assert subprocess.run(arguments, input=data, capture_output=True, check=False).returncode == 0
    after = sounds.files(Path("words"))
    assert list(after) == [*(f"hello/me_000{number}.wav" for number in (1, 2, 3)), "metadata.csv"]
    assert after["hello/me_0001.wav"] == first["hello/me_0001.wav"]


def test_other_words_are_prompted(pipe, capsys):
    pipe(wav(stream(*GOOD)))
    assert record("water", "--negatives", "--stdin", "--count", 4, *SHORT) == 0
    assert [row["word"] for row in metadata()] == ["seven", "music", "yes", "tomorrow"]
    assert [row["path"] for row in metadata()][:2] == ["negatives/me_0001.wav", "negatives/me_0002.wav"]
    pipe(wav(stream(*GOOD)))
    record("--negatives", "--stdin", "--count", 6, *SHORT)
    assert [row["word"] for row in metadata()][4:] == ["water", "kitchen"]


def test_a_room_is_recorded(pipe, capsys):
    pipe(wav(to_int16(sounds.noise(0, 4, RATE, 1e-3))))
    assert record("--room", 3, "--stdin", "--countdown", 0.3) == 0
    assert "keep quiet: the room is recorded" in capsys.readouterr().err
    assert audio.duration_s("words/backgrounds/room_0001.wav") == 3.0


# -- from files


def test_files_are_checked_and_trimmed(capsys):
    audio.write("in/ann_1.wav", GOOD[0], RATE)
    audio.write("in/ann_2.wav", LOUD, RATE)
    assert record("hello", "--from", "in") == 0
    out, err = capsys.readouterr()
    assert out == "words/hello: 1 new; not kept: 1 too loud\n"
    assert err.splitlines() == [
        "ann_1.wav at 0.60 s: → words/hello/ann_0001.wav (0.40 s at -20 dBFS, 40 dB over the room)",
        "ann_2.wav at 0.60 s: too loud (-7 dBFS). Turn the microphone down, or speak further away.",
    ]
    assert record("hello", "--from", "in") == 0
    out, err = capsys.readouterr()
    assert out == "words/hello: 0 new, 1 there already; not kept: 1 too loud\n"
    assert "is there already" in err


def test_what_was_recorded_trains(capsys):
    """Every kind of recording, read as a training reads it."""
    for speaker, take in zip(("ann", "bob"), GOOD, strict=False):
        audio.write(f"{speaker}.wav", take, RATE)
        record("hello", "--from", f"{speaker}.wav")
        record("--negatives", "--from", f"{speaker}.wav")
    audio.write("fan.wav", sounds.noise(0, 12, RATE), RATE)
    record("--room", 10, "--from", "fan.wav")
    corpus = load_corpus(Path("words"))
    assert (corpus.words, corpus.voices, len(corpus.negatives)) == (("hello",), ("ann", "bob"), 2)
    assert corpus.backgrounds[0].duration_s == 10
    capsys.readouterr()
    scenes = ["synth", "scenes", "--words", "words", "--count", "1", "--jobs", "1"]
    assert main([*scenes, "--duration", "3", "--positives", "1", "1"]) == 0
    assert "with 1 trigger words" in capsys.readouterr().out


# -- from a microphone


def test_a_microphone_and_a_keyboard(on_demand, keys, capsys):
    rate = 48_000
    on_demand.samples = to_int16(
        np.concatenate([sounds.take(level, rate=rate, seconds=2.3, at_s=1.0) for level in (0.1, 0.45, 0.12)])
    )
    keys += ["k", "x", "\n", "p", "\n"]
    assert record("hello", "--count", 2, "--device", "1", *SHORT) == 0
    out, err = capsys.readouterr()
    assert out == "words/hello: 2 new; not kept: 1 too loud\n"
    assert err.startswith("Built-in, 48000 Hz: into words/hello\n")
    assert [row["device"] for row in metadata()] == ["Built-in"] * 2
    assert len(on_demand.played) == 3  # each that passed, and once more on demand
    assert on_demand.stream.closed


def test_quitting_at_once_is_no_error(on_demand, keys, capsys):
    on_demand.samples = np.zeros(10 * 48_000, np.int16)
    keys += ["q"]
    assert record("hello", "--no-play", *SHORT) == 0
    assert capsys.readouterr().out == "words/hello: 0 new\n"


def test_without_a_keyboard_what_passes_is_kept(on_demand, capsys):
    on_demand.samples = to_int16(sounds.take(rate=RATE, seconds=2.3, at_s=1.0))
    assert record("hello", "--yes", "--count", 1, "--device", "Built", "--rate", RATE, *SHORT) == 0
    assert capsys.readouterr().out == "words/hello: 1 new\n"
    assert on_demand.played == []


def test_a_microphone_that_is_lost_leaves_what_was_kept(on_demand, capsys):
    on_demand.samples = to_int16(sounds.take(rate=48_000, seconds=2.5, at_s=1.0))
    assert "the microphone Built-in stopped" in error(capsys, "hello", "--yes", *SHORT)
    assert len(metadata()) == 1
    assert on_demand.stream.closed


# -- what is refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no WORD to record. Name it, or pass --negatives or --room SECONDS"),
        (["a/b", "--yes"], "'a/b' cannot be the name of a folder"),
        (["backgrounds", "--yes"], "'backgrounds' is the name of a folder of its own"),
        (["hello", "--speaker", "a_b"], "--speaker 'a_b' cannot be the start of a file's name"),
        (["hello", "--count", "0"], "--count must be 1 or more, got 0"),
        (["hello", "--seconds", "0"], "a take must be 0.5..3600 s long, got 0 s"),
        (["--room", "9999"], "a take must be 0.5..3600 s long, got 9999 s"),
        (["--room", "10", "--count", "2"], "--room is one recording of nobody"),
        (["--room", "10", "--speaker", "ann"], "Leave --count and --speaker out"),
        (["hello", "--from", "none.wav"], "none.wav: no such file"),
        (["hello", "--from", "empty"], "empty holds no recordings"),
        (["hello", "--from", "text.wav"], "1 of 1 recordings could not be used: text.wav is no audio"),
        (["hello", "--from", "silent.wav"], "nothing was kept; of what was heard: 1 silent"),
        (["hello", "--yes", "--device", "tape"], "No input device(s) 'tape'. There are: 1 (Built-in)"),
        (["hello", "--yes", "--rate", "7"], "refuses 7 Hz"),
        (["hello", "--yes", "--out", "text.wav"], "text.wav: cannot be made (File exists)"),
        (["hello", "--yes", "--out", "taken"], "is no folder. Move it"),
    ],
)
def test_what_is_refused(device, capsys, arguments, says):
    device.refuses = lambda rate, channels: rate == 7
    Path("empty").mkdir()
    Path("text.wav").write_text("this is no sound")
    Path("taken").mkdir()
    Path("taken/hello").write_text("")
    audio.write("silent.wav", np.zeros(RATE), RATE)
    assert says in error(capsys, *arguments)


@pytest.mark.parametrize(
    ("data", "arguments", "says"),
    [
        (b"", [], "standard input is empty"),
        (bytes(100), [], "its rate is unknown. Pass --rate HZ"),
        (bytes(100), ["--rate", "8000", "--channels", "99"], "channels must be 1..32, got 99"),
        (wav(np.zeros(RATE)), ["--channels", "2"], "is a WAV of 1 channel, got --channels 2"),
        (b"OggS" + bytes(100), [], "standard input is OGG"),
        (wav(np.zeros(RATE)), [], "nothing was kept; it ended before a whole take"),
        (wav(np.zeros(3 * RATE)), [], "nothing was kept; of what was heard: 1 silent"),
        (wav(np.zeros(99 * RATE)), [], "5 takes in a row did not pass. The last: silent (digital silence)"),
    ],
)
def test_a_pipe_that_is_refused(pipe, capsys, data, arguments, says):
    pipe(data)
    assert says in error(capsys, "hello", "--stdin", *arguments)
    assert sounds.files(Path("words")) == {}


def test_a_keyboard_is_no_pipe(pipe, capsys, monkeypatch):
    pipe(b"")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert "--stdin expects sound on a pipe, got a keyboard" in error(capsys, "hello", "--stdin")


def test_a_pipe_is_no_keyboard(capfd, monkeypatch):
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert "there is no keyboard here to choose with. Pass --yes" in error(capfd, "hello")


@pytest.mark.parametrize(
    "arguments", [["--negatives", "--room", "3"], ["hello", "--stdin", "--from", "a.wav"]]
)
def test_options_that_exclude_each_other(arguments):
    with pytest.raises(SystemExit) as caught:
        record(*arguments)
    assert caught.value.code == 2
