import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

import sounds
from oyez.detect.pcm import PcmFormat, PcmStream
from oyez.errors import AudioError, ConfigError
from oyez.sound import to_int16

RATE = 16_000


def wav(samples, subtype="PCM_16", rate=RATE, kind="WAV"):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, subtype=subtype, format=kind)
    return file.getvalue()


def heard(data, rate=None, channels=None):
    stream = PcmStream(io.BytesIO(data), rate, channels)
    return stream.rate, np.concatenate([np.zeros(0, np.float32), *stream])


class Trickle:
    """A pipe that gives as few bytes at a time as it likes."""

    def __init__(self, data, sizes):
        self.file, self.sizes = io.BytesIO(data), sizes

    def read(self, size):
        return self.file.read(min(size, self.sizes.pop() if self.sizes else size))


@pytest.mark.parametrize(
    ("subtype", "bits"),
    [("PCM_U8", 8), ("PCM_16", 16), ("PCM_24", 24), ("PCM_32", 32), ("FLOAT", 24), ("DOUBLE", 24)],
)
@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64"])
def test_every_width_of_wav_is_as_libsndfile_reads_it(rng, subtype, bits, kind):
    samples = rng.uniform(-0.9, 0.9, (500, 2))
    data = wav(samples, subtype, kind=kind)
    expected, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    rate, got = heard(data)
    assert rate == RATE
    assert np.allclose(got, expected.mean(axis=1), atol=1e-6)
    assert np.allclose(got, samples.mean(axis=1), atol=2.0 ** (2 - bits))


def test_raw_samples_are_16_bits_little_endian():
    assert np.array_equal(heard(b"\x00\x40\x00\xc0", 8_000)[1], np.float32([0.5, -0.5]))
    # two channels are averaged
    assert np.array_equal(
        heard(struct.pack("<4h", 8192, 24576, -8192, 8192), 8_000, 2)[1], np.float32([0.5, 0])
    )


@given(st.lists(st.integers(1, 40), max_size=60), st.booleans(), st.integers(1, 3))
def test_a_pipe_may_give_bytes_as_it_likes(sizes, header, channels):
    pcm = to_int16(sounds.noise(1, 0.02, RATE, 0.1)).repeat(channels).reshape(-1, channels)
    data = wav(pcm) if header else pcm.tobytes()
    stream = PcmStream(Trickle(data, sizes), None if header else RATE, channels)
    assert np.array_equal(np.concatenate(list(stream)), pcm[:, 0] / np.float32(32768))


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_F024])
def test_a_recorder_on_a_pipe_does_not_know_the_size(size):
    data = wav(sounds.tone(440, 0.5, RATE))
    at = data.index(b"data") + 4
    assert len(heard(data[:at] + struct.pack("<I", size) + data[at + 4 :])[1]) == RATE // 2


def test_what_follows_the_samples_is_no_sound():
    data = wav(np.zeros(100)) + b"LIST\x04\x00\x00\x00abcd"
    assert np.array_equal(heard(data)[1], np.zeros(100))


def test_parts_before_the_samples_are_skipped():
    data = wav(np.full(100, 0.5))
    odd = b"JUNK\x03\x00\x00\x00abc\x00"
    assert len(heard(data[:12] + odd + data[12:])[1]) == 100


def test_half_a_sample_at_the_end_is_left_out():
    assert len(heard(b"\x01\x00" * 10 + b"\x01", 8_000)[1]) == 10
    assert len(heard(b"\x01\x00\x01", 8_000)[1]) == 1  # shorter than any header


def test_nothing_is_lost_or_forgotten():
    stream = PcmStream(io.BytesIO(b"\x00\x01" * 100), 8_000)
    stream.flush()
    stream.close()
    assert stream.lost == 0
    assert sum(map(len, stream)) == 100


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "standard input is empty"),
        (b"fLaC" + bytes(20), "is FLAC, expected WAV or raw 16-bit samples"),
        (b"OggS" + bytes(20), "is OGG"),
        (b"ID3" + bytes(20), "is MP3"),
        (wav(np.zeros(10))[:16], "ends within its WAV header"),
        (wav(np.zeros(10))[:30], "ends within its WAV header"),
        (wav(np.zeros(10))[:12] + b"fmt \x04\x00\x00\x00" + bytes(4), "ends within its WAV header"),
        (wav(np.zeros(10))[:12] + b"data\x04\x00\x00\x00" + bytes(4), "does not state its format"),
        (wav(np.zeros(10))[:12] + b"JUNK\xff\xff\xff\x0f", "a broken WAV header"),
        (wav(np.zeros(10), "ULAW"), "a WAV of kind 7 with 8 bits"),
        (wav(np.zeros(10), rate=1_000), "rate must be 4000..768000 whole Hertz, got 1000"),
        (wav(np.full(10, 100.0), "FLOAT"), "standard input: float samples must lie in ±1, got 100"),
    ],
)
def test_what_is_no_pcm_is_told(data, says):
    with pytest.raises(AudioError, match=says):
        heard(data)


@pytest.mark.parametrize(
    ("data", "rate", "channels", "says"),
    [
        (bytes(100), None, 1, "no WAV header, so its rate is unknown. Pass --rate"),
        (bytes(100), 8, 1, "rate must be 4000..768000"),
        (bytes(100), 8_000, 0, "channels must be 1..32, got 0"),
        (wav(np.zeros(10)), 44_100, 1, "is a WAV at 16000 Hz, got --rate 44100"),
        (wav(np.zeros(10)), None, 2, r"is a WAV of 1 channel, got --channels 2\. Leave --channels out"),
        (wav(np.zeros((10, 2))), RATE, 1, "is a WAV of 2 channels, got --channels 1"),
    ],
)
def test_options_that_do_not_fit(data, rate, channels, says):
    with pytest.raises(ConfigError, match=says):
        heard(data, rate, channels)


def test_the_rate_and_channels_of_a_wav_may_be_said_again():
    assert heard(wav(np.zeros(10)), RATE)[0] == RATE
    assert len(heard(wav(np.zeros((10, 2))), RATE, 2)[1]) == 10


def test_bytes_of_a_frame():
    assert PcmFormat(8_000, 3, "i24").frame_bytes == 9
