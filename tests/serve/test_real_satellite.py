"""wyoming-satellite itself, with a file for a microphone: `make satellite` installs and runs it."""

import asyncio
import sys
from pathlib import Path

import pytest
from wyoming.asr import Transcript
from wyoming.client import AsyncClient
from wyoming.pipeline import RunPipeline
from wyoming.satellite import RunSatellite

from oyez import audio
from oyez.serve.catalog import Catalog
from oyez.sound import resample, to_int16
from wyoming_clients import RATE, port_of, run, serving, wait_until

ROOT = Path(__file__).parent.parent.parent
SATELLITE = ROOT / ".venv-satellite" / "bin" / "python"

MICROPHONE = """
import os, sys, time
data = open(sys.argv[1], "rb").read()
try:
    while True:
        for start in range(0, len(data), 2_048):  # 64 ms
            os.write(1, data[start : start + 2_048])
            time.sleep(0.016)  # four times as fast as people speak
except BrokenPipeError:  # the satellite has ended
    pass
"""


async def _connected(port):
    """As Home Assistant connects to a satellite; it needs a moment to start."""
    while True:
        client = AsyncClient.from_uri(f"tcp://127.0.0.1:{port}")
        try:
            await client.connect()
        except OSError:
            await asyncio.sleep(0.05)
        else:
            return client


async def _pipelines(client, count):
    """Let it listen, and answer each command that it sends at once; what it asked Home Assistant to run."""
    found = []
    await client.write_event(RunSatellite().event())
    while len(found) < count:
        event = await client.read_event()
        assert event is not None
        if RunPipeline.is_type(event.type):
            found.append(RunPipeline.from_event(event))
            await client.write_event(Transcript("lamp on").event())
    return found


@pytest.mark.slow
@pytest.mark.skipif(not SATELLITE.exists(), reason="there is no .venv-satellite: make satellite")
def test_a_real_satellite_hears_the_word_again_and_again(tmp_path):
    spoken, rate = audio.read(ROOT / "examples" / "demo.flac")
    (tmp_path / "sound.raw").write_bytes(to_int16(resample(spoken, rate, RATE)).tobytes())
    (tmp_path / "microphone.py").write_text(MICROPHONE)
    microphone = f"{sys.executable} {tmp_path / 'microphone.py'} {tmp_path / 'sound.raw'}"

    async def serve():
        async with serving(Catalog.load(["activate"])) as (service, listener):
            free = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
            port = free.sockets[0].getsockname()[1]
            free.close()
            satellite = await asyncio.create_subprocess_exec(
                *(SATELLITE, "-m", "wyoming_satellite", "--no-zeroconf", "--uri", f"tcp://127.0.0.1:{port}"),
                *("--mic-command", microphone, "--wake-uri", f"tcp://127.0.0.1:{port_of(listener)}"),
                *("--wake-word-name", "activate"),
            )
            try:
                client = await _connected(port)
                found = await _pipelines(client, 3)
                await client.disconnect()
            finally:
                satellite.terminate()
                await satellite.wait()
            await wait_until(lambda: not listener._visits)
            return found, service.counts

    found, counts = run(serve(), 120)
    assert {one.start_stage.value for one in found} == {"asr"}  # it has heard the word by itself
    assert counts.detections["activate"] >= 3
    assert (counts.lost, counts.streams, counts.other["wyoming_errors"]) == (0, 0, 0)
