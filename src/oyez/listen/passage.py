"""What is said after a wake: where it ends, from the levels alone."""

import math
from collections import deque
from enum import Enum

import numpy as np

from oyez.sound import Samples, rms_dbfs

__all__ = ["BEFORE_S", "LONGEST_S", "End", "Passage"]

BEFORE_S = 0.5
"""A passage starts this long before the detection."""
BEGIN_S = 3.0
"""So long the speaker may take to begin."""
SILENCE_S = 0.8
"""So long a pause ends it."""
LONGEST_S = 15.0
"""After the detection; it ends then in any case."""

ROOM_S = 5.0
ROOM_PERCENTILE = 10
ROOM_LEAST_DBFS = -65.0
MARGIN_DB = 8.0
SMOOTHING_S = 0.1
SPOKEN_S = 0.2
WORD_S = 0.5


class End(Enum):
    """Why a passage is over."""

    PAUSE = "a pause"
    NOTHING = "nothing was said"
    LONGEST = "the longest was reached"
    STREAM = "the stream ended"


class Passage:
    """Follows the level of a stream, frame by frame, and says where what follows a wake ends.

    The room's level is the 10th percentile of the last 5 s before the wake. Speech is what lies 8 dB or
    more above it (over 0.1 s); it has begun when it lasts for 0.2 s, later than 0.5 s after the wake: what
    is loud before that may be the rest of the word. Frames under a sound of ours count as neither.
    """

    def __init__(self, frame_s: float) -> None:
        """No passage is open.

        Args:
            frame_s: seconds of a frame.
        """
        self._frame_s = frame_s
        self._levels_dbfs: deque[float] = deque(maxlen=max(1, round(ROOM_S / frame_s)))
        self._powers: deque[float] = deque(maxlen=max(1, round(SMOOTHING_S / frame_s)))
        self.reset()

    def reset(self) -> None:
        """Forget all that was heard."""
        self._levels_dbfs.clear()
        self._powers.clear()
        self.is_open = False
        """Whether a wake was heard and its passage has not ended."""

    def wake(self) -> None:
        """A passage opens with the next frame."""
        levels = [max(ROOM_LEAST_DBFS, level) for level in self._levels_dbfs] or [ROOM_LEAST_DBFS]
        self._speech_dbfs = float(np.percentile(levels, ROOM_PERCENTILE)) + MARGIN_DB
        self.is_open, self._begun = True, False
        self._open_frames = self._spoken = self._quiet = 0

    def push(self, frame: Samples, ours: bool = False) -> End | None:
        """Hear a frame.

        Args:
            frame: (samples,).
            ours: whether a sound of ours covers it.

        Returns:
            Why the open passage ends with this frame; None where it goes on, or none is open.
        """
        level_dbfs = rms_dbfs(frame)
        if not ours:
            self._levels_dbfs.append(level_dbfs)
        self._powers.append(10 ** (level_dbfs / 10))
        if not self.is_open:
            return None
        self._open_frames += 1
        if not ours:
            self._count()
        end = self._end()
        self.is_open = end is None
        return end

    def _count(self) -> None:
        """Speech and silence since the wake."""
        power = sum(self._powers) / len(self._powers)
        loud = power > 0 and 10 * math.log10(power) >= self._speech_dbfs
        self._spoken = self._spoken + 1 if loud else 0
        self._quiet = 0 if loud else self._quiet + 1
        if self._spoken * self._frame_s >= SPOKEN_S and self._open_frames * self._frame_s >= WORD_S:
            self._begun = True

    def _end(self) -> End | None:
        if self._begun and self._quiet * self._frame_s >= SILENCE_S:
            return End.PAUSE
        if not self._begun and self._quiet * self._frame_s >= BEGIN_S:
            return End.NOTHING
        return End.LONGEST if self._open_frames * self._frame_s >= LONGEST_S else None
