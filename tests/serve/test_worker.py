"""The thread that runs the networks."""

import threading

import numpy as np
import pytest

from oyez.errors import ModelError
from oyez.serve.batcher import Batcher
from oyez.serve.session import Session, Wanted
from oyez.serve.worker import Worker


@pytest.fixture
def batchers(catalog):
    return {one.name: Batcher(one.name, one.model) for one in catalog}


class _Rounds:
    """What a worker delivers, and a way to wait for it."""

    def __init__(self):
        self.rounds, self._has_come = [], threading.Condition()

    def __call__(self, one):
        with self._has_come:
            self.rounds.append(one)
            self._has_come.notify_all()

    def wait_for(self, condition):
        with self._has_come:
            assert self._has_come.wait_for(condition, 10)

    @property
    def chunks(self):
        return sum(one.chunks for one in self.rounds)


def _session(catalog, batchers, names=("pair",)):
    return Session(Wanted(16_000, names), catalog, batchers)


def test_chunks_that_come_together_are_heard_together(catalog, batchers, pair):
    rounds = _Rounds()
    worker = Worker(batchers.values(), rounds, wait_s=30.0)  # so long for one of two, not for both
    sessions = [_session(catalog, batchers) for _ in range(2)]
    for session in sessions:
        worker.add(session)
    chunk = np.zeros(pair.card.chunk, np.float32)
    worker.start()
    for session in sessions:
        worker.put(session, lambda session=session: session.push(chunk))
    rounds.wait_for(lambda: rounds.chunks == 2)
    worker.stop()
    assert max(one.chunks for one in rounds.rounds) >= 1


def test_who_never_pauses_does_not_keep_the_networks_from_hearing(catalog, batchers, pair):
    rounds = _Rounds()
    worker = Worker(batchers.values(), rounds)
    session = _session(catalog, batchers)
    worker.add(session)
    chunk = np.zeros(pair.card.chunk // 10, np.float32)

    def again():
        session.push(chunk)
        if rounds.chunks < 3:
            worker.put(session, again)

    worker.put(session, again)
    worker.start()
    rounds.wait_for(lambda: rounds.chunks >= 3)
    worker.stop()


def test_a_network_that_breaks_ends_the_streams_that_it_hears(catalog, batchers, monkeypatch):
    rounds = _Rounds()
    worker = Worker(batchers.values(), rounds)
    mine, other = _session(catalog, batchers), _session(catalog, batchers, ("tone",))
    monkeypatch.setattr(batchers["pair"], "run", None)  # whatever breaks inside
    worker.add(mine)
    worker.add(other)
    worker.start()
    rounds.wait_for(lambda: any(report.error for one in rounds.rounds for report in one.reports))
    worker.stop()
    assert isinstance(mine.error, ModelError)
    assert other.error is None


def test_what_is_removed_is_not_reported(catalog, batchers, pair):
    rounds = _Rounds()
    worker = Worker(batchers.values(), rounds)
    session = _session(catalog, batchers)
    worker.add(session)
    worker.remove(session)
    worker.put(session, lambda: session.push(np.zeros(pair.card.chunk, np.float32)))
    worker.start()
    rounds.wait_for(lambda: rounds.rounds)
    worker.stop()
    assert rounds.chunks == 0
    assert not any(one.reports for one in rounds.rounds)
    assert len(batchers["pair"]) == 0
