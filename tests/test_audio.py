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

import sounds
from oyez import audio, sound
from oyez.errors import AudioError, OutputError

SPEECH = sounds.tone(440, 0.5, 16_000) + sounds.noise(0, 0.5, 16_000, level=0.02)
"""Half a second at 16 kHz."""


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
    assert sounds.snr_db(samples[middle], sounds.tone(1000, 1, 16_000)[middle]) > 60


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
    assert sounds.snr_db(segment[middle], wanted[middle]) > 60


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
    assert sound.rms_dbfs(samples[2000:6000]) == pytest.approx(20 * math.log10(0.2 / math.sqrt(2)), abs=1)


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
    assert sounds.snr_db(samples, SPEECH) > least_db
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


@pytest.mark.parametrize("kind", ["FLAC", "WAV"])
def test_bytes_of_a_file_are_what_would_be_written(tmp_path, kind):
    samples = sounds.tone(440.0, 0.3, 16_000)
    content = audio.encode(samples, 16_000, kind)
    audio.write(tmp_path / f"a.{kind.lower()}", samples, 16_000)
    assert (tmp_path / f"a.{kind.lower()}").read_bytes() == content


def test_what_no_bytes_can_hold():
    with pytest.raises(AudioError, match="FLAC: samples hold values that are no numbers"):
        audio.encode([float("nan")], 16_000)
    with pytest.raises(AudioError, match="FLAC: FLAC cannot hold this"):
        audio.encode([0.0], 2_000_000)


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
