"""A server that others find by themselves, on loopback."""

import asyncio
import sys

import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from oyez.errors import ConfigError, MissingExtraError
from oyez.serve.discovery import SERVICE, Announced

LOOPBACK = ["127.0.0.1"]


async def _watch(until):
    """Names that come and go, until so many did."""
    seen, news = [], asyncio.Event()

    def change(zeroconf, service_type, name, state_change):
        if name.startswith("oyez test"):
            seen.append((name, state_change))
            news.set()

    watcher = AsyncZeroconf(interfaces=LOOPBACK)
    browser = AsyncServiceBrowser(watcher.zeroconf, SERVICE, handlers=[change])
    try:
        yield watcher, seen
        while len(seen) < until:
            news.clear()
            await asyncio.wait_for(news.wait(), 10)
    finally:
        await browser.async_cancel()
        await watcher.async_close()


def test_it_comes_can_be_reached_and_goes():
    async def serve():
        watching = _watch(2)
        watcher, seen = await anext(watching)
        async with Announced("tcp://127.0.0.1:10400", "oyez test", interfaces=LOOPBACK):
            info = AsyncServiceInfo(SERVICE, f"oyez test.{SERVICE}")
            assert await info.async_request(watcher.zeroconf, 5_000)
            assert (info.parsed_addresses(), info.port) == (["127.0.0.1"], 10_400)
        with pytest.raises(StopAsyncIteration):
            await anext(watching)
        return [state for _, state in seen]

    states = asyncio.run(asyncio.wait_for(serve(), 30))
    assert states[0] is ServiceStateChange.Added
    assert states[-1] is ServiceStateChange.Removed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_address_of_this_machine_alone_is_not_announced(host):
    with pytest.raises(ConfigError, match="cannot be reached by others"):
        Announced(f"tcp://{host}:10400")


@pytest.mark.parametrize(
    ("address", "interfaces", "expected"),
    [
        ("tcp://192.0.2.1:1", None, {"192.0.2.1"}),
        ("tcp://0.0.0.0:1", LOOPBACK, {"127.0.0.1"}),
    ],
)
def test_addresses_are_those_that_others_reach(address, interfaces, expected):
    assert set(Announced(address, interfaces=interfaces)._addresses()) == expected


def test_everywhere_is_told_by_its_addresses():
    found = Announced("tcp://0.0.0.0:1")._addresses()
    assert found
    assert "0.0.0.0" not in found


def test_what_cannot_be_found_is_refused(monkeypatch):
    with pytest.raises(ConfigError, match="cannot be found by others"):
        Announced("unix:///run/oyez.sock")
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    with pytest.raises(MissingExtraError, match=r"oyez\[discovery\]"):
        Announced("tcp://192.0.2.1:1")


def test_a_network_that_does_not_allow_it_is_told(monkeypatch):
    def refuse(interfaces):
        raise OSError(19, "No such device")

    monkeypatch.setattr("zeroconf.asyncio.AsyncZeroconf", refuse)

    async def serve():
        with pytest.raises(ConfigError, match=r"cannot be announced \(No such device\)"):
            async with Announced("tcp://127.0.0.1:1", interfaces=LOOPBACK):
                pass

    asyncio.run(serve())
