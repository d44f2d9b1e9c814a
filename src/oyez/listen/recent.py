"""The last seconds of a stream, by sample number."""

from collections import deque

import numpy as np

from oyez.sound import Samples

__all__ = ["Recent"]


class Recent:
    """Keeps at least the last `length` samples of what was pushed, and forgets the rest."""

    def __init__(self, length: int) -> None:
        """Nothing was heard.

        Args:
            length: samples to keep.
        """
        self._length = length
        self.reset()

    def reset(self) -> None:
        """Forget all; the next sample is number 0."""
        self._blocks: deque[Samples] = deque()
        self.start = self.stop = 0
        """Number of the first sample that is kept, and of the one that comes next."""

    def forget(self) -> None:
        """Keep nothing of what was heard; numbers go on."""
        self._blocks.clear()
        self.start = self.stop

    def push(self, samples: Samples) -> None:
        """Take the next samples: (samples,)."""
        self._blocks.append(samples)
        self.stop += len(samples)
        while self.stop - self.start - len(self._blocks[0]) >= self._length:
            self.start += len(self._blocks.popleft())

    def cut(self, start: int, stop: int) -> Samples:
        """Samples by number; what is forgotten, or was not heard yet, is left out.

        Returns:
            (samples,), at most stop − start of them.
        """
        first = self.start
        whole = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        return whole[max(start - first, 0) : max(stop - first, 0)]
