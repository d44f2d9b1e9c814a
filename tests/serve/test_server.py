"""From start to end, with a service and listeners that only note what is asked of them."""

import asyncio
import os
import signal
import socket
import threading

import pytest

from oyez.errors import ConfigError
from oyez.serve.counts import Counts
from oyez.serve.server import Ending, serve


class Noted:
    """An async context manager that notes what happens to it."""

    def __init__(self, name, notes, error=None):
        self.name, self.notes, self.error = name, notes, error

    async def __aenter__(self):
        if self.error is not None:
            raise self.error
        self.notes.append(f"{self.name} opens")
        return self

    async def __aexit__(self, *_):
        self.notes.append(f"{self.name} leaves")


class NotedService(Noted):
    """A service; its streams may take their time to end."""

    def __init__(self, notes, slow_s=0.0):
        super().__init__("service", notes)
        self.counts, self.slow_s = Counts(), slow_s

    async def stop(self, patience_s):
        self.notes.append(f"service stops within {patience_s:g} s")
        await asyncio.sleep(self.slow_s)
        self.notes.append("service has stopped")


class NotedListener(Noted):
    """A listener with one address."""

    @property
    def addresses(self):
        return (f"tcp://{self.name}:1",)

    def refuse(self):
        self.notes.append(f"{self.name} refuses")

    async def close(self):
        self.notes.append(f"{self.name} closes")


@pytest.fixture
def notes():
    return []


def _serve(notes, *, slow_s=0.0, ask=None, listeners=None, beside=()):
    """Serve until the first turn of the loop after it is open, or as `ask` has it."""

    async def run():
        ending = Ending()

        def open_now():
            asyncio.get_running_loop().call_soon((ask or Ending.ask), ending)
            return beside

        given = listeners or [NotedListener("a", notes), NotedListener("b", notes)]
        service = NotedService(notes, slow_s)
        await serve(service, given, ending=ending, stop_s=5.0, beside=open_now)
        return ending.number

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_all_opens_refuses_ends_and_closes_in_order(notes):
    assert _serve(notes, beside=[Noted("word", notes)]) == 0
    assert notes == [
        "service opens", "a opens", "b opens", "word opens",
        "a refuses", "b refuses", "service stops within 5 s", "service has stopped", "a closes", "b closes",
        "word leaves", "b leaves", "a leaves", "service leaves",
    ]  # fmt: skip


def test_what_cannot_be_opened_closes_what_is(notes):
    bad = NotedListener("b", notes, ConfigError("tcp://b:1 is in use already."))
    with pytest.raises(ConfigError, match="in use"):
        _serve(notes, listeners=[NotedListener("a", notes), bad])
    assert notes == ["service opens", "a opens", "a leaves", "service leaves"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(notes, number):
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored
    try:
        assert _serve(notes, ask=lambda _: os.kill(os.getpid(), number)) == number
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
    assert "service has stopped" in notes


def test_a_signal_wakes_it_whichever_thread_gets_it(notes):
    """The kernel chooses; the loop sleeps in another."""

    def kill():
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    assert _serve(notes, ask=lambda _: threading.Timer(0.05, kill).start()) == signal.SIGTERM


def test_who_asks_twice_waits_for_nothing(notes):
    def twice(ending):
        ending.ask(signal.SIGTERM)
        asyncio.get_running_loop().call_later(0.01, ending.ask)

    assert _serve(notes, slow_s=600, ask=twice) == signal.SIGTERM
    assert "service has stopped" not in notes
    assert notes[-1] == "service leaves"


def test_an_ignored_signal_stays_so(notes):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:

        def ask(ending):
            os.kill(os.getpid(), signal.SIGHUP)
            asyncio.get_running_loop().call_later(0.01, ending.ask, 77)

        assert _serve(notes, ask=ask) == 77
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_fails_at_the_end_is_told(notes):
    class Broken(NotedListener):
        async def close(self):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        _serve(notes, listeners=[Broken("a", notes)])
    assert notes[-1] == "service leaves"


def test_the_service_manager_is_told(notes, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(30)
        manager.bind(str(tmp_path / "notify"))
        _serve(notes)
        assert [manager.recv(100), manager.recv(100)] == [b"READY=1", b"STOPPING=1"]
