"""What a Wyoming client says, and what is done and answered; no network."""

import numpy as np
import pytest

from oyez.errors import ConfigError, DataError
from oyez.events import Detection
from oyez.serve.catalog import Catalog, Served
from oyez.serve.framing import Message
from oyez.serve.heard import Heard
from oyez.serve.satellite import Close, Finish, Hear, Open, Reply, Satellite
from oyez.serve.session import Wanted

FORMAT = {"rate": 16_000, "width": 2, "channels": 1}
START = Message("audio-start", FORMAT)
STOP = Message("audio-stop", {})


def _chunk(samples=160, timestamp=None, **other):
    form = {**FORMAT, **other, "timestamp": timestamp}
    return Message("audio-chunk", form, bytes(samples * form["width"] * form["channels"]))


def _kinds(acts):
    return [type(one) for one in acts]


@pytest.fixture
def satellite(catalog):
    return Satellite(catalog)


def _tone(time_s):
    return Heard("tone", Detection("tone", time_s, 0.9))


def test_a_stream_opens_with_its_first_chunk(satellite):
    assert satellite.receive(START) == []
    opened, heard = satellite.receive(_chunk())
    assert opened == Open(Wanted(16_000))
    assert heard.samples.shape == (160,)
    assert _kinds(satellite.receive(_chunk())) == [Hear]
    assert satellite.receive(STOP) == [Finish()]
    assert satellite.ended() == [Reply(Message("not-detected"))]
    assert _kinds(satellite.receive(_chunk())) == [Open, Hear]


def test_what_was_heard_is_told_and_then_no_not_detected(satellite):
    satellite.receive(START)
    satellite.receive(_chunk())
    (reply,) = satellite.heard(_tone(0.005))
    assert reply.message == Message("detection", {"name": "tone", "timestamp": 5})
    satellite.receive(STOP)
    assert satellite.ended() == []
    satellite.receive(_chunk())
    satellite.receive(STOP)
    assert satellite.ended() == [Reply(Message("not-detected"))]  # of this stream


def test_a_stop_without_a_chunk_is_answered(satellite):
    satellite.receive(START)
    assert satellite.receive(STOP) == [Reply(Message("not-detected"))]


def test_the_time_is_that_of_the_chunk(satellite):
    satellite.receive(START)
    for number in range(2_000):
        satellite.receive(_chunk(timestamp=70_000 + 10 * number))
    (reply,) = satellite.heard(_tone(19.995))
    assert reply.message.data["timestamp"] == 70_000 + 10 * 1_999
    (reply,) = satellite.heard(_tone(19.95))  # its last sample is the last of a chunk
    assert reply.message.data["timestamp"] == 70_000 + 10 * 1_994
    (reply,) = satellite.heard(_tone(25.0))  # in the silence after the end
    assert reply.message.data["timestamp"] == 70_000 + 10 * 1_999


def test_time_without_timestamps_counts_from_the_start(satellite):
    satellite.receive(Message("audio-start", {**FORMAT, "timestamp": 500}))
    satellite.receive(_chunk(16_000))
    (reply,) = satellite.heard(_tone(0.75))
    assert reply.message.data["timestamp"] == 1_250


def test_a_client_names_what_it_wants(satellite):
    satellite.receive(Message("detect", {"names": ["beta"], "thresholds": {"beta": 0.3}}))
    opened, _ = satellite.receive(_chunk())
    assert opened.wanted == Wanted(16_000, ("beta",), {"beta": 0.3})
    satellite.receive(Message("detect", {"names": None}))
    opened, _ = satellite.receive(_chunk())
    assert opened.wanted == Wanted(16_000)


def test_detect_begins_anew(satellite):
    """As a satellite does after each command, on the same connection, without a stop."""
    for _ in range(3):
        acts = satellite.receive(Message("detect", {"names": None})) + satellite.receive(START)
        acts += satellite.receive(_chunk(timestamp=9)) + satellite.receive(_chunk(timestamp=19))
        assert _kinds(acts)[-3:] == [Open, Hear, Hear]
        (reply,) = satellite.heard(_tone(0.015))
        assert reply.message.data["timestamp"] == 19
    assert _kinds(acts) == [Close, Open, Hear, Hear]


def test_a_chunk_says_itself_what_it_is(satellite):
    """A satellite that sends one channel of its two states two at the start."""
    satellite.receive(Message("audio-start", {**FORMAT, "channels": 2}))
    assert _kinds(satellite.receive(_chunk())) == [Open, Hear]
    assert _kinds(satellite.receive(_chunk(channels=2))) == [Hear]
    acts = satellite.receive(_chunk(rate=48_000))
    assert _kinds(acts) == [Close, Open, Hear]
    assert acts[1].wanted.rate == 48_000


@pytest.mark.parametrize(
    ("width", "data", "expected"),
    [
        (1, bytes([128, 192, 0]), [0, 0.5, -1]),
        (2, np.array([0, 16_384, -32_768], "<i2").tobytes(), [0, 0.5, -1]),
        (3, b"\x00\x00\x00\x00\x00\x40\x00\x00\x80", [0, 0.5, -1]),
        (4, np.array([0, 1 << 30, -(1 << 31)], "<i4").tobytes(), [0, 0.5, -1]),
    ],
)
def test_samples_of_every_width_are_read(satellite, width, data, expected):
    acts = satellite.receive(Message("audio-chunk", {**FORMAT, "width": width}, data))
    np.testing.assert_allclose(acts[-1].samples, expected, atol=1e-6)


def test_channels_are_averaged(satellite):
    data = np.array([[16_384, 0], [0, 0]], "<i2").tobytes()
    acts = satellite.receive(Message("audio-chunk", {**FORMAT, "channels": 2}, data))
    np.testing.assert_allclose(acts[-1].samples, [0.25, 0])


def test_pings_are_answered_and_what_is_not_ours_is_let_pass(satellite):
    assert satellite.receive(Message("ping", {"text": "a"})) == [Reply(Message("pong", {"text": "a"}))]
    assert satellite.receive(Message("ping")) == [Reply(Message("pong"))]
    for kind in ("run-satellite", "transcribe", "audio", "Detect", ""):
        assert satellite.receive(Message(kind, {"names": 5}, b"x")) == []


def test_info_tells_the_words(satellite):
    (reply,) = satellite.receive(Message("describe"))
    (program,) = reply.message.data["wake"]
    assert program["name"] == "oyez"
    assert [one["name"] for one in program["models"]] == ["tone", "alpha", "beta"]
    for model in program["models"]:
        assert model["phrase"] == model["name"]
        assert model["languages"] == ["en"]
        assert model["installed"] is True
        assert {"name", "url"} == model["attribution"].keys()
        assert model["description"] == model["name"]


def test_words_that_two_models_hear_are_told_apart(tone, pair):
    own = {"tone": 0.5}
    catalog = Catalog([Served("one", tone, own), Served("two", tone, own), Served("pair", pair, {})])
    satellite = Satellite(catalog)
    (reply,) = satellite.receive(Message("describe"))
    assert [one["name"] for one in reply.message.data["wake"][0]["models"]] == ["one", "two", "alpha", "beta"]
    assert reply.message.data["wake"][0]["models"][1]["description"] == "tone (two)"
    satellite.receive(_chunk())
    heard = Heard("two", Detection("tone", 0.01, 0.9))
    assert satellite.heard(heard)[0].message.data["name"] == "two"
    satellite.receive(Message("detect", {"names": ["two"]}))
    assert catalog.choose(["two"]) == {"two": ("tone",)}
    assert satellite.heard(heard)[0].message.data["name"] == "two"
    satellite.receive(Message("detect", {"names": ["tone"]}))  # by the word: told by the word
    assert catalog.choose(["tone"]) == {"one": ("tone",), "two": ("tone",)}
    assert satellite.heard(heard)[0].message.data["name"] == "tone"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (Message("audio-start"), "does not fit"),
        (Message("audio-start", {**FORMAT, "rate": "16000"}), "expected rate, width and channels"),
        (Message("audio-start", {**FORMAT, "rate": 1.5}), "expected rate, width and channels"),
        (Message("audio-start", {**FORMAT, "rate": 10**30}), "rate must be"),
        (Message("audio-start", {**FORMAT, "channels": 0}), "channels must be"),
        (Message("audio-start", {**FORMAT, "channels": True}), "expected rate, width and channels"),
        (Message("audio-start", {**FORMAT, "width": 8}), "got width 8"),
        (Message("audio-start", {**FORMAT, "timestamp": "noon"}), "a timestamp in milliseconds"),
        (Message("audio-start", {**FORMAT, "timestamp": float("inf")}), "a timestamp in milliseconds"),
        (Message("audio-start", {**FORMAT, "timestamp": float("nan")}), "a timestamp in milliseconds"),
        (Message("audio-chunk", FORMAT, b"abc"), "samples of 2 bytes, got 3"),
        (Message("audio-chunk", {}, b"ab"), "does not fit"),
        (Message("detect", {"names": "tone"}), "names in a list"),
        (Message("detect", {"names": [5]}), "names in a list"),
        (Message("detect", {"names": {"tone": 1}}), "names in a list"),
        (Message("detect", {"thresholds": [0.5]}), "thresholds by word"),
        (Message("detect", {"thresholds": {"tone": "0.5"}}), "thresholds by word"),
        (Message("ping", {"text": 5}), "text that is text"),
    ],
)
def test_what_does_not_fit_is_refused(satellite, message, said):
    with pytest.raises(DataError, match=said):
        satellite.receive(message)


@pytest.mark.parametrize(
    "data", [{"names": ["nobody"]}, {"thresholds": {"nobody": 0.5}}, {"thresholds": {"tone": 1.5}}]
)
def test_what_is_not_there_is_refused(satellite, data):
    with pytest.raises(ConfigError):
        satellite.receive(Message("detect", data))
