"""Streams of clients in an event loop, and the thread that hears them."""

import asyncio
import threading

import numpy as np
import pytest

from oyez.errors import ConfigError, LimitError, ModelError
from oyez.serve.batcher import Batch
from oyez.serve.heard import Ended, Heard, Restarted
from oyez.serve.limits import Limits
from oyez.serve.service import Service
from oyez.serve.session import Wanted
from tone_model import tones

RATE = 16_000
TONE = Wanted(RATE, ("tone",))


def _run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 20))


def _words(events):
    return sorted(
        (one.detection.word, round(one.detection.time_s, 6)) for one in events if isinstance(one, Heard)
    )


async def _until_end(live):
    events = []
    async for event in live:
        events.append(event)
        if isinstance(event, Ended):
            break
    return events


async def _hear(service, samples, piece=1_600, wanted=TONE):
    async with service.open(wanted) as live:
        for start in range(0, len(samples), piece):
            await live.push(samples[start : start + piece])
            await asyncio.sleep(0)
        await live.finish()
        return await _until_end(live)


def test_many_streams_hear_what_each_would_alone(catalog, tone, alone):
    sounds = [tones([0.1 * number, 1.4], 2.0, RATE) for number in range(8)]
    told = []

    async def serve():
        async with Service(catalog, on_heard=lambda client, heard: told.append(heard)) as service:
            found = await asyncio.gather(
                *(_hear(service, one, 500 + 100 * number) for number, one in enumerate(sounds))
            )
            return found, service.counts

    found, counts = _run(serve())
    for events, samples in zip(found, sounds, strict=True):
        assert _words(events) == alone(tone, samples, rate=RATE)
        assert len(_words(events)) == 2
    assert counts.detections == {"tone": 16}
    assert _words(told) == sorted(one for events in found for one in _words(events))
    assert (counts.streams, counts.streams_all, counts.lost) == (0, 8, 0)
    assert counts.heard_s == pytest.approx(16, abs=1.0)
    assert counts.chunks / counts.rounds > 1.5  # they went together
    assert 0 < counts.delay.quantile(0.5) <= counts.delay.most_s


@pytest.fixture
def slow(monkeypatch):
    """Networks that take until this is set."""
    may_end = threading.Event()
    run = Batch.run

    def wait(batch):
        assert may_end.wait(30)
        run(batch)

    monkeypatch.setattr(Batch, "run", wait)
    yield may_end
    may_end.set()


def test_a_push_waits_while_enough_waits(catalog, slow):
    async def serve():
        async with Service(catalog, Limits(waiting_s=1.0)) as service:
            live = service.open(TONE)
            pushing = asyncio.create_task(live.push(np.zeros(10 * RATE, np.float32)))
            while live.waiting_s < 1.0:
                await asyncio.sleep(0)
            for _ in range(100):
                await asyncio.sleep(0)
            assert not pushing.done()
            assert live.waiting_s <= 1.5
            await live.reset()  # nothing of what was pushed by then is left, so that there is room
            slow.set()
            await pushing
            await live.finish()
            events = await _until_end(live)
            assert isinstance(events[0], Restarted)
            assert isinstance(events[-1], Ended)

    _run(serve())


def test_what_is_heard_only_grows(catalog):
    async def serve():
        async with Service(catalog) as service, service.open(TONE) as live:
            seen = [0.0]
            for _ in range(3):
                await live.push(np.zeros(RATE // 2, np.float32))
                await live.finish()
                seen.append(service.counts.heard_s)
                await _until_end(live)
                seen.append(service.counts.heard_s)
            return seen

    seen = _run(serve())
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.5, abs=0.01)


def test_a_word_may_have_another_stream_closed(catalog):
    """Both are heard in one run; the others are heard on."""
    samples = tones([0.2], 1.0, RATE)

    async def serve():
        lives = []

        def close_the_second(client, heard):
            lives[1].close()

        async with Service(catalog, on_heard=close_the_second, wait_s=0.05) as service:
            lives += [service.open(TONE) for _ in range(3)]
            for live in lives:
                await live.push(samples)
            await lives[2].finish()
            events = await _until_end(lives[2])
            return events, service.counts.lost

    events, lost = _run(serve())
    assert len(_words(events)) == 1
    assert lost == 0


def test_limits_are_kept(catalog):
    async def serve():
        async with Service(catalog, Limits(streams=2)) as service:
            first, _second = service.open(TONE), service.open(TONE)
            with pytest.raises(LimitError, match="all of 2 streams are taken"):
                service.open(TONE)
            first.close()
            first.close()
            third = service.open(TONE)
            with pytest.raises(LimitError, match="this stream is closed"):
                await first.push(np.zeros(10, np.float32))
            assert not third.is_over
            third.close()
            with pytest.raises(ConfigError):
                service.open(Wanted(RATE, ("nobody",)))
            return service.counts.as_dict()

    counts = _run(serve())
    assert (counts["refused"], counts["streams_most"], counts["streams_all"]) == (2, 2, 3)


def test_a_client_that_reads_nothing_is_let_go(catalog):
    async def serve():
        async with Service(catalog, Limits(unread=5)) as service:
            live = service.open(Wanted(RATE, ("tone",), scores=True))
            with pytest.raises(LimitError, match="left unread, expected at most 5"):
                await live.push(np.zeros(60 * RATE, np.float32))
            with pytest.raises(LimitError, match="left unread"):
                [event async for event in live]
            return service.counts

    counts = _run(serve())
    assert (counts.lost, counts.streams) == (1, 0)


def test_one_streams_error_is_no_others(catalog, tone, alone, monkeypatch):
    samples = tones([0.2], 1.0, RATE)

    async def serve():
        async with Service(catalog) as service:
            bad = service.open(TONE)
            bad._session.seats[0]._stream.push = None  # whatever breaks inside
            await bad.push(samples[:1_000])
            with pytest.raises(ModelError, match="this stream failed"):
                await _until_end(bad)
            return await _hear(service, samples), service.counts

    events, counts = _run(serve())
    assert _words(events) == alone(tone, samples, rate=RATE)
    assert counts.lost == 1


def test_what_follows_from_a_word_may_fail(catalog):
    def fail(client, heard):
        raise RuntimeError("no")

    async def serve():
        async with Service(catalog, on_heard=fail) as service:
            return await _hear(service, tones([0.2], 1.0, RATE)), service.counts

    events, counts = _run(serve())
    assert len(_words(events)) == 1
    assert counts.other == {"on_heard_failed": 1}


def test_stopping_lets_streams_come_to_their_end(catalog, tone, alone):
    samples = tones([0.2, 0.7], 1.0, RATE)  # the second ends with the stream

    async def serve():
        async with Service(catalog) as service:
            live = service.open(TONE)
            await live.push(samples)
            stopping = asyncio.create_task(service.stop(5.0))
            events = [event async for event in live]
            await stopping
            with pytest.raises(LimitError, match="stopping"):
                await live.push(samples)
            with pytest.raises(LimitError, match="stopping"):
                service.open(TONE)
            return events

    events = _run(serve())
    assert _words(events) == alone(tone, samples, rate=RATE)
    assert events[-1] == Ended(1.0)


def test_stopping_has_an_end_whatever_hangs(catalog, slow):
    async def serve():
        async with Service(catalog) as service:
            live = service.open(TONE)
            await live.push(np.zeros(RATE, np.float32))
            await service.stop(0.01)
            assert [event async for event in live] == []

    _run(serve())
