"""`oyez serve` as a person runs it: a process that listens, acts, logs, and ends as it is asked to."""

import array
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import termios
import threading

import pytest

from oyez import audio
from oyez.cli import main
from oyez.sound import to_int16
from oyez.train.model_file import annotate
from tone_model import tones, write_tone_model

RATE = 16_000
MUCH = 30_000
"""Bytes: a pipe of Linux is full with 65,536 or, of writes that fill no whole pages, somewhat fewer."""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


class Server:
    """A server in a process of its own, whose log is read as lines of JSON."""

    def __init__(self, *arguments, **settings):
        command = [sys.executable, "-m", "oyez", "serve", "--log-json", *arguments]
        pipe = subprocess.PIPE
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored
        try:
            self.process = subprocess.Popen(command, stdout=pipe, stderr=pipe, bufsize=0, **settings)
        finally:
            signal.signal(signal.SIGHUP, before)
        self.lines = []
        self.guard = threading.Timer(60, self.process.kill)  # a test that waits in vain must end
        self.guard.start()

    def until(self, found):
        """The first line of the log for which `found` holds, said already or still to come."""
        seen = 0
        while True:
            for line in self.lines[seen:]:
                if found(line):
                    return line
            seen = len(self.lines)
            line = self.process.stderr.readline()
            assert line, self.lines
            self.lines.append(json.loads(line))

    def address(self, scheme="tcp"):
        """Host and port of its listener."""
        line = self.until(lambda line: line.get("address", "").startswith(f"{scheme}:"))
        host, _, port = line["address"].removeprefix(f"{scheme}://").rpartition(":")
        return host, int(port)

    def end(self, number=signal.SIGTERM):
        """Ask it to end; exit code, what it printed, and the rest of its log."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err.decode()

    def close(self):
        """Whatever it still does."""
        self.guard.cancel()
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start():
    started = []

    def begin(*arguments, **settings):
        started.append(Server(*arguments, **settings))
        return started[-1]

    yield begin
    for one in started:
        one.close()


class Satellite:
    """A client that speaks the protocol by hand."""

    def __init__(self, address, names=("tone",)):
        self.socket = socket.create_connection(address, timeout=30)
        self.file = self.socket.makefile("rb")
        self.send("detect", {"names": list(names)})
        self.send("audio-start", {"rate": RATE, "width": 2, "channels": 1})

    def send(self, kind, data=None, payload=b""):
        head = {"type": kind, "data": data or {}, "payload_length": len(payload)}
        self.socket.sendall(json.dumps(head).encode() + b"\n" + payload)

    def say(self, samples):
        for start in range(0, len(samples), RATE):
            payload = to_int16(samples[start : start + RATE]).astype("<i2").tobytes()
            self.send("audio-chunk", {"rate": RATE, "width": 2, "channels": 1}, payload)

    def next(self):
        """Type and data of what it is answered; None at the end."""
        line = self.file.readline()
        if not line:
            return None
        head = json.loads(line)
        more = self.file.read(head.get("data_length") or 0)
        self.file.read(head.get("payload_length") or 0)
        return head["type"], (head.get("data") or {}) | (json.loads(more) if more else {})

    def close(self):
        self.file.close()
        self.socket.close()


@pytest.fixture
def satellite():
    """Makes satellites, and closes them."""
    made = []

    def connect(address):
        made.append(Satellite(address))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def test_a_word_is_answered_acted_on_and_logged(model, start, satellite, tmp_path):
    """From a file of settings, with a command and a broker that is not there; no secret is told."""
    (tmp_path / "oyez.toml").write_text(
        f"""
        [[model]]
        name = "{model}"
        [wyoming]
        uri = "tcp://127.0.0.1:0"
        [[action]]
        word = "tone"
        do = 'echo "$OYEZ_WORD $OYEZ_MODEL $OYEZ_CLIENT" >> "{tmp_path}/heard"'
        name = "note"
        cooldown_s = 600
        [[action]]
        do = "http://me:secret@127.0.0.1:9/x?token=secret"
        """
    )
    server = start("--config", str(tmp_path / "oyez.toml"))
    address = server.address()
    one = satellite(address)
    one.say(tones([0.5, 1.5], 2.5, RATE))
    assert [one.next()[0], one.next()[0]] == ["detection", "detection"]
    done = server.until(lambda line: line.get("action") == "note")
    assert (done["text"], done["word"]) == ("note: done", "tone")
    word, name, *client = (tmp_path / "heard").read_text().split()
    assert (word, name) == ("tone", "tone")
    assert done["client"] == " ".join(client)
    heard = [line for line in server.lines if line.get("event") == "heard"]
    assert heard[0]["client"] == done["client"]
    assert heard[0]["time_s"] == pytest.approx(0.53, abs=0.05)
    server.until(lambda line: "9/x: " in line["text"] and line["level"] == "warning")
    code, out, err = server.end()
    assert (code, out) == (0, b"")
    assert "served 1 streams" in err
    assert "tone 2 ×" in err
    assert "secret" not in err + json.dumps(server.lines)
    assert len((tmp_path / "heard").read_text().splitlines()) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 130)])
def test_it_ends_cleanly_with_what_was_still_due(model, start, satellite, tmp_path, number, code):
    """The tone ends with what was sent: only the end of the stream tells that it is whole."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(30)
        manager.bind(str(tmp_path / "notify"))
        environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        server = start("--model", model, "--wyoming", "tcp://127.0.0.1:0", env=environment)
        one = satellite(server.address())
        assert manager.recv(100) == b"READY=1"
        one.say(tones([0.1], 0.14, RATE))
        one.send("ping")
        while one.next()[0] != "pong":  # what was sent before has arrived
            pass
        ended, _, err = server.end(number)
        assert manager.recv(100) == b"STOPPING=1"
    assert ended == code, err
    answers = []
    while (answer := one.next()) is not None:
        answers.append(answer[0])
    assert "detection" in answers
    assert "stopping, with 1 streams open" in err


def test_http_beside_wyoming(model, start, satellite, tmp_path):
    """One service for both: the same model, the same actions; both end cleanly."""
    lines, recording = tmp_path / "heard.jsonl", tmp_path / "a.wav"
    audio.write(recording, tones([0.5], 1.5, RATE), RATE)
    server = start(
        "--model", model, "--wyoming", "tcp://127.0.0.1:0", "--http", "127.0.0.1:0", "--on", f"json:{lines}"
    )  # fmt: skip
    host, port = server.address("http")
    one = satellite(server.address())
    one.say(tones([0.5], 1.5, RATE))
    assert one.next()[0] == "detection"
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("POST", "/v1/detect", recording.read_bytes(), {"Content-Type": "audio/wav"})
    answer = json.loads(connection.getresponse().read())
    assert [one["word"] for one in answer["detections"]] == ["tone"]
    connection.close()
    assert server.end()[0] == 0
    clients = [json.loads(line)["client"].split()[0] for line in lines.read_text().splitlines()]
    assert sorted(clients) == ["http", "wyoming"]


def test_two_servers_cannot_have_one_address(model, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert main(["serve", "--model", model, "--wyoming", address]) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("oyez: ")
    assert address in last
    assert "in use" in last


def test_a_log_that_nobody_reads_stops_nothing(model, start, satellite):
    """More lines than a pipe holds: words are heard all the same, and it ends in time."""
    server = start("--model", model, "--wyoming", "tcp://127.0.0.1:0", "--on", "exit 3 # " + "x" * 2000)
    one = satellite(server.address())
    times_s = [0.1 + 0.9 * number for number in range(20)]
    full, before = 0, -1
    while full != before or full < MUCH:  # until nothing more fits in
        one.say(tones(times_s, 18.5, RATE))
        assert {one.next()[0] for _ in times_s} == {"detection"}
        full, before = _waiting(server.process.stderr), full
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0


def _waiting(pipe):
    """Bytes that nobody has read."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe.fileno(), termios.FIONREAD, count)
    return count[0]


def test_check_tells_and_leaves(model, tmp_path, capfd):
    path = tmp_path / "oyez.toml"
    path.write_text(f'[[model]]\nname = "{model}"\n[[action]]\ndo = "mqtt://a:secret@b/c"\n')
    arguments = ["serve", "--config", str(path), "--wyoming", "tcp://127.0.0.1:10400", "--check"]
    assert main([*arguments, "--threshold", "0.7", "--http", "8765"]) == 0
    out, err = capfd.readouterr()
    assert out.splitlines() == [
        "model tone: “tone” from 0.7 on",
        "every word: mqtt://b/c",
        "wyoming: tcp://127.0.0.1:10400",
        "http: 127.0.0.1:8765, for everybody there",
        "all is well",
    ]
    assert "secret" not in err


def test_a_threshold_by_false_accepts(tmp_path, capfd):
    path = write_tone_model(tmp_path / "tone.onnx")
    annotate(path, {"table": {"tone": {"hours": 4.0, "rows": [[0.4, 2.0], [0.9999, 0.0]]}}})
    arguments = ["serve", "--model", str(path), "--wyoming", "tcp://127.0.0.1:0", "--check"]
    assert main([*arguments, "--false-accepts", "1/day"]) == 0
    out, err = capfd.readouterr()
    assert "“tone” from 0.9999 on" in out
    assert "warning “tone”: asked for at most 1 per day; evidence supports" in err
    assert main([*arguments, "--false-accepts", "1/day", "--strict"]) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "there is nowhere to listen. Give an address: --wyoming tcp://127.0.0.1:10400"),
        (["--config", "none.toml"], "none.toml cannot be read (No such file"),
        (["--config", "a.toml"], "a.toml, [log]: expected json, got 'jsno': did you mean json?"),
        (["--zeroconf"], "--zeroconf tells the network of --wyoming, got none"),
        (
            ["--wyoming", "tcp://127.0.0.1:0", "--on", "ton=chime"],
            "--on: no model listens for “ton”, but for",
        ),
        (["--wyoming", "tcp://127.0.0.1:0", "--cooldown", "-1", "--on", "chime"], "a cooldown must be 0 s"),
        (["--wyoming", "tcp://127.0.0.1:0", "--streams", "0"], "streams must be 1 or more, got 0"),
        (["--wyoming", "tcp://127.0.0.1:0", "--model", "none"], "none: no such model file"),
        (["--wyoming", "tcp://127.0.0.1:0", "--threshold", "7"], "threshold must be between 0 and 1"),
        (["--wyoming", "ftp://x"], "ftp://x"),
        (["--http", "0.0.0.0:8765"], "can be reached by others, so it needs --token-file FILE"),
        (["--wyoming", "tcp://127.0.0.1:0", "--without-token"], "--without-token goes with --http"),
    ],
)
def test_what_cannot_be_is_refused(model, tmp_path, monkeypatch, capsys, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text("[log]\njsno = true\n")
    default = [] if "none" in arguments else ["--model", model]
    assert main(["serve", *default, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    last = err.strip().splitlines()[-1]
    assert last.startswith("oyez: ")
    assert says in last


def test_without_its_libraries_the_line_to_type_is_told(model, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "wyoming", None)
    assert main(["serve", "--model", model, "--wyoming", "tcp://127.0.0.1:0"]) == 2
    assert "pip install 'oyez[serve]'" in capsys.readouterr().err


def test_zeroconf_without_its_library_is_told_before_anything_is_opened(model, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    arguments = ["serve", "--model", model, "--wyoming", "tcp://0.0.0.0:0", "--zeroconf"]
    for more in ([], ["--check"]):
        assert main([*arguments, *more]) == 2
        err = capsys.readouterr().err
        assert "pip install 'oyez[discovery]'" in err
        assert "listening on" not in err


def test_the_network_is_told_of_what_is_open(model, monkeypatch, capfd):
    """With the port that the listener got; and told no more before the listener closes."""
    told = []

    class Announced:
        def __init__(self, address, name):
            self.address, self.name = address, name

        async def __aenter__(self):
            told.append((self.address, self.name))
            os.kill(os.getpid(), signal.SIGTERM)

        async def __aexit__(self, *_):
            told.append("no more")

    monkeypatch.setattr("oyez.serve.discovery.Announced", Announced)
    addresses = ["--wyoming", "tcp://127.0.0.1:0", "--wyoming", "tcp://127.0.0.1:0", "--http", "127.0.0.1:0"]
    assert main(["serve", "--model", model, *addresses, "--zeroconf"]) == 0
    (one, name), (other, _), *ends = told
    assert ends == ["no more"] * 2
    assert name == socket.gethostname()
    err = capfd.readouterr().err
    assert one != other
    for address in (one, other):
        assert address.startswith("tcp://127.0.0.1:")
        assert f"listening on {address}\n" in err
