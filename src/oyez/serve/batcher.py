"""Many streams on one network: it runs once for all that have a chunk waiting.

No clock, no input or output: who calls `run` decides when.
"""

from collections.abc import Collection
from itertools import islice

import numpy as np
import numpy.typing as npt

from oyez.detect.model import Model
from oyez.detect.stream import Scores, Threshold
from oyez.errors import ModelError
from oyez.serve.seat import Seat
from oyez.sound import Samples

__all__ = ["MOST", "Batch", "Batcher"]

MOST = 16
"""Streams in one run. A stream is cheapest in runs of 8; with more than 16, their states no longer fit into
the processor's cache, and all wait longer."""

_State = npt.NDArray[np.float32]
_Answer = tuple[Scores, _State] | ModelError


class Batch:
    """Chunks that the network hears together; until they are answered, seats may go on as they like."""

    def __init__(self, model: Model, seats: list[Seat]) -> None:
        """Take a chunk of each.

        Args:
            model: the network.
            seats: that have one.
        """
        self.seats = seats
        self._model = model
        self._beginnings = [seat.beginnings for seat in seats]
        self._chunks = np.stack([seat.next() for seat in seats])
        self._states = np.stack([seat.state for seat in seats])
        self._answers: list[_Answer] = []

    def run(self) -> None:
        """Run the network; on any thread, since seats are left alone."""
        self._answers = self._ask(self._chunks, self._states)

    def answer(self) -> None:
        """Tell the seats, but for those that have begun anew meanwhile."""
        for seat, beginning, answer in zip(self.seats, self._beginnings, self._answers, strict=True):
            if seat.beginnings != beginning:
                continue
            if isinstance(answer, ModelError):
                seat.error = answer
                continue
            try:
                seat.hear(*answer)
            except Exception as error:  # one stream's trouble is no other's
                seat.error = ModelError(f"this stream failed ({error!r}).")

    def _ask(self, chunks: Samples, states: _State) -> list[_Answer]:
        try:
            scores, after = self._model.run(chunks, states)
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            if len(chunks) == 1:
                return [ModelError(f"{self._model.path} cannot be run ({error}). Check it: oyez info.")]
            each = [slice(at, at + 1) for at in range(len(chunks))]  # one stream's trouble is no other's
            return [one for at in each for one in self._ask(chunks[at], states[at])]
        return list(zip(scores, after, strict=True))


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
        """Let the network hear a batch, here and now.

        Returns:
            Whose chunks they were.
        """
        batch = self.take()
        if batch is None:
            return []
        batch.run()
        return self.give(batch)

    def take(self) -> Batch | None:
        """One chunk of each seat that has one, of those that waited longest; None: there is none.

        `give` it back before the next one is taken.
        """
        turn = []
        for seat in list(islice(self._ready, self._most)):
            del self._ready[seat]
            if seat.is_ready:  # a reset may have emptied it
                turn.append(seat)
        return Batch(self.model, turn) if turn else None

    def give(self, batch: Batch) -> list[Seat]:
        """Hand out what a batch heard.

        Returns:
            Whose chunks they were.
        """
        batch.answer()
        for seat in batch.seats:
            if seat.is_ready and seat.error is None:
                self._wait(seat)  # behind those that waited meanwhile
        return batch.seats

    def _wait(self, seat: Seat) -> None:
        if seat in self._seats:
            self._ready[seat] = None
