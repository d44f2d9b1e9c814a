"""Slow, broken and hostile clients, over real sockets: they lose their connection, nobody else notices."""

import asyncio
import contextlib
import errno
import itertools
import json
import random
import socket
import struct
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.frames import Frame, Opcode

from http_server import read_all, running
from oyez.serve.conversation import Conversation
from oyez.serve.heard import Restarted
from oyez.serve.live import Live
from oyez.serve.messages import Start
from tone_model import tones

RATE = 44_100
START = {"type": "start", "rate": RATE, "names": ["tone"]}
QUICK = {"head_s": 0.5, "body_s": 0.5, "idle_s": 0.5, "write_s": 0.5}
"""Patience for the tests of patience."""


@pytest.fixture(scope="module")
def samples():
    return tones([0.5, 2.0, 3.4], 4.0)


def _head(method="GET", path="/v1/health", **headers):
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _upgrade(**headers):
    named = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Version": "13",
    }
    return _head(path="/v1/stream", **named | headers)


def _frame(data, opcode=Opcode.BINARY, fin=True):
    return Frame(opcode, data, fin).serialize(mask=True)


def _narrow(server):
    """A socket that holds little of what it does not read."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    one.connect(("127.0.0.1", server.port))
    return one


def _upgraded(server, *, small=False):
    """A bare socket on which a WebSocket is open."""
    one = _narrow(server) if small else server.raw()
    one.sendall(_upgrade())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += one.recv(1)
    assert answer.startswith(b"HTTP/1.1 101")
    return one


class Bystander:
    """Another client, who must hear what it would hear alone, all the time."""

    def __init__(self, server, samples, expected):
        self._server, self._samples, self._expected = server, samples, expected
        self._over = threading.Event()
        self._failed = []
        self.rounds = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(60)
        assert not self._thread.is_alive()
        assert self._failed == []
        assert self.rounds > 0

    def _run(self):
        try:
            while not (self._over.is_set() and self.rounds):
                told = self._server.stream(self._samples, RATE, names=["tone"])
                heard = [(one["word"], round(one["time_s"], 6)) for one in told if one["type"] == "detection"]
                assert heard == self._expected, told[-1]
                assert told[-1]["type"] == "end"
                self.rounds += 1
        except BaseException as error:
            self._failed.append(error)


@pytest.fixture
def bystander(samples, tone, alone):
    return lambda server: Bystander(server, samples, alone(tone, samples))


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff" * 2_000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        b"POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnot hex\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_what_is_no_request(catalog, data):
    with running(catalog) as server:
        with server.raw(data) as one:
            one.shutdown(socket.SHUT_WR)
            answer = read_all(one)
            assert not answer or answer.startswith(b"HTTP/1.1 4")
        server.until_idle()
        assert server.ask("GET", "/v1/health")[0] == 200


def test_giant_heads(catalog):
    with running(catalog) as server:
        for head in (
            _head(X="x" * 100_000),
            b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"".join(b"a%d: b\r\n" % number for number in range(20_000)) + b"\r\n",
            b"x" * 100_000,
        ):
            with server.raw() as one:
                with contextlib.suppress(OSError):  # it closes in the middle
                    one.sendall(head)
                answer = read_all(one)
                assert not answer or answer.startswith(b"HTTP/1.1 4")
        server.until_idle()


def test_handshakes_that_make_no_sense(catalog):
    """Some of them make uvicorn's library raise; nothing of it may stay behind."""
    with running(catalog, QUICK) as server:
        for head in (
            _upgrade(Sec_WebSocket_Key="x"),
            _upgrade(Sec_WebSocket_Version="7"),
            _upgrade(**{f"a{number}": "b" for number in range(200)}),
            _upgrade(X="x" * 9_000),
            _upgrade(Sec_WebSocket_Extensions=";;;=,"),
            _upgrade(Upgrade="websocket, websocket"),
            _head("POST", "/v1/stream", Upgrade="websocket", Connection="Upgrade"),
            _head(
                path="/v1/other",
                Upgrade="websocket",
                Connection="Upgrade",
                Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
                Sec_WebSocket_Version="13",
            ),
        ):
            with server.raw(head) as one:
                read_all(one)
        server.until_idle()
        assert server.look(lambda: len(server.listener._state.connections)) == 0


def test_half_requests_and_silence_are_cut(catalog):
    with running(catalog, QUICK) as server:
        waiting = [
            server.raw(),
            server.raw(b"GET /v1/hea"),
            server.raw(_head("POST", "/v1/detect", Content_Length=1_000) + b"RIFF"),
            server.raw(_head()),
            _upgraded(server),
        ]
        began_s = time.monotonic()
        while not waiting[3].recv(1_000).endswith(b"}"):
            pass
        waiting[3].sendall(b"GET /v1/mod")  # after an answer
        answers = [read_all(one) for one in waiting]
        assert time.monotonic() - began_s < 15
        assert answers[0] == answers[1] == answers[3] == b""
        assert answers[2].startswith(b"HTTP/1.1 408")
        assert b"no start came within 0.5 s" in answers[4]
        for one in waiting:
            one.close()


def test_a_head_that_drips_is_cut(catalog):
    with running(catalog, QUICK) as server, server.raw() as one:
        over = threading.Event()

        def drip():
            with contextlib.suppress(OSError):
                for byte in _head(X="x" * 10_000):
                    one.send(bytes([byte]))
                    if over.wait(0.02):
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        assert read_all(one) == b""
        over.set()
        thread.join()
        server.until_idle()


def test_a_stream_without_sound_is_closed(catalog):
    with running(catalog, QUICK) as server, server.websocket() as client:
        client.send(json.dumps(START))
        assert json.loads(client.recv(60))["type"] == "ready"
        assert json.loads(client.recv(60))["code"] == "limit"
        with pytest.raises(ConnectionClosed):
            client.recv(60)
        server.until_idle()


def test_who_waits_for_us_is_not_idle(catalog, monkeypatch):
    """A client that is read slowly has not been silent."""
    push = Live.push

    async def slow(self, x):
        await asyncio.sleep(1.2)
        await push(self, x)

    monkeypatch.setattr(Live, "push", slow)
    with running(catalog, QUICK) as server, server.websocket() as client:
        client.send(json.dumps(START))
        client.send(bytes(100))
        client.send('{"type":"finish"}')
        assert [json.loads(client.recv(60))["type"] for _ in range(2)] == ["ready", "end"]


def test_who_does_not_read_is_cut(catalog, bystander):
    """Answers fill what the system holds for it, and then our patience is over."""
    with running(catalog, {"write_s": 0.3}) as server, bystander(server), _narrow(server) as one:
        with contextlib.suppress(OSError):
            for _ in range(200):
                one.sendall(_head(path="/v1/models/pair.onnx"))
        server.until(lambda: server.service.counts.other["slow_readers"] == 1, "it was not cut")


def test_a_stream_that_does_not_read_is_cut(catalog, bystander, monkeypatch):
    tell = Conversation.tell
    padding = " " * 100_000  # more than the system holds for it, soon
    monkeypatch.setattr(
        Conversation, "tell", lambda event: tell(event) + (padding if isinstance(event, Restarted) else "")
    )
    with (
        running(catalog, {"write_s": 0.3}) as server,
        bystander(server),
        _upgraded(server, small=True) as one,
    ):
        one.sendall(_frame(json.dumps(START).encode(), Opcode.TEXT))
        with contextlib.suppress(OSError):
            one.sendall(_frame(b'{"type":"reset"}', Opcode.TEXT) * 1_000)
        server.until(lambda: server.service.counts.other["slow_readers"] == 1, "it was not cut")


def _send_all(one, data, times):
    """In a thread: it may block, or break off."""

    def run():
        with contextlib.suppress(OSError):
            for _ in range(times):
                one.sendall(data)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_pings_without_end_and_without_reading(catalog):
    """Their answers would fill our memory."""
    with running(catalog, {"head_s": 600}) as server, _upgraded(server, small=True) as one:
        sending = _send_all(one, _frame(bytes(125), Opcode.PING) * 1_000, 150)  # 20 MB
        server.until(lambda: not len(server.listener._connections), "nobody cut it")
        sending.join(60)
        server.until_idle()


def test_a_message_of_empty_parts_without_end(catalog):
    """Its bytes are none, but each part takes memory."""
    with running(catalog, {"head_s": 600}) as server, _upgraded(server) as one:
        one.sendall(_frame(b"", Opcode.TEXT, fin=False))
        sending = _send_all(one, _frame(b"", Opcode.CONT, fin=False) * 500, 10)
        server.until(lambda: not len(server.listener._connections), "nobody cut it")
        sending.join(60)
        server.until_idle()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 100,
        _frame(b"x", Opcode.CONT),
        Frame(Opcode.BINARY, b"not masked").serialize(mask=False),
        _frame(b"\xff\xfe", Opcode.TEXT),
        b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",  # 2⁶³ bytes are to come
        _frame(bytes(1_100_000)),
        _frame(bytes(800_000), fin=False) + _frame(bytes(800_000), Opcode.CONT),
        b"\x89\xfe\x00\x7e" + bytes(4 + 126),  # a ping that is too long
        _frame(b"\x03", Opcode.CLOSE),
        _frame(b"\0\0", Opcode.CLOSE),
    ],
    ids=itertools.count(),  # the masks in them are chance
)
def test_frames_that_are_none(catalog, data):
    with running(catalog) as server:
        with _upgraded(server) as one:
            one.sendall(_frame(json.dumps(START).encode(), Opcode.TEXT))
            with contextlib.suppress(OSError):
                one.sendall(data)
                one.shutdown(socket.SHUT_WR)
            read_all(one)
        server.until_idle()


def _vanish(one):
    """Go without a word: the other side gets a reset."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


def test_clients_that_vanish_anywhere(catalog, bystander, samples):
    data = np.rint(samples * 32768).astype("<i2").tobytes()
    wav = (
        b"RIFF\xff\xff\xff\x7fWAVEfmt "
        + struct.pack("<IHHIIHH4sI", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", 1 << 24)
        + data
    )
    with running(catalog) as server, bystander(server):
        for number in range(40):
            _vanish(server.raw())
            _vanish(server.raw(b"GET /v1/mod"))
            _vanish(server.raw(_head("POST", "/v1/detect", Content_Length=len(wav)) + wav[: number * 5_000]))
            _vanish(
                server.raw(_head("POST", "/v1/detect", Content_Length=len(wav)) + wav)
            ) if number < 5 else None
            one = server.raw(_upgrade())
            one.sendall(_frame(json.dumps(START).encode(), Opcode.TEXT))
            one.sendall(_frame(data[: number * 1_111])[: number * 1_000])  # in the middle of a frame
            _vanish(one)
    # `running` sees that nothing is left


def test_too_many_of_everything(catalog, samples):
    limits = {
        "connections": 6,
        "streams_each": 2,
        "uploads_each": 1,
        "upload_mb": 0.5,
        "head_s": 1.0,
        "requests_per_s": 1_000,
    }
    with running(catalog, limits) as server:
        with server.websocket() as one, server.websocket() as two, server.websocket() as three:
            for client in (one, two, three):
                client.send(json.dumps(START))
            told = [json.loads(client.recv(60)) for client in (one, two, three)]
            assert [message["type"] for message in told] == ["ready", "ready", "error"]
            assert told[2]["code"] == "limit"
            assert "one client may have 2 streams" in told[2]["message"]
        server.until_idle()
        status, _, answer = server.ask("POST", "/v1/detect", bytes(600_000))
        assert (status, answer["error"]["code"]) == (413, "size")
        with server.raw(_head("POST", "/v1/detect", Transfer_Encoding="chunked")) as one:
            with contextlib.suppress(OSError):
                for _ in range(100):
                    one.sendall(b"2710\r\n" + bytes(10_000) + b"\r\n")
            assert read_all(one).startswith(b"HTTP/1.1 413")
        with server.raw(_head("POST", "/v1/detect", Content_Length=1_000)) as first:
            while server.ask("GET", "/v1/counts")[2]["http"]["recordings"] < 1:
                pass
            status, _, answer = server.ask("POST", "/v1/detect", b"x")
            assert (status, answer["error"]["code"]) == (429, "limit")
            first.close()
        server.until_idle()
        held = [server.raw() for _ in range(6)]
        server.until(lambda: len(server.listener._connections) == 6, "they are not there")
        with server.raw(_head()) as one:
            assert read_all(one) == b""
        assert server.look(lambda: server.service.counts.other["connections_refused"]) == 1
        for one in held:
            one.close()
        server.until_idle()
        assert server.ask("GET", "/v1/health")[0] == 200


def test_too_many_requests(catalog):
    with running(catalog, {"requests_per_s": 1}) as server:
        found = [server.ask("GET", "/v1/health") for _ in range(6)]
        assert [status for status, _, _ in found].count(200) >= 3
        status, headers, answer = found[-1]
        assert (status, answer["error"]["code"]) == (429, "limit")
        assert int(headers["Retry-After"]) >= 1


def test_a_flood_of_messages_is_read_slowly(catalog, bystander):
    with running(catalog, {"messages_per_s": 200}) as server, bystander(server), server.websocket() as client:
        client.send(json.dumps(START))
        began_s = time.monotonic()
        for _ in range(700):  # 600 at once, the rest at 200 a second
            client.send(b"\0\0")
        client.send('{"type":"finish"}')
        told = [json.loads(client.recv(60))["type"] for _ in range(2)]
        assert told == ["ready", "end"]
        assert time.monotonic() - began_s > 0.4


def test_sound_faster_than_it_is_heard_waits_with_its_client(catalog, bystander, samples):
    """A recording as a live stream: nothing is lost, and what waits here is bounded."""
    data = np.rint(samples * 32768).astype("<i2").tobytes() * 10
    with (
        running(catalog, {"messages_per_s": 100_000}) as server,
        bystander(server),
        server.websocket() as client,
    ):
        client.send(json.dumps(START))
        most = 0.0
        for begin in range(0, len(data), 200_000):
            client.send(data[begin : begin + 200_000])
            most = max(
                most,
                server.look(
                    lambda: max((one.waiting_s for one in server.service._lives.values()), default=0.0)
                ),
            )
        client.send('{"type":"finish"}')
        told = [json.loads(client.recv(60))]
        while told[-1]["type"] != "end":
            told.append(json.loads(client.recv(60)))
        assert told[-1]["duration_s"] == pytest.approx(40.0)
        piece_s, filter_s = 0.5, 0.05  # what the last push brings, and what a change of rate holds back
        assert most <= server.service.limits.waiting_s + piece_s + filter_s


def test_an_error_of_ours_is_told_and_stays_with_its_client(catalog, bystander, monkeypatch, caplog):
    push = Live.push

    async def broken(self, x):
        if self.rate == 8_000:
            raise ZeroDivisionError("ours")
        await push(self, x)

    monkeypatch.setattr(Live, "push", broken)
    with running(catalog) as server, bystander(server):
        with server.websocket() as client:
            client.send(json.dumps({**START, "rate": 8_000}))
            client.send(bytes(100))
            with contextlib.suppress(ConnectionClosed):
                while json.loads(client.recv(60))["type"] == "ready":
                    pass
                raise AssertionError("it goes on")
        server.until(lambda: server.service.counts.other["requests_failed"] == 1, "it was not counted")
    assert "a request failed" in caplog.text


def _open_files():
    """How many, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_a_disk_that_is_full(catalog, monkeypatch, caplog):
    def full(**_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with running(catalog) as server:
        status, headers, answer = server.ask("POST", "/v1/detect", b"x" * 100)
        assert (status, answer["error"]["code"], headers["Retry-After"]) == (503, "server", "60")
        server.until_idle()
    assert "No space left on device" in caplog.text


def _garbage(chance):
    """A message that a client may send by mistake, or on purpose."""
    kind = chance.randrange(8)
    if kind == 0:
        return chance.randbytes(chance.randrange(3_000))
    if kind == 1:
        return "".join(chance.choices('{}[]":,0123456789aetypsrfinh\\u\ud7ff', k=chance.randrange(200)))
    keys = ["type", "rate", "format", "channels", "names", "threshold", "scores", "token", "x"]
    values = [
        "start",
        "finish",
        "reset",
        16_000,
        RATE,
        -1,
        1e308,
        10**30,
        None,
        True,
        [],
        {},
        ["tone"],
        {"tone": 0.5},
        0.5,
        "i16",
        "f32",
        "\ud800",
        "불",
    ]
    message = {chance.choice(keys): chance.choice(values) for _ in range(chance.randrange(5))}
    if kind in (2, 3, 4):
        message = {"type": "start", "rate": chance.choice([16_000, 44_100, 48_000]), "names": ["tone"]} | (
            message if kind == 4 else {}
        )
    if kind in (5, 6):
        message["type"] = chance.choice(["start", "finish", "reset"])
    text = json.dumps(message)
    if chance.random() < 0.1:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice('{}[]",:x') + text[at + 1 :]
    return text


def test_ten_thousand_fuzzed_messages(catalog, bystander):
    """On streams that have started and those that have not: no crash, nothing left, nobody else is hurt."""
    chance, sent, files = random.Random(13), 0, _open_files()
    limits = {"requests_per_s": 100_000, "messages_per_s": 100_000, "connections_each": 500}
    with running(catalog, limits) as server:
        with bystander(server) as other:
            until_s = time.monotonic() + 60
            while sent < 10_000 and time.monotonic() < until_s:
                with contextlib.suppress(WebSocketException, OSError), server.websocket() as client:
                    if chance.random() < 0.7:
                        client.send(
                            json.dumps({**START, "format": chance.choice(["u8", "i16", "i24", "f32"])})
                        )
                        sent += 1
                    for _ in range(40):
                        sent += 1
                        client.send(_garbage(chance))
        assert sent >= 10_000
        assert other.rounds > 0
        server.until_idle()
        assert server.look(lambda: server.service.counts.other["requests_failed"]) == 0
        assert server.ask("GET", "/v1/health")[0] == 200
    assert _open_files() <= files + 4


def test_fuzz_reaches_all_kinds_of_messages():
    chance = random.Random(13)
    from oyez.errors import OyezError
    from oyez.serve.messages import read

    kinds = set()
    for _ in range(2_000):
        one = _garbage(chance)
        try:
            kinds.add(type(read(one)) if isinstance(one, str) else bytes)
        except OyezError as error:
            kinds.add(type(error))
    assert len(kinds) == 6
    assert Start in kinds


@pytest.mark.parametrize("where", [H11Protocol, WebSocketsSansIOProtocol])
def test_what_a_library_raises_ends_one_connection(catalog, bystander, monkeypatch, where, caplog):
    receive = where.data_received

    def broken(self, data):
        if b"broken" in data:
            raise ZeroDivisionError
        receive(self, data)

    monkeypatch.setattr(where, "data_received", broken)
    with running(catalog) as server, bystander(server), server.raw(_upgrade(X="broken")) as one:
        assert read_all(one) == b""
    assert caplog.text == ""


def test_where_a_client_comes_from_is_not_asked_twice(catalog, samples, monkeypatch):
    """uvicorn asks the socket, which may have gone in between."""
    for module in ("http.h11_impl", "websockets.websockets_sansio_impl"):
        monkeypatch.setattr(f"uvicorn.protocols.{module}.get_remote_addr", lambda _transport: None)
    with running(catalog) as server:
        assert server.ask("GET", "/v1/health")[0] == 200
        assert server.stream(samples, RATE, names=["tone"])[-1]["type"] == "end"
        server.until_idle()
