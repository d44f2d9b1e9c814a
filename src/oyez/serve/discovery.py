"""Lets others on the network find a Wyoming server by themselves, with zeroconf."""

import socket
from types import TracebackType
from typing import Any, Self

from oyez.errors import ConfigError, require
from oyez.serve.uri import Uri

__all__ = ["SERVICE", "Announced"]

SERVICE = "_wyoming._tcp.local."
"""What Home Assistant looks for."""

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
ALONE = ("localhost", "127.0.0.1", "::1")


class Announced:
    """A server that is announced, as long as the `async with` lasts."""

    def __init__(self, address: str, name: str = "oyez", *, interfaces: list[str] | None = None) -> None:
        """Not announced yet.

        Args:
            address: where the server listens: tcp://HOST:PORT.
            name: what it is shown as.
            interfaces: addresses of those to announce it on; None: all.

        Raises:
            ConfigError: the address is none that others can reach.
            MissingExtraError: zeroconf is not installed.
        """
        self._uri = Uri.parse(address)
        if self._uri.path is not None:
            raise ConfigError(f"a server at {address} cannot be found by others. Listen at tcp://HOST:PORT.")
        if interfaces is None and self._uri.host in ALONE:
            raise ConfigError(
                f"a server at {address} cannot be reached by others. Listen at "
                f"tcp://0.0.0.0:{self._uri.port}, or start without zeroconf."
            )
        self._zeroconf = require("zeroconf", "discovery")
        self._asyncio = require("zeroconf.asyncio", "discovery")
        self._name, self._interfaces = name, interfaces
        self._running: Any = None

    async def __aenter__(self) -> Self:
        """Announced.

        Raises:
            ConfigError: the network does not allow it.
        """
        try:
            choice = self._interfaces or self._zeroconf.InterfaceChoice.Default
            self._running = self._asyncio.AsyncZeroconf(interfaces=choice)
            self._info = self._asyncio.AsyncServiceInfo(
                SERVICE,
                f"{self._name}.{SERVICE}",
                port=self._uri.port,
                parsed_addresses=self._addresses(),
                server=f"{socket.gethostname()}.local.",
            )
            await (await self._running.async_register_service(self._info, allow_name_change=True))
        except OSError as error:
            await self._close()
            raise ConfigError(
                f"{self._uri} cannot be announced ({error.strerror or error}). Start without zeroconf."
            ) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Announced no more."""
        await (await self._running.async_unregister_service(self._info))  # until it was said
        await self._close()

    async def _close(self) -> None:
        if self._running is not None:
            await self._running.async_close()

    def _addresses(self) -> list[str]:
        """Of this computer, as others reach it."""
        if self._uri.host not in EVERYWHERE:
            return [self._uri.host]
        if self._interfaces:
            return self._interfaces
        adapters = require("ifaddr", "discovery").get_adapters()
        ours = [one for adapter in adapters for one in adapter.ips]
        if self._uri.host == "::":  # it listens at these alone
            return [str(one.ip[0]) for one in ours if one.is_IPv6 and one.ip[0] != "::1"]
        found = [str(one.ip) for one in ours if one.is_IPv4]
        return [one for one in found if not one.startswith("127.")] or found
