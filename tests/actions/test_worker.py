"""A worker: in order, bounded, and no failure is its last."""

import threading

import pytest

from oyez.actions.worker import Worker
from oyez.errors import ActionError


@pytest.fixture
def gate():
    """Closed, until it is set; open at the end, so that no thread stays."""
    event = threading.Event()
    yield event
    event.set()


def test_things_are_done_in_order_on_another_thread():
    done = []
    worker = Worker(lambda item: done.append((item, threading.current_thread().name)), print, "work")
    assert all(worker.put(item) for item in range(5))
    assert worker.stop(10)
    assert done == [(item, "work") for item in range(5)]


def test_what_goes_wrong_is_told_and_the_next_is_done():
    done, told = [], []

    def do(item):
        if item == 0:
            raise ActionError("no lamp. Plug one in.")
        if item == 1:
            raise ZeroDivisionError("a bug")
        done.append(item)

    worker = Worker(do, told.append, "lamp")
    for item in range(3):
        worker.put(item)
    assert worker.stop(10)
    assert told == ["lamp: no lamp. Plug one in.", "lamp: failed unexpectedly (ZeroDivisionError('a bug'))"]
    assert done == [2]


def test_only_so_many_wait(gate):
    begun = threading.Event()

    def do(_item):
        begun.set()
        gate.wait(10)

    worker = Worker(do, print, "slow", waiting=2)
    assert worker.put(0)
    assert begun.wait(10)
    assert [worker.put(item) for item in (1, 2, 3)] == [True, True, False]
    gate.set()
    assert worker.stop(10)


def test_what_does_not_end_is_left_and_what_waits_is_dropped(gate):
    done = []

    def do(item):
        gate.wait(10)
        done.append(item)

    worker = Worker(do, print, "slow")
    worker.put(0)
    worker.put(1)
    assert not worker.stop(0.01)
    assert not worker.put(2)
    gate.set()
    assert worker.stop(10)
    assert done == [0]


def test_it_may_be_stopped_before_anything_was_done():
    assert Worker(print, print, "idle").stop(10)
