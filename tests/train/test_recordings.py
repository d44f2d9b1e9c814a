"""Folders of speech: who speaks, what is said, and tens of seconds of it."""

import numpy as np
import pytest

import sounds
from oyez import audio
from oyez.errors import DataError
from oyez.train.recordings import Recording, read_segment, recordings_in, segments

RATE = 16_000


def _write(folder, name, seconds, hz=500.0, rate=RATE):
    audio.write(folder / name, sounds.tone(hz, seconds, rate), rate)


def _recording(path, seconds, text=None, speaker="s"):
    return Recording(path, "set", speaker, text, seconds)


def test_the_metadata_tell_who_speaks_and_what(tmp_path):
    for name in ("0001/a.wav", "0001/b.wav", "c.wav", "d.flac", "e.wav"):
        _write(tmp_path, name, 1.0)
    rows = (
        "path,speaker,seconds,extra,text",
        "0001/a.wav,7,3.5,train|age=6|sex=m|WE CALL IT BEAR,",
        "0001/b.wav,,,train|age=6,",
        "c.wav,8,,,Good morning",
        "d.flac,,,one field,",
    )
    (tmp_path / "metadata.csv").write_text("\ufeff" + "\n".join(rows), encoding="utf-8")
    found = {one.path.name: one for one in recordings_in(tmp_path)}
    assert [found[name].speaker for name in sorted(found)] == ["7", "0001", "8", "", ""]
    texts = [found[name].text for name in sorted(found)]
    assert texts == ["WE CALL IT BEAR", None, "Good morning", None, None]
    assert [found[name].seconds for name in sorted(found)] == [3.5, 1.0, 1.0, 1.0, 1.0]
    assert {one.source for one in found.values()} == {tmp_path.name}


def test_a_long_stream_stands_for_itself(tmp_path):
    _write(tmp_path, "street/long.wav", 61.0, rate=8_000)
    _write(tmp_path, "street/short.wav", 5.0)
    assert [one.speaker for one in recordings_in(tmp_path, "set")] == ["long", "street"]
    assert recordings_in(tmp_path, "set")[0].source == "set"


def test_only_what_is_wanted_is_taken(tmp_path):
    for name in ("a.wav", "b.wav"):
        _write(tmp_path, name, 1.0)
    assert [one.path.name for one in recordings_in(tmp_path, only={"b.wav"})] == ["b.wav"]
    with pytest.raises(DataError, match="holds no recordings that are wanted"):
        recordings_in(tmp_path, only={"c.wav"})


@pytest.mark.parametrize(
    ("content", "said"), [(b"file\na.wav\n", "has no column path, got file"), (b"\xff\xfe", "cannot be read")]
)
def test_broken_metadata_are_told(tmp_path, content, said):
    _write(tmp_path, "a.wav", 1.0)
    (tmp_path / "metadata.csv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        recordings_in(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        recordings_in(tmp_path / "none")


def test_short_recordings_of_a_speaker_follow_each_other(tmp_path):
    many = [_recording(tmp_path / f"{n}.wav", 4.0, f"text {n}") for n in range(6)]
    cut = segments(many)
    assert len(cut) == 3  # 24 s and five gaps: 25 to 28 s
    first = cut[0]
    assert [part.path.name for part in first.parts] == ["0.wav", "1.wav", "2.wav"]
    assert first.text == "text 0 | text 1 | text 2"
    for before, after in zip(first.parts, first.parts[1:], strict=False):
        assert 0.2 <= after.at_s - (before.at_s + before.length_s) <= 0.8
    # the third goes on in the second segment, where it was cut but for the two seconds that both have
    last, again = first.parts[-1], cut[1].parts[0]
    assert again.path == last.path
    assert again.at_s == 0
    assert again.from_s == pytest.approx(10 - last.at_s)
    assert again.from_s + again.length_s == pytest.approx(4.0)
    assert segments(many) == cut


def test_speakers_and_sets_stay_apart_and_one_unknown_text_hides_the_rest(tmp_path):
    many = [
        _recording(tmp_path / "a.wav", 6.0, "one", "s"),
        _recording(tmp_path / "b.wav", 6.0, "two", "t"),
        _recording(tmp_path / "c.wav", 5.0, None, "s"),
    ]
    cut = segments(many)
    assert [(one.speaker, one.text) for one in cut] == [("s", None), ("t", "two")]


def test_a_long_recording_is_cut_and_what_is_short_at_its_end_dropped(tmp_path):
    cut = segments([_recording(tmp_path / "a.wav", 31.0)])
    assert [one.parts[0].from_s for one in cut] == [0.0, 10.0, 20.0]
    assert [one.parts[0].length_s for one in cut] == [12.0, 12.0, 11.0]
    assert len(segments([_recording(tmp_path / "a.wav", 32.0)])) == 4
    assert segments([_recording(tmp_path / "a.wav", 1.9)]) == []
    assert segments([]) == []


def test_a_segment_sounds_as_its_parts_do(tmp_path):
    _write(tmp_path, "s/a.wav", 8.0, 500.0)
    _write(tmp_path, "s/b.wav", 8.0, 1_500.0, 44_100)
    (first, second) = segments(recordings_in(tmp_path))
    samples = read_segment(first, RATE)
    assert samples.shape == (12 * RATE,)
    assert samples.dtype == np.float32
    at = round(first.parts[1].at_s * RATE)
    assert sounds.spectrum_db(samples[: 8 * RATE], RATE, 450, 550) > -0.1
    assert np.abs(samples[8 * RATE + 200 : at - 200]).max() < 1e-3
    assert sounds.spectrum_db(samples[at:], RATE, 1_450, 1_550) > -0.1
    rest = read_segment(second, RATE)
    assert np.abs(rest[: 6 * RATE]).max() > 0.1
    assert not rest[7 * RATE :].any()
