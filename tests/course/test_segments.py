import math
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from lesson_data import RATE, background, segment, tone_ms, write_raw_data
from oyez import audio
from oyez.course import AudioSegment, load_raw_audio, match_target_amplitude, preprocess_audio, wavfile
from oyez.course.segments import read_segment, segment_class, to_array, write_segment
from oyez.errors import AudioError, DataError, MissingExtraError
from sounds import tone

WIDTHS = [("PCM_U8", 1), ("PCM_16", 2), ("PCM_24", 4), ("PCM_32", 4)]


def test_folders_are_read_by_name(tmp_path: Path) -> None:
    activates, negatives, backgrounds = load_raw_audio(write_raw_data(tmp_path / "raw"))
    assert [len(one) for one in activates] == [909, 725]
    assert [len(one) for one in negatives] == [579]
    assert [len(one) for one in backgrounds] == [10_000]


def test_default_folder_is_the_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_raw_data(tmp_path / "raw_data")
    monkeypatch.chdir(tmp_path)
    assert len(load_raw_audio()[0]) == 2


@pytest.mark.parametrize("name", ["activates", "negatives", "backgrounds"])
def test_a_missing_or_empty_folder_is_named(tmp_path: Path, name: str) -> None:
    folder = write_raw_data(tmp_path / "raw")
    for path in (folder / name).iterdir():
        path.unlink()
    with pytest.raises(DataError, match=f"{name}: expected recordings"):
        load_raw_audio(folder)
    (folder / name).rmdir()
    with pytest.raises(DataError, match=f"{name}: expected recordings"):
        load_raw_audio(folder)


@pytest.mark.parametrize(("subtype", "width"), WIDTHS, ids=[name for name, _ in WIDTHS])
def test_wav_keeps_its_channels_and_samples(tmp_path: Path, subtype: str, width: int) -> None:
    both = np.stack((tone(300, 0.2, 8000), tone(900, 0.2, 8000)), axis=1)
    soundfile.write(tmp_path / "a.wav", both, 8000, subtype=subtype)
    got = read_segment(tmp_path / "a.wav")
    assert (got.channels, got.frame_rate, got.sample_width, len(got)) == (2, 8000, width, 200)
    scale = 2.0 ** (8 * width - 1)
    np.testing.assert_allclose(to_array(got) / scale, both, atol=0.01)


@pytest.mark.parametrize(("kind", "subtype"), [("WAVEX", "FLOAT"), ("WAVEX", "ULAW"), ("WAV", "DOUBLE")])
def test_samples_that_are_no_integers_are_read_as_what_they_are(
    tmp_path: Path, kind: str, subtype: str
) -> None:
    """The extensible header hides what the samples are; pydub would take them for integers."""
    samples = tone(300, 0.5, RATE)
    soundfile.write(tmp_path / "a.wav", samples, RATE, format=kind, subtype=subtype)
    got = to_array(read_segment(tmp_path / "a.wav"))
    np.testing.assert_allclose(got[:, 0] / 32768, samples, atol=0.01)
    preprocess_audio(tmp_path / "a.wav")
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav")[0][: len(samples)], samples, atol=0.01)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_a_file_that_ends_within_a_sample_loses_only_that(tmp_path: Path, subtype: str) -> None:
    both = np.stack((tone(300, 0.2, 8000), tone(900, 0.2, 8000)), axis=1)
    path = tmp_path / "a.wav"
    soundfile.write(path, both, 8000, subtype=subtype)
    path.write_bytes(path.read_bytes()[:-1])
    rate, got = wavfile.read(path)
    assert (rate, len(got)) == (8000, 1599)
    preprocess_audio(path)
    assert audio.info(path) == (441_000, 44_100)


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "float.wav"])
def test_other_formats_become_one_channel_of_16_bits(tmp_path: Path, name: str) -> None:
    samples = tone(300, 0.5, RATE)
    if name == "float.wav":
        soundfile.write(tmp_path / name, samples, RATE, subtype="FLOAT")
    else:
        audio.write(tmp_path / name, samples, RATE)
    got = read_segment(tmp_path / name)
    assert (got.channels, got.sample_width, got.frame_rate, len(got)) == (1, 2, RATE, 500)
    np.testing.assert_allclose(to_array(got)[:, 0] / 32768, samples, atol=0.01)


def test_what_is_no_recording_is_told(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no such file"):
        read_segment(tmp_path / "none.wav")
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(AudioError, match=r"text\.wav is no audio file"):
        read_segment(tmp_path / "text.wav")


def test_pydub_is_asked_for_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydub", None)
    with pytest.raises(MissingExtraError, match=r"oyez\[course\]"):
        segment_class()


def test_wavfile_reads_as_scipys_does(tmp_path: Path) -> None:
    both = np.stack((tone(300, 0.1, 8000), tone(900, 0.1, 8000)), axis=1)
    soundfile.write(tmp_path / "two.wav", both, 8000)
    soundfile.write(tmp_path / "one.wav", both[:, 0], 8000)
    rate, two = wavfile.read(tmp_path / "two.wav")
    _, one = wavfile.read(tmp_path / "one.wav")
    assert (rate, two.shape, two.dtype, one.shape) == (8000, (800, 2), np.int16, (800,))
    np.testing.assert_array_equal(one, two[:, 0])
    np.testing.assert_allclose(two / 32768, both, atol=1e-4)


@pytest.mark.parametrize("target", [-20.0, -35.5])
def test_level_is_the_target(target: float) -> None:
    assert match_target_amplitude(tone_ms(500), target).dBFS == pytest.approx(target, abs=0.02)


def test_level_counts_before_samples_saturate() -> None:
    """Rare peaks, as in speech: what is cut off at full scale leaves the level below the target."""
    samples = 0.001 * np.ones(RATE, np.float32)
    samples[::400] = 0.9
    got = match_target_amplitude(segment(samples), -5.0)
    assert got.max == 32767
    assert got.dBFS < -20.0


def test_silence_has_no_level() -> None:
    with pytest.raises(AudioError, match="silent"):
        match_target_amplitude(AudioSegment.silent(duration=100), -20.0)


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000])
@pytest.mark.parametrize("seconds", [0.5, 10.0, 12.3])
def test_own_clip_becomes_ten_seconds(tmp_path: Path, rate: int, seconds: float) -> None:
    path = tmp_path / "mine.wav"
    soundfile.write(path, tone(440, seconds, rate), rate)
    preprocess_audio(path)
    assert audio.info(path) == (441_000, 44_100)
    got = audio.read(path)[0]
    heard = round(min(seconds, 9.9) * 44_100)
    assert np.sqrt(np.mean(got[:heard] ** 2)) == pytest.approx(0.2 / math.sqrt(2), rel=0.03)
    assert np.abs(got[heard + 50 : 440_000]).max(initial=0) == pytest.approx(
        0 if seconds < 9 else 0.2, abs=0.01
    )


def test_own_clip_keeps_two_channels_and_its_pitch(tmp_path: Path) -> None:
    both = np.stack((tone(440, 3, 48_000), tone(880, 3, 48_000)), axis=1)
    soundfile.write(tmp_path / "mine.wav", both, 48_000)
    preprocess_audio(tmp_path / "mine.wav")
    rate, got = wavfile.read(tmp_path / "mine.wav")
    assert (rate, got.shape) == (44_100, (441_000, 2))
    for channel, hz in ((0, 440), (1, 880)):
        spectrum = np.abs(np.fft.rfft(got[:44_100, channel]))
        assert abs(int(spectrum.argmax()) - hz) <= 1


def test_own_clip_of_another_format_becomes_wav(tmp_path: Path) -> None:
    audio.write(tmp_path / "mine.flac", tone(440, 2, 16_000), 16_000)
    preprocess_audio(tmp_path / "mine.flac")
    assert (tmp_path / "mine.flac").read_bytes()[:4] == b"RIFF"
    assert audio.info(tmp_path / "mine.flac") == (441_000, 44_100)


def test_own_clip_that_fails_stays(tmp_path: Path) -> None:
    path = tmp_path / "mine.wav"
    path.write_bytes(b"RIFF....WAVEfmt broken")
    with pytest.raises(AudioError):
        preprocess_audio(path)
    assert path.read_bytes() == b"RIFF....WAVEfmt broken"
    assert [one.name for one in tmp_path.iterdir()] == ["mine.wav"]


def test_written_segment_takes_the_place_of_another(tmp_path: Path) -> None:
    for length in (300, 200):
        write_segment(tone_ms(length), tmp_path / "a.wav")
        assert len(read_segment(tmp_path / "a.wav")) == length
    assert background().dBFS == pytest.approx(-40, abs=0.1)
