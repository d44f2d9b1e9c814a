"""One client's talk: what is due when, and samples that are cut anywhere."""

import json

import numpy as np
import pytest

from oyez.errors import AudioError, DataError
from oyez.events import Detection
from oyez.serve.conversation import Conversation
from oyez.serve.heard import Ended, Heard, Restarted
from oyez.serve.messages import Finish, Reset


def _started(**values):
    talk = Conversation()
    talk.text(json.dumps({"type": "start", "rate": 16_000, **values}))
    return talk


def _heard(talk, parts):
    return np.concatenate([talk.binary(part).samples for part in parts])


@pytest.mark.parametrize("kind", ["u8", "i16", "i24", "i32", "f32", "f64"])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_cut_of_the_bytes_gives_the_same_samples(kind, channels, rng):
    width = {"u8": 1, "i16": 2, "i24": 3, "i32": 4, "f32": 4, "f64": 8}[kind] * channels
    if kind[0] == "f":
        data = (
            rng.uniform(-1, 1, 50 * channels)
            .astype(f"<{kind}".replace("32", "4").replace("64", "8"))
            .tobytes()
        )
    else:
        data = rng.bytes(50 * width)
    cuts = sorted(rng.integers(0, len(data), 20).tolist())
    parts = [data[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    whole = _heard(_started(format=kind, channels=channels), [data])
    assert len(whole) == 50
    np.testing.assert_array_equal(_heard(_started(format=kind, channels=channels), parts), whole)


def test_a_sample_that_is_cut_off_ends_with_its_stream():
    talk = _started()
    talk.binary(b"\0\0\1")
    assert talk.text('{"type":"finish"}') == Finish()
    assert talk.binary(b"\0\1").samples.tolist() == [256 / 32768]
    talk.binary(b"\7")
    assert talk.text('{"type":"reset"}') == Reset()
    assert talk.binary(b"\0\1").samples.tolist() == [256 / 32768]


def test_a_start_comes_first_and_once():
    with pytest.raises(DataError, match="expected a start first, got 3 bytes"):
        Conversation().binary(b"abc")
    with pytest.raises(DataError, match="expected a start first, got finish"):
        Conversation().text('{"type":"finish"}')
    with pytest.raises(DataError, match="got a second start"):
        _started().text('{"type":"start","rate":16000}')


def test_floats_that_are_no_numbers():
    with pytest.raises(AudioError, match="no numbers"):
        _started(format="f32").binary(np.array([0, np.nan], "<f4").tobytes())


def test_what_a_client_is_told():
    talk = _started(format="f32", channels=2)
    assert json.loads(talk.ready({"home": {"lamp": 0.5}}, {"home": 0.08})) == {
        "type": "ready",
        "rate": 16_000,
        "format": "f32",
        "channels": 2,
        "models": [{"name": "home", "step_s": 0.08, "thresholds": {"lamp": 0.5}}],
    }
    told = [talk.tell(one) for one in (Heard("home", Detection("lamp", 1.0, 0.9)), Ended(2.5), Restarted())]
    assert [json.loads(one)["type"] for one in told] == ["detection", "end", "reset"]
    assert json.loads(told[1])["duration_s"] == 2.5
