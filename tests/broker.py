"""A real MQTT broker on this machine, where mosquitto is installed: with users, on a free port."""

import queue
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

USER, PASSWORD = "lamp", "p@ss/word"
PLACES = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
"""Where packages put it, beside the search path."""


@dataclass
class Broker:
    """One that is running."""

    port: int
    heard: "queue.Queue[tuple[str, bytes]]" = field(default_factory=queue.Queue)
    """Topic and payload of all that is published."""

    def url(self, topic: str, credentials: str = "lamp:p%40ss%2Fword@") -> str:
        """As it is written in an action."""
        return f"mqtt://{credentials}127.0.0.1:{self.port}/{topic}"


@contextmanager
def running(folder: Path) -> Iterator[Broker]:
    """Start mosquitto, subscribe to everything; end it afterwards."""
    from paho.mqtt.client import CallbackAPIVersion, Client

    program = shutil.which("mosquitto") or shutil.which("mosquitto", path=PLACES)
    passwords = shutil.which("mosquitto_passwd")
    if program is None or passwords is None:
        pytest.skip("mosquitto is not installed: apt install mosquitto")
    broker = Broker(free_port())
    listing, settings = folder / "passwords", folder / "mosquitto.conf"
    listing.touch(mode=0o600)
    subprocess.run([passwords, "-b", listing, USER, PASSWORD], check=True, capture_output=True)
    lines = [f"listener {broker.port} 127.0.0.1", "allow_anonymous false", f"password_file {listing}"]
    lines += ["user root", "log_dest stderr"]  # only root becomes another user
    settings.write_text("\n".join(lines) + "\n")
    process = subprocess.Popen([program, "-c", settings], stderr=subprocess.PIPE, text=True)
    client = Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(USER, PASSWORD)
    ready: queue.Queue[bool] = queue.Queue()
    client.on_connect = lambda *_: client.subscribe("#", qos=1)
    client.on_subscribe = lambda *_: ready.put(True)
    client.on_message = lambda _client, _data, message: broker.heard.put((message.topic, message.payload))
    try:
        assert process.stderr is not None
        assert any("running" in line for line in process.stderr), "mosquitto did not start"
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        assert ready.get(timeout=10)
        yield broker
    finally:
        client.disconnect()
        client.loop_stop()
        process.terminate()
        process.communicate(timeout=10)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
