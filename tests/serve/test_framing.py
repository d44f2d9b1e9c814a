"""Wyoming's bytes: any cut gives the same messages, and nothing grows beyond its limit."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wyoming.event import Event, write_event

from oyez.errors import DataError, LimitError
from oyez.serve.framing import FrameLimits, Framing, Message, encode

MESSAGES = [
    Message("describe"),
    Message("detect", {"names": ["hé", "lamp"]}),
    Message("audio-chunk", {"rate": 16_000, "width": 2, "channels": 1}, b"\x00\n{}\xff" * 40),
    Message("audio-stop", {"timestamp": 5}),
    Message("odd", {}, b"alone"),
]


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 600), max_size=12))
def test_any_cut_gives_the_same_messages(cuts):
    data = b"".join(encode(one) for one in MESSAGES)
    framing, found, start = Framing(), [], 0
    for stop in [*sorted(cuts), len(data)]:
        found += framing.push(data[start:stop])
        start = max(start, min(stop, len(data)))
    assert found == MESSAGES
    assert not framing.is_within


def test_the_package_itself_writes_and_reads_so():
    written = io.BytesIO()
    for one in MESSAGES:
        write_event(Event(one.type, dict(one.data), one.payload or None), written)
    assert Framing().push(written.getvalue()) == MESSAGES
    head, _, rest = encode(MESSAGES[2]).partition(b"\n")
    values = json.loads(head)
    assert values["type"] == "audio-chunk"
    assert values["data_length"] + values["payload_length"] == len(rest)


def test_text_that_is_no_text_comes_back_as_it_came():
    """Half of a pair, as JSON may have it and UTF-8 may not."""
    (message,) = Framing().push(b'{"type": "ping", "data": {"text": "\\ud800"}}\n')
    assert Framing().push(encode(message)) == [message]


def test_data_in_the_line_is_read_and_what_follows_wins():
    line = b'{"type": "x", "data": {"a": 1, "b": 1}, "data_length": 8, "payload_length": null}\n{"a": 2}'
    assert Framing().push(line) == [Message("x", {"a": 2, "b": 1})]


def test_what_has_begun_is_known():
    framing = Framing()
    framing.push(b'{"type"')
    assert framing.is_within
    framing.push(b': "x", "payload_length": 2}\n')
    assert framing.is_within
    assert framing.push(b"ab") == [Message("x", {}, b"ab")]
    assert not framing.is_within


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (b"x" * 101, LimitError, "a line of at most 100 bytes"),
        (b'{"type": "' + b"x" * 200 + b'"}\n', LimitError, "a line of at most 100 bytes"),
        (b'{"type": "x", "data_length": 51}\n', LimitError, "data_length of at most 50 bytes, got 51"),
        (b'{"type": "x", "payload_length": 99999999999}\n', LimitError, "payload_length of at most 60"),
        (b'{"type": "x", "payload_length": -1}\n', DataError, "whole bytes, got -1"),
        (b'{"type": "x", "payload_length": true}\n', DataError, "whole bytes, got True"),
        (b'{"type": "x", "data_length": "5"}\n', DataError, "whole bytes, got '5'"),
        (b"\n", DataError, "a line that is a JSON object"),
        (b"[1]\n", DataError, "a line that is a JSON object"),
        (b'{"type": 5}\n', DataError, "a message with a type"),
        (b'{"data": {}}\n', DataError, "a message with a type"),
        (b'{"type": "x", "data": [1]}\n', DataError, "data that is an object"),
        (b'{"type": "x", "data_length": 2}\n[]', DataError, "data that is a JSON object"),
        (b'{"type": "x", "data_length": 2}\n\xff\xff', DataError, "data that is a JSON object"),
        (b"[" * 99 + b"\n", DataError, "a line that is"),
        (b"GET / HTTP/1.1\r\n\r\n", DataError, "GET / HTTP"),
        (b"\x16\x03\x01\x02\x00\n", DataError, "a line that is"),
    ],
)
def test_garbage_is_refused(data, error, said):
    framing = Framing(FrameLimits(header_bytes=100, data_bytes=50, payload_bytes=60))
    with pytest.raises(error, match=said):
        framing.push(data)


def test_deep_json_is_refused():
    with pytest.raises(DataError):
        Framing().push(b'{"type": "x", "data_length": 60000}\n' + b"[" * 60_000)
