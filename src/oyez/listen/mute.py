"""Our own sounds, kept from our own ears."""

import numpy as np

from oyez.sound import Samples

__all__ = ["AFTER_S", "Mute"]

AFTER_S = 0.3
"""Seconds that a room, a loudspeaker's delay and a microphone's queue may add to a sound."""


class Mute:
    """Makes silence of a stream's samples for as long as a sound of ours lasts, and 0.3 s more.

    A detector that gets silence in place of the sound cannot be woken by it, and is rested when it hears
    again.
    """

    def __init__(self, rate: int) -> None:
        """Nothing sounds.

        Args:
            rate: Hertz of the stream.
        """
        self._after = round(AFTER_S * rate)
        self.reset()

    def reset(self) -> None:
        """Forget all sounds."""
        self._until = 0

    def sound(self, start: int, length: int) -> None:
        """A sound of ours begins.

        Args:
            start: number of the stream's sample with which it begins.
            length: samples that it lasts.
        """
        self._until = max(self._until, start + length + self._after)

    def covers(self, at: int) -> bool:
        """Whether that sample is muted."""
        return at < self._until

    def silence(self, start: int, samples: Samples) -> Samples:
        """What the detectors may hear.

        Args:
            start: number of the first sample.
            samples: (samples,).

        Returns:
            The same where nothing sounds; else a copy with zeros there.
        """
        muted = min(self._until - start, len(samples))
        if muted <= 0:
            return samples
        return np.concatenate((np.zeros(muted, np.float32), samples[muted:]))
