"""Wyoming over real sockets on loopback, with clients as they are in the world."""

import asyncio
import contextlib
import socket

import numpy as np
import pytest
from wyoming.audio import AudioStop
from wyoming.error import Error
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.wake import Detect, Detection, NotDetected

from oyez.errors import ConfigError
from oyez.serve.limits import Limits
from oyez.serve.visit import VisitLimits
from oyez.serve.wyoming import WyomingLimits, WyomingListener
from oyez.sound import to_int16
from small_model import speech_like
from tone_model import tones
from wyoming_clients import RATE, SAMPLES, chunks, client_of, hear, port_of, run, serving, start, wait_until


def _told(heard, samples):
    """What a client is told of what a detector heard: the time of the chunk that holds its last sample."""
    found = []
    for word, time_s in heard:
        last = min(round(time_s * RATE) - 1, len(samples) - 1)
        found.append((word, 1_000 + 1_000 * (last // SAMPLES * SAMPLES) // RATE))
    return found


def test_many_clients_hear_what_each_would_alone(catalog, tone, pair, alone):
    rng = np.random.default_rng(2)
    sounds = [0.3 * speech_like(rng, 2) + tones([0.1 * number, 1.2], 2.0, RATE) for number in range(10)]
    names = [None, ["tone"], ["beta"], ["pair", "tone"]]

    async def serve():
        async with serving(catalog) as (service, listener):
            asked = (
                hear(listener, samples, names[number % 4], pause=lambda: asyncio.sleep(0))
                for number, samples in enumerate(sounds)
            )
            found = await asyncio.gather(*asked)
            await wait_until(lambda: service.counts.streams == 0)
            return found, service.counts

    found, counts = run(serve())
    for number, (told, samples) in enumerate(zip(found, sounds, strict=True)):
        wanted = [{"tone", "alpha", "beta"}, {"tone"}, {"beta"}, {"tone", "alpha", "beta"}][number % 4]
        quantized = to_int16(samples)
        heard = alone(tone, quantized, rate=RATE) + alone(pair, quantized, rate=RATE)
        assert sorted(told) == sorted(_told([one for one in heard if one[0] in wanted], samples))
    assert counts.streams_most == 10
    assert sum(map(len, found)) > 20


async def _home_assistant(listener, samples, wake_word):
    """Asks for one detection, as Home Assistant's entity does: reads and sends side by side, and leaves."""
    stream = chunks(samples)
    async with client_of(listener) as client:
        await client.write_event(Detect(names=[wake_word] if wake_word else None).event())
        await client.write_event(start())
        reading = asyncio.create_task(client.read_event())
        try:
            for event in stream:
                await client.write_event(event)
                await asyncio.sleep(0)
                if reading.done():
                    break
            event = await reading
            return None if event is None else Detection.from_event(event)
        finally:
            reading.cancel()


def test_home_assistant_asks_and_leaves(catalog):
    samples = np.concatenate([tones([0.5], 1.0, RATE)] + [tones([], 1.0, RATE)] * 20)

    async def serve():
        async with serving(catalog) as (service, listener):
            first = await _home_assistant(listener, samples, "tone")
            second = await _home_assistant(listener, samples, "beta")
            await wait_until(lambda: service.counts.streams == 0)
            return first, second

    first, second = run(serve())
    assert (first.name, second.name) == ("tone", "beta")
    assert 1_500 <= first.timestamp <= 1_900  # the tone began at 500 ms, on a clock that began at 1000


def test_a_satellite_stays_and_begins_anew(catalog):
    """`detect`, `audio-start` and chunks; after each command the same again, and never a stop."""

    async def serve():
        async with serving(catalog) as (service, listener), client_of(listener) as client:
            found = []
            for _ in range(3):
                await client.write_event(Detect(names=["tone"]).event())
                await client.write_event(start())
                for event in chunks(tones([0.3], 1.0, RATE)):
                    await client.write_event(event)
                found.append(Detection.from_event(await client.read_event()))
                await client.write_event(Describe().event())
                assert Info.is_type((await client.read_event()).type)
            assert service.counts.streams == 1
            return found

    found = run(serve())
    assert len({(one.name, one.timestamp) for one in found}) == 1
    assert found[0].name == "tone"


def test_silence_is_not_detected(catalog):
    async def serve():
        async with serving(catalog) as (_, listener), client_of(listener) as client:
            for event in (Detect(["tone"]).event(), start(), *chunks(np.zeros(RATE)), AudioStop().event()):
                await client.write_event(event)
            assert NotDetected.is_type((await client.read_event()).type)
            await client.write_event(Ping("still there?").event())
            assert Pong.from_event(await client.read_event()).text == "still there?"

    run(serve())


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_any_rate_is_heard(catalog, rate, tone, alone):
    samples = tones([0.5], 1.5, rate)

    async def serve():
        async with serving(catalog) as (_, listener):
            return await hear(listener, samples, ["tone"], rate)

    found = run(serve())
    assert len(found) == len(alone(tone, to_int16(samples), rate=rate)) > 0


def test_a_socket_in_the_file_system(catalog, tmp_path):
    path = tmp_path / "s"

    async def serve():
        uri = f"unix://{path}"
        async with serving(catalog, uri) as (service, listener):
            assert listener.addresses == (uri,)
            assert [name for name, _ in await hear(listener, tones([0.5], 1.5, RATE), ["tone"])] == ["tone"]
            with pytest.raises(ConfigError, match="in use already"):
                async with WyomingListener(service, uri):
                    pass
            await wait_until(lambda: service.counts.other["wyoming_clients"] == 2)  # the second one asked
        assert not path.exists()
        with socket.socket(socket.AF_UNIX) as left_behind:
            left_behind.bind(str(path))
        async with serving(catalog, uri):
            pass
        path.write_text("mine")
        with pytest.raises(ConfigError, match="is no socket"):
            async with serving(catalog, uri):
                pass
        assert path.read_text() == "mine"

    run(serve())


def test_an_address_in_use_is_told(catalog):
    async def serve():
        async with serving(catalog) as (service, listener):
            with pytest.raises(ConfigError, match="cannot be listened at"):
                async with WyomingListener(service, listener.addresses[0]):
                    pass

    run(serve())


@pytest.mark.parametrize(
    "uri", ["", "10400", "tcp://", "tcp://host", "http://x:1", "unix://", "tcp://x:99999", "tcp://x:1/y"]
)
def test_a_wrong_address_is_refused(catalog, uri):
    with pytest.raises(ConfigError, match="expected an address such as"):
        WyomingListener(None, uri)


async def _error_after(listener, *events):
    async with client_of(listener) as client:
        for event in events:
            await client.write_event(event)
        error = Error.from_event(await client.read_event())
        assert await client.read_event() is None  # closed
        return error


def test_who_asks_for_too_much_is_told_and_sent_away(catalog):
    async def serve():
        async with serving(catalog, streams=Limits(streams=1)) as (service, listener):
            async with client_of(listener) as first:
                await first.write_event(next(chunks(np.zeros(RATE))))
                await wait_until(lambda: service.counts.streams == 1)
                error = await _error_after(listener, next(chunks(np.zeros(RATE))))
                assert (error.code, "all of 1 streams are taken" in error.text) == ("LimitError", True)
            await wait_until(lambda: service.counts.streams == 0)
            error = await _error_after(listener, Detect(["nobody"]).event())
            assert (error.code, "nothing here hears “nobody”" in error.text) == ("ConfigError", True)
            assert await hear(listener, tones([0.5], 1.5, RATE), ["tone"])

    run(serve())


def test_an_error_is_short_whatever_was_sent(catalog):
    async def serve():
        async with serving(catalog) as (_, listener):
            error = await _error_after(listener, Detect(["x" * 60_000]).event())
            assert len(error.text) < 600

    run(serve())


def test_who_is_still_sending_when_the_server_stops_is_told_what_is_due_first(catalog):
    async def serve():
        async with serving(catalog) as (service, listener), client_of(listener) as client:
            await client.write_event(Detect(["tone"]).event())
            told = []

            async def read():
                while (event := await client.read_event()) is not None:
                    told.append(event.type)

            reading = asyncio.create_task(read())
            stopping = None
            with contextlib.suppress(ConnectionError):
                for event in [*chunks(tones([0.2], 1.0, RATE))] * 500:
                    await client.write_event(event)
                    await asyncio.sleep(0)
                    if reading.done():
                        break
                    if stopping is None and service.counts.detections:
                        stopping = asyncio.create_task(service.stop(5.0))
            await reading
            await stopping
            return told

    told = run(serve())
    assert "detection" in told
    assert "error" not in told[:-1]  # it comes last, where it still can


def test_only_so_many_may_come(catalog):
    async def serve():
        async with serving(catalog, limits=WyomingLimits(connections=1)) as (service, listener):
            async with client_of(listener) as first:
                await first.write_event(Ping().event())
                await first.read_event()
                assert "all 1 connections are taken" in (await _error_after(listener)).text
            await wait_until(lambda: not listener._visits)
            assert await hear(listener, tones([0.5], 1.5, RATE), ["tone"])
            assert service.counts.other["wyoming_refused"] == 1

    run(serve())


def test_one_address_may_have_its_share_and_this_machine_all(catalog, monkeypatch):
    async def serve():
        limits = WyomingLimits(connections=3, each=1)
        async with serving(catalog, limits=limits) as (_, listener):
            async with client_of(listener), client_of(listener) as second:  # from this machine
                await second.write_event(Ping().event())
                await second.read_event()
            await wait_until(lambda: not listener._visits and not len(listener._shares))
            monkeypatch.setattr("oyez.serve.wyoming._home", lambda _writer: "192.0.2.7")
            async with client_of(listener) as first:
                await first.write_event(Ping().event())
                await first.read_event()
                assert "one client may have 1 connections" in (await _error_after(listener)).text

    run(serve())


def test_stopping_tells_what_is_due_and_says_goodbye(catalog):
    """The second tone ends with what was sent: it is known only when the stream is finished."""

    async def serve():
        async with (
            serving(catalog) as (service, listener),
            client_of(listener) as client,
            client_of(listener) as idle,
        ):
            await idle.write_event(Ping().event())
            await idle.read_event()
            await client.write_event(Detect(["tone"]).event())
            for event in chunks(tones([0.2, 0.9], 0.95, RATE)):
                await client.write_event(event)
            await wait_until(lambda: service.counts.heard_s > 0.9)
            assert service.counts.detections["tone"] == 1
            listener.refuse()
            await service.stop(5.0)
            await listener.close()
            found = [Detection.from_event(await client.read_event()) for _ in range(2)]
            assert await client.read_event() is None
            assert await idle.read_event() is None
            with pytest.raises(OSError, match=r"refused|Connect"):
                await client_of(listener).connect()
            return found

    assert [one.name for one in run(serve())] == ["tone", "tone"]


def test_a_message_must_become_whole(catalog):
    limits = WyomingLimits(visit=VisitLimits(message_s=0.05))

    async def serve():
        async with serving(catalog, limits=limits) as (_, listener):
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(listener))
            with contextlib.suppress(ConnectionError):
                while not reader.at_eof():  # a byte now and then does not help
                    writer.write(b" ")
                    with contextlib.suppress(TimeoutError):
                        assert await asyncio.wait_for(reader.read(1), 0.01) == b""
            writer.close()
            await wait_until(lambda: not listener._visits)

    run(serve())


def test_who_reads_nothing_is_let_go(catalog):
    limits = WyomingLimits(visit=VisitLimits(unsent_s=0.05))

    async def serve():
        async with serving(catalog, limits=limits) as (service, listener):
            _, writer = await asyncio.open_connection("127.0.0.1", port_of(listener), limit=1)
            writer.transport.pause_reading()
            with contextlib.suppress(ConnectionError):
                while listener._visits or not service.counts.other["wyoming_clients"]:
                    writer.write(b'{"type": "describe"}\n' * 100)
                    await asyncio.sleep(0)
            writer.transport.abort()
            assert await hear(listener, tones([0.5], 1.5, RATE), ["tone"])

    run(serve())
