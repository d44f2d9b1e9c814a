"""A webhook: what is posted, and every way in which a server can be no help."""

import base64
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from oyez.actions.webhook import Webhook
from oyez.errors import ActionError, ConfigError
from oyez.events import Detection
from web_server import posted

FOUND = Detection("activate", 1.5, 0.9)


def _hook(url):
    return Webhook(urlsplit(url))


def test_a_detection_is_posted():
    with posted(200) as (port, told):
        assert _hook(f"http://127.0.0.1:{port}/api/lamp?on=1").do(FOUND, 10) == "answered 200 OK"
    ((path, headers, body),) = told
    assert path == "/api/lamp?on=1"
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers
    assert body == {"word": "activate", "time_s": 1.5, "score": 0.9}


def test_user_and_password_are_sent_and_not_shown():
    with posted(204) as (port, told):
        hook = _hook(f"http://me:p%40ss@127.0.0.1:{port}")
        assert hook.do(FOUND, 10) == "answered 204 No Content"
    assert str(hook) == f"http://127.0.0.1:{port}"
    ((path, headers, _),) = told
    assert path == "/"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"me:p@ss"


@pytest.mark.parametrize("status", [301, 404, 500])
def test_another_answer_is_a_failure(status):
    with (
        posted(status) as (port, told),
        pytest.raises(ActionError, match=f"answered {status} .*expected 2xx"),
    ):
        _hook(f"http://127.0.0.1:{port}/").do(FOUND, 10)
    assert len(told) == 1


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(ActionError, match=r"refused. Is the server there"):
        _hook(f"http://127.0.0.1:{port}/").do(FOUND, 10)


def test_a_server_that_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hook = _hook(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(ActionError, match=r"no answer within 0.1 s"):
            hook.do(FOUND, 0.1)


def test_a_server_that_never_comes_to_the_point():
    """A byte of its answer now and then: no single wait is long, all of them are."""
    over = threading.Event()

    def drip(server):
        connection, _ = server.accept()
        with connection:
            for _ in range(1_000):  # 10 s: longer than any patience here
                if over.wait(0.01):
                    return
                with suppress(OSError):
                    connection.send(b"H")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=[server])
        thread.start()
        try:
            with pytest.raises(ActionError, match=r"no answer within 0.2 s"):
                _hook(f"http://127.0.0.1:{server.getsockname()[1]}/").do(FOUND, 0.2)
        finally:
            over.set()
            thread.join()


def test_a_server_that_speaks_something_else():
    def answer(server):
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.send(b"220 mail\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=[server])
        thread.start()
        with pytest.raises(ActionError, match=r"220 mail. Is the server there"):
            _hook(f"http://127.0.0.1:{server.getsockname()[1]}/").do(FOUND, 10)
        thread.join()


def test_tls_is_spoken_where_it_is_asked_for():
    with posted(200) as (port, told), pytest.raises(ActionError, match=r"(?i)ssl"):
        _hook(f"https://127.0.0.1:{port}/").do(FOUND, 10)
    assert told == []


@pytest.mark.parametrize("url", ["http://", "http:///path", "http://host:99999/", "https://host:x/"])
def test_bad_addresses_are_refused(url):
    with pytest.raises(ConfigError, match="names no host, or no port"):
        _hook(url)
