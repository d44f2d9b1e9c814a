"""What a client may say to `/v1/stream`, and what it may not."""

import json

import numpy as np
import pytest

from oyez.detect.pcm import PcmFormat
from oyez.errors import ConfigError, DataError
from oyez.events import Detection
from oyez.serve.heard import Heard, Scored
from oyez.serve.messages import Finish, Reset, Start, heard_values, read, scored_values, write


def test_a_start_with_all_of_it():
    text = json.dumps(
        {
            "type": "start",
            "rate": 48000,
            "format": "f32",
            "channels": 2,
            "names": ["lamp", "불 켜"],
            "threshold": {"lamp": 0.6},
            "scores": True,
            "token": "secret",
        }
    )
    assert read(text) == Start(PcmFormat(48_000, 2, "f32"), ("lamp", "불 켜"), {"lamp": 0.6}, True, "secret")


def test_a_start_with_nothing_but_a_rate():
    assert read('{"type":"start","rate":16000}') == Start(PcmFormat(16_000))


def test_finish_and_reset():
    assert read('{"type":"finish"}') == Finish()
    assert read('{"type": "reset"}') == Reset()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a JSON object .* got text that is none"),
        ('{"token":"hush",}', "^(?=expected a JSON object)(?!.*hush)"),
        ("[1]", "expected a JSON object .* got a list"),
        ("[" * 10_000, "expected a JSON object"),
        ('{"type":' * 2_000, "expected a JSON object"),
        ('{"rate":' + "9" * 5_000 + "}", "expected a JSON object"),
        ('{"type":"start","rate":NaN}', "expected a JSON object"),
        ("{}", "type must be start, finish or reset, got null"),
        ('{"type":"stop"}', "got stop"),
        ('{"type":"finish","now":1}', r'no other key than type, got \["type", "now"\]'),
        (" " * 20_000, "may have 16384 characters, got 20000"),
    ],
)
def test_what_is_no_message(text, said):
    with pytest.raises(DataError, match=said):
        read(text)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "rate must be a whole number, got null. It is the rate"),
        ({"rate": "16000"}, "rate must be a whole number, got 16000"),
        ({"rate": True}, "rate must be a whole number, got true"),
        ({"rate": 16000.0}, "rate must be a whole number"),
        ({"rate": 100}, "rate must be 4000..768000"),
        ({"rate": 16000, "channels": 99}, "channels must be 1..32"),
        ({"rate": 16000, "format": "mp3"}, "format must be one of u8, i16, i24, i32, f32, f64, got mp3"),
        ({"rate": 16000, "format": ["i16"]}, "format must be one of"),
        ({"rate": 16000, "names": "lamp"}, "names must be a list"),
        ({"rate": 16000, "names": [1]}, "names must be a list"),
        ({"rate": 16000, "names": ["x"] * 300}, "at most 256"),
        ({"rate": 16000, "threshold": "0.5"}, "threshold must be a number"),
        ({"rate": 16000, "threshold": {"lamp": "x"}}, "threshold must be a number"),
        ({"rate": 16000, "threshold": 10**400}, "threshold must be a number"),
        ({"rate": 16000, "scores": 1}, "scores must be true or false"),
        ({"rate": 16000, "token": 5}, "token must be text, got something else"),
        ({"rate": 16000, "treshold": 0.5}, "no key treshold. Known are: rate, format"),
    ],
)
def test_what_a_start_may_not_say(values, said):
    with pytest.raises(ConfigError, match=said):
        read(json.dumps({"type": "start", **values}))


def test_what_was_sent_is_shown_on_one_line_and_not_for_ever():
    with pytest.raises(DataError) as caught:
        read(json.dumps({"type": "a\nb\x1b[31m\ud800" + "x" * 1_000}))
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


def test_messages_are_ascii_whatever_the_word():
    """Half of a surrogate pair is text to JSON, and none to UTF-8."""
    text = write("error", message="불 \ud800")
    assert text.isascii()
    assert json.loads(text) == {"type": "error", "message": "불 \ud800"}


def test_a_detection_as_plain_data():
    values = heard_values(Heard("home", Detection("lamp", 1.25, np.float32(0.5))))
    assert json.loads(write("detection", **values)) == {
        "type": "detection",
        "word": "lamp",
        "model": "home",
        "time_s": 1.25,
        "score": 0.5,
    }


def test_scores_as_plain_data():
    scores = np.array([[0.1, 0.25], [1 / 3, 0]], np.float32)
    values = scored_values(Scored("home", ("lamp", "heat"), 0.08, 0.08, scores))
    assert values["words"] == ["lamp", "heat"]
    assert values["scores"] == [[0.1, 0.25], [0.333333, 0.0]]
    json.dumps(values)
