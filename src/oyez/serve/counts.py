"""What a server has done so far, in numbers."""

import math
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BOUNDS_S", "Counts", "Delay"]

BOUNDS_S = (
    0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0,
    math.inf,
)  # fmt: skip
"""Seconds, at most, of each class of delays."""


class Delay:
    """How long sound waited, from its arrival to the answer."""

    def __init__(self) -> None:
        """Nothing waited."""
        self.count, self.total_s, self.most_s = 0, 0.0, 0.0
        self._classes = [0] * len(BOUNDS_S)

    def add(self, delay_s: float) -> None:
        """One more."""
        self.count += 1
        self.total_s += delay_s
        self.most_s = max(self.most_s, delay_s)
        self._classes[bisect_left(BOUNDS_S, delay_s)] += 1

    @property
    def buckets(self) -> list[tuple[float, int]]:
        """Bounds in seconds, and how many were at most that."""
        found, count = [], 0
        for bound_s, more in zip(BOUNDS_S, self._classes, strict=True):
            count += more
            found.append((bound_s, count))
        return found

    def quantile(self, share: float) -> float:
        """Seconds that this share of all was at most, rounded up to the bound of a class; 0 for none."""
        for bound_s, count in self.buckets:
            if count and count >= share * self.count:
                return min(bound_s, self.most_s)
        return 0.0


@dataclass
class Counts:
    """Numbers since the start; only the event loop's thread changes them."""

    streams: int = 0
    """Open now."""
    streams_most: int = 0
    """At once, so far."""
    streams_all: int = 0
    """So far."""
    heard_s: float = 0.0
    """Seconds of sound, of all streams."""
    detections: Counter[str] = field(default_factory=Counter)
    """By word."""
    refused: int = 0
    """Streams that a client asked for and did not get."""
    lost: int = 0
    """Streams that an error ended, of the client's making too."""
    rounds: int = 0
    """Times that a network was run."""
    chunks: int = 0
    """That networks heard."""
    delay: Delay = field(default_factory=Delay)
    """Of live streams: pushes of half a second at most."""
    other: Counter[str] = field(default_factory=Counter)
    """What the parts of a server count for themselves, by name."""

    def opened(self) -> None:
        """One more stream."""
        self.streams += 1
        self.streams_all += 1
        self.streams_most = max(self.streams_most, self.streams)

    def closed(self) -> None:
        """One stream less."""
        self.streams -= 1

    def note(self, what: str, count: int = 1) -> None:
        """Count something else."""
        self.other[what] += count

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "streams": self.streams,
            "streams_most": self.streams_most,
            "streams_all": self.streams_all,
            "heard_s": round(self.heard_s, 3),
            "detections": dict(self.detections),
            "refused": self.refused,
            "lost": self.lost,
            "rounds": self.rounds,
            "chunks": self.chunks,
            "delay": {
                "count": self.delay.count,
                "median_s": self.delay.quantile(0.5),
                "p99_s": self.delay.quantile(0.99),
                "most_s": round(self.delay.most_s, 6),
            },
            "other": dict(self.other),
        }
