import math
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

import sounds
from oyez import audio
from oyez.audio import Resampler
from oyez.errors import AudioError, OutputError

SPEECH = sounds.tone(440, 0.5, 16_000) + sounds.noise(0, 0.5, 16_000, level=0.02)
"""Half a second at 16 kHz."""


def snr_db(got: np.ndarray, wanted: np.ndarray) -> float:
    return audio.rms_dbfs(wanted) - audio.rms_dbfs(got - wanted)


# -- reading what others wrote


@pytest.mark.parametrize("bytes_wide", [1, 2, 3, 4])
def test_wav_of_any_integer_width(tmp_path, bytes_wide):
    """Written by Python's own wave module, by the numbers of the format's specification."""
    scale = 2 ** (8 * bytes_wide - 1)
    numbers = np.rint(SPEECH.astype(np.float64) * scale).astype(np.int64)
    stored = numbers + 128 if bytes_wide == 1 else numbers  # 8-bit WAV is unsigned
    data = b"".join(int(one).to_bytes(bytes_wide, "little", signed=bytes_wide > 1) for one in stored)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, bytes_wide, 16_000, 0, "NONE", ""))
        file.writeframes(data)
    samples, rate = audio.read(tmp_path / "a.wav")
    assert rate == 16_000
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples, numbers / scale, atol=1e-7)


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_wav_of_floats(tmp_path, subtype):
    soundfile.write(tmp_path / "a.wav", SPEECH, 16_000, subtype=subtype)
    np.testing.assert_array_equal(audio.read(tmp_path / "a.wav")[0], SPEECH)


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_channels_are_averaged(tmp_path, subtype):
    both = np.stack((SPEECH, 0.5 * SPEECH, np.zeros_like(SPEECH)), axis=1)
    soundfile.write(tmp_path / "a.wav", both, 16_000, subtype=subtype)
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav")[0], 0.5 * SPEECH, atol=1e-4)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_is_told_and_changed(tmp_path, rate):
    path = tmp_path / "a.wav"
    audio.write(path, sounds.tone(1000, 1, rate), rate)
    samples, own_rate = audio.read(path)
    assert (own_rate, len(samples)) == (rate, rate)
    assert audio.info(path) == (rate, rate)
    assert audio.duration_s(path) == 1
    samples, new_rate = audio.read(path, 16_000)
    assert (new_rate, len(samples)) == (16_000, 16_000)
    middle = slice(1_000, -1_000)
    assert snr_db(samples[middle], sounds.tone(1000, 1, 16_000)[middle]) > 60


def test_blocks_together_are_the_whole_file(tmp_path):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    parts = list(audio.blocks(tmp_path / "a.wav", block_s=0.07))
    assert {rate for _, rate in parts} == {16_000}
    assert [len(part) for part, _ in parts] == [1120] * 7 + [160]
    whole = audio.read(tmp_path / "a.wav")[0]
    np.testing.assert_array_equal(np.concatenate([part for part, _ in parts]), whole)


def test_a_long_file_is_refused_whole_but_read_in_blocks(tmp_path):
    path = tmp_path / "long.wav"
    audio.write(path, np.zeros(90_000, np.float32), 1_000)
    with pytest.raises(AudioError, match=r"long\.wav is 1\.5 minutes long, expected at most 1\.0 here"):
        audio.read(path, longest_s=60)
    assert len(audio.read(path, longest_s=90)[0]) == 90_000
    assert sum(len(part) for part, _ in audio.blocks(path)) == 90_000


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
@pytest.mark.parametrize(("start_s", "length_s"), [(0.0, 0.5), (0.1, 0.2), (0.25, 0.25), (0.13, 0.001)])
def test_a_segment_is_that_part_of_the_file(tmp_path, suffix, start_s, length_s):
    path = tmp_path / f"a{suffix}"
    audio.write(path, np.stack((SPEECH, 0.5 * SPEECH), axis=1), 16_000)
    whole = audio.read(path)[0]
    start, length = round(start_s * 16_000), round(length_s * 16_000)
    segment = audio.segment(path, start_s, length_s, 16_000)
    np.testing.assert_array_equal(segment, whole[start : start + length])


def test_a_segment_at_another_rate(tmp_path):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    segment = audio.segment(tmp_path / "a.wav", 0.1, 0.3, 44_100)
    assert len(segment) == 13_230
    wanted = audio.read(tmp_path / "a.wav", 44_100)[0][4_410:17_640]
    middle = slice(500, -500)  # the ends lack their neighbours
    assert snr_db(segment[middle], wanted[middle]) > 60


def test_a_segment_beyond_the_end_is_silent(tmp_path):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    segment = audio.segment(tmp_path / "a.wav", 0.4, 0.2, 16_000)
    np.testing.assert_array_equal(segment[:1600], audio.read(tmp_path / "a.wav")[0][-1600:])
    assert not segment[1600:].any()
    assert not audio.segment(tmp_path / "a.wav", 100, 0.1, 16_000).any()


# -- files that are no usable audio


READERS = {
    "read": audio.read,
    "blocks": lambda path: list(audio.blocks(path)),
    "segment": lambda path: audio.segment(path, 0.0, 0.2, 16_000),
}
every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)


@pytest.fixture
def no_ffmpeg(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)


@every_reader
def test_what_is_no_file(tmp_path, reader):
    with pytest.raises(AudioError, match="no such file"):
        reader(tmp_path / "a.wav")
    with pytest.raises(AudioError, match="is a folder"):
        reader(tmp_path)
    with pytest.raises(AudioError, match=r"cannot be read \(File name too long\)"):
        reader(tmp_path / ("a" * 300))
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioError, match="no regular file"):
        reader(tmp_path / "pipe.wav")


@every_reader
def test_an_empty_file(tmp_path, reader):
    (tmp_path / "a.wav").touch()
    with pytest.raises(AudioError, match=r"is empty \(0 bytes\)"):
        reader(tmp_path / "a.wav")


@every_reader
def test_a_file_without_samples(tmp_path, reader):
    audio.write(tmp_path / "a.wav", np.zeros(0), 16_000)
    with pytest.raises(AudioError, match="holds no samples"):
        reader(tmp_path / "a.wav")


@every_reader
def test_text_with_the_name_of_audio(tmp_path, no_ffmpeg, reader):
    (tmp_path / "a.wav").write_text("once upon a time, in a text file far away")
    with pytest.raises(AudioError, match=r"a\.wav is no audio file that can be read .* or install ffmpeg"):
        reader(tmp_path / "a.wav")


def test_a_header_alone(tmp_path, no_ffmpeg):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    (tmp_path / "b.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:20])
    with pytest.raises(AudioError, match=r"b\.wav"):
        audio.read(tmp_path / "b.wav")


@every_reader
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch, reader):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)

    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AudioError, match=r"may not be read\. Check its permissions"):
        reader(tmp_path / "a.wav")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permissions(tmp_path):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    (tmp_path / "a.wav").chmod(0)
    with pytest.raises(AudioError, match=r"may not be read\. Check its permissions"):
        audio.read(tmp_path / "a.wav")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_found_and_timed(tmp_path, bad):
    samples = np.zeros((3_000, 2))
    samples[2_500] = bad, -bad
    soundfile.write(tmp_path / "a.wav", samples, 1_000, subtype="FLOAT")
    for reader in (audio.read, lambda path: audio.segment(path, 2, 1, 1_000)):
        with pytest.raises(AudioError, match=r"holds values that are no numbers, the first at 2\.500 s"):
            reader(tmp_path / "a.wav")
    assert not audio.segment(tmp_path / "a.wav", 0, 2, 1_000).any()


def test_silence_is_sound(tmp_path):
    audio.write(tmp_path / "a.wav", np.zeros(1_000), 16_000)
    samples, _ = audio.read(tmp_path / "a.wav")
    assert samples.shape == (1_000,)
    assert not samples.any()


def cut_off(tmp_path: Path, suffix: str, share: float) -> Path:
    """Three seconds, of whose file only a share is left."""
    audio.write(tmp_path / f"whole{suffix}", sounds.noise(0, 3, 16_000), 16_000)
    data = (tmp_path / f"whole{suffix}").read_bytes()
    (tmp_path / f"cut{suffix}").write_bytes(data[: int(share * len(data))])
    return tmp_path / f"cut{suffix}"


@pytest.mark.parametrize(
    ("suffix", "least_s"), [(".wav", 1.75), (".flac", 1.0), (".mp3", 1.4), (".ogg", 0.8)]
)
def test_of_a_file_cut_off_in_the_middle_its_start_is_read(tmp_path, suffix, least_s):
    path = cut_off(tmp_path, suffix, 0.6)
    whole = audio.read(tmp_path / f"whole{suffix}")[0]
    samples, rate = audio.read(path)
    assert least_s < len(samples) / rate + 1e-9 < 1.85
    sure = slice(0, len(samples) - 1_600)  # an MP3's last frame leans on what is cut off
    np.testing.assert_allclose(samples[sure], whole[: len(samples)][sure], atol=1e-4)


@pytest.mark.parametrize("reader", [READERS["read"], READERS["blocks"]])
def test_a_flac_cut_off_in_its_first_second_is_broken(tmp_path, reader):
    with pytest.raises(AudioError, match=r"cut\.flac is broken \(.*\)\. Record or convert it again"):
        reader(cut_off(tmp_path, ".flac", 0.1))


def test_a_segment_that_was_cut_off_is_broken(tmp_path):
    path = cut_off(tmp_path, ".flac", 0.5)
    with pytest.raises(AudioError, match=r"cut\.flac is broken"):
        audio.segment(path, 2.5, 0.2, 16_000)
    with pytest.raises(AudioError, match=r"cut\.flac is broken"):
        audio.segment(path, 1.0, 1.5, 16_000)


@pytest.mark.parametrize("reader", [READERS["read"], READERS["blocks"]])
def test_a_header_that_promises_what_cannot_be_decoded(tmp_path, monkeypatch, reader):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda *_args, **_options: np.zeros((0, 1), np.float32))
    with pytest.raises(AudioError, match="holds no samples that can be decoded"):
        reader(tmp_path / "a.wav")


def test_a_wav_from_a_pipe_states_no_length(tmp_path):
    audio.write(tmp_path / "a.wav", SPEECH, 16_000)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "b.wav").write_bytes(data)
    np.testing.assert_array_equal(audio.read(tmp_path / "b.wav")[0], audio.read(tmp_path / "a.wav")[0])


def of_unknown_length(tmp_path: Path) -> Path:
    """A FLAC as an encoder leaves it that writes to a pipe."""
    audio.write(tmp_path / "a.flac", SPEECH, 16_000)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[21] &= 0xF0  # STREAMINFO's 36 bits of total samples
    data[22:26] = bytes(4)
    (tmp_path / "b.flac").write_bytes(data)
    return tmp_path / "b.flac"


def test_a_flac_from_a_pipe_states_no_length(tmp_path, no_ffmpeg):
    path = of_unknown_length(tmp_path)
    for reader in (*READERS.values(), audio.info):
        with pytest.raises(AudioError, match="its header does not state its length"):
            reader(path)


# -- what only ffmpeg reads


def fake_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> Path:
    """A program with ffmpeg's command line; `does` sees `source` and `target`. Returns an input."""
    program = tmp_path / "ffmpeg"
    program.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"source, target = sys.argv[sys.argv.index('-i') + 1], sys.argv[-1]\n{does}\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program) if name == "ffmpeg" else None)
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x20ftypM4A no format that libsndfile knows")
    return tmp_path / "a.m4a"


def test_other_formats_go_through_ffmpeg(tmp_path, monkeypatch):
    audio.write(tmp_path / "real.wav", SPEECH, 16_000)
    path = fake_ffmpeg(tmp_path, monkeypatch, f"shutil.copy({str(tmp_path / 'real.wav')!r}, target)")
    wanted = audio.read(tmp_path / "real.wav")[0]
    np.testing.assert_array_equal(audio.read(path)[0], wanted)
    np.testing.assert_array_equal(audio.segment(path, 0.1, 0.2, 16_000), wanted[1600:4800])
    assert audio.info(path) == (8_000, 16_000)


def test_a_flac_from_a_pipe_is_whole_with_ffmpeg(tmp_path, monkeypatch):
    audio.write(tmp_path / "real.wav", SPEECH, 16_000)
    fake_ffmpeg(tmp_path, monkeypatch, f"shutil.copy({str(tmp_path / 'real.wav')!r}, target)")
    np.testing.assert_array_equal(
        audio.read(of_unknown_length(tmp_path))[0], audio.read(tmp_path / "real.wav")[0]
    )


def test_a_film_without_sound(tmp_path, monkeypatch):
    audio.write(tmp_path / "none.wav", np.zeros(0), 16_000)
    path = fake_ffmpeg(tmp_path, monkeypatch, f"shutil.copy({str(tmp_path / 'none.wav')!r}, target)")
    for reader in (*READERS.values(), audio.info):
        with pytest.raises(AudioError, match=r"a\.m4a holds no samples"):
            reader(path)


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("print('first', file=sys.stderr); sys.exit('moov atom not found')", "ffmpeg: moov atom not found"),
        ("pass", "ffmpeg: no audio in it"),
        ("sys.exit(1)", "ffmpeg: no audio in it"),
    ],
)
def test_what_ffmpeg_cannot_read_either(tmp_path, monkeypatch, does, said):
    path = fake_ffmpeg(tmp_path, monkeypatch, does)
    with pytest.raises(AudioError, match=rf"a\.m4a is no audio file that can be read \({said}\)"):
        audio.read(path)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_m4a_through_the_real_ffmpeg(tmp_path):
    audio.write(tmp_path / "a.wav", sounds.tone(1000, 0.5, 16_000), 16_000)
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.wav"), str(tmp_path / "a.m4a")]
    subprocess.run(command, check=True)
    samples, rate = audio.read(tmp_path / "a.m4a")
    assert rate == 16_000
    assert audio.rms_dbfs(samples[2000:6000]) == pytest.approx(20 * math.log10(0.2 / math.sqrt(2)), abs=1)


# -- writing


@pytest.mark.parametrize(
    ("suffix", "least_db"),
    [
        *((suffix, 70) for suffix in (".wav", ".WAV", ".flac", ".aif", ".aiff", ".au", ".w64")),
        *((suffix, 12) for suffix in (".ogg", ".oga", ".mp3")),
    ],
)
def test_what_is_written_is_read_back(tmp_path, suffix, least_db):
    path = tmp_path / "new" / f"a{suffix}"
    audio.write(path, SPEECH, 16_000)
    samples, rate = audio.read(path)
    assert (rate, len(samples)) == (16_000, len(SPEECH))
    assert snr_db(samples, SPEECH) > least_db
    assert list(sounds.files(path.parent)) == [path.name]


def test_wav_is_16_bits_and_saturates(tmp_path):
    audio.write(tmp_path / "a.wav", [-2.0, -1.0, 0.0, 0.5, 1.0, 2.0], 16_000)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getsampwidth() == 2
        pcm = np.frombuffer(file.readframes(6), np.int16)
    assert pcm.tolist() == [-32768, -32768, 0, 16384, 32767, 32767]


def test_channels_are_written(tmp_path):
    audio.write(tmp_path / "a.wav", np.array([[0.5, 0.25]] * 4), 16_000)
    assert soundfile.info(tmp_path / "a.wav").channels == 2
    assert audio.read(tmp_path / "a.wav")[0].tolist() == [0.375] * 4


def test_minutes_of_ogg_are_written(tmp_path):
    """libsndfile 1.2 crashes the whole process when it gets them at once."""
    code = (
        "import sys, numpy; from oyez import audio;"
        "audio.write(sys.argv[1], numpy.zeros(3_000_000, numpy.float32), 44_100)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.ogg")], check=True)
    assert audio.info(tmp_path / "a.ogg") == (3_000_000, 44_100)


def test_nothing_is_overwritten_unasked(tmp_path):
    path = tmp_path / "a.wav"
    audio.write(path, SPEECH, 16_000)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="exists already"):
        audio.write(path, np.zeros(5), 16_000)
    assert path.read_bytes() == before
    audio.write(path, np.zeros(5), 16_000, overwrite=True)
    assert len(audio.read(path)[0]) == 5


@pytest.mark.parametrize("suffix", ["", ".txt", ".m4a", ".raw", ".wve"])
def test_a_suffix_that_names_no_format(tmp_path, suffix):
    with pytest.raises(AudioError, match=r"no format to write. Use one of \.wav, \.flac"):
        audio.write(tmp_path / f"a{suffix}", SPEECH, 16_000)
    assert not sounds.files(tmp_path)


def test_what_a_format_cannot_hold_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.mp3"
    audio.write(path, SPEECH, 16_000)
    before = path.read_bytes()
    with pytest.raises(AudioError, match=r"a\.mp3: MP3 cannot hold this \(.*sample rates"):
        audio.write(path, SPEECH, 96_000, overwrite=True)
    assert path.read_bytes() == before
    assert list(sounds.files(tmp_path)) == ["a.mp3"]


def test_values_that_are_no_numbers_are_not_written(tmp_path):
    with pytest.raises(AudioError, match="no numbers"):
        audio.write(tmp_path / "a.wav", [0.0, math.nan], 16_000)
    assert not sounds.files(tmp_path)


def test_recordings_in_a_folder_are_sorted_and_hidden_ones_left_out(tmp_path):
    for name in ("b.wav", "a/z.FLAC", "a/b/c.m4a", "notes.txt", ".hidden.wav", ".git/d.wav", "c.wav/e.mp3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in audio.files_in(tmp_path)]
    assert found == ["a/b/c.m4a", "a/z.FLAC", "b.wav", "c.wav/e.mp3"]


# -- arrays


def test_as_samples_takes_floats_and_int16():
    np.testing.assert_array_equal(audio.as_samples([0.5, -1.0]), np.array([0.5, -1.0], np.float32))
    for kind in (np.float16, np.float32, np.float64):
        assert audio.as_samples(np.array([0.5, -2.0], kind)).tolist() == [0.5, -2.0]
    pcm = np.array([-32768, 0, 16384], np.int16)
    assert audio.as_samples(pcm).tolist() == [-1.0, 0.0, 0.5]
    assert audio.as_samples([]).shape == (0,)


def test_as_samples_averages_channels():
    both = np.array([[0.5, 0.0], [1.0, -1.0]])
    assert audio.as_samples(both).tolist() == [0.25, 0.0]
    assert audio.as_samples((both * 16384).astype(np.int16)).tolist() == [0.125, 0.0]
    assert audio.as_samples(np.zeros((0, 2))).shape == (0,)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_piece_may_have_fewer_samples_than_channels(length):
    """Any cut of a stream is one: a single stereo sample too."""
    assert audio.as_samples(np.full((length, 6), 0.5)).tolist() == [0.5] * length


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((2, 3, 4)), r"got shape \(2, 3, 4\)"),
        (np.float32(1.0), r"got shape \(\)"),
        (np.zeros((2, 1600)), r"got shape \(2, 1600\).*Transpose it"),
        (np.zeros((5, 0)), r"got shape \(5, 0\)"),
        ([[1.0], [1.0, 2.0]], "rows of different lengths"),
        (np.zeros(5, np.int32), "floats in ±1 or int16, got int32"),
        (np.zeros(5, np.uint8), "got uint8"),
        (np.zeros(5, complex), "got complex128"),
        ([None], "got object"),
        (["a"], "got <U1"),
        ([0.0, math.nan], "no numbers"),
        ([[math.inf, -math.inf]], "no numbers"),
        ([1e300], "no numbers"),
        ([0.0, -2.1], r"lie in ±1, got 2\.1\. If they are 16-bit samples, pass int16"),
        (np.array([12_000.0]), "pass int16"),
    ],
)
def test_as_samples_refuses(x, said):
    with pytest.raises(AudioError, match=said):
        audio.as_samples(x)


@pytest.mark.parametrize("length", [0, 3, 5, 8])
def test_fit_cuts_and_pads_at_the_end(length):
    samples = np.arange(1, 6, dtype=np.float32)
    fitted = audio.fit(samples, length)
    assert fitted.dtype == np.float32
    assert fitted.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0, 0.0][:length]


def test_levels():
    assert audio.db_to_gain(-20) == pytest.approx(0.1)
    assert audio.rms_dbfs(np.ones(10, np.float32)) == 0
    assert audio.rms_dbfs(sounds.tone(100, 1, 8_000, level=1.0)) == pytest.approx(-3.01, abs=0.01)
    assert audio.rms_dbfs(np.zeros(10, np.float32)) == -math.inf
    assert audio.rms_dbfs(np.zeros(0, np.float32)) == -math.inf


# -- rates


def streamed(samples: np.ndarray, cuts: list[int], from_rate: int, to_rate: int) -> np.ndarray:
    resampler = Resampler(from_rate, to_rate)
    parts = np.split(samples, np.minimum(np.cumsum(cuts), len(samples)).astype(int))
    return np.concatenate([*(resampler.push(part) for part in parts), resampler.finish()])


@given(
    cuts=st.lists(st.integers(0, 2_000), max_size=10),
    rates=st.sampled_from([(44_100, 16_000), (16_000, 44_100), (48_000, 44_100), (8_000, 8_000)]),
)
@settings(deadline=None, max_examples=40)
def test_any_cut_of_the_stream_gives_identical_samples(cuts, rates):
    samples = sounds.noise(0, 0.2, rates[0])
    whole = streamed(samples, [], *rates)
    np.testing.assert_array_equal(streamed(samples, cuts, *rates), whole)
    assert abs(len(whole) - 0.2 * rates[1]) <= 1


@pytest.mark.parametrize("rates", [(44_100, 16_000), (16_000, 44_100)])
def test_a_stream_agrees_with_the_whole_clip(rates):
    samples = sounds.noise(0, 0.5, rates[0])
    whole = audio.resample(samples, *rates)
    stream = streamed(samples, [777] * 40, *rates)
    assert len(stream) == len(whole)
    assert snr_db(stream, whole) > 80


@pytest.mark.parametrize("rates", [(44_100, 16_000), (16_000, 44_100)])
def test_a_tone_survives(rates):
    samples = sounds.tone(1000, 1, rates[0], level=0.5)
    for resampled in (audio.resample(samples, *rates), streamed(samples, [999] * 20, *rates)):
        middle = resampled[rates[1] // 4 : 3 * rates[1] // 4]  # whole periods, without the edges
        assert audio.rms_dbfs(middle) == pytest.approx(audio.rms_dbfs(samples), abs=0.1)
        assert sounds.spectrum_db(middle, rates[1], 990, 1010) > -0.01


def test_a_tone_above_the_new_nyquist_is_killed():
    samples = sounds.tone(9_000, 1, 44_100, level=0.5)
    for resampled in (audio.resample(samples, 44_100, 16_000), streamed(samples, [], 44_100, 16_000)):
        assert audio.rms_dbfs(resampled[4_000:12_000]) < audio.rms_dbfs(samples) - 60


def test_after_finish_and_reset_a_stream_starts_anew():
    samples = sounds.noise(0, 0.1, 44_100)
    resampler = Resampler(44_100, 16_000)
    first = np.concatenate((resampler.push(samples), resampler.finish()))
    again = np.concatenate((resampler.push(samples), resampler.finish()))
    np.testing.assert_array_equal(first, again)
    resampler.push(samples[:1234])
    resampler.reset()
    again = np.concatenate((resampler.push(samples), resampler.finish()))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("rates", [(44_100, 16_000), (16_000, 44_100)])
def test_a_stream_is_not_kept_waiting(rates):
    resampler = Resampler(*rates)
    ready = len(resampler.push(sounds.noise(0, 0.1, rates[0])))
    assert 0.04 < ready / rates[1] < 0.1


def test_a_stream_of_nothing():
    assert streamed(np.zeros(0, np.float32), [], 44_100, 16_000).shape == (0,)
    assert streamed(np.zeros(0, np.float32), [], 16_000, 16_000).shape == (0,)


def test_the_same_rate_changes_nothing():
    samples = sounds.noise(0, 0.01, 16_000)
    np.testing.assert_array_equal(audio.resample(samples, 16_000, 16_000), samples)
    np.testing.assert_array_equal(streamed(samples, [7, 9], 16_000, 16_000), samples)
