"""Events against the truth: which words were heard, which were missed, what was made up.

One page of rules, told in the docstring of `match`. Knows spans and detections, nothing of audio.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from oyez.events import Detection, Span

__all__ = ["EDGE_S", "GRACE_S", "Matches", "match"]

GRACE_S = 0.75
"""Seconds after a word's end in which its detection still counts."""

EDGE_S = 1e-6
"""Seconds by which sums of times may be off: less than a sample, so that an edge belongs to its word."""


@dataclass(frozen=True)
class Matches:
    """Counts of events."""

    hits: int = 0
    misses: int = 0
    duplicates: int = 0
    """Further detections of a word that was heard already."""
    false_accepts: int = 0
    delays_s: tuple[float, ...] = ()
    """Of each hit: seconds from the word's end until its detection is known, negative for one before it."""

    def __add__(self, other: "Matches") -> "Matches":
        """Pooled."""
        return Matches(
            self.hits + other.hits,
            self.misses + other.misses,
            self.duplicates + other.duplicates,
            self.false_accepts + other.false_accepts,
            self.delays_s + other.delays_s,
        )

    @property
    def precision(self) -> float:
        """Share of detections that were words; 1 where there was none."""
        heard = self.hits + self.false_accepts
        return self.hits / heard if heard else 1.0

    @property
    def recall(self) -> float:
        """Share of words that were heard; 1 where there was none."""
        said = self.hits + self.misses
        return self.hits / said if said else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        wrong = self.misses + self.false_accepts
        return 2 * self.hits / (2 * self.hits + wrong) if self.hits or wrong else 1.0


def match(
    spans: Iterable[Span], detections: Iterable[Detection], grace_s: float = GRACE_S, wait_s: float = 0.0
) -> Matches:
    """Match detections to words, one to one, in order of time.

    A detection belongs to a word from its start to `grace_s` after its end, both included; where two
    words could take it, the one that ends first and is still unheard does. The first is a hit; a further
    one in that time is a duplicate; one that belongs nowhere is a false accept. Words of different names
    never match. No other choice could give more hits: who cannot wait goes first.

    Args:
        spans: the truth.
        detections: what was heard.
        grace_s: seconds after a word's end.
        wait_s: seconds of sound that the detector takes at once. A detection is known when its block is
            full, and delays count until then.

    Returns:
        The counts.
    """
    order = sorted(spans, key=lambda span: (span.end_s, span.start_s))
    heard = [False] * len(order)
    delays_s = []
    duplicates = false_accepts = 0
    for detection in sorted(detections, key=lambda one: one.time_s):
        around = [
            index
            for index, span in enumerate(order)
            if span.word == detection.word
            and span.start_s - EDGE_S <= detection.time_s <= span.end_s + grace_s + EDGE_S
        ]
        unheard = next((index for index in around if not heard[index]), None)
        if unheard is not None:
            heard[unheard] = True
            delays_s.append(_known_s(detection.time_s, wait_s) - order[unheard].end_s)
        elif around:
            duplicates += 1
        else:
            false_accepts += 1
    hits = sum(heard)
    return Matches(hits, len(order) - hits, duplicates, false_accepts, tuple(delays_s))


def _known_s(time_s: float, wait_s: float) -> float:
    return math.ceil(round(time_s / wait_s, 6)) * wait_s if wait_s else time_s
