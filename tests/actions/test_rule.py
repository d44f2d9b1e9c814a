"""Actions as they are written: what each text means, what each action does, what is refused."""

import json
import os
import threading
import time

import pytest

from oyez.actions import rule
from oyez.actions.mqtt import Message
from oyez.actions.program import Program
from oyez.actions.rule import COOLDOWN_S, TIMEOUT_S, Chime, Command, JsonLine, Rule, parse
from oyez.actions.webhook import Webhook
from oyez.errors import ActionError, ConfigError
from oyez.events import Detection
from oyez.listen import options as listen_options

FOUND = Detection("activate", 1.5, 0.9)
WORDS = ("activate", "hey house", "a=b")


def _parse(text, say=print, ring=print):
    return parse(text, WORDS, say=say, ring=ring)


@pytest.mark.parametrize(
    ("text", "word", "kind", "name"),
    [
        ("activate=chime", "activate", Chime, "chime"),
        ("chime", None, Chime, "chime"),
        ("hey house=run:echo a=b", "hey house", Command, "run:echo a=b"),
        ("activate=echo a=b", "activate", Command, "run:echo a=b"),
        ("echo hello", None, Command, "run:echo hello"),
        ("run:LANG=C date", None, Command, "run:LANG=C date"),
        ("./switch lamp:on", None, Command, "run:./switch lamp:on"),
        ("json:", None, JsonLine, "json:"),
        ("activate=json:heard.jsonl", "activate", JsonLine, "json:heard.jsonl"),
        ("activate=https://me:secret@host/x?a=b", "activate", Webhook, "https://host/x"),
        ("http://host/x?a=b", None, Webhook, "http://host/x"),
        ("mqtt://me:secret@host/lamp", None, Message, "mqtt://host/lamp"),
        ("activate=mqtt://host/lamp", "activate", Message, "mqtt://host/lamp"),
    ],
)
def test_what_is_written_is_what_is_meant(text, word, kind, name):
    found, action = _parse(text)
    assert (found, type(action), str(action)) == (word, kind, name)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "activat=chime",
            "no model listens for “activat”, but for activate, hey house, a=b.*run:activat=chime",
        ),
        ("LANG=C date", "no model listens for “LANG”"),
        ("hey hous=echo x", "no model listens for “hey hous”"),
        ("", "“” is no action. Use run:COMMAND, http"),
        ("activate=", "“” is no action"),
        ("run: ", "“run: ” is no action"),
        ("ftp://host/x", "“ftp://host/x” is no action"),
        ("http:host", "“http:host” is no action"),
        ("http://[::1/x", "is no address .*Check it"),
        ("json:none/heard.jsonl", "must be a file in a folder that exists"),
        ("json:.", "must be a file"),
    ],
)
def test_what_is_no_action_is_refused(text, says):
    with pytest.raises(ConfigError, match=says):
        _parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "hall=mqtt://me:secret@host/lamp",
        "mqtts://me:secret@host/lamp",
        "http://me:secret@[::1/x",
        "http://me:secret@host\u2100/x",
        "ftp://me:a/secret@host",
        "mqtt://me:secret@host",
        "http://me:secret@host:0x/y",
    ],
)
def test_no_password_is_told(text):
    with pytest.raises(ConfigError) as caught:
        _parse(text)
    assert "secret" not in str(caught.value)


def test_a_command_finds_the_detection_in_its_environment(tmp_path):
    _, action = _parse(f'echo "$OYEZ_WORD $OYEZ_TIME_S $OYEZ_SCORE" > "{tmp_path}/heard"')
    assert action.do(FOUND, 10) == "done"
    assert (tmp_path / "heard").read_text() == "activate 1.500 0.9000\n"


@pytest.mark.parametrize(("line", "code"), [("exit 3", 3), ("no-such-program-here", 127)])
def test_a_command_that_fails_is_told(line, code):
    with pytest.raises(ActionError, match=f"ended with code {code}. Try the command in a shell"):
        Command(line).do(FOUND, 10)


def test_a_command_that_hangs_is_ended():
    with pytest.raises(ActionError, match=r"had not ended after 0.05 s"):
        Command("sleep 600").do(FOUND, 0.05)


@pytest.mark.parametrize("slow_s", [0.0, 0.3])
def test_a_command_can_be_cancelled(tmp_path, monkeypatch, slow_s):
    """Also while it is being started: it may run for a while before who starts it knows."""

    class Slow(Program):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            time.sleep(slow_s)

    monkeypatch.setattr(rule, "Program", Slow)
    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    command, told = Command(f'echo on > "{pipe}"; sleep 600'), []

    def run():
        try:
            command.do(FOUND, 600)
        except ActionError as error:
            told.append(str(error))

    command.cancel()  # nothing runs yet
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    pipe.read_text()
    command.cancel()
    thread.join(10)
    assert told == ["ended with code -15. Try the command in a shell."]


def test_lines_of_json_are_said_or_added_to_a_file(tmp_path):
    said = []
    _, action = _parse("json:", say=said.append)
    assert action.do(Detection("hallå", 1.5, 0.9), 10) == ""
    assert said == ['{"word": "hallå", "time_s": 1.5, "score": 0.9}']
    path = tmp_path / "heard.jsonl"
    path.write_text("before\n")
    _, action = _parse(f"json:{path}")
    assert action.do(FOUND, 10) == action.do(FOUND, 10) == ""
    before, *lines = path.read_text().splitlines()
    assert before == "before"
    assert [json.loads(line) for line in lines] == [{"word": "activate", "time_s": 1.5, "score": 0.9}] * 2


def test_a_file_that_cannot_be_written_any_more_is_told(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    _, action = _parse(f"json:{folder}/heard.jsonl")
    folder.rmdir()
    with pytest.raises(ActionError, match=r"cannot be written \(No such file"):
        action.do(FOUND, 10)


def test_the_chime_rings():
    rung = []
    _, action = _parse("chime", ring=lambda: rung.append(1))
    assert action.do(FOUND, 10) == ""
    assert rung == [1]


@pytest.mark.parametrize(
    ("cooldown_s", "timeout_s", "says"),
    [
        (-1, 1, "a cooldown must be 0 s or more, got -1"),
        (float("nan"), 1, "got nan"),
        (float("inf"), 1, "got inf"),
        (0, 0, "a timeout must be above 0 s, at most an hour, got 0"),
        (0, 3601, "got 3601"),
        (0, float("nan"), "got nan"),
    ],
)
def test_a_rule_has_sensible_times(cooldown_s, timeout_s, says):
    with pytest.raises(ConfigError, match=says):
        Rule(None, Command("true"), cooldown_s, timeout_s)


def test_the_command_line_shows_the_same_times():
    """They are written twice, as the options must not import the actions."""
    assert (listen_options.COOLDOWN_S, listen_options.TIMEOUT_S) == (COOLDOWN_S, TIMEOUT_S)
