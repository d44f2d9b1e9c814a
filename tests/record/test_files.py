import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

import sounds
from oyez import audio
from oyez.errors import AudioError, ConfigError
from oyez.record.files import add_files, find_files, takes_in, voice
from oyez.record.folder import BACKGROUNDS, OTHER_WORDS, RecordingFolder
from oyez.record.session import Plan
from oyez.record.take import Limits

RATE = 16_000
MANY = 1_000


def add(root, *names, speaker=None, folder="yes", count=MANY, **more):
    """What is told of each take, and what came of it."""
    told = []
    outcome = add_files(
        find_files(names),
        RecordingFolder(root),
        Plan(folder, "", count, **more),
        speaker,
        lambda where, take, path: told.append((where, take.passes, path and path.name)),
    )
    return outcome, told


@pytest.fixture
def long(tmp_path):
    """Three words in ten seconds; the second is clipped."""
    takes = [sounds.take(), np.clip(sounds.take(level=2.0), -1, 1), sounds.take(at_s=1.0, seed=2)]
    room = sounds.noise(3, 4, RATE, 1e-3)
    path = tmp_path / "in" / "ann_long.wav"
    audio.write(path, np.concatenate((*takes, room)), RATE)
    return path


def test_a_long_recording_is_split_at_its_silences(tmp_path, long):
    outcome, told = add(tmp_path / "words", long)
    assert (outcome.kept, outcome.there, outcome.failures) == (2, 0, {"clipped": 1})
    assert [(passes, name) for _, passes, name in told] == [
        (True, "ann_0001.wav"), (False, None), (True, "ann_0002.wav")
    ]  # fmt: skip
    assert [float(where.split()[2]) for where, _, _ in told] == pytest.approx([0.6, 2.6, 4.8], abs=0.03)
    source, _ = audio.read(long)
    for name, start_s in (("ann_0001.wav", 0.6), ("ann_0002.wav", 4.8)):
        clip, rate = audio.read(tmp_path / "words" / "yes" / name)
        assert rate == RATE
        assert len(clip) / rate == pytest.approx(0.8, abs=0.05)
        # the very samples of the recording
        around = source[round((start_s - 0.05) * rate) : round((start_s + 1) * rate)]
        starts = np.lib.stride_tricks.sliding_window_view(around, 500)
        assert (starts == clip[:500]).all(axis=1).any()
    metadata = (tmp_path / "words" / "metadata.csv").read_text("utf-8")
    assert "yes/ann_0002.wav,yes,ann," in metadata
    assert "ann_long.wav at 4.8" in metadata


def test_the_same_command_again_adds_nothing(tmp_path, long):
    add(tmp_path / "words", long)
    before = sounds.files(tmp_path)
    outcome, told = add(tmp_path / "words", long)
    assert (outcome.kept, outcome.there) == (0, 2)
    assert [name for _, _, name in told] == [None] * 3
    assert sounds.files(tmp_path) == before


def test_a_short_recording_is_one_take(tmp_path):
    audio.write(tmp_path / "a.wav", sounds.word(2_000.0), RATE)
    (take,) = takes_in(tmp_path / "a.wav", Limits())
    assert take.passes
    assert len(take.clip) == len(sounds.word())


def test_a_short_recording_with_a_silence_in_it_is_two(tmp_path):
    two = np.concatenate((sounds.take(seconds=1.5), sounds.take(seconds=1.5)))
    audio.write(tmp_path / "a.wav", two, RATE)
    assert [take.passes for take in takes_in(tmp_path / "a.wav", Limits())] == [True, True]


def test_a_folder_and_its_voices(tmp_path, long):
    for name in ("bob/1.wav", "cat_x/deep/1.wav", "dan.wav"):
        audio.write(tmp_path / "in" / name, sounds.take(seed=len(name)), RATE)
    add(tmp_path / "words", tmp_path / "in")
    names = sorted(path.name for path in (tmp_path / "words" / "yes").iterdir())
    assert names == [
        "ann_0001.wav", "ann_0002.wav", "bob_0001.wav", "cat-x-deep_0001.wav", "dan_0001.wav"
    ]  # fmt: skip


def test_a_speaker_and_a_number_can_be_named(tmp_path, long):
    outcome, _ = add(tmp_path / "words", long, long, speaker="eve", count=1)
    assert outcome.kept == 1
    assert list(sounds.files(tmp_path / "words")) == ["metadata.csv", "yes/eve_0001.wav"]


def test_other_words_have_no_known_word(tmp_path, long):
    add(tmp_path / "words", long, folder=OTHER_WORDS)
    assert "negatives/ann_0001.wav,,ann," in (tmp_path / "words" / "metadata.csv").read_text("utf-8")


def test_rooms_are_taken_whole(tmp_path):
    audio.write(tmp_path / "fan.wav", sounds.noise(0, 5, RATE), RATE)
    audio.write(tmp_path / "off.wav", np.zeros(RATE), RATE)
    outcome, told = add(
        tmp_path / "words", tmp_path / "fan.wav", tmp_path / "off.wav", folder=BACKGROUNDS, take_s=3
    )
    assert told == [("fan.wav", True, "room_0001.wav"), ("off.wav", False, None)]
    assert (outcome.kept, outcome.failures) == (1, {"silent": 1})
    assert audio.duration_s(tmp_path / "words" / "backgrounds" / "room_0001.wav") == 3.0
    assert add(tmp_path / "words", tmp_path / "fan.wav", folder=BACKGROUNDS, take_s=3)[0].there == 1


def test_one_bad_file_does_not_stop_the_others(tmp_path, long):
    (tmp_path / "in" / "a.wav").write_text("this is no sound")
    soundfile.write(tmp_path / "in" / "b.wav", np.full(1_000, 50.0), RATE, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"2 of 3 recordings could not be used: .*a\.wav is no audio file"):
        add(tmp_path / "words", tmp_path / "in")
    assert RecordingFolder(tmp_path / "words").count("yes", "ann") == 2


def test_floats_at_another_scale_are_named(tmp_path):
    soundfile.write(tmp_path / "b.wav", np.full(9 * RATE, 50.0), RATE, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"b\.wav: float samples must lie in ±1, got 50"):
        list(takes_in(tmp_path / "b.wav", Limits()))


def test_what_is_not_there(tmp_path):
    with pytest.raises(AudioError, match=r"none\.wav: no such file"):
        find_files([tmp_path / "none.wav"])
    with pytest.raises(ConfigError, match="holds no recordings"):
        find_files([tmp_path])


def test_a_name_that_tells_no_speaker():
    with pytest.raises(ConfigError, match=re.escape("_x.wav: its name tells no speaker. Pass --speaker")):
        voice(Path("in/_x.wav"), Path("in"))


def test_recordings_that_lie_where_they_would_be_saved_are_refused(tmp_path, long):
    root = tmp_path / "words"
    add(root, long)
    before = sounds.files(root)
    for source in (root / "yes", root / "yes" / "ann_0001.wav"):
        with pytest.raises(ConfigError, match=r"already\. Name recordings from elsewhere"):
            add(root, source)
    assert sounds.files(root) == before


def test_a_broken_recording_in_the_folder_stops_nothing(tmp_path, long):
    root = tmp_path / "words"
    (root / "yes").mkdir(parents=True)
    (root / "yes" / "bad.wav").write_text("junk")
    outcome, _ = add(root, long)
    assert outcome.kept == 2


def test_a_name_without_a_speaker_leaves_nothing_half_done(tmp_path, long):
    audio.write(long.parent / "zed_1.wav", sounds.take(), RATE)
    audio.write(long.parent / "_nobody.wav", sounds.take(), RATE)
    with pytest.raises(ConfigError, match="tells no speaker"):
        add(tmp_path / "words", long.parent)
    assert not (tmp_path / "words" / "yes").exists()
