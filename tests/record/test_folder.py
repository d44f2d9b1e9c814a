import csv
import re

import numpy as np
import pytest

import sounds
from oyez import audio, output
from oyez.errors import ConfigError, DataError, OutputError
from oyez.record import folder as folder_module
from oyez.record.folder import BACKGROUNDS, OTHER_WORDS, RecordingFolder, check_speaker, check_word
from oyez.record.take import examine, examine_room
from oyez.sound import to_int16
from oyez.synth.clips import load_corpus

RATE = 16_000
TAKE = examine(sounds.take(), RATE)


def add(folder, where="yes", speaker="ann", take=TAKE, **more):
    return folder.add(where, speaker, take.clip, RATE, take.measures, **more)


def rows(root):
    with (root / "metadata.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_recordings_are_numbered_for_each_speaker(tmp_path):
    folder = RecordingFolder(tmp_path / "words")
    paths = [add(folder), add(folder), add(folder, speaker="bob"), add(folder, OTHER_WORDS)]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "words/yes/ann_0001.wav",
        "words/yes/ann_0002.wav",
        "words/yes/bob_0001.wav",
        "words/negatives/ann_0001.wav",
    ]
    assert (folder.count("yes", "ann"), folder.count("yes", "carl"), folder.count("no", "ann")) == (2, 0, 0)
    samples, rate = audio.read(paths[0])
    assert rate == RATE
    assert np.array_equal(to_int16(samples), to_int16(TAKE.clip))


def test_two_sessions_of_one_speaker_never_take_the_same_number(tmp_path, monkeypatch):
    """Another session's recording appears while ours is written, just before it gets its name."""
    ours, theirs = RecordingFolder(tmp_path), RecordingFolder(tmp_path)
    place = output._place

    def late(draft, path):
        monkeypatch.setattr(output, "_place", place)
        add(theirs, device="theirs")
        place(draft, path)

    monkeypatch.setattr(output, "_place", late)
    path = add(ours, device="ours")
    assert path.name == "ann_0002.wav"
    assert [(row["path"], row["device"]) for row in rows(tmp_path)] == [
        ("yes/ann_0001.wav", "theirs"),
        ("yes/ann_0002.wav", "ours"),
    ]


def test_a_disk_that_refuses_ends_it(tmp_path, monkeypatch):
    def refuse(draft, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "_place", refuse)
    with pytest.raises(OutputError, match="No space left"):
        add(RecordingFolder(tmp_path))
    assert sounds.files(tmp_path) == {}


def test_the_metadata_tells_each_recording(tmp_path):
    folder = RecordingFolder(tmp_path)
    add(folder, word="yes", device='Mic, "built in"', recorded="2026-11-24T10:00:00+01:00")
    room = examine_room(sounds.noise(0, 1, RATE), RATE)
    add(folder, BACKGROUNDS, "", room)
    first, second = rows(tmp_path)
    assert first == {
        "path": "yes/ann_0001.wav",
        "word": "yes",
        "speaker": "ann",
        "seconds": f"{len(TAKE.clip) / RATE:.4f}",
        "rate": "16000",
        "level_dbfs": f"{TAKE.measures.level_dbfs:.1f}",
        "peak_dbfs": f"{TAKE.measures.peak_dbfs:.1f}",
        "noise_dbfs": f"{TAKE.measures.noise_dbfs:.1f}",
        "snr_db": f"{TAKE.measures.snr_db:.1f}",
        "device": 'Mic, "built in"',
        "recorded": "2026-11-24T10:00:00+01:00",
    }
    assert audio.duration_s(tmp_path / first["path"]) == float(first["seconds"])
    assert (second["path"], second["speaker"], second["snr_db"]) == ("backgrounds/room_0001.wav", "", "")


def test_numbers_go_on_and_nothing_is_overwritten(tmp_path):
    audio.write(tmp_path / "yes" / "ann_0007.flac", TAKE.clip, RATE)
    (tmp_path / "yes" / "ann_notes.txt").write_text("")
    before = sounds.files(tmp_path)
    folder = RecordingFolder(tmp_path)
    assert folder.count("yes", "ann") == 1
    assert add(folder).name == "ann_0008.wav"
    assert before.items() <= sounds.files(tmp_path).items()


def test_a_kill_between_recording_and_metadata(tmp_path, monkeypatch):
    add(RecordingFolder(tmp_path))
    before = (tmp_path / "metadata.csv").read_bytes()

    def killed(*_arguments, **_options):
        raise KeyboardInterrupt

    folder = RecordingFolder(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            add(folder)
    assert (tmp_path / "metadata.csv").read_bytes() == before
    again = RecordingFolder(tmp_path)
    assert again.count("yes", "ann") == 2
    assert add(again).name == "ann_0003.wav"
    assert [row["path"] for row in rows(tmp_path)] == ["yes/ann_0001.wav", "yes/ann_0003.wav"]


def test_rows_of_deleted_recordings_go_and_columns_of_others_stay(tmp_path):
    folder = RecordingFolder(tmp_path)
    add(folder).unlink()
    add(folder)
    path = tmp_path / "metadata.csv"
    text = "\ufeff" + path.read_text("utf-8").replace("recorded\n", "recorded,liked\n")
    path.write_text(re.sub(r"(ann_.*)\n", r"\1,très\n", text), encoding="utf-8")  # as a spreadsheet saves it
    add(RecordingFolder(tmp_path))
    assert [(row["path"], row["liked"]) for row in rows(tmp_path)] == [
        ("yes/ann_0001.wav", "très"), ("yes/ann_0002.wav", "")
    ]  # fmt: skip


def test_what_was_said_is_known(tmp_path):
    folder = RecordingFolder(tmp_path)
    add(folder, OTHER_WORDS, word="water")
    add(folder, OTHER_WORDS, "bob", word="music")
    add(folder, "yes", word="yes")
    assert RecordingFolder(tmp_path).said(OTHER_WORDS, "ann") == {"water"}


def test_the_very_same_recording_is_recognised(tmp_path):
    folder = RecordingFolder(tmp_path)
    assert not folder.holds("yes", TAKE.clip, RATE)
    add(folder)
    assert folder.holds("yes", TAKE.clip, RATE)
    assert not folder.holds("yes", TAKE.clip, 8_000)
    assert not folder.holds("yes", TAKE.clip[:-1], RATE)
    assert not folder.holds("yes", TAKE.clip * np.float32(0.99), RATE)


def test_what_is_saved_is_a_corpus(tmp_path):
    folder = RecordingFolder(tmp_path)
    for speaker in ("ann", "bob"):
        add(folder, speaker=speaker)
    add(folder, OTHER_WORDS)
    add(folder, BACKGROUNDS, "", examine_room(sounds.noise(0, 1, RATE), RATE))
    corpus = load_corpus(tmp_path)
    assert (corpus.words, corpus.voices) == (("yes",), ("ann", "bob"))
    assert [one.source for one in corpus.backgrounds] == ["room_0001.wav"]
    (clip, _) = corpus.positives["yes"]
    assert (clip.start_s, clip.end_s) == (pytest.approx(0.2, abs=0.011), pytest.approx(0.6, abs=0.021))


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "", "path,word\na.wav,b,c\n", 'path,word\n"a', "\xff"], ids=repr
)
def test_metadata_of_others_is_left_alone(tmp_path, text):
    (tmp_path / "metadata.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=r"metadata\.csv .*Move it away"):
        RecordingFolder(tmp_path)
    assert (tmp_path / "metadata.csv").read_bytes() == text.encode("latin-1")


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "yes").write_text("")
    folder = RecordingFolder(tmp_path)
    folder.check("no")
    with pytest.raises(OutputError, match="yes is no folder"):
        folder.check("yes")
    with pytest.raises(OutputError, match="cannot be made"):
        RecordingFolder(tmp_path / "yes" / "words")


@pytest.mark.parametrize(
    "word", ["", " ", ".hidden", "a/b", "a\\b", "what?", "a\nb", "negatives", "backgrounds"]
)
def test_a_word_that_is_no_folder(word):
    with pytest.raises(ConfigError, match=re.escape(f"'{word.strip()}'")):
        check_word(word)


@pytest.mark.parametrize("speaker", ["", "ann_b", "a/b", "."])
def test_a_name_that_is_no_voice(speaker):
    with pytest.raises(ConfigError, match="an underscore would end the name"):
        check_speaker(speaker)


def test_blanks_around_a_name_do_not_count():
    assert (check_word(" hey you "), check_speaker(" ann ")) == ("hey you", "ann")
    assert check_word("오예") == "오예"


def test_two_sessions_keep_each_others_rows(tmp_path):
    first, second = RecordingFolder(tmp_path), RecordingFolder(tmp_path)
    add(first)
    add(second, speaker="bob")
    add(first)
    assert [row["path"] for row in rows(tmp_path)] == [
        "yes/ann_0001.wav",
        "yes/bob_0001.wav",
        "yes/ann_0002.wav",
    ]
