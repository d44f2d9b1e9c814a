"""The scripts in `examples/` are short, and do what they say on the demo's recording."""

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import oyez
from http_server import Running, running
from oyez import audio
from oyez.serve.catalog import Catalog
from oyez.sound import to_int16

FOLDER = Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(FOLDER.glob("*.py"))
NODE = shutil.which("node")
RATE = 16_000


@pytest.fixture(scope="module")
def pcm() -> bytes:
    """The demo's recording as a recorder would pipe it; an odd byte at its end."""
    return to_int16(audio.read(FOLDER / "demo.flac", RATE)[0]).tobytes() + b"\0"


@pytest.fixture(scope="module")
def times_s(pcm: bytes) -> list[str]:
    """When the word is heard in it, as the scripts print it."""
    import numpy as np

    detector = oyez.load("activate", rate=RATE)
    found = detector.push(np.frombuffer(pcm[:-1], np.int16)) + detector.finish()
    assert found
    return [f"{one.time_s:.2f} s: activate" for one in found]


class Lamp:
    """A lamp with a webhook, on this machine; it keeps what it was told."""

    def __init__(self, status: int = 200) -> None:
        self.told: list[dict[str, object]] = []
        lamp = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/json"
                lamp.told.append(json.loads(body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/api/webhook/lamp"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def lamp() -> Iterator[Lamp]:
    """A lamp that is there."""
    one = Lamp()
    yield one
    one.close()


def _run(name: str, *arguments: str, pcm: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(FOLDER / name), *arguments]
    return subprocess.run(command, input=pcm, capture_output=True, check=False, timeout=120)


def _times(output: bytes) -> list[str]:
    return [line.partition(",")[0].partition(" (")[0] for line in output.decode().splitlines()]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 40


def test_program_is_started_for_each_detection(tmp_path: Path, pcm: bytes, times_s: list[str]) -> None:
    code = "import pathlib, sys, tempfile; tempfile.mkstemp(dir=sys.argv[1])"
    run = _run("start_app.py", sys.executable, "-c", code, str(tmp_path), pcm=pcm)
    assert run.returncode == 0, run.stderr
    assert _times(run.stdout) == times_s
    # the script does not wait for what it starts; its output pipe closes when they have ended
    assert len(list(tmp_path.iterdir())) == len(times_s)


def test_program_that_is_not_there_is_told(pcm: bytes) -> None:
    run = _run("start_app.py", "no-such-program", pcm=pcm)
    assert run.returncode == 1
    assert run.stderr.decode().strip() == "no-such-program cannot be started: No such file or directory"


def test_lamp_is_told_of_each_detection(lamp: Lamp, pcm: bytes, times_s: list[str]) -> None:
    run = _run("switch_lamp.py", lamp.url, pcm=pcm)
    assert run.returncode == 0, run.stderr
    assert _times(run.stdout) == times_s
    assert [f"{one['time_s']:.2f} s: {one['word']}" for one in lamp.told] == times_s


def test_lamp_that_refuses_or_is_gone_stops_nothing(pcm: bytes, times_s: list[str]) -> None:
    broken = Lamp(status=500)
    run = _run("switch_lamp.py", broken.url, pcm=pcm)
    broken.close()
    assert (run.returncode, _times(run.stderr), len(broken.told)) == (0, times_s, len(times_s))
    assert b"500" in run.stderr
    run = _run("switch_lamp.py", broken.url, pcm=pcm)
    assert (run.returncode, _times(run.stderr)) == (0, times_s)


def test_lamp_that_answers_nonsense_stops_nothing(pcm: bytes, times_s: list[str]) -> None:
    """Bytes that are no HTTP, from a server that then closes."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        for _ in times_s:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"lamp\r\n")

    threading.Thread(target=answer, daemon=True).start()
    with server:
        run = _run("switch_lamp.py", f"http://127.0.0.1:{server.getsockname()[1]}/", pcm=pcm)
    assert (run.returncode, _times(run.stderr)) == (0, times_s)


def test_lamp_without_a_scheme_is_told(pcm: bytes) -> None:
    run = _run("switch_lamp.py", "lamp.local", pcm=pcm)
    assert run.returncode == 1
    assert run.stderr.decode().startswith("usage: switch_lamp.py http://")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """`oyez serve --http`, in a thread."""
    with running(Catalog.load(["activate"])) as one:
        yield one


def _node(*arguments: str, pcm: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the client in JavaScript; before version 22, Node has a WebSocket only when asked."""
    version = subprocess.run([str(NODE), "--version"], capture_output=True, text=True, check=True).stdout
    options = ["--experimental-websocket"] if int(re.findall(r"\d+", version)[0]) < 22 else []
    command = [str(NODE), *options, str(FOLDER / "stream_to_server.mjs"), *arguments]
    return subprocess.run(command, input=pcm, capture_output=True, check=False, timeout=120)


needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")


def test_server_hears_a_client_in_python(server: Running, pcm: bytes, times_s: list[str]) -> None:
    run = _run("stream_to_server.py", server.address.replace("http", "ws"), pcm=pcm)
    assert (run.returncode, _times(run.stdout)) == (0, times_s), run.stderr
    server.until_idle()


@needs_node
def test_server_hears_a_client_in_javascript(server: Running, pcm: bytes, times_s: list[str]) -> None:
    run = _node(server.address.replace("http", "ws"), pcm=pcm)
    assert (run.returncode, _times(run.stdout)) == (0, times_s), run.stderr
    server.until_idle()


@needs_node
def test_client_in_javascript_tells_its_usage_and_a_server_that_is_gone() -> None:
    run = _node()
    assert (run.returncode, run.stderr[:7]) == (1, b"usage: ")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    run = _node(f"ws://127.0.0.1:{port}")
    assert (run.returncode, run.stdout) == (1, b"")


def test_clients_stand_in_the_page_as_they_are() -> None:
    page = (FOLDER.parent / "docs" / "server-protocol.md").read_text(encoding="utf-8")
    for kind, name in (("py", "stream_to_server.py"), ("js", "stream_to_server.mjs")):
        assert f"```{kind}\n{(FOLDER / name).read_text(encoding='utf-8')}```\n" in page


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_usage_is_told(path: Path) -> None:
    run = _run(path.name)
    assert run.returncode == 1
    assert run.stderr.decode().startswith(f"usage: {path.name} ")
