"""The server's pages and streams, over real sockets of this machine."""

import asyncio
import contextlib
import json
import socket
import ssl
import threading
import urllib.request
from http.client import HTTPConnection

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from http_server import read_all, running, write_certificate
from oyez import audio
from oyez.detect.recording import hear
from oyez.errors import ConfigError
from oyez.serve.http import HttpListener
from oyez.serve.http_settings import HttpSettings
from oyez.serve.service import Service
from tone_model import tones

RATE = 44_100
START = {"type": "start", "rate": RATE, "names": ["tone"]}


@pytest.fixture(scope="module")
def samples():
    return tones([0.5, 2.0, 3.4], 4.0)


@pytest.fixture
def server(catalog):
    with running(catalog) as one:
        yield one


def _heard(told, kind="detection"):
    return [(one["word"], round(one["time_s"], 6)) for one in told if one["type"] == kind]


def test_a_stream_hears_what_a_detector_hears(server, samples, tone, alone):
    told = server.stream(samples, RATE, names=["tone"])
    assert told[0] == {
        "type": "ready",
        "rate": RATE,
        "format": "i16",
        "channels": 1,
        "models": [{"name": "tone", "step_s": tone.card.step / RATE, "thresholds": {"tone": 0.5}}],
    }
    assert _heard(told) == alone(tone, samples)
    assert len(_heard(told)) == 3
    assert told[-1] == {"type": "end", "duration_s": 4.0}
    server.until_idle()


def test_odd_cuts_of_the_bytes_are_no_different(server, samples, tone, alone):
    assert _heard(server.stream(samples, RATE, cut=7_777, names=["tone"])) == alone(tone, samples)


def test_scores_where_they_are_wanted(server, samples, tone):
    told = server.stream(samples, RATE, names=["tone"], scores=True)
    rows = [one for one in told if one["type"] == "scores"]
    assert rows[0]["time_s"] == pytest.approx(tone.card.step / RATE)
    assert [one["words"] for one in rows] == [["tone"]] * len(rows)
    steps = sum(len(one["scores"]) for one in rows)
    assert steps * tone.card.step >= len(samples)
    assert max(score for one in rows for (score,) in one["scores"]) > 0.9


def test_a_stream_after_the_end_and_after_a_reset_begins_anew(server, samples, tone, alone):
    alone_heard = alone(tone, samples)
    data = np.rint(samples * 32768).astype("<i2").tobytes()
    with server.websocket() as client:
        client.send(json.dumps(START))
        client.send(data[: 2 * RATE])  # the first tone, and a sample's first byte
        client.send(data[:1])
        client.send('{"type":"reset"}')
        for part in (data, '{"type":"finish"}') * 2:
            for begin in range(0, len(part), 100_000):
                client.send(part[begin : begin + 100_000])
        told = []
        while [one["type"] for one in told].count("end") < 2:
            told.append(json.loads(client.recv(60)))
    kinds = [one["type"] for one in told]
    after = told[kinds.index("reset") :]
    assert _heard(after) == alone_heard * 2


@pytest.mark.parametrize(
    ("first", "code", "close", "said"),
    [
        ("hello", "message", 1008, "expected a JSON object"),
        (b"\0\0", "message", 1008, "expected a start first, got 2 bytes"),
        ('{"type":"finish"}', "message", 1008, "expected a start first"),
        ('{"type":"start","rate":100}', "asked", 1008, "rate must be 4000"),
        ('{"type":"start","rate":16000,"names":["nothing"]}', "asked", 1008, "nothing here hears “nothing”"),
        (
            '{"type":"start","rate":16000,"threshold":{"tone":0.5,"x":0.5}}',
            "asked",
            1008,
            "threshold is given for “x”",
        ),
        ('{"type":"start","rate":16000,"threshold":0}', "asked", 1008, "threshold"),
    ],
)
def test_a_first_message_that_does_not_fit(server, first, code, close, said):
    with server.websocket() as client:
        client.send(first)
        told = json.loads(client.recv(60))
        assert (told["type"], told["code"]) == ("error", code)
        assert said in told["message"]
        with pytest.raises(ConnectionClosed):
            client.recv(60)
        assert client.protocol.close_code == close
    server.until_idle()


def test_samples_that_are_no_numbers_end_their_stream(server):
    with server.websocket() as client:
        client.send(json.dumps({**START, "format": "f32"}))
        client.send(np.array([0, np.nan], "<f4").tobytes())
        assert json.loads(client.recv(60))["type"] == "ready"
        assert json.loads(client.recv(60))["code"] == "audio"
        with pytest.raises(ConnectionClosed):
            client.recv(60)
    server.until_idle()


def test_when_the_server_stops_what_is_due_is_told(server, samples, tone, alone):
    data = np.rint(samples * 32768).astype("<i2").tobytes()
    with server.websocket() as client:
        client.send(json.dumps(START))
        told = [json.loads(client.recv(60))]
        for begin in range(0, len(data), 8_820):
            client.send(data[begin : begin + 8_820])
        while len(_heard(told)) < 2:  # all of it has come
            told.append(json.loads(client.recv(60)))
        server.until(lambda: server.service.counts.heard_s > 3.8, "the sound was not heard")
        server.look(server.listener.refuse)
        server.do(server.service.stop(10))
        told += [json.loads(text) for text in client]
        assert _heard(told) == alone(tone, samples)
        assert told[-1]["type"] == "end"
        assert client.protocol.close_code == 1001
    with pytest.raises(ConnectionRefusedError):
        server.raw()


def test_who_goes_on_pushing_is_told_what_was_due_too(server, samples):
    data = np.rint(samples * 32768).astype("<i2").tobytes()
    with server.websocket() as client:
        client.send(json.dumps(START))

        def push():
            with contextlib.suppress(ConnectionClosed):
                while True:
                    client.send(data[:4_410])

        thread = threading.Thread(target=push)
        thread.start()
        server.until(lambda: server.service.counts.heard_s > 0.5, "nothing was heard")
        server.do(server.service.stop(10))
        server.do(server.listener.close(10))
        told = [json.loads(text)["type"] for text in client]
        thread.join(60)
        assert told[-1] == "end"
        assert client.protocol.close_code == 1001


def test_a_recording_hears_what_the_command_hears(server, samples, tone, tmp_path):
    for suffix, rate in ((".wav", 16_000), (".flac", RATE), (".mp3", 48_000), (".ogg", 22_050)):
        path = tmp_path / f"x{suffix}"
        audio.write(path, audio.resample(samples, RATE, rate), rate)
        known = hear(tone, path)
        status, _, answer = server.ask("POST", "/v1/detect?name=tone", path.read_bytes())
        assert status == 200, answer
        assert answer["duration_s"] == pytest.approx(known.seconds)
        assert [(one["word"], one["model"], round(one["time_s"], 6)) for one in answer["detections"]] == [
            (one.word, "tone", round(one.time_s, 6)) for one in known.detections
        ]
        assert len(known.detections) == 3
    server.until_idle()


def test_a_word_at_the_very_end_has_the_time_of_the_end(server, samples, tmp_path):
    cut = samples[: round(3.414 * RATE)]  # it is heard 11 ms later, in the silence that follows
    audio.write(tmp_path / "x.wav", cut, RATE)
    _, _, answer = server.ask("POST", "/v1/detect?name=tone", (tmp_path / "x.wav").read_bytes())
    assert len(answer["detections"]) == 3
    assert answer["detections"][-1]["time_s"] == answer["duration_s"] == len(cut) / RATE


def test_scores_of_a_recording(server, samples, tone, tmp_path):
    audio.write(tmp_path / "x.wav", samples, RATE)
    known = hear(tone, tmp_path / "x.wav")
    _, _, answer = server.ask(
        "POST", "/v1/detect?name=tone&scores=1&threshold=0.99999", (tmp_path / "x.wav").read_bytes()
    )
    assert answer["detections"] == []
    (scores,) = answer["scores"]
    np.testing.assert_allclose(scores["scores"], known.scores, atol=1e-5)
    assert scores["words"] == ["tone"]


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "said"),
    [
        ("", b"no audio", 422, "audio", "recording cannot be read"),
        ("", b"", 422, "audio", "recording is empty"),
        ("?name=x", b"", 400, "asked", "nothing here hears “x”"),
        ("?words=x", b"", 400, "asked", "no key 'words'"),
        ("?threshold=2", None, 400, "asked", "threshold"),
    ],
)
def test_a_recording_that_is_none(server, samples, tmp_path, path, body, status, code, said):
    if body is None:
        audio.write(tmp_path / "x.wav", samples, RATE)
        body = (tmp_path / "x.wav").read_bytes()
    found, _, answer = server.ask("POST", f"/v1/detect{path}", body)
    assert (found, answer["error"]["code"]) == (status, code)
    assert said in answer["error"]["message"]
    server.until_idle()


def test_models_and_their_files(server, tone, pair_path):
    status, _, answer = server.ask("GET", "/v1/models")
    assert status == 200
    assert [one["name"] for one in answer["models"]] == ["tone", "pair"]
    assert answer["models"][1]["words"] == ["alpha", "beta"]
    _, _, one = server.ask("GET", "/v1/models/tone")
    assert one["card"] == json.loads(json.dumps({k: v for k, v in tone.card.values.items() if k != "check"}))
    status, headers, data = server.ask("GET", answer["models"][1]["file"])
    assert (status, data) == (200, pair_path.read_bytes())
    assert headers["ETag"] == f'"{answer["models"][1]["sha256"]}"'
    status, again, data = server.ask("GET", "/v1/models/pair.onnx", If_None_Match=f'"x", W/{headers["ETag"]}')
    assert (status, data, again["ETag"]) == (304, b"", headers["ETag"])
    status, headers, data = server.ask("HEAD", "/v1/models/pair.onnx")
    assert (status, data, int(headers["Content-Length"])) == (200, b"", pair_path.stat().st_size)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nowhere", 404),
        ("GET", "/v1/models/none", 404),
        ("GET", "/v1/models/none.onnx", 404),
        ("GET", "/v1/models/../../etc/passwd", 404),
        ("GET", "/v1/models/%2e%2e%2fpasswd", 404),
        ("DELETE", "/v1/models", 405),
        ("GET", "/v1/stream", 404),
    ],
)
def test_other_addresses(server, method, path, status):
    found, _, answer = server.ask(method, path)
    assert (found, answer["error"]["code"]) == (status, "unknown")


def test_health_and_counts(server, samples):
    assert server.ask("GET", "/v1/health")[2]["status"] == "ok"
    server.stream(samples, RATE, names=["tone"])
    server.until_idle()
    _, _, counts = server.ask("GET", "/v1/counts")
    assert counts["streams_all"] == 1
    assert counts["detections"] == {"tone": 3}
    assert counts["http"]["connections"] == 1
    status, headers, text = server.ask("GET", "/metrics")
    assert (status, headers.get_content_type()) == (200, "text/plain")
    assert 'oyez_detections{of="tone"} 3\n' in text.decode()
    assert "oyez_http_connections 1\n" in text.decode()
    server.do(server.service.stop(1))
    assert server.ask("GET", "/v1/health")[0] == 503


def test_one_connection_takes_many_requests(server):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/v1/health")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Date"] is None, json.loads(answer.read())["status"]) == (
            200,
            False,
            "ok",
        )
    assert server.look(lambda: len(server.listener._connections)) == 1
    connection.close()
    server.until_idle()


def test_a_page_that_was_built_is_shown(catalog, tmp_path, monkeypatch):
    from oyez.serve import http_app

    (tmp_path / "index.html").write_text("<title>hear ye</title>")
    (tmp_path / "ort.mjs").write_text("export {};")
    (tmp_path / "ort.wasm").write_bytes(b"\0asm")
    monkeypatch.setitem(http_app.application.__kwdefaults__, "web", tmp_path)
    with running(catalog) as one:
        assert one.ask("GET", "/")[2] == b"<title>hear ye</title>"
        assert one.ask("GET", "/v1/health")[0] == 200
        assert one.ask("GET", "/none")[0] == 404
        assert one.ask("GET", "/v1/detect")[0] == 405
        for name, kind in (("ort.mjs", "text/javascript"), ("ort.wasm", "application/wasm")):
            status, headers, _ = one.ask("GET", f"/{name}")
            assert (status, headers.get_content_type(), headers["Cache-Control"]) == (200, kind, "no-cache")
            assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
            assert one.ask("GET", f"/{name}", If_None_Match=headers["ETag"])[0] == 304


TOKEN = "0123456789abcdef"


@pytest.fixture
def locked(catalog, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    with running(catalog, token_file=tmp_path / "token") as one:
        yield one


def test_who_has_no_token_stays_outside(locked, samples):
    for headers in ({}, {"Authorization": "Bearer wrong-token-wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        for method, path in (
            ("GET", "/v1/models"),
            ("POST", "/v1/detect"),
            ("GET", "/v1/counts"),
            ("GET", "/metrics"),
        ):
            status, answered, answer = locked.ask(method, path, **headers)
            assert (status, answer["error"]["code"], answered["WWW-Authenticate"]) == (
                401,
                "access",
                "Bearer",
            )
    assert locked.ask("GET", "/v1/health")[0] == 200
    assert locked.ask("GET", "/v1/models", Authorization=f"Bearer {TOKEN}")[0] == 200


def test_a_stream_needs_the_token_too(locked, samples):
    with locked.websocket() as client:
        client.send(json.dumps(START))
        assert json.loads(client.recv(60))["code"] == "access"
    with pytest.raises(InvalidStatus) as caught:
        locked.websocket(additional_headers={"Authorization": "Bearer wrong-token-wrong"})
    assert caught.value.response.status_code == 401
    assert len(locked.stream(samples, RATE, names=["tone"], token=TOKEN)) == 5
    with locked.websocket(additional_headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        client.send(json.dumps(START))
        assert json.loads(client.recv(60))["type"] == "ready"


def test_pages_of_other_sites_and_other_names_stay_outside(catalog):
    with running(catalog, origins=("https://good.example",)) as one:
        ask = one.ask
        assert ask("GET", "/v1/models", Origin="https://evil.example")[0] == 403
        assert ask("POST", "/v1/detect", b"x", Origin="null")[0] == 403
        assert ask("GET", "/v1/models", Host="evil.example")[0] == 421
        status, headers, _ = ask("GET", "/v1/models", Origin="https://good.example")
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, "https://good.example")
        assert ask("GET", "/v1/models", Host="good.example")[0] == 200
        assert ask("GET", "/v1/models", Origin="http://localhost:3000")[0] == 200
        status, headers, _ = ask("GET", "/v1/models")
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, None)
        for headers, status in (({"Origin": "https://evil.example"}, 403), ({"Host": "evil.example"}, 421)):
            with pytest.raises(InvalidStatus) as caught:
                one.websocket(additional_headers=headers) if "Host" not in headers else _with_host(one)
            assert caught.value.response.status_code == status
        with one.websocket(origin="https://good.example"):
            pass


def _with_host(one):
    from websockets.sync.client import connect

    connection = one.raw()
    connect(f"ws://evil.example:{one.port}/v1/stream", sock=connection, proxy=None)


def test_a_browser_asks_before_a_page_of_another_site_may(catalog):
    with running(catalog, origins=("https://good.example",)) as one:
        asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Private_Network": "true"}
        status, headers, _ = one.ask("OPTIONS", "/v1/detect", Origin="https://good.example", **asked)
        assert status == 204
        assert headers["Access-Control-Allow-Origin"] == "https://good.example"
        assert "Authorization" in headers["Access-Control-Allow-Headers"]
        assert headers["Access-Control-Allow-Private-Network"] == "true"
        assert one.ask("OPTIONS", "/v1/detect", Origin="https://evil.example", **asked)[0] == 403


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """Names of a certificate and its key, for this machine."""
    folder = tmp_path_factory.mktemp("pem")
    write_certificate(folder)
    return folder / "certificate.pem", folder / "key.pem"


def test_encrypted(catalog, pem):
    trust = ssl.create_default_context(cafile=pem[0])
    with running(catalog, {"head_s": 1.0}, certificate=pem[0], key=pem[1]) as one:
        assert one.address.startswith("https://127.0.0.1:")
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        with opener.open(f"{one.address}/v1/health", timeout=60) as answer:
            assert answer.status == 200
        with one.websocket(ssl=trust) as client:
            client.send(json.dumps(START))
            assert json.loads(client.recv(60))["type"] == "ready"
        with one.raw(b"GET / HTTP/1.1\r\n\r\n") as plain:
            plain.settimeout(60)
            while plain.recv(100):
                pass
        with one.raw() as silent:
            assert read_all(silent) == b"", "who begins no handshake is cut"
        one.until_idle()


def test_an_address_that_is_taken_or_none_of_ours(catalog):
    async def open_at(host, port):
        settings = HttpSettings(host, port, without_token=True)
        async with Service(catalog) as service, HttpListener(service, settings) as listener:
            return listener.addresses

    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigError, match="cannot be opened: Address already in use"),
    ):
        asyncio.run(open_at("127.0.0.1", taken.getsockname()[1]))
    with pytest.raises(ConfigError, match="cannot be opened: "):
        asyncio.run(open_at("192.0.2.1", 0))
    with pytest.raises(ConfigError, match="no such address"):
        asyncio.run(open_at("no.such.host.invalid", 0))
    assert asyncio.run(open_at("127.0.0.1", 0))[0].startswith("http://127.0.0.1:")


@pytest.mark.skipif(not socket.has_ipv6, reason="this system has no IPv6")
def test_addresses_of_both_kinds(catalog):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with running(catalog, host="::1") as one:
        assert one.address.startswith("http://[::1]:")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{one.address}/v1/health", timeout=60) as answer:
            assert answer.status == 200
        one.until_idle()
    with running(catalog, host="localhost") as one:
        assert one.ask("GET", "/v1/health")[0] == 200


def test_recordings_of_one_client_take_turns(server, samples, tmp_path):
    audio.write(tmp_path / "x.wav", samples, RATE)
    body = (tmp_path / "x.wav").read_bytes()
    found = []

    def ask():
        found.append(server.ask("POST", "/v1/detect?name=tone", body))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [(status, len(answer["detections"])) for status, _, answer in found] == [(200, 3)] * 4
    assert server.service.counts.streams_most == 1
    assert server.service.counts.delay.count == 0, "a recording is no live stream"
    server.until_idle()
