"""A real server on a free port of this machine, in a thread; and clients that do what none should."""

import asyncio
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from websockets.sync.client import connect

from oyez.serve.http import HttpListener
from oyez.serve.http_settings import HttpLimits, HttpSettings
from oyez.serve.limits import Limits
from oyez.serve.service import Service
from oyez.sound import to_int16

PATIENCE_S = 60.0


@dataclass
class Running:
    """A server that is running."""

    loop: asyncio.AbstractEventLoop
    service: Service
    listener: HttpListener
    address: str
    port: int

    def do(self, coroutine):
        """Run something in the server's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE_S)

    def look(self, function):
        """What a function finds in the server's thread."""

        async def run():
            return function()

        return self.do(run())

    def until(self, function, what):
        """Wait until something holds in the server's thread, without any fixed time."""

        async def run():
            async with asyncio.timeout(PATIENCE_S):
                while not function():
                    await asyncio.sleep(0.005)

        try:
            self.do(run())
        except TimeoutError:
            raise AssertionError(what) from None

    def is_idle(self):
        """Whether nothing is left of any client."""
        listener = self.listener
        return not (self.service.counts.streams or len(listener._connections) or listener._state.tasks)

    def until_idle(self):
        self.until(self.is_idle, "something of a client is left")

    def websocket(self, **options):
        """A WebSocket client."""
        options = {"proxy": None, "open_timeout": PATIENCE_S, "close_timeout": PATIENCE_S} | options
        return connect(self.address.replace("http", "ws", 1) + "/v1/stream", **options)

    def ask(self, method, path, body=None, **headers):
        """One request: status, headers, and the answer's JSON or bytes."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        is_json = answer.headers.get_content_type() == "application/json" and data
        return answer.status, answer.headers, json.loads(data) if is_json else data

    def raw(self, data=b""):
        """A socket, on which some bytes were sent."""
        one = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        if data:
            one.sendall(data)
        return one

    def stream(self, samples, rate, cut=4_410, **start):
        """Push samples by WebSocket, and return all messages up to the end."""
        with self.websocket() as client:
            client.send(json.dumps({"type": "start", "rate": rate, **start}))
            data = to_int16(samples).tobytes()
            for begin in range(0, len(data), cut):
                client.send(data[begin : begin + cut])
            client.send('{"type":"finish"}')
            told = []
            for text in client:
                told.append(json.loads(text))
                if told[-1]["type"] in ("end", "error"):
                    break
        return told


@contextmanager
def running(catalog, limits=None, **settings) -> Iterator[Running]:
    """Start a server; end it afterwards, and see that nothing is left."""
    started, end = threading.Event(), asyncio.Event()
    found = []
    chosen = HttpSettings(port=0, limits=HttpLimits(**(limits or {})), **settings)

    async def serve():
        async with Service(catalog, Limits()) as service, HttpListener(service, chosen) as listener:
            address = listener.addresses[0]
            port = int(address.rpartition(":")[2])
            found.append(Running(asyncio.get_running_loop(), service, listener, address, port))
            started.set()
            await end.wait()
            await service.stop(PATIENCE_S)
            await listener.close(1.0)
            assert listener._state.connections == set()
            assert len(listener._connections) == 0

    failed = []

    def run():
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(PATIENCE_S)
    try:
        if found:
            yield found[0]
    finally:
        if found and thread.is_alive():
            found[0].loop.call_soon_threadsafe(end.set)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    if failed:
        raise failed[0]


def write_certificate(folder):
    """`certificate.pem` and `key.pem`, for this machine."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "9", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def read_all(one):
    """Everything until the other side closes; b"" where it cuts."""
    data = b""
    try:
        while part := one.recv(65_536):
            data += part
    except (ConnectionResetError, ssl.SSLError):
        pass
    return data
