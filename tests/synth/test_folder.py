import json

import numpy as np
import pytest

import sounds
from oyez import audio, features, sound
from oyez.errors import ConfigError, DataError, OutputError
from oyez.events import read_spans
from oyez.synth import folder as folder_module
from oyez.synth.clips import load_corpus
from oyez.synth.folder import SceneFolder
from oyez.synth.render import render, targets
from oyez.synth.scene import Scene, SceneConfig

SHORT = SceneConfig(duration_s=2.0, positives=(1, 2), snr_db=(0, 10))


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    return sounds.write_words(tmp_path_factory.mktemp("words"))


@pytest.fixture(autouse=True)
def scenes_one_by_one(monkeypatch):
    """So that few scenes already are several parts of work."""
    monkeypatch.setattr(folder_module, "BATCH", 1)


def short(words, out, **changes) -> SceneFolder:
    settings = {"count": 4, "seed": 3, "config": SHORT, **changes}
    return SceneFolder(out, words, **settings)


def test_a_folder_that_a_person_can_open(words, tmp_path):
    done = []
    summary = short(words, tmp_path / "out").write(on_scene=lambda: done.append(1))
    assert (summary.scenes, summary.written, len(done)) == (4, 4, 4)
    suffixes = (".scene.json", ".spans.json", ".txt", ".wav")
    names = [f"{number:05}{suffix}" for number in range(4) for suffix in suffixes]
    assert list(sounds.files(tmp_path / "out")) == [*names, "synth.json"]
    spans = 0
    for number in range(4):
        stem = tmp_path / "out" / f"{number:05}"
        from_json = read_spans(stem.with_suffix(".spans.json"))
        from_text = read_spans(stem.with_suffix(".txt"))
        spans += len(from_json)
        assert [span.word for span in from_text] == [span.word for span in from_json]
        for ours, theirs in zip(from_text, from_json, strict=True):
            assert (ours.start_s, ours.end_s) == pytest.approx((theirs.start_s, theirs.end_s), abs=1e-6)
    assert summary.words == spans > 0


def test_audio_and_spans_are_those_of_the_scene_file(words, tmp_path):
    short(words, tmp_path / "out").write()
    corpus = load_corpus(words)
    for number in range(4):
        stem = tmp_path / "out" / f"{number:05}"
        scene = Scene.from_dict(json.loads(stem.with_suffix(".scene.json").read_text()))
        rendered = render(scene, corpus)
        samples, rate = audio.read(stem.with_suffix(".wav"))
        assert rate == 44_100
        np.testing.assert_array_equal(samples, sound.to_int16(rendered.samples) / np.float32(32768))
        assert tuple(read_spans(stem.with_suffix(".spans.json"))) == rendered.spans


def test_dropped_clips_are_counted(words, tmp_path):
    crowded = SceneConfig(duration_s=1.0, positives=(5, 5), negatives=(0, 0))
    summary = short(words, tmp_path / "out", config=crowded).write()
    assert summary.words + summary.dropped == 4 * 5
    assert summary.words <= 4


def test_any_number_of_processes_writes_the_same_bytes(words, tmp_path):
    long = {"config": SceneConfig(), "arrays": True, "count": 3, "only": ("yes",)}
    for jobs in (1, 2):
        short(words, tmp_path / str(jobs), **long).write(jobs)
    alone, together = sounds.files(tmp_path / "1"), sounds.files(tmp_path / "2")
    assert alone == together
    assert {"X.npy", "Y.npy", "00002.wav"} <= set(alone)


def test_seeds_differ_and_more_scenes_keep_the_first(words, tmp_path):
    for name, changes in (("a", {}), ("b", {"seed": 4}), ("c", {"count": 5})):
        short(words, tmp_path / name, **changes).write()
    first, other, more = (sounds.files(tmp_path / name) for name in "abc")
    assert all(first[name] != other[name] for name in first if name.endswith(".wav"))
    assert all(first[name] == more[name] for name in first if name != "synth.json")


def test_arrays_are_the_features_and_labels_of_the_files(words, tmp_path):
    short(words, tmp_path / "out", config=SceneConfig(), arrays=True, count=2).write()
    x, y = np.load(tmp_path / "out" / "X.npy"), np.load(tmp_path / "out" / "Y.npy")
    assert (x.shape, y.shape) == ((2, 5511, 101), (2, 1375, 1))
    assert x.dtype == y.dtype == np.float32
    for number in range(2):
        stem = tmp_path / "out" / f"{number:05}"
        samples, _ = audio.read(stem.with_suffix(".wav"))
        np.testing.assert_array_equal(x[number], features.spectrogram(samples))
        spans = tuple(read_spans(stem.with_suffix(".spans.json")))
        np.testing.assert_array_equal(y[number], targets(spans, ("yes",), 10.0, 1375))
    assert y.any()


def test_the_number_of_ones_is_a_setting(words, tmp_path):
    one = SceneConfig(positives=(1, 1), negatives=(0, 0))
    short(words, tmp_path / "out", config=one, arrays=True, count=1, ones=7).write()
    assert np.load(tmp_path / "out" / "Y.npy").sum() == 7


def stop_after(count: int):
    def on_scene() -> None:
        nonlocal count
        count -= 1
        if not count:
            raise KeyboardInterrupt

    return on_scene


def test_a_run_that_was_stopped_is_gone_on_with(words, tmp_path):
    settings = {"config": SceneConfig(), "arrays": True, "count": 3}
    short(words, tmp_path / "whole", **settings).write()
    halved = short(words, tmp_path / "halved", **settings)
    with pytest.raises(KeyboardInterrupt):
        halved.write(on_scene=stop_after(2))
    assert "X.npy" not in sounds.files(tmp_path / "halved")
    done = []
    summary = halved.write(on_scene=lambda: done.append(1))
    assert (summary.scenes, summary.written, len(done)) == (3, 1, 3)
    assert sounds.files(tmp_path / "halved") == sounds.files(tmp_path / "whole")


def test_a_run_of_processes_that_was_stopped_is_gone_on_with(words, tmp_path):
    short(words, tmp_path / "whole", count=6).write()
    halved = short(words, tmp_path / "halved", count=6)
    with pytest.raises(KeyboardInterrupt):
        halved.write(jobs=2, on_scene=stop_after(1))
    halved.write(jobs=1)
    assert sounds.files(tmp_path / "halved") == sounds.files(tmp_path / "whole")


def test_scenes_that_were_removed_are_written_again_and_the_arrays_stay_whole(words, tmp_path):
    folder = short(words, tmp_path / "out", config=SceneConfig(), arrays=True, count=3)
    folder.write()
    before = sounds.files(tmp_path / "out")
    for path in (tmp_path / "out").glob("00001.*"):
        path.unlink()
    assert folder.write().written == 1
    assert sounds.files(tmp_path / "out") == before


def test_arrays_that_were_removed_are_made_again(words, tmp_path):
    folder = short(words, tmp_path / "out", config=SceneConfig(), arrays=True, count=2)
    folder.write()
    before = sounds.files(tmp_path / "out")
    (tmp_path / "out" / "Y.npy").unlink()
    folder.write()
    assert sounds.files(tmp_path / "out") == before


def test_what_is_done_is_not_done_again(words, tmp_path):
    folder = short(words, tmp_path / "out", config=SceneConfig(), arrays=True, count=2)
    folder.write()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert folder.write(jobs=2).written == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize("change", [{"seed": 4}, {"count": 5}, {"config": SceneConfig()}, {"ones": 10}])
def test_scenes_of_other_settings_are_left_alone(words, tmp_path, change):
    short(words, tmp_path / "out").write()
    before = sounds.files(tmp_path / "out")
    with pytest.raises(OutputError, match=r"holds scenes of other settings \(see synth\.json in it\)"):
        short(words, tmp_path / "out", **change).write()
    assert sounds.files(tmp_path / "out") == before


def test_a_folder_of_something_else_is_left_alone(words, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=r"holds other files\. Name a new or an empty folder"):
        short(words, tmp_path).write()
    assert list(sounds.files(tmp_path)) == ["thesis.txt"]


def test_pictures_are_drawn(words, tmp_path):
    short(words, tmp_path / "out", plots=True, count=2).write()
    for number in range(2):
        assert (tmp_path / "out" / f"{number:05}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("changes", "jobs", "said"),
    [
        ({"count": 0}, 1, "count must be 1 or more, got 0"),
        ({"ones": 0}, 1, "ones must be 1 or more, got 0"),
        ({}, 0, "jobs must be 1 or more, got 0"),
        ({"seed": -1}, 1, "seed must be 0 or more, got -1"),
    ],
)
def test_numbers_out_of_range(words, tmp_path, changes, jobs, said):
    with pytest.raises(ConfigError, match=said):
        short(words, tmp_path / "out", **changes).write(jobs)
    assert not (tmp_path / "out").exists()


def test_recordings_that_cannot_be_used_leave_no_folder(tmp_path):
    with pytest.raises(DataError):
        short(tmp_path / "none", tmp_path / "out").write()
    assert not (tmp_path / "out").exists()
