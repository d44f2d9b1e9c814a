"""The rounds in which networks hear: who is heard together, and what becomes of those that fail."""

import asyncio
import threading

import numpy as np
import pytest

from oyez.serve.batcher import Batcher
from oyez.serve.rounds import Rounds
from oyez.serve.session import Session, Wanted


@pytest.fixture
def batchers(catalog):
    return {one.name: Batcher(one.name, one.model) for one in catalog}


class _Ears:
    """Rounds, and what they told."""

    def __init__(self, batchers, **options):
        self.heard, self.failed, self._news = [], [], asyncio.Event()
        self.rounds = Rounds(batchers.values(), self._take, self._fail, **options)

    def _take(self, seats):
        self.heard.append(seats)
        self._news.set()

    def _fail(self, name, error):
        self.failed.append((name, error))
        self._news.set()

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def __aenter__(self):
        self.rounds.start()
        return self

    async def __aexit__(self, *_):
        await self.rounds.stop()


def _session(catalog, batchers, names=("pair",)):
    return Session(Wanted(16_000, names), catalog, batchers)


def test_chunks_that_come_together_are_heard_together(catalog, batchers, pair):
    sessions = [_session(catalog, batchers) for _ in range(2)]
    chunk = np.zeros(pair.card.chunk, np.float32)

    async def hear():
        async with _Ears(batchers, wait_s=0.2) as ears:
            sessions[0].push(chunk)
            ears.rounds.wake()
            await asyncio.sleep(0.01)  # it waits for the other
            assert not ears.heard
            sessions[1].push(chunk)
            ears.rounds.wake()
            await ears.until(lambda: ears.heard)
            return ears.heard

    assert asyncio.run(hear()) == [[one.seats[0] for one in sessions]]


def test_a_lone_stream_waits_for_nobody(catalog, batchers, pair):
    session = _session(catalog, batchers)

    async def hear():
        async with _Ears(batchers, wait_s=60.0) as ears:
            for _ in range(3):
                session.push(np.zeros(pair.card.chunk, np.float32))
                ears.rounds.wake()
                await ears.until(lambda: not session.seats[0].is_busy)

    asyncio.run(hear())


def test_nothing_wakes_a_thread_before_a_chunk_is_whole(catalog, batchers, pair):
    session = _session(catalog, batchers)

    before = set(threading.enumerate())

    async def hear():
        async with _Ears(batchers) as ears:
            for _ in range(9):
                session.push(np.zeros(pair.card.chunk // 10, np.float32))
                ears.rounds.wake()
            await asyncio.sleep(0.05)
            assert set(threading.enumerate()) <= before

    asyncio.run(hear())


def test_a_network_that_breaks_is_told_and_others_are_heard(catalog, batchers, pair, monkeypatch):
    mine, other = _session(catalog, batchers), _session(catalog, batchers, ("tone",))
    monkeypatch.setattr(batchers["pair"], "give", None)  # whatever breaks inside

    async def hear():
        async with _Ears(batchers) as ears:
            for one in (mine, other):
                one.push(np.zeros(2 * 16_000, np.float32))
                ears.rounds.wake()
            await ears.until(lambda: ears.failed and ears.heard)
            return ears.heard, ears.failed

    heard, failed = asyncio.run(hear())
    assert {name for name, _ in failed} == {"pair"}
    assert heard[0] == other.seats[:1]


def test_who_begins_anew_hears_nothing_from_before(catalog, batchers, pair, monkeypatch):
    """A reset, an end and a free seat, each while a chunk is away: the stream is what it would be alone."""
    session, gone = _session(catalog, batchers), _session(catalog, batchers)
    running, may_end = threading.Event(), threading.Event()
    run = type(pair).run

    def slow(model, chunks, states):
        running.set()
        assert may_end.wait(10)
        return run(model, chunks, states)

    monkeypatch.setattr(type(pair), "run", slow)
    rng = np.random.default_rng(3)
    loud = rng.uniform(-0.5, 0.5, pair.card.chunk).astype(np.float32)

    async def hear():
        async with _Ears(batchers) as ears:
            session.push(loud)
            gone.push(loud)
            ears.rounds.wake()
            await asyncio.to_thread(running.wait, 10)
            assert session.waiting_s == pytest.approx(pair.card.chunk / pair.card.rate)
            session.reset()
            assert session.waiting_s == 0
            gone.free()
            gone.push(loud)
            may_end.set()
            await ears.until(lambda: ears.heard)
            assert not session.seats[0].state.any()
            assert batchers["pair"].ready == 0
            session.push(loud)
            ears.rounds.wake()
            await ears.until(lambda: len(ears.heard) > 1)
            assert session.seats[0].state.any()

    asyncio.run(hear())


def test_an_end_waits_for_the_chunk_that_is_away(pair):
    batcher = Batcher("pair", pair)
    seat = batcher.seat()
    seat.push(np.zeros(pair.card.chunk, np.float32))
    batch = batcher.take()
    seat.finish()
    assert not seat.is_ended
    batch.run()
    batcher.give(batch)
    while batcher.run():
        pass
    assert seat.is_ended
    assert seat.waiting_s == 0
