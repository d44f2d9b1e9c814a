"""Many streams on one network: it runs once for all that have a chunk waiting.

No clock, no input or output: who calls `run` decides when.
"""

from collections.abc import Collection
from itertools import islice

import numpy as np

from oyez.detect.model import Model
from oyez.detect.stream import Threshold
from oyez.errors import ModelError
from oyez.serve.seat import Seat
from oyez.sound import Samples

__all__ = ["MOST", "Batcher"]

MOST = 16
"""Streams in one run. A stream is cheapest in runs of 8; with more than 16, their states no longer fit into
the processor's cache, and all wait longer."""


class Batcher:
    """The seats of one network."""

    def __init__(self, name: str, model: Model, most: int = MOST) -> None:
        """No seat is taken.

        Args:
            name: what the model is called.
            model: the network; nobody else may run it at the same time.
            most: streams that are heard in one run.
        """
        self.name, self.model = name, model
        self._most = 1 if model.takes_one else most
        self._ready: dict[Seat, None] = {}  # in the order in which they wait
        self._seats: set[Seat] = set()

    def __len__(self) -> int:
        """Seats that are taken."""
        return len(self._seats)

    @property
    def is_full(self) -> bool:
        """Whether as many seats have a chunk waiting as one run can hear."""
        return len(self._ready) >= self._most

    @property
    def ready(self) -> int:
        """Seats that have a chunk waiting."""
        return len(self._ready)

    def seat(
        self,
        *,
        rate: int | None = None,
        threshold: Threshold | None = None,
        words: Collection[str] | None = None,
        scores: bool = False,
    ) -> Seat:
        """A place for a stream; arguments and errors as for `Seat`."""
        seat = Seat(
            self.name,
            self.model,
            self._wait,
            rate=rate,
            threshold=threshold,
            words=words,
            scores=scores,
        )
        self._seats.add(seat)
        return seat

    def free(self, seat: Seat) -> None:
        """Nobody sits there any more; what waits is forgotten."""
        self._seats.discard(seat)
        self._ready.pop(seat, None)

    def run(self) -> list[Seat]:
        """Let the network hear one chunk of each seat that has one, of those that waited longest.

        Returns:
            Those seats.
        """
        turn = []
        for seat in list(islice(self._ready, self._most)):
            del self._ready[seat]
            if seat.is_ready:  # a reset may have emptied it
                turn.append(seat)
        if not turn:
            return []
        self._hear(turn, [seat.next() for seat in turn])
        for seat in turn:
            if seat.is_ready and seat.error is None:
                self._ready[seat] = None  # behind those that waited meanwhile
        return turn

    def _hear(self, turn: list[Seat], chunks: list[Samples]) -> None:
        try:
            scores, states = self.model.run(np.stack(chunks), np.stack([seat.state for seat in turn]))
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            if len(turn) > 1:
                for seat, chunk in zip(turn, chunks, strict=True):  # one stream's trouble is no other's
                    self._hear([seat], [chunk])
            else:
                turn[0].error = ModelError(f"{self.model.path} cannot be run ({error}). Check it: oyez info.")
            return
        for seat, one, state in zip(turn, scores, states, strict=True):
            seat.hear(one, state)

    def _wait(self, seat: Seat) -> None:
        if seat in self._seats:
            self._ready[seat] = None
