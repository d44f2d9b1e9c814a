from pathlib import Path

import numpy as np
import pytest

from oyez import audio
from oyez.course import load_raw_audio, raw_data
from oyez.course.raw_data import make_dev_set, make_raw_data
from oyez.errors import DataError, OutputError
from oyez.evaluate.labelled import evaluate_folder
from oyez.events import read_spans
from sounds import files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_raw_data(tmp_path_factory.mktemp("course") / "raw_data")


@pytest.fixture(scope="module")
def dev_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dev_set(tmp_path_factory.mktemp("course") / "dev_set", count=4)


def test_folder_is_the_lessons(folder: Path) -> None:
    activates, negatives, backgrounds = load_raw_audio(folder)
    assert [len(kind) for kind in (activates, negatives, backgrounds)] == [10, 10, 3]
    assert {len(background) for background in backgrounds} == {10_000}
    assert all(300 < len(clip) < 1_200 for clip in (*activates, *negatives))
    segments = [*activates, *negatives, *backgrounds]
    assert {(one.frame_rate, one.channels, one.sample_width) for one in segments} == {(44_100, 1, 2)}
    assert len(list((folder / "dev").glob("*.wav"))) == 2
    assert oct(folder.stat().st_mode & 0o777) == "0o755"


def test_nothing_else_is_left(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == ["raw_data"]


def test_folder_that_is_there_stays(folder: Path) -> None:
    before = files(folder)
    assert make_raw_data(folder, seed=9) == folder
    assert files(folder) == before


def test_lessons_own_folder_is_used_as_it_is(tmp_path: Path) -> None:
    for name in ("activates", "negatives", "backgrounds"):
        audio.write(tmp_path / name / "1.wav", np.zeros(100, np.float32), 44_100)
    assert make_raw_data(tmp_path) == tmp_path
    assert len(files(tmp_path)) == 3


def test_empty_folder_is_filled(tmp_path: Path) -> None:
    assert len(audio.files_in(make_dev_set(tmp_path, count=1))) == 1


@pytest.mark.parametrize("make", [make_raw_data, make_dev_set])
def test_folder_of_something_else_is_left_alone(make, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(DataError, match="holds something else"):
        make(tmp_path)
    assert files(tmp_path) == {"letter.txt": b"dear"}


def test_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "raw_data").write_text("dear")
    with pytest.raises(DataError, match="holds something else"):
        make_raw_data(tmp_path / "raw_data")
    with pytest.raises(OutputError, match="cannot be made"):
        make_raw_data(tmp_path / "raw_data" / "deeper")


def test_stop_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(raw_data, "_write_scenes", stop)
    with pytest.raises(KeyboardInterrupt):
        make_raw_data(tmp_path / "raw_data")
    assert list(tmp_path.iterdir()) == []


def test_dev_set_has_a_label_track_beside_each_clip(dev_set: Path) -> None:
    clips = sorted(dev_set.glob("*.wav"))
    assert [clip.name for clip in clips] == ["01.wav", "02.wav", "03.wav", "04.wav"]
    for clip in clips:
        assert audio.info(clip) == (441_000, 44_100)
        spans = read_spans(clip.with_suffix(".txt"))
        assert 1 <= len(spans) <= 3
        assert {span.word for span in spans} == {"activate"}
        assert all(0.3 < span.end_s - span.start_s < 1.2 and span.end_s <= 10 for span in spans)


def test_dev_set_of_another_size_is_told(dev_set: Path) -> None:
    assert make_dev_set(dev_set, count=4) == dev_set
    with pytest.raises(DataError, match="holds something else"):
        make_dev_set(dev_set, count=5)


def test_shipped_model_hears_the_clips_to_try(folder: Path) -> None:
    """Voices like these trained it, so quiet clips are easy."""
    events = evaluate_folder("activate-course", folder / "dev", threshold=0.5).events
    assert events.hits >= 2
    assert (events.misses, events.false_accepts) == (0, 0)


def test_voices_and_words_of_the_dev_set_are_others() -> None:
    assert not set(raw_data.OTHERS) & set(raw_data.HELD_OUT)
