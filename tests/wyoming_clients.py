"""Clients of Wyoming, on the package's own; and what all tests of it share."""

import asyncio
from contextlib import asynccontextmanager

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.wake import Detect, Detection, NotDetected

from oyez.serve.limits import Limits
from oyez.serve.service import Service
from oyez.serve.wyoming import WyomingListener
from oyez.sound import to_int16

RATE = 16_000
SAMPLES = 1_024  # of a chunk, as satellites have it


def run(coroutine, seconds=30):
    """To its end, which comes soon."""
    return asyncio.run(asyncio.wait_for(coroutine, seconds))


@asynccontextmanager
async def serving(catalog, uri="tcp://127.0.0.1:0", limits=None, streams=None, **options):
    """A service, and its listener at an address of its own."""
    async with (
        Service(catalog, streams or Limits(), **options) as service,
        WyomingListener(service, uri, limits) as listener,
    ):
        yield service, listener


def port_of(listener):
    """The number of its port."""
    return int(listener.addresses[0].rpartition(":")[2])


def client_of(listener):
    """The package's client, not yet connected."""
    return AsyncClient.from_uri(listener.addresses[0])


def chunks(samples, rate=RATE, size=SAMPLES):
    """As messages, with timestamps that begin somewhere."""
    data = to_int16(samples)
    for start in range(0, len(data), size):
        time_ms = 1_000 + 1_000 * start // rate
        yield AudioChunk(rate, 2, 1, data[start : start + size].tobytes(), timestamp=time_ms).event()


def start(rate=RATE):
    """As messages begin."""
    return AudioStart(rate=rate, width=2, channels=1).event()


async def hear(listener, samples, names=None, rate=RATE, pause=None):
    """All that is told of one stream, by (name, timestamp); None for `not-detected`."""
    async with client_of(listener) as client:
        await client.write_event(Detect(names=names).event())
        await client.write_event(start(rate))
        for event in chunks(samples, rate):
            await client.write_event(event)
            if pause is not None:
                await pause()
        await client.write_event(AudioStop().event())
        await client.write_event(Detect().event())  # what follows the answers: a question with one answer
        await client.write_event(AudioStop().event())
        found = []
        while True:
            event = await client.read_event()
            assert event is not None
            if NotDetected.is_type(event.type):
                return found
            assert Detection.is_type(event.type), event
            detection = Detection.from_event(event)
            found.append((detection.name, detection.timestamp))


async def wait_until(condition):
    """Until something holds that other tasks bring about."""
    while not condition():
        await asyncio.sleep(0)
