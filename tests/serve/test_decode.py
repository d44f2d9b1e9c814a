"""Recordings of strangers, decoded by a process that may break."""

import asyncio
import io
import os
import signal
import struct

import numpy as np
import pytest

from oyez import audio
from oyez.errors import AudioError
from oyez.serve import decoder
from oyez.serve.decode import FAILED, LENGTH, NAME, RATE, decode
from oyez.serve.decoder import Decoder


def _pieces(data):
    file, found = io.BytesIO(data), []
    while head := file.read(LENGTH.size):
        (length,) = LENGTH.unpack(head)
        if length == FAILED:
            return found, file.read().decode()
        found.append(file.read(length))
    return found, None


def _decoded(path, longest_s=100.0):
    out = io.BytesIO()
    decode(path, longest_s, out)
    return _pieces(out.getvalue())


def _samples(folder, longest_s=100.0):
    """By way of a process."""

    async def run():
        async with Decoder(folder, longest_s) as one:
            return one.rate, np.concatenate([samples async for samples in one])

    return asyncio.run(run())


@pytest.fixture
def folder(tmp_path, rng):
    audio.write(tmp_path / "x.wav", rng.uniform(-0.5, 0.5, 20_000), 16_000)
    (tmp_path / "x.wav").rename(tmp_path / NAME)
    return tmp_path


def test_samples_come_as_they_are_read(folder):
    rate, samples = _samples(folder)
    assert rate == 16_000
    np.testing.assert_array_equal(samples, audio.read(folder / NAME)[0])


def test_pieces_end_with_an_empty_one(folder):
    found, error = _decoded(folder / NAME)
    assert error is None
    assert RATE.unpack(found[0]) == (16_000,)
    assert found[-1] == b""
    assert sum(map(len, found[1:])) == 4 * 20_000


def test_what_is_too_long_is_told(folder):
    _, error = _decoded(folder / NAME, longest_s=0.5)
    assert "is longer than 0.00833333 minutes. Cut it" in error
    with pytest.raises(AudioError, match=f"^{NAME} is longer"):
        _samples(folder, longest_s=0.5)


@pytest.mark.parametrize("data", [b"", b"no audio at all", b"RIFF\0\0\0\0WAVEfmt ", b"fLaC" + bytes(100)])
def test_what_is_no_recording_is_told(tmp_path, data):
    (tmp_path / NAME).write_bytes(data)
    with pytest.raises(AudioError, match=f"^{NAME} "):
        _samples(tmp_path)


def test_a_playlist_opens_nothing(tmp_path, monkeypatch):
    """ffmpeg would follow it to other files and addresses."""
    program, called = tmp_path / "ffmpeg", tmp_path / "called"
    program.write_text(f"#!/bin/sh\ntouch {called}\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / NAME).write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    with pytest.raises(AudioError, match="Use WAV, FLAC, OGG or MP3"):
        _samples(tmp_path)
    assert not called.exists()
    with pytest.raises(AudioError, match="ffmpeg: "):
        list(audio.blocks(tmp_path / NAME))  # of our own
    assert called.exists()


def _wav(rate, channels, data=bytes(4096)):
    head = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, (rate * channels * 2) % 2**32, 2 * channels, 16
    )
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


@pytest.mark.parametrize(("rate", "channels"), [(2_000_000_000, 1), (48_000, 1_000)])
def test_a_header_that_would_fill_the_memory(tmp_path, rate, channels):
    (tmp_path / NAME).write_bytes(_wav(rate, channels))
    found, error = _decoded(tmp_path / NAME)
    assert found == []
    assert "expected at most 32 at 768000 Hz" in error


def test_a_decoder_that_breaks_off(folder, monkeypatch):
    """As it does where a file breaks the library."""
    monkeypatch.setattr(decoder, "PROGRAM", f"import os; os.kill(os.getpid(), {signal.SIGSEGV:d})")
    with pytest.raises(AudioError, match="its decoder broke off"):
        _samples(folder)


def test_it_ends_with_who_asked(folder, monkeypatch):
    monkeypatch.setattr(
        decoder,
        "PROGRAM",
        "import sys, time, struct; sys.stdout.buffer.write(struct.pack('<II', 4, 8000)); "
        "sys.stdout.flush(); time.sleep(600)",
    )

    async def run():
        async with Decoder(folder, 1.0) as one:
            assert one.rate == 8_000
            return one._process.pid

    pid = asyncio.run(run())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
