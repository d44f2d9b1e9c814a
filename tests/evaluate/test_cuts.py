"""Cuts as files: what they are called, what is in them, and that there are all or none."""

import numpy as np
import pytest

import made_result
import sounds
from oyez import audio
from oyez.errors import AudioError, OutputError
from oyez.evaluate.cuts import cut_names, write_cuts
from oyez.events import Span, read_spans


def test_names_tell_what_it_is():
    assert [name for name, _ in cut_names(made_result.result(made_result.engine()))] == [
        "miss-01-clean-anna_yes_1.wav",
        "miss-02-noise_10_dB-ben_yes_2.wav",
        "false_accept-01-negatives-talk.wav",
    ]


def test_engines_have_folders_of_their_own():
    both = made_result.result(made_result.engine("A/b"), made_result.engine("A b"))
    names = [name for name, _ in cut_names(both)]
    assert names[0] == "A_b/miss-01-clean-anna_yes_1.wav"
    assert len(set(names)) == 6


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("a/..", "a"),
        ("/", "_"),
        ("q?<b>:*\n\x00\udc80.wav", "q_b"),
        ("été/名前.wav", "été_名前"),
        ("x" * 300 + ".wav", "x" * 40),
    ],
)
def test_any_source_makes_a_name_that_any_system_takes(source, stem):
    cut = made_result.cut(source=source, condition="../é: 5 dB")
    (name, _), *_ = cut_names(made_result.result(made_result.engine(cuts=(cut,))))
    assert name == f"miss-01-é_5_dB-{stem}.wav"


def test_each_cut_is_written_with_its_label(tmp_path):
    one = made_result.result()
    write_cuts(one, tmp_path / "new" / "cuts")
    folder = tmp_path / "new" / "cuts" / "ours"
    assert sorted(path.name for path in folder.iterdir()) == [
        "false_accept-01-negatives-talk.wav",
        "miss-01-clean-anna_yes_1.txt",
        "miss-01-clean-anna_yes_1.wav",
        "miss-02-noise_10_dB-ben_yes_2.txt",
        "miss-02-noise_10_dB-ben_yes_2.wav",
    ]
    samples, rate = audio.read(folder / "miss-01-clean-anna_yes_1.wav")
    np.testing.assert_allclose(samples, one.engines[0].cuts[0].samples, atol=1 / 32_768)
    assert rate == made_result.RATE
    assert audio.kind(folder / "miss-01-clean-anna_yes_1.wav") == ("WAV", "PCM_16")
    assert read_spans(folder / "miss-01-clean-anna_yes_1.txt") == [Span("yes", 0.1, 0.4)]


def test_all_or_none(tmp_path):
    broken = made_result.cut(samples=np.full(100, np.nan, np.float32))
    with pytest.raises(AudioError):
        write_cuts(
            made_result.result(made_result.engine(cuts=(made_result.cut(), broken))), tmp_path / "cuts"
        )
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="no empty folder"):
        write_cuts(made_result.result(), tmp_path)
    assert sounds.files(tmp_path) == {"mine.txt": b"mine"}
