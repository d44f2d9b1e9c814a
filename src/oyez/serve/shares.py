"""What many clients share, and how much of it each may have."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from oyez.errors import LimitError

__all__ = ["Shares", "household"]

PREFIX = 64
"""Bits of an IPv6 address that one household has; it may use any of the addresses below."""


class Shares:
    """Counts who has how many of something."""

    def __init__(self, what: str, everybody: int, each: int) -> None:
        """Nobody has one.

        Args:
            what: is shared, for errors: in the plural.
            everybody: may have so many together.
            each: client may have so many.
        """
        self._what, self._everybody, self._each = what, everybody, each
        self._taken: Counter[str] = Counter()

    def __len__(self) -> int:
        """That are taken."""
        return self._taken.total()

    def take(self, who: str) -> None:
        """One for a client.

        Raises:
            LimitError: it has its share, or all are taken.
        """
        if self._taken[who] >= self._each:
            raise LimitError(
                f"one client may have {self._each} {self._what} at once, and has them. Close one first."
            )
        if len(self) >= self._everybody:
            raise LimitError(f"all {self._everybody} {self._what} are taken. Try again later.")
        self._taken[who] += 1

    def give_back(self, who: str) -> None:
        """One of a client's."""
        self._taken[who] -= 1
        if not self._taken[who]:
            del self._taken[who]

    @contextmanager
    def taken(self, who: str) -> Iterator[None]:
        """One for a client, as long as the block lasts.

        Raises:
            LimitError: as `take`.
        """
        self.take(who)
        try:
            yield
        finally:
            self.give_back(who)


def household(address: str) -> str:
    """What counts as one client.

    Example:
        >>> household("192.0.2.7"), household("2001:db8::1:2"), household("::ffff:192.0.2.7")
        ('192.0.2.7', '2001:db8::/64', '192.0.2.7')
    """
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(one, ipaddress.IPv4Address):
        return str(one)
    if one.ipv4_mapped is not None:
        return str(one.ipv4_mapped)
    return str(ipaddress.ip_network((one, PREFIX), strict=False))
