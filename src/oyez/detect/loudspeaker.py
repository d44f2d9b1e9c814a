"""Our own sound, as it is heard in the room, and whether it is to be heard right now."""

import threading
import time
from collections.abc import Callable

from oyez.detect.chime import LENGTH_S, chime
from oyez.sound import Samples

__all__ = ["Loudspeaker"]

RATE = 48_000
SLOW_S = 3.0
"""A player that takes this much longer than the sound has been forgotten by its device."""


class Loudspeaker:
    """Plays the chime, one at a time."""

    def __init__(
        self, play: Callable[[Samples, int], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing sounds.

        Args:
            play: plays samples at a rate, and returns when they have sounded.
            clock: seconds.
        """
        self._play, self._clock = play, clock
        self._one = threading.Lock()
        self._since_s: float | None = None

    def ring(self) -> None:
        """Let the chime sound, and wait for its end; not where one sounds already.

        Raises:
            OyezError: nothing can be played.
        """
        if not self._one.acquire(blocking=False):
            return
        self._since_s = self._clock()
        try:
            self._play(chime(RATE), RATE)
        finally:
            self._since_s = None
            self._one.release()

    def sounds(self) -> bool:
        """Whether it is to be heard now; a player that hangs does not count for ever."""
        since_s = self._since_s
        return since_s is not None and self._clock() - since_s < LENGTH_S + SLOW_S
