"""One stream's place at a network that it shares with others."""

from collections import deque
from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt

from oyez.detect.model import Model
from oyez.detect.stream import Scores, Stream, Threshold
from oyez.errors import OyezError
from oyez.serve.heard import Heard, Scored
from oyez.sound import Samples

__all__ = ["Seat"]


class Seat:
    """Samples in; chunks out for the network, and its answers in; what was heard out."""

    def __init__(
        self,
        name: str,
        model: Model,
        on_ready: Callable[["Seat"], None],
        *,
        rate: int | None = None,
        threshold: Threshold | None = None,
        words: Collection[str] | None = None,
        scores: bool = False,
    ) -> None:
        """Nothing was heard.

        Args:
            name: what the model is called.
            model: the network.
            on_ready: is told when a chunk waits that did not before.
            rate: Hertz of the samples that will be pushed; None means the model's own.
            threshold: score, 0..1, that every word needs, or by word; None means the model's own.
            words: of the model, those that are of interest; None: all.
            scores: whether scores are of interest.

        Raises:
            ConfigError: the rate or the threshold is out of range, or the model has no such word.
        """
        self.name = name
        self._card, self._on_ready, self._scores = model.card, on_ready, scores
        self._stream = Stream(model.card, rate=rate, threshold=threshold)
        self.rate, self.trigger = self._stream.rate, self._stream.trigger
        self.words = tuple(word for word in model.card.words if words is None or word in words)
        self._columns = [model.card.words.index(word) for word in self.words]
        self.state = model.initial_state()[0]
        """(n,), of this stream."""
        self.error: OyezError | None = None
        """Why it hears no more."""
        self._chunks: deque[tuple[Samples, float | None]] = deque()  # and since when they wait
        self._next_since_s: float | None = None
        self._is_out = False  # a chunk of it is at the network
        self._waited_since: list[float] = []
        self._found: list[Heard | Scored] = []
        self._step = self.beginnings = 0
        self._is_finishing = self.is_ended = False

    @property
    def seats(self) -> tuple["Seat", ...]:
        """It alone."""
        return (self,)

    @property
    def chunk_s(self) -> float:
        """Seconds that the network hears at once."""
        return self._card.chunk / self._card.rate

    @property
    def is_ready(self) -> bool:
        """Whether a whole chunk waits."""
        return bool(self._chunks)

    @property
    def is_busy(self) -> bool:
        """Whether a whole chunk waits, or is at the network."""
        return self._is_out or bool(self._chunks)

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that were not heard yet."""
        chunks = len(self._chunks) + self._is_out
        return (chunks * self._card.chunk + self._stream.waiting) / self._card.rate

    def push(self, samples: Samples, since_s: float | None = None) -> None:
        """Take samples.

        Args:
            samples: at `rate`.
            since_s: when they came, by any clock, where it is of interest how long they wait.
        """
        self.is_ended = False
        self._stream.push(samples)
        self._take(since_s)

    def finish(self) -> None:
        """Take the end of the stream; `is_ended` is true when all of it was heard."""
        self.is_ended = False
        self._is_finishing = True
        self._stream.finish()
        self._take(None)
        self._end()

    def reset(self) -> None:
        """Forget everything heard and everything waiting, but not what was found and not yet fetched.

        `beginnings` counts it: an answer to a chunk from before is not to be heard.
        """
        self.beginnings += 1
        self._stream.reset()
        self._chunks.clear()
        self._is_out = False
        self.state[:] = 0
        self._step = 0
        self._is_finishing = self.is_ended = False

    def next(self) -> Samples:
        """The first chunk that waits; `hear` takes the network's answer before the next one."""
        chunk, self._next_since_s = self._chunks.popleft()
        self._is_out = True
        return chunk

    def hear(self, scores: Scores, state: npt.NDArray[np.float32]) -> None:
        """Take the network's answer to the last `next`.

        Args:
            scores: (steps, words of the model).
            state: (n,), copied.
        """
        self.state[:] = state
        self._is_out = False
        if self._next_since_s is not None:
            self._waited_since.append(self._next_since_s)
        for detection in self._stream.judge(scores):
            if detection.word in self.words:
                self._found.append(Heard(self.name, detection))
        if self._scores:
            step_s = self._card.step / self._card.rate
            chosen = scores[:, self._columns]  # a copy: a view would keep those of all streams
            self._found.append(Scored(self.name, self.words, (self._step + 1) * step_s, step_s, chosen))
        self._step += len(scores)
        self._end()

    def fetch(self) -> list[Heard | Scored]:
        """What was found since the last time, in order."""
        found, self._found = self._found, []
        return found

    def waited_since(self) -> list[float]:
        """When the chunks came that were heard since the last time; only those of which it is known."""
        waited, self._waited_since = self._waited_since, []
        return waited

    def _take(self, since_s: float | None) -> None:
        chunks = self._stream.take()
        if len(chunks):
            first = not self._chunks
            self._chunks.extend((chunk, since_s) for chunk in chunks)
            if first:
                self._on_ready(self)

    def _end(self) -> None:
        if self._is_finishing and not self.is_busy:
            self.reset()
            self.is_ended = True
