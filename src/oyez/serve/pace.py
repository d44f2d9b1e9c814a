"""How often somebody may: buckets that fill with time. The clock is passed in."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

__all__ = ["Bucket", "Pace"]

MOST_KNOWN = 10_000
"""Clients that are remembered; the one that was quiet for longest is forgotten first."""


class Bucket:
    """Holds what may be done at once, and fills again."""

    def __init__(self, per_s: float, most: float, clock: Callable[[], float]) -> None:
        """It is full.

        Args:
            per_s: comes in, each second.
            most: that it holds.
            clock: seconds, never backwards.
        """
        self._per_s, self._most, self._clock = per_s, most, clock
        self._level, self._at_s = most, clock()

    def take(self, amount: float = 1.0) -> float:
        """Take something out, even where it is not in there yet.

        Returns:
            Seconds to wait until it would have been.
        """
        now_s = self._clock()
        self._level = min(self._most, self._level + (now_s - self._at_s) * self._per_s) - amount
        self._at_s = now_s
        return max(0.0, -self._level / self._per_s)

    def give_back(self, amount: float = 1.0) -> None:
        """What was taken and not used."""
        self._level = min(self._most, self._level + amount)


class Pace:
    """A bucket for each client."""

    def __init__(self, per_s: float, most: float, clock: Callable[[], float]) -> None:
        """All are full; arguments as for `Bucket`."""
        self._new = partial(Bucket, per_s, most, clock)
        self._known: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """Clients that are remembered."""
        return len(self._known)

    def late_s(self, who: str, amount: float = 1.0) -> float:
        """Count something that a client wants to do.

        Returns:
            0: it may. Otherwise seconds after which it might; then nothing was counted.
        """
        bucket = self._known.setdefault(who, self._known.get(who) or self._new())
        self._known.move_to_end(who)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        wait_s = bucket.take(amount)
        if wait_s:
            bucket.give_back(amount)
        return wait_s
