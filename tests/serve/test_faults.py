"""Clients that break Wyoming's rules, or vanish: nothing crashes, nothing stays, nobody else notices."""

import asyncio
import contextlib
import gc
import logging
import random
from pathlib import Path

import numpy as np
import pytest

from oyez.serve.framing import Message, encode
from oyez.serve.live import Live
from oyez.serve.seat import Seat
from oyez.serve.session import Session
from oyez.serve.visit import Visit, VisitLimits
from oyez.serve.wyoming import WyomingLimits
from tone_model import tones
from wyoming_clients import RATE, hear, port_of, run, serving, wait_until

FORMAT = {"rate": RATE, "width": 2, "channels": 1}
FILES = Path("/proc/self/fd")

SOUND = tones([0.2, 0.8], 1.2, RATE)
CHUNK = encode(Message("audio-chunk", FORMAT, bytes(2_048)))
GARBAGE = {
    "nothing": b"",
    "half a line": b'{"type": "audio-ch',
    "half a chunk": CHUNK[:500],
    "noise": np.random.default_rng(1).bytes(50_000),
    "zeros": bytes(50_000),
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "a line without end": b"x" * 100_000,
    "a giant promised": b'{"type": "audio-chunk", "data_length": 10, "payload_length": 4000000000}\n',
    "a giant number": b'{"type": "x", "data_length": ' + b"9" * 5_000 + b"}\n",
    "deep": b'{"type": "x", "data": ' + b"[" * 5_000 + b"}\n",
    "a wrong rate": encode(Message("audio-start", {**FORMAT, "rate": 7})),
    "a wrong width": encode(Message("audio-chunk", {**FORMAT, "width": 9}, bytes(9))),
    "cut samples": encode(Message("audio-chunk", FORMAT, bytes(5))),
    "a stream and noise": CHUNK * 20 + b"\xff\x00" * 100,
    "a stop too many": encode(Message("audio-stop")) * 3 + CHUNK,
    "a thousand questions": encode(Message("describe")) * 1_000,
    "a thousand starts": (encode(Message("audio-start", FORMAT)) + CHUNK) * 300,
}


async def _throw(listener, data, ending):
    """Send bytes and go, in some way; what is answered does not matter."""
    with contextlib.suppress(ConnectionError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(listener))
        writer.write(data)
        if ending == "wait":
            await writer.drain()
            writer.write_eof()
            await reader.read()
        if ending == "abort":
            writer.transport.abort()
        writer.close()
        await writer.wait_closed()


async def _good(listener, until):
    """One who keeps the rules, again and again, until something is over: all that it was told."""
    told = []
    while not until.done() or not told:
        told.append(await hear(listener, SOUND, ["tone"], pause=lambda: asyncio.sleep(0)))
    return told


async def _beside(listener, bad):
    """What somebody good hears meanwhile; every time the same, and as before."""
    before = await hear(listener, SOUND, ["tone"])
    assert len(before) == 2
    task = asyncio.ensure_future(bad)
    for told in await _good(listener, task):
        assert told == before
    await task


async def _all_gone(service, listener):
    await wait_until(lambda: service.counts.streams == 0 and not listener._visits)
    await asyncio.sleep(0)


@pytest.mark.parametrize("ending", ["close", "abort", "wait"])
def test_garbage_is_no_trouble_to_others(catalog, caplog, ending):
    caplog.set_level(logging.ERROR)

    async def serve():
        limits = WyomingLimits(visit=VisitLimits(message_s=0.5))
        async with serving(catalog, limits=limits) as (service, listener):
            bad = (_throw(listener, one, ending) for one in GARBAGE.values())
            await _beside(listener, asyncio.gather(*bad))
            await _all_gone(service, listener)
            return service.counts

    counts = run(serve())
    assert counts.lost == 0
    assert caplog.records == []  # no traceback, and nothing that asyncio complains of


def _vary(rng, data):
    """A message, with something wrong in it, or not."""
    data = bytearray(data)
    for _ in range(rng.randrange(4)):
        what, at = rng.randrange(4), rng.randrange(len(data) + 1)
        if what == 0:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif what == 1:
            del data[at : at + rng.randrange(1, 20)]
        elif what == 2 and at < len(data):
            data[at] = rng.randrange(256)
        else:
            data[at:at] = rng.choice([b"-1", b"null", b"{", b'"', b"\n", b"1e999", b"\\ud800", b"NaN", b"[]"])
    return bytes(data)


def _story(rng):
    """What one client sends: mostly sense, so that it gets far."""
    values = [16_000, 44_100, 8_000, 0, -5, 2**70, 1.5, None, "16000", [], True]
    some = [
        lambda: Message("detect", {"names": rng.choice([None, ["tone"], ["beta"], [], "tone", [None], 5])}),
        lambda: Message("detect", {"thresholds": rng.choice([None, {"tone": 0.4}, {"tone": 9}, {"": 1}, 7])}),
        lambda: Message("audio-start", {**FORMAT, rng.choice(["rate", "width", "x"]): rng.choice(values)}),
        lambda: Message("audio-stop", {"timestamp": rng.choice(values)}),
        lambda: Message("describe"),
        lambda: Message("ping", {"text": rng.choice(values)}),
        lambda: Message(rng.choice(["info", "error", "detection", "run-satellite", ""]), {"a": 1}, b"abc"),
    ]
    while True:
        if rng.random() < 0.5:
            size = 2 * rng.randrange(600) + (rng.random() < 0.02)
            form = FORMAT if rng.random() < 0.9 else {**FORMAT, "rate": rng.choice(values)}
            message = Message("audio-chunk", form, rng.randbytes(size))
        else:
            message = rng.choice(some)()
        data = encode(message)
        yield _vary(rng, data) if rng.random() < 0.1 else data


async def _fuzz(listener, rng, count):
    """So many messages, over as many connections as that needs."""
    sent = 0
    while sent < count:
        with contextlib.suppress(ConnectionError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(listener))
            reading = asyncio.create_task(reader.read())
            try:
                for data in _story(rng):
                    writer.write(data)
                    sent += 1
                    await writer.drain()
                    await asyncio.sleep(0)
                    if reading.done() or sent >= count or rng.random() < 0.01:
                        break
                if rng.random() < 0.5:
                    writer.transport.abort()
            finally:
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await reading


def test_ten_thousand_odd_messages(catalog, caplog):
    caplog.set_level(logging.ERROR)

    async def serve():
        async with serving(catalog) as (service, listener):
            bad = (_fuzz(listener, random.Random(n), 500) for n in range(20))
            await _beside(listener, asyncio.gather(*bad))
            await _all_gone(service, listener)
            return service.counts

    counts = run(serve(), 100)
    assert counts.other["wyoming_clients"] > 200
    assert counts.other["wyoming_errors"] > 50
    assert counts.streams_all > 200
    assert counts.lost == 0
    assert caplog.records == []


def _left(others=()):
    """Objects of clients that are still there, but for those that other tests hold."""
    gc.collect()
    known = {id(one) for one in others}
    found = [one for one in gc.get_objects() if type(one) in (Visit, Live, Session, Seat)]
    return [one for one in found if id(one) not in known]


@pytest.mark.skipif(not FILES.exists(), reason="this system does not list the open files of a process")
def test_nothing_stays_of_clients_that_vanish(catalog):
    async def serve():
        async with serving(catalog) as (service, listener):
            before, others = len([*FILES.iterdir()]), _left()
            for _ in range(10):
                await asyncio.gather(*(_throw(listener, CHUNK * 9 + CHUNK[:99], "abort") for _ in range(20)))
            await _all_gone(service, listener)
            await wait_until(lambda: len([*FILES.iterdir()]) <= before)
            for _ in range(100):  # tasks end; to look at all objects of a large process takes a second
                await asyncio.sleep(0)
            await wait_until(lambda: not _left(others))
            return service.counts

    counts = run(serve(), 90)
    assert counts.other["wyoming_clients"] == 200
