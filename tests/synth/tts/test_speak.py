import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fake_voice import FakeVoice
from oyez import audio
from oyez.errors import ConfigError, DataError
from oyez.synth.tts import speak as module
from oyez.synth.tts.clip_store import RATE, ClipStore, default_folder
from oyez.synth.tts.speak import Request, speak
from sounds import files

REQUESTS = [
    Request(FakeVoice(name), text, seed)
    for name in ("anna", "bob")
    for text in ("tea", "coffee")
    for seed in range(6)
]


def test_clips_come_in_order_with_all_that_is_known_of_them(tmp_path: Path) -> None:
    spoken = list(speak(REQUESTS, tmp_path))
    assert [(one.voice, one.text, one.seed) for one in spoken] == [
        (r.voice.name, r.text, r.seed) for r in REQUESTS
    ]
    assert {(one.engine, one.rate) for one in spoken} == {("fake", RATE)}
    for one in spoken:
        assert one.end_s - one.start_s == pytest.approx(0.1 * len(one.text), abs=0.03)
        assert one.start_s == pytest.approx(0.05, abs=0.011)
        assert np.abs(one.samples).max() == pytest.approx(10 ** (-3 / 20), abs=0.01)
    clip = spoken[0].clip("tea")
    assert (clip.word, clip.voice, clip.start_s, clip.end_s) == (
        "tea",
        "fake/anna",
        spoken[0].start_s,
        spoken[0].end_s,
    )


def test_what_is_there_is_not_said_again(tmp_path: Path) -> None:
    requests = [Request(FakeVoice(log=tmp_path / "log"), "tea", seed) for seed in (1, 2, 1)]
    counts: list[int] = []
    first = list(speak(requests, tmp_path / "clips", on_progress=counts.append))
    again = list(speak(requests, tmp_path / "clips", on_progress=counts.append))
    assert (tmp_path / "log").read_text() == "tea 1\ntea 2\n"
    assert counts == [1, 1, 1, 3]
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(first, again, strict=True))
    assert np.array_equal(first[0].samples, first[2].samples)


def test_each_part_of_the_key_makes_another_file(tmp_path: Path) -> None:
    store = ClipStore(tmp_path)
    keys = [
        ("a", "b", "c", 1),
        ("x", "b", "c", 1),
        ("a", "x", "c", 1),
        ("a", "b", "x", 1),
        ("a", "b", "c", 2),
        ("ab", "", "c", 1),
    ]
    assert len({store.path(*key) for key in keys}) == len(keys)


def test_processes_give_what_one_gives(tmp_path: Path) -> None:
    one, two = (list(speak(REQUESTS, tmp_path / str(jobs), jobs)) for jobs in (1, 2))
    assert files(tmp_path / "1") == files(tmp_path / "2")
    assert [clip.seed for clip in one] == [clip.seed for clip in two]


def test_stopped_work_goes_on(tmp_path: Path) -> None:
    texts = ("tea", "coffee", "water")
    stopping = [Request(FakeVoice(fails_at="water"), text, 0) for text in texts]
    with pytest.raises(RuntimeError, match="stopped"):
        list(speak(stopping, tmp_path / "clips"))
    assert len(files(tmp_path / "clips")) == 2
    list(speak([Request(FakeVoice(log=tmp_path / "log"), text, 0) for text in texts], tmp_path / "clips"))
    assert (tmp_path / "log").read_text() == "water 0\n"


def test_killed_while_it_writes_leaves_nothing_broken(tmp_path: Path) -> None:
    """A process that dies in the middle of a file: under the file's own name there is nothing."""
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom oyez import audio\n"
        "from oyez.synth.tts.speak import Request, speak\nfrom fake_voice import FakeVoice\n"
        "audio.encode = lambda *_: os.kill(os.getpid(), 9)\n"
        "list(speak([Request(FakeVoice(), 'tea', 0)], Path(sys.argv[1])))\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    assert run.returncode == -9
    assert not ClipStore(tmp_path).path("fake", "anna", "tea", 0).exists()
    assert len(list(speak([Request(FakeVoice(), "tea", 0)], tmp_path))) == 1


def test_two_processes_fill_one_folder(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom oyez.synth.tts.speak import Request, speak\n"
        "from fake_voice import FakeVoice\n"
        "print(len(list(speak([Request(FakeVoice(), 'tea', n) for n in range(40)], Path(sys.argv[1])))))\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [
        subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in both] == ["40\n", "40\n"]
    assert len(files(tmp_path)) == 40


def test_broken_clip_is_said_again(tmp_path: Path) -> None:
    (one,) = speak([Request(FakeVoice(), "tea", 0)], tmp_path)
    Path(one.source).write_bytes(b"fLaC, but no more")
    (again,) = speak([Request(FakeVoice(), "tea", 0)], tmp_path)
    assert np.array_equal(one.samples, again.samples)


def test_clip_that_cannot_be_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_say_all", lambda *_: 1)
    with pytest.raises(DataError, match="cannot be read back"):
        list(speak([Request(FakeVoice(), "tea", 0)], tmp_path))


def test_voice_that_says_nothing_gives_silence(tmp_path: Path) -> None:
    (one,) = speak([Request(FakeVoice(), "", 0)], tmp_path)
    assert one.start_s == one.end_s == 0
    assert not one.samples.any()


def test_jobs_below_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="jobs must be 1 or more, got 0"):
        list(speak([], tmp_path, 0))


def test_clips_are_small_flac(tmp_path: Path) -> None:
    (one,) = speak([Request(FakeVoice(), "tea", 0)], tmp_path)
    assert audio.kind(one.source) == ("FLAC", "PCM_16")


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "home/.cache/oyez/clips"),
        ("linux", {"XDG_CACHE_HOME": "elsewhere"}, "elsewhere/oyez/clips"),
        ("darwin", {}, "home/Library/Caches/oyez/clips"),
        ("win32", {}, "home/AppData/Local/oyez/clips"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/oyez/clips"),
    ],
)
def test_cache_lies_where_the_system_has_it(
    platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    assert default_folder() == Path(expected)
