"""Recordings of words: where the word is, who says it, and what is told of the rest."""

import numpy as np
import pytest

from oyez import audio
from oyez.errors import DataError
from oyez.evaluate.words import find_words, phrases_in
from sounds import noise, word

RATE = 16_000


@pytest.fixture
def folder(tmp_path):
    for name in ("a/1.wav", "a/2.wav", "b/1.wav"):
        audio.write(tmp_path / name, word(), RATE)
    return tmp_path


def test_words_are_found_in_order_of_names(folder):
    words, skipped = find_words(folder)
    assert [one.source for one in words] == ["a/1.wav", "a/2.wav", "b/1.wav"]
    assert skipped == ()
    for one in words:
        assert one.seconds == pytest.approx(0.6)
        assert one.start_s == pytest.approx(0.1, abs=0.02)
        assert one.end_s == pytest.approx(0.5, abs=0.02)


def test_a_label_beside_a_recording_says_where_the_word_is(folder):
    (folder / "a/1.txt").write_text("0.2\t0.3\thello\n", encoding="utf-8")
    words, _ = find_words(folder)
    assert (words[0].start_s, words[0].end_s) == (0.2, 0.3)
    assert words[1].start_s == pytest.approx(0.1, abs=0.02)


def test_silent_and_broken_recordings_are_left_out_with_the_reason(folder):
    audio.write(folder / "a/3.wav", np.zeros(RATE), RATE)
    (folder / "a/4.wav").write_bytes(b"no sound")
    (folder / "a/2.txt").write_text("0.1\t0.2\tw\n0.3\t0.4\tw\n", encoding="utf-8")
    words, skipped = find_words(folder)
    assert [one.source for one in words] == ["a/1.wav", "b/1.wav"]
    assert len(skipped) == 3
    assert "marks 2 words, expected one" in skipped[0]
    assert skipped[1].endswith("3.wav: it is silent")
    assert "4.wav" in skipped[2]


def test_metadata_tell_of_speakers(folder):
    (folder / "metadata.csv").write_text(
        "path,speaker,sex,extra\n"
        "a/1.wav,ann,f,train|age=6|accent=Scottish\n"
        "a/2.wav,bob,,age=59|sex=m\n"
        "b/1.wav,,,age=old\n",
        encoding="utf-8",
    )
    words, _ = find_words(folder)
    assert dict(words[0].groups) == {
        "sex": "f", "age": "under 18", "accent": "Scottish", "speaker": "ann",
    }  # fmt: skip
    assert dict(words[1].groups) == {"sex": "m", "age": "18 to 59", "speaker": "bob"}
    assert dict(words[2].groups) == {"age": "old"}


@pytest.mark.parametrize(("age", "group"), [("17", "under 18"), ("18", "18 to 59"), ("60", "60 and over")])
def test_ages_are_grouped(folder, age, group):
    (folder / "metadata.csv").write_text(f"path,age\na/1.wav,{age}\n", encoding="utf-8")
    assert find_words(folder)[0][0].groups["age"] == group


def test_phrases_come_from_metadata_else_from_names(folder):
    audio.write(folder / "view_class.wav", word(), RATE)
    (folder / "metadata.csv").write_text("path,phrase\na/1.wav,hey you\n", encoding="utf-8")
    words, _ = find_words(folder)
    assert phrases_in(words) == ("hey you", "a", "b", "view class")


@pytest.mark.parametrize(
    ("text", "message"), [("file,sex\na.wav,f\n", "has no column path"), ("\xff", "cannot be read")]
)
def test_broken_metadata_are_an_error(folder, text, message):
    (folder / "metadata.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=message):
        find_words(folder)


def test_nothing_to_use_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        find_words(tmp_path / "none")
    with pytest.raises(DataError, match=r"holds no recordings of the word\. Name"):
        find_words(tmp_path)
    audio.write(tmp_path / "s.wav", np.zeros(RATE), RATE)
    with pytest.raises(DataError, match="it is silent"):
        find_words(tmp_path)


def test_noise_alone_is_a_word_as_long_as_itself(tmp_path):
    audio.write(tmp_path / "n.wav", noise(0, 1.0, RATE), RATE)
    (one,), _ = find_words(tmp_path)
    assert one.end_s > one.start_s
