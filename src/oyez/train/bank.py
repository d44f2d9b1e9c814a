"""What the trunk made of many recordings, and what each step should give: learnt from again and again.

The trunk is frozen, so every recording goes through it once; what comes out, 96 numbers every 80 ms, is
small enough to keep hours of it in memory, as bytes: 4.4 MB an hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from oyez.config import SmallPreset
from oyez.errors import DataError
from oyez.events import Span
from oyez.mel import log_mel
from oyez.output import whole
from oyez.sound import Samples
from oyez.train.trunk import Trunk

__all__ = ["IGNORED", "Bank", "embed", "join", "targets"]

IGNORED = -1
"""Target of a step that is learnt neither as word nor as none."""

ONES_S = 0.4
"""Seconds after a word's end in which a step should be one."""

BEFORE_S, AFTER_S = 0.25, 0.5
"""Seconds before and after those that are ignored: nobody can say when exactly a word ends."""

BATCH = 4  # recordings that the trunk hears at once: few enough for a core's cache


STEPS_OF_A_BYTE = 127  # on each side of zero


@dataclass(frozen=True)
class Bank:
    """Recordings of one length."""

    x: npt.NDArray[np.int8]
    """(recordings, steps, 96): embeddings over `scale`."""
    scale: npt.NDArray[np.float16]
    """(recordings, 96): what a step of `x` is worth, for each recording and each number."""
    y: npt.NDArray[np.int8]
    """(recordings, steps): 0, 1 or `IGNORED`"""

    @classmethod
    def of(cls, embeddings: npt.NDArray[np.floating[Any]], y: npt.NDArray[np.int8] | None = None) -> "Bank":
        """Embeddings (recordings, steps, 96) as bytes, each within half a step; no `y` is zeros."""
        largest = np.abs(embeddings).max(axis=1).astype(np.float32)
        # halves are coarse below a ten-thousandth: silence must not give nothing to divide by
        scale = np.maximum(largest / STEPS_OF_A_BYTE, 1e-4).astype(np.float16)
        steps = np.rint(embeddings / scale[:, None].astype(np.float32))
        x = np.clip(steps, -STEPS_OF_A_BYTE, STEPS_OF_A_BYTE).astype(np.int8)
        return cls(x, scale, np.zeros(x.shape[:2], np.int8) if y is None else y)

    def __len__(self) -> int:
        """Recordings."""
        return len(self.x)

    def embeddings(
        self, which: npt.NDArray[np.integer[Any]] | slice = slice(None)
    ) -> npt.NDArray[np.float32]:
        """Some recordings, or all, as the trunk gave them: (recordings, steps, 96)."""
        return np.asarray(self.x[which] * self.scale[which, None].astype(np.float32), np.float32)

    def only(self, which: npt.NDArray[np.integer[Any] | np.bool_]) -> "Bank":
        """Some recordings, by their numbers or by a mask."""
        return Bank(self.x[which], self.scale[which], self.y[which])

    def save(self, path: Path) -> None:
        """Write one file, whole: `x`, `scale` and `y` as arrays of numpy.

        Raises:
            OutputError: it exists, or cannot be written.
        """
        with whole(path) as draft, draft.open("wb") as file:
            np.savez(file, x=self.x, scale=self.scale, y=self.y)

    @classmethod
    def load(cls, folder: Path, pattern: str) -> "Bank":
        """Read the files that `save` wrote, in order of their names.

        Args:
            folder: where they are.
            pattern: of their names, `scenes_*.npz`.

        Returns:
            All of them as one.

        Raises:
            DataError: there are none.
        """
        parts = [np.load(path) for path in sorted(folder.glob(pattern))]
        if not parts:
            raise DataError(f"{folder} holds no {pattern}. Fill the bank first.")
        return join(cls(part["x"], part["scale"], part["y"]) for part in parts)


def join(banks: Iterable[Bank]) -> Bank:
    """Several banks as one, in their order."""
    parts = list(banks)
    return Bank(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("x", "scale", "y")))


def embed(trunk: Trunk, recordings: Sequence[Samples]) -> npt.NDArray[np.float16]:
    """What the trunk makes of recordings, each from its zero state.

    Args:
        trunk: in evaluation mode.
        recordings: each (samples,) at 16 kHz, all of one length.

    Returns:
        (recordings, steps, 96).
    """
    parts = []
    for start in range(0, len(recordings), BATCH):
        frames = np.stack([log_mel(samples) for samples in recordings[start : start + BATCH]])
        with torch.inference_mode():
            embeddings, _ = trunk(torch.from_numpy(frames))
        parts.append(embeddings.numpy().astype(np.float16))
    return np.concatenate(parts)


def targets(spans: Iterable[Span], preset: SmallPreset, steps: int) -> npt.NDArray[np.int8]:
    """What each step should give.

    A step is judged by its end. Those that end in the 0.4 s after a word's end are ones; what lies
    0.25 s before that, or 0.5 s after it, is ignored, unless it is another word's one.

    Args:
        spans: of one word.
        preset: tells how long a step is.
        steps: of the recording.

    Returns:
        (steps,): 0, 1 or `IGNORED`.
    """
    ends_s = (np.arange(steps) + 1) * preset.step / preset.features.rate
    wanted = np.zeros(steps, np.int8)
    ones = np.zeros(steps, bool)
    for span in spans:
        since_s = ends_s - span.end_s
        wanted[(since_s > -BEFORE_S) & (since_s <= ONES_S + AFTER_S)] = IGNORED
        ones |= (since_s > 0) & (since_s <= ONES_S)
    wanted[ones] = 1
    return wanted
