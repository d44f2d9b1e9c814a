"""Many streams on one network: it runs once for all of them that have a chunk waiting."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.config import DEFAULT_MODEL
from oyez.detect.intent import warned
from oyez.detect.model import Model, model_path
from oyez.detect.stream import Stream, Threshold
from oyez.errors import ConfigError
from oyez.events import Detection

__all__ = ["Batch"]


class Batch:
    """Listens to several streams at once; each hears what a `Detector` of its own would.

    The scores are those of single detectors to 1e-5: a batch is added up in another order.
    """

    def __init__(
        self, model: Model, streams: int, *, rate: int | None = None, threshold: Threshold | None = None
    ) -> None:
        """Streams that have heard nothing.

        Args:
            model: an open model file.
            streams: how many.
            rate: Hertz of the samples that will be pushed; None means the model's own.
            threshold: score, 0..1, that every word needs, or by word; None means the model's own.

        Raises:
            ConfigError: a number is out of range.
        """
        if streams < 1:
            raise ConfigError(f"streams must be 1 or more, got {streams}.")
        self.model = model
        self._streams = [Stream(model.card, rate=rate, threshold=threshold) for _ in range(streams)]
        self._state = model.initial_state(streams)
        self.last_scores = [self._nothing()] * streams

    @classmethod
    def load(
        cls,
        name: str | Path = DEFAULT_MODEL,
        streams: int = 1,
        *,
        rate: int | None = None,
        threshold: Threshold | None = None,
        false_accepts: str | float | None = None,
        strict: bool = False,
    ) -> "Batch":
        """Open a model for several streams; arguments, warnings and errors as for `oyez.load`."""
        model = Model(model_path(name))
        return cls(model, streams, rate=rate, threshold=warned(model, threshold, false_accepts, strict))

    def __len__(self) -> int:
        """Streams."""
        return len(self._streams)

    def reset(self, stream: int | None = None) -> None:
        """Forget everything that one stream heard; None means all of them."""
        for number in self._chosen(stream):
            self._streams[number].reset()
            self._state[number] = 0
            self.last_scores[number] = self._nothing()

    def push(self, x: Sequence[npt.ArrayLike]) -> list[list[Detection]]:
        """Hear more samples of each stream.

        The scores behind the answer stay readable as `last_scores`, (steps, words) for each stream.

        Args:
            x: for each stream samples as for `Detector.push`; as many or as few as there are, an
                empty array for none.

        Returns:
            For each stream its detections, in order of time.

        Raises:
            AudioError: some values or a shape are of no use; nothing of all was heard.
            ConfigError: there are more or fewer arrays than streams.
        """
        if len(x) != len(self):
            raise ConfigError(f"push takes one array for each of {len(self)} streams, got {len(x)}.")
        checked = [sound.as_samples(one) for one in x]
        for stream, samples in zip(self._streams, checked, strict=True):
            stream.push(samples)
        return self._hear()

    def finish(self, stream: int | None = None) -> list[list[Detection]]:
        """Hear that one stream is over, None means all of them; what comes next is a new one.

        Returns:
            For each stream detections that were still due (see `Detector.finish`).
        """
        ended = self._chosen(stream)
        for number in ended:
            self._streams[number].finish()
        detections = self._hear()
        scores = list(self.last_scores)
        for number in ended:
            self.reset(number)
        self.last_scores = scores
        return detections

    def _chosen(self, stream: int | None) -> range:
        if stream is None:
            return range(len(self))
        if not 0 <= stream < len(self):
            raise ConfigError(f"stream must be 0..{len(self) - 1}, got {stream}.")
        return range(stream, stream + 1)

    def _nothing(self) -> npt.NDArray[np.float32]:
        return np.zeros((0, len(self.model.card.words)), np.float32)

    def _hear(self) -> list[list[Detection]]:
        """Run the network over the chunks that are whole, those of one round together."""
        waiting = [stream.take() for stream in self._streams]
        heard = [[self._nothing()] for _ in self._streams]
        for turn in range(max(map(len, waiting))):
            turns = [number for number, chunks in enumerate(waiting) if len(chunks) > turn]
            pcm = np.stack([waiting[number][turn] for number in turns])
            everybody = len(turns) == len(self)
            state = self._state if everybody else self._state[turns]
            scores, state = self.model.run(pcm, state)
            if everybody:
                self._state = state
            else:
                self._state[turns] = state
            for number, one in zip(turns, scores, strict=True):
                heard[number].append(one)
        self.last_scores = [np.concatenate(parts) for parts in heard]
        return [stream.judge(scores) for stream, scores in zip(self._streams, self.last_scores, strict=True)]
