"""`oyez listen` as a person uses it: on a pipe, with a microphone, and with all that can go wrong."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fake_sounddevice import OVERFLOW, FakeStream
from oyez import audio
from oyez.cli import main
from oyez.detect.loudspeaker import Loudspeaker
from oyez.listen import command as listen_command
from oyez.listen import recovery
from oyez.sound import to_int16
from oyez.train.model_file import annotate
from sounds import noise
from tone_model import tones, write_tone_model

RATE = 44_100
DEMO = Path(__file__).parents[2] / "examples" / "demo.flac"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


@pytest.fixture
def stdin(monkeypatch):
    """Puts samples on standard input, as a recorder would pipe them."""

    def pipe(samples):
        data = samples if isinstance(samples, bytes) else to_int16(samples).astype("<i2").tobytes()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    return pipe


def _listen(model, *arguments):
    return main(["listen", "--model", model, *arguments])


def _piped(model, *arguments):
    return _listen(model, "--stdin", "--rate", str(RATE), *arguments)


def _error(capsys, *arguments):
    assert main(["listen", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    last = err.strip().splitlines()[-1]
    assert last.startswith("oyez: ")
    return last


def test_words_on_a_pipe(model, stdin, capsys):
    stdin(tones([1.0, 2.5], 4.0))
    assert _piped(model) == 0
    out, err = capsys.readouterr()
    assert [line.split()[1] for line in out.splitlines()] == ["tone", "tone"]
    assert out.startswith("0:01.0")
    assert err.splitlines() == [
        "listening for “tone” (threshold 0.5) on standard input at 44100 Hz; Ctrl-C ends it",
        "listened for 4.0 s: tone 2 ×",
    ]


def test_a_wav_states_its_rate_and_its_channels(model, stdin, capsys, tmp_path):
    samples = tones([1.0], 2.0, 16_000)
    audio.write(tmp_path / "a.wav", np.stack([samples, samples], axis=1), 16_000)
    stdin((tmp_path / "a.wav").read_bytes())
    assert _listen(model, "--stdin", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["model"] == "tone"
    assert "at 16000 Hz" in err
    stdin((tmp_path / "a.wav").read_bytes())
    assert "is a WAV of 2 channels, got --channels 1" in _error(
        capsys, "--model", model, "--stdin", "--channels", "1"
    )


def test_a_word_at_the_very_end_is_heard(model, stdin, capsys):
    stdin(tones([0.5], 0.53))
    assert _piped(model) == 0
    assert capsys.readouterr().out.startswith("0:00.5")


def test_several_models_at_once(model, stdin, capsys, tmp_path):
    other = write_tone_model(tmp_path / "other.onnx")
    stdin(tones([1.0], 2.0))
    assert _piped(model, "--model", str(other), "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["model"] for row in rows] == ["tone", "other"]


def test_a_threshold_by_false_accepts(model, stdin, capsys, tmp_path):
    """Each model's own; what its table does not support is told."""
    other, third = (write_tone_model(tmp_path / f"{name}.onnx") for name in ("other", "third"))
    annotate(other, {"table": {"tone": {"hours": 4.0, "rows": [[0.4, 2.0], [0.9999, 0.0]]}}})
    annotate(third, {"table": {"tone": {"hours": 99.0, "rows": [[0.6, 1.0], [0.7, 0.1], [0.8, 0.0]]}}})
    stdin(tones([1.0], 2.0))
    arguments = [
        "listen",
        "--model",
        str(other),
        "--model",
        str(third),
        "--stdin",
        "--rate",
        str(RATE),
        "--json",
    ]
    assert main([*arguments, "--false-accepts", "3/day"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["model"] for line in out.splitlines()] == ["third"]
    first, second, *_ = err.splitlines()
    assert first.startswith("oyez: note: “tone”: asked for at most 3 per day; evidence supports")
    assert second.startswith("listening for “tone” (threshold 0.9999) or “tone” (threshold 0.7) on")
    stdin(tones([1.0], 2.0))
    assert "evidence supports at most 0.75 per hour" in _error(
        capsys, *arguments[1:], "--false-accepts", "3/day", "--strict"
    )
    assert "has no table" in _error(capsys, "--model", model, "--stdin", "--false-accepts", "1/h")


def test_actions_are_set_off(model, stdin, capfd, tmp_path):
    stdin(tones([1.0, 2.5], 4.0))
    lines = tmp_path / "heard.jsonl"
    actions = ["--on", "echo $OYEZ_WORD", "--on", f"tone=json:{lines}", "--on", "json:"]
    assert _piped(model, *actions, "--cooldown", "2") == 0
    out, err = capfd.readouterr()
    assert [line for line in err.splitlines() if line == "tone"] == ["tone"]
    assert "run:echo $OYEZ_WORD: done" in err
    assert len(lines.read_text().splitlines()) == 1
    assert sum('"score"' in line for line in out.splitlines()) == 1
    assert sum("  tone  " in line for line in out.splitlines()) == 2


def test_an_action_that_hangs_or_fails_changes_nothing(model, stdin, capfd):
    stdin(tones([1.0, 2.5], 4.0))
    assert _piped(model, "--on", "sleep 600", "--on", "tone=exit 3", "--timeout", "0.05") == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 2
    assert err.count("run:sleep 600: had not ended after 0.05 s and was stopped") == 2
    assert err.count("run:exit 3: ended with code 3") == 2


def test_a_dry_run_does_nothing(model, stdin, capfd, tmp_path):
    stdin(tones([1.0], 2.0))
    touched, kept = tmp_path / "touched", tmp_path / "kept"
    options = ["--on", f"touch {touched}", "--chime", "--pipe", f"touch {touched}", "--save", str(kept)]
    assert _piped(model, *options, "--dry-run") == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 1
    assert f"run:touch {touched}: would be done (tone, 1.0" in err
    assert "chime: would be done (tone, 1.0" in err
    assert f"--pipe touch {touched}: would be started (tone, 1.0" in err
    assert f"--save {kept}: would keep 2.0 s (tone, 1.0" in err
    assert not touched.exists()
    assert not list(tmp_path.iterdir())


def test_excerpts_are_kept(model, stdin, capsys, tmp_path):
    samples = tones([3.0, 8.0], 11.0)
    stdin(samples)
    assert _piped(model, "--save", str(tmp_path), "--save-most", "1") == 0
    (path,) = tmp_path.glob("*-tone-heard.wav")
    kept, rate = audio.read(path)
    facts = json.loads(path.with_suffix(".json").read_text())
    start = round(facts["start_s"] * RATE)
    assert rate == RATE
    assert np.abs(kept - samples[start : start + 3 * RATE]).max() < 1 / 16384
    assert "holds 1 recordings, no more are kept" in capsys.readouterr().err


def test_what_is_said_is_piped_on(model, stdin, capsys, tmp_path):
    samples = tones([3.0], 10.0)
    stdin(samples)
    assert _piped(model, "--pipe", f"cat > '{tmp_path}/said'") == 0
    said = np.frombuffer((tmp_path / "said").read_bytes(), "<i2")
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert f"--pipe: {len(said) / RATE:.1f} s, until nothing was said" in err
    start = round((3.03 - 0.5) * RATE)
    wanted = to_int16(samples)
    assert any(np.array_equal(wanted[at : at + len(said)], said) for at in range(start - 1500, start + 1500))


def test_silence_of_the_digital_kind_is_told(model, stdin, capsys):
    stdin(np.zeros(6 * RATE, np.float32))
    assert _piped(model) == 0
    err = capsys.readouterr().err
    assert "nothing but zeros until 5 s: is the microphone muted" in err
    assert "listened for 6.0 s: nothing heard" in err


@pytest.fixture
def punctual(monkeypatch):
    """A loudspeaker that is never late: how long it mutes the ears depends on no thread."""
    monkeypatch.setattr(listen_command.Loudspeaker, "sounds", lambda self: False)


@pytest.mark.usefixtures("punctual")
def test_a_microphone_answers_with_a_chime(model, on_demand, capsys, monkeypatch):
    monkeypatch.setattr(recovery, "GIVE_UP_S", 0.0)
    on_demand.samples = to_int16(tones([1.0, 2.5], 4.0, 48_000))
    last = _error_after(capsys, "--model", model)
    assert last.startswith(
        "oyez: the microphone did not come back in 0 minutes: the microphone Built-in stopped"
    )
    assert len(on_demand.played) == 2
    assert on_demand.stream.closed


def _error_after(capsys, *arguments):
    """The error that ends listening, after words were heard."""
    assert main(["listen", *arguments]) == 2
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "tone 2 ×" in err
    return err.strip().splitlines()[-1]


@pytest.mark.usefixtures("punctual")
@pytest.mark.parametrize(
    ("options", "count"),
    [(["--no-chime"], 0), (["--on", "chime", "--cooldown", "5"], 1), (["--on", "chime", "--chime"], 2)],
)
def test_when_it_chimes(model, on_demand, capsys, monkeypatch, options, count):
    monkeypatch.setattr(recovery, "GIVE_UP_S", 0.0)
    on_demand.samples = to_int16(tones([1.0, 2.5], 4.0, 48_000))
    _error_after(capsys, "--model", model, *options)
    assert len(on_demand.played) >= 1 if count == 2 else len(on_demand.played) == count


def test_a_microphone_that_comes_back(model, on_demand, capsys, monkeypatch):
    """Unplugged after two words; there again, with a third, after the second try."""
    on_demand.samples = to_int16(tones([1.0, 2.5], 4.0, 48_000))
    inputs, waited = on_demand.inputs, []

    def wait(seconds):
        waited.append(seconds)
        on_demand.inputs = [] if len(waited) == 1 else inputs
        on_demand.samples = to_int16(tones([1.0], 2.0, 48_000))
        if len(waited) > 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(listen_command, "time", SimpleNamespace(sleep=wait))
    assert _listen(model, "--no-chime", "--device", "Built") == 130
    out, err = capsys.readouterr()
    assert [line.split()[0][:6] for line in out.splitlines()] == ["0:01.0", "0:02.5", "0:05.0"]
    assert "Built-in is back, after 3 s" in err
    assert "tone 3 ×" in err
    assert on_demand.started == ["terminate", "initialize"] * 2
    assert on_demand.stream.settings["samplerate"] == 48_000


def test_lost_samples_are_told_seldom_and_counted(model, on_demand, capsys, monkeypatch):
    monkeypatch.setattr(recovery, "GIVE_UP_S", 0.0)
    on_demand.samples = to_int16(noise(1, 12.0, 48_000))
    hear = FakeStream.hear
    monkeypatch.setattr(FakeStream, "hear", lambda self, block: hear(self, block, OVERFLOW))
    assert _listen(model, "--no-chime") == 2
    err = capsys.readouterr().err
    assert err.count("samples were lost, ") == 2
    assert "samples were lost, 1 times: this computer is too slow or too busy" in err
    assert "nothing heard; samples were lost 240 times" in err


def test_devices_are_listed(device, capsys):
    assert main(["listen", "--devices"]) == 0
    assert capsys.readouterr().out == "1: Built-in, 48000 Hz\n2: Array, 48000 Hz\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--model", "none"], "none: no such model file"),
        (["--model", "MODEL", "--model", "MODEL"], "each --model must have a name of its own"),
        (["--threshold", "7"], "threshold must be between 0 and 1, got 7.0"),
        (["--on", "ton=chime"], "no model listens for “ton”, but for tone"),
        (["--cooldown", "-1"], "a cooldown must be 0 s or more"),
        (["--timeout", "0", "--on", "chime"], "a timeout must be above 0 s"),
        (["--save", "file"], "file: cannot be made"),
        (["--save", "new", "--save-most", "0"], "--save-most must be 1 or more"),
        (["--device", "Webcam"], "No input device(s) 'Webcam'"),
        (["--device", "7"], "there is no device 7. There are: 1 (Built-in), 2 (Array)"),
        (["--stdin"], "standard input has no WAV header, so its rate is unknown. Pass --rate HZ"),
        (["--stdin", "--rate", "100"], "rate must be 4000..768000"),
    ],
)
def test_what_cannot_be_is_refused(model, device, stdin, tmp_path, monkeypatch, capsys, arguments, says):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("x")
    stdin(bytes(1000))
    default = [] if "none" in arguments else ["--model", model]
    assert says in _error(capsys, *default, *[one.replace("MODEL", "x.onnx") for one in arguments])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_keyboard_is_no_sound(model, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert "got a keyboard" in _error(capsys, "--model", model, "--stdin")


def test_an_empty_pipe_is_told(model, stdin, capsys):
    stdin(b"")
    assert "standard input is empty" in _error(capsys, "--model", model, "--stdin")


@pytest.fixture
def start():
    """Starts the program; what is still there at the end is ended."""
    started = []

    def begin(*arguments):
        command = [sys.executable, "-m", "oyez", "listen", *arguments]
        pipe = subprocess.PIPE
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)
        finally:
            signal.signal(signal.SIGHUP, before)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        for file in (process.stdin, process.stdout, process.stderr):
            file.close()


def test_the_demo_is_heard_by_the_shipped_model(start):
    samples, rate = audio.read(DEMO)
    process = start("--stdin", "--rate", str(rate), "--threshold", "0.4", "--json")
    out, err = process.communicate(to_int16(samples).astype("<i2").tobytes(), timeout=120)
    assert process.returncode == 0, err
    times_s = [json.loads(line)["time_s"] for line in out.splitlines()]
    assert times_s == pytest.approx([5.04, 9.12, 15.44, 18.24], abs=0.05)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)])
def test_it_can_be_stopped_at_any_time(model, start, tmp_path, sign, code):
    """With a program at work, which is ended; with an excerpt under way, which is kept."""
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    kept = tmp_path / "kept"
    options = ["--save", str(kept), "--timeout", "600", "--on", f'exec 3> "{alive}"; sleep 600']
    process = start("--stdin", "--rate", str(RATE), "--model", model, *options)
    process.stdin.write(to_int16(tones([1.0], 1.8)).astype("<i2").tobytes())
    with alive.open("rb") as reader:
        assert b"tone" in process.stdout.readline()
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
        assert reader.read() == b""
    assert process.returncode == code, err
    assert b"was still at work at the end, and was given up" in err
    assert b" s: tone 1" in err
    assert (b"oyez: stopped" in err) is (sign is signal.SIGINT)
    assert len(list(kept.glob("*.json"))) == len(list(kept.glob("*.wav"))) == 1


def test_signals_are_given_back():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    seen = []
    try:
        term = signal.getsignal(signal.SIGTERM)
        with listen_command._terminable():
            seen = [signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)]
        assert signal.getsignal(signal.SIGTERM) is term
    finally:
        signal.signal(signal.SIGHUP, before)
    assert seen[0] is signal.SIG_IGN
    with pytest.raises(BaseException, match=r"^$") as caught:
        seen[1](signal.SIGTERM, None)
    assert not isinstance(caught.value, Exception)


def test_it_runs_on_any_thread(model, stdin, capsys):
    stdin(tones([0.5], 1.0))
    codes = []
    thread = threading.Thread(target=lambda: codes.append(_piped(model)))
    thread.start()
    thread.join(60)
    assert codes == [0]
    assert "tone" in capsys.readouterr().out


def test_while_the_chime_sounds_the_library_is_not_started_anew(device, monkeypatch):
    """Or the chime would be cut off."""
    options = listen_command.argparse.Namespace(stdin=False, device="1", rate=None)
    speaker = Loudspeaker(lambda *_: None)
    source = listen_command._source(options, print, speaker)
    monkeypatch.setattr(speaker, "sounds", lambda: True)
    source._again(48_000)
    assert device.started == []


def test_a_reader_that_leaves_ends_it_quietly(model, start):
    process = start("--stdin", "--rate", str(RATE), "--model", model)
    process.stdout.close()
    process.stdin.write(to_int16(tones([0.5], 1.0)).astype("<i2").tobytes())
    process.stdin.close()
    err = process.stderr.read()
    assert process.wait(60) == 0, err
    assert b"Traceback" not in err
