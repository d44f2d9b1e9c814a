"""Each cut as a figure: its picture, its player, its place."""

import io
from base64 import b64decode

import numpy as np
import pytest
import soundfile

import made_result
from oyez.evaluate.failures import failures


def _figure(**fields):
    cut = made_result.cut(**fields)
    (_, cuts) = failures(made_result.result(made_result.engine(cuts=(cut,))))
    return cut, cuts[0]


def _content(source, kind):
    head, _, body = source.partition(";base64,")
    assert head == f"data:{kind}"
    return b64decode(body, validate=True)


def test_the_player_holds_the_sound():
    cut, figure = _figure()
    (player,) = figure.iter("audio")
    samples, rate = soundfile.read(io.BytesIO(_content(player.get("src"), "audio/flac")), dtype="float32")
    np.testing.assert_allclose(samples, cut.samples, atol=1 / 32_768)
    assert rate == cut.rate
    assert player.get("aria-label") == "miss in clean, anna/yes_1.wav, the word at 1:01.60"


def test_the_picture_is_a_png_that_says_what_it_shows():
    _, figure = _figure()
    (picture,) = figure.iter("img")
    assert _content(picture.get("src"), "image/png").startswith(b"\x89PNG")
    assert picture.get("alt") == "Spectrogram of 0.60 s, 0 to 8 kHz; “yes” from 0.10 to 0.40 s"


def test_the_word_is_marked_in_its_place():
    _, figure = _figure()
    (mark,) = (one for one in figure.iter("span") if one.get("class") == "word")
    assert mark.get("style") == "left: 16.67%; width: 50.00%"
    _, figure = _figure(kind="false accept", span=None)
    assert not any(one.get("class") == "word" for one in figure.iter("span"))
    assert next(figure.iter("img")).get("alt") == "Spectrogram of 0.60 s, 0 to 8 kHz"


def test_score_and_threshold_stand_above():
    _, figure = _figure(score=0.2468)
    assert "".join(figure[0].itertext()) == "clean · score 0.247, threshold 0.5"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at_s": 3599.9}, "the word at 60:00.00"),
        ({"at_s": -0.5}, "the word at 0:00.00"),
        ({"at_s": -0.5, "span": None}, "from 0.50 s before its start"),
        ({"at_s": 59.999, "span": None}, "from 1:00.00"),
    ],
)
def test_where_in_the_file_it_is(fields, said):
    _, figure = _figure(**fields)
    assert "".join(figure[-1].itertext()) == f"anna/yes_1.wav, {said}"


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("seconds", [0.001, 3.0])
def test_any_length_of_silence_at_any_rate(rate, seconds):
    _, figure = _figure(samples=made_result.silence(seconds, rate), rate=rate)
    assert len(list(figure.iter("audio"))) == 1


def test_kinds_have_their_headings():
    cuts = (*made_result.engine().cuts, made_result.cut("close call", "negatives", "talk.flac", span=None))
    parts = failures(made_result.result(made_result.engine(cuts=(*cuts, made_result.cut("twice")))))
    assert [one.text for one in parts if one.tag == "h3"] == [
        "Misses of ours", "False accepts of ours", "Close calls of ours", "twice of ours",
    ]  # fmt: skip
    assert [len(one) for one in parts if one.tag == "div"] == [2, 1, 1, 1]
