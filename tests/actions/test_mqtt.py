"""MQTT, with a real broker: what is published arrives, and every way to fail is told."""

import io
import json
import socket
import sys
from urllib.parse import urlsplit

import pytest

from broker import PASSWORD, free_port, running
from oyez.actions.mqtt import Message
from oyez.cli import main
from oyez.errors import ActionError, ConfigError, MissingExtraError
from oyez.events import Detection
from oyez.sound import to_int16
from tone_model import tones, write_tone_model

FOUND = Detection("activate", 1.5, 0.9)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with running(tmp_path_factory.mktemp("broker")) as one:
        yield one


def _message(url):
    return Message(urlsplit(url))


def test_what_is_published_arrives(broker):
    assert _message(broker.url("home/kitchen%20lamp/set")).do(FOUND, 10) == "published"
    topic, payload = broker.heard.get(timeout=10)
    assert topic == "home/kitchen lamp/set"
    assert json.loads(payload) == {"word": "activate", "time_s": 1.5, "score": 0.9}


def test_a_word_on_standard_input_reaches_the_broker(broker, tmp_path, monkeypatch, capsys):
    """The whole way, by the command line."""
    model = write_tone_model(tmp_path / "tone.onnx")
    samples = to_int16(tones([1.0], 2.0, 16_000)).astype("<i2").tobytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(samples)))
    options = ["--stdin", "--rate", "16000", "--on", f"tone={broker.url('home/lamp')}"]
    assert main(["listen", "--model", str(model), *options]) == 0
    topic, payload = broker.heard.get(timeout=10)
    assert topic == "home/lamp"
    assert json.loads(payload)["word"] == "tone"
    err = capsys.readouterr().err
    assert f"mqtt://127.0.0.1:{broker.port}/home/lamp: published" in err
    assert PASSWORD not in err
    assert "p%40ss" not in err


@pytest.mark.parametrize("credentials", ["", "lamp:wrong@", "nobody:p%40ss%2Fword@"])
def test_who_may_not_is_told(broker, credentials):
    with pytest.raises(ActionError, match=r"the broker refuses \(Not authorized\). Check user"):
        _message(broker.url("lamp", credentials)).do(FOUND, 10)
    assert broker.heard.empty()


def test_no_broker_there():
    with pytest.raises(ActionError, match=r"refused. Is the broker there"):
        _message(f"mqtt://127.0.0.1:{free_port()}/lamp").do(FOUND, 10)


def test_a_broker_that_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ActionError, match=r"no answer within 0.1 s"):
            _message(f"mqtt://127.0.0.1:{port}/lamp").do(FOUND, 0.1)


def test_a_refused_topic_is_told(broker, monkeypatch):
    """The broker's word on a message, which MQTT 3 cannot say: as MQTT 5 would."""
    import paho.mqtt.client
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.reasoncodes import ReasonCode

    refused = ReasonCode(PacketTypes.PUBACK, "Not authorized")
    client = paho.mqtt.client.Client

    class Client(client):
        def publish(self, *arguments, **names):
            self.on_publish(self, None, 1, refused, None)

    monkeypatch.setattr(paho.mqtt.client, "Client", Client)
    with pytest.raises(ActionError, match="refuses"):
        _message(broker.url("lamp")).do(FOUND, 10)


def test_its_name_hides_the_password():
    assert str(_message("mqtt://me:secret@host:1884/a/b")) == "mqtt://host:1884/a/b"


@pytest.mark.parametrize(
    "url",
    ["mqtt://host", "mqtt://host/", "mqtt:///topic", "mqtt://host:0/t", "mqtt://host:70000/t",
     "mqtt://host/a/%23", "mqtt://host/a/+/b", "mqtt://host/t?x=1", "mqtt://host/t#x", "mqtt://host/%00"],
)  # fmt: skip
def test_bad_addresses_are_refused(url):
    with pytest.raises(ConfigError, match="must name a host and a topic"):
        _message(url)


def test_without_the_library_the_line_to_type_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "paho", None)
    monkeypatch.delitem(sys.modules, "paho.mqtt", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'oyez\[mqtt\]'"):
        _message("mqtt://host/topic")
