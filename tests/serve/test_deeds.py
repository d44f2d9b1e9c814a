"""Actions of the server: real ones, for all streams together, each logged, none in the way."""

import json
import logging
from pathlib import Path

import pytest

from broker import PASSWORD, free_port, running
from oyez.errors import ConfigError
from oyez.events import Detection
from oyez.serve.deeds import Deeds, rules
from oyez.serve.log import JsonLines
from oyez.serve.settings import ActionSettings
from web_server import posted

WORDS = ("activate", "stop")


def _heard(time_s, word="activate"):
    return Detection(word, time_s, 0.9)


def _ring():
    raise AssertionError("nobody asked for a chime")


def _rules(*actions, say=print):
    return rules(actions, WORDS, say=say, ring=_ring)


@pytest.fixture
def told(caplog):
    """What was logged, as its lines of JSON have it."""
    caplog.set_level(logging.INFO, logger="oyez.serve")

    def values():
        return [json.loads(JsonLines().format(record)) for record in caplog.records]

    return values


def test_a_command_is_told_who_heard_what(told, tmp_path):
    line = f'echo "$OYEZ_WORD by $OYEZ_MODEL for $OYEZ_CLIENT" >> "{tmp_path}/heard"'
    deeds = Deeds(_rules(ActionSettings(line, "activate", "lamp")))
    deeds.heard("wyoming 192.0.2.7:5000", "small", _heard(1.5))
    deeds.heard("wyoming 192.0.2.7:5000", "small", _heard(2.5, "stop"))
    deeds.stop(10)
    assert (tmp_path / "heard").read_text() == "activate by small for wyoming 192.0.2.7:5000\n"
    lines = told()
    assert [one["text"] for one in lines if "event" in one] == [
        "“activate” at 1.50 s, score 0.90", "“stop” at 2.50 s, score 0.90"
    ]  # fmt: skip
    (done,) = [one for one in lines if "action" in one]
    assert (done["text"], done["level"], done["action"]) == ("lamp: done", "info", "lamp")
    assert (done["client"], done["word"], done["model"]) == ("wyoming 192.0.2.7:5000", "activate", "small")
    assert 0 <= done["seconds"] < 10


def test_what_fails_or_hangs_is_logged_and_stops_nothing(told):
    said = []
    actions = [
        ActionSettings("exit 3"),
        ActionSettings("sleep 600", timeout_s=0.05),
        ActionSettings(f"http://127.0.0.1:{free_port()}/x"),
        ActionSettings("json:"),
    ]
    deeds = Deeds(_rules(*actions, say=said.append))
    for time_s in (1.0, 2.0):
        deeds.heard("c", "m", _heard(time_s))
    deeds.stop(10)
    assert [json.loads(line)["time_s"] for line in said] == [1.0, 2.0]
    lines = [one for one in told() if one["level"] == "warning"]
    assert {one.get("client") for one in lines} == {"c"}
    warned = [one["text"] for one in lines]
    assert sum("run:exit 3: ended with code 3" in text for text in warned) == 2
    assert sum("run:sleep 600: had not ended after 0.05 s and was stopped" in text for text in warned) == 2
    assert sum("refused. Is the server there?" in text for text in warned) == 2


def test_a_cooldown_is_of_all_streams_together():
    said, now = [], iter([100.0, 101.0, 103.0])
    deeds = Deeds(_rules(ActionSettings("json:", cooldown_s=2.0), say=said.append), clock=lambda: next(now))
    for client, time_s in (("one", 7.0), ("two", 500.0), ("three", 1.0)):
        deeds.heard(client, "m", _heard(time_s))
    deeds.stop(10)
    assert [json.loads(line)["client"] for line in said] == ["one", "three"]


def test_what_hangs_at_the_end_is_ended(told, tmp_path):
    import os

    begun = tmp_path / "begun"
    os.mkfifo(begun)
    deeds = Deeds(_rules(ActionSettings(f'echo on > "{begun}"; sleep 600', name="long", timeout_s=600)))
    deeds.heard("c", "m", _heard(1.0))
    begun.read_text()
    deeds.stop(0.01)
    assert [one["text"] for one in told()][1:] == [
        "long: was still at work at the end, and was given up",
        "long: ended with code -15. Try the command in a shell.",
    ]


def test_a_webhook_is_told_who_heard_what(told):
    with posted() as (port, seen):
        deeds = Deeds(_rules(ActionSettings(f"http://me:secret@127.0.0.1:{port}/x?token=secret")))
        deeds.heard("kitchen", "small", _heard(1.5))
        deeds.stop(10)
    assert [body for _, _, body in seen] == [
        {"word": "activate", "time_s": 1.5, "score": 0.9, "model": "small", "client": "kitchen"}
    ]
    assert told()[-1]["text"] == f"http://127.0.0.1:{port}/x: answered 200 OK"
    assert "secret" not in json.dumps(told())


def test_a_broker_is_told_who_heard_what(told, tmp_path):
    with running(tmp_path) as broker:
        deeds = Deeds(_rules(ActionSettings(broker.url("home/lamp"), "activate")))
        deeds.heard("kitchen", "small", _heard(1.5))
        deeds.stop(10)
        topic, payload = broker.heard.get(timeout=10)
    assert topic == "home/lamp"
    assert json.loads(payload)["client"] == "kitchen"
    assert told()[-1]["text"] == f"mqtt://127.0.0.1:{broker.port}/home/lamp: published"
    assert PASSWORD not in json.dumps(told())


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (ActionSettings("stopp=json:"), "--on: no model listens for “stopp”, but for activate, stop"),
        (ActionSettings("json:", "stopp", where="a.toml, [[action]] 2"),
         "a.toml, [[action]] 2: word: expected one of activate, stop, got 'stopp'. Did you mean stop?"),
        (ActionSettings("json:", "xyz", where="a.toml, [[action]] 2"), "got 'xyz'. Name one of them"),
        (ActionSettings("ftp://me:secret@x", where="a.toml"), "a.toml: “ftp://x” is no action"),
        (ActionSettings("json:/none/x", where="a.toml"), "a.toml: json:/none/x must be a file in"),
        (ActionSettings("json:", cooldown_s=-1), "--on: a cooldown must be 0 s or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_its_place(action, says):
    with pytest.raises(ConfigError) as caught:
        _rules(action)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_same_words_as_of_listen():
    one, other, both = _rules(
        ActionSettings("stop=chime"), ActionSettings("run:LANG=C date"), ActionSettings(f"json:{Path('x')}")
    )
    assert [(rule.word, str(rule.action)) for rule in (one, other, both)] == [
        ("stop", "chime"), (None, "run:LANG=C date"), (None, "json:x")
    ]  # fmt: skip
