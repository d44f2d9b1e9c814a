"""What the trunk makes of the scenes: embeddings and targets on disk, in parts, made once.

    python recipes/activate/bank.py DATA VOICES OUT [--scenes 5000] [--renderings 2]

Writes OUT/scenes_<nn>.npz and OUT/speech_<nn>.npz. A part that exists is kept, so a run that was stopped
goes on. All chance comes from the number of the example. Half an hour on a core.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from material import RATE, load
from scenes import LENGTH, Heard, negative, positive, rooms, segments

from oyez.events import Span
from oyez.mel import log_mel
from oyez.output import whole
from oyez.train.trunk import Trunk, load_trunk

__all__ = ["IGNORED", "STEP", "embed", "targets"]

PART = 500  # examples
BATCH = 4  # that the trunk hears at once: small enough for a core's cache
STEP = 1_280
"""Samples."""

STEPS = LENGTH // STEP
ONES_S, BEFORE_S, AFTER_S = 0.4, 0.25, 0.5
IGNORED = -1
"""Target of a step that is neither learnt as word nor as none."""


def targets(spans: tuple[Span, ...], steps: int = STEPS) -> npt.NDArray[np.int8]:
    """Ones for 0.4 s after a word's end; not counted: 0.25 s before that and 0.5 s after.

    Args:
        spans: the words.
        steps: of 80 ms.

    Returns:
        (steps,) 0, 1 or `IGNORED`.
    """
    ends_s = (np.arange(steps) + 1) * STEP / RATE
    wanted = np.zeros(steps, np.int8)
    for span in spans:
        since_s = ends_s - span.end_s
        around = (since_s > -BEFORE_S) & (since_s <= ONES_S + AFTER_S)
        wanted[around & (wanted == 0)] = IGNORED
    for span in spans:
        since_s = ends_s - span.end_s
        wanted[(since_s > 0) & (since_s <= ONES_S)] = 1
    return wanted


def embed(trunk: Trunk, many: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float16]:
    """(examples, steps, 96) of samples that are equally long, each from the trunk's zero state."""
    parts = []
    for start in range(0, len(many), BATCH):
        frames = np.stack([log_mel(samples) for samples in many[start : start + BATCH]])
        with torch.inference_mode():
            parts.append(trunk(torch.from_numpy(frames))[0].numpy().astype(np.float16))
    return np.concatenate(parts)


def write(out: Path, name: str, count: int, make: Callable[[int], Heard], trunk: Trunk) -> None:
    """Make `count` examples, part by part."""
    for part in range(-(-count // PART)):
        path = out / f"{name}_{part:03d}.npz"
        if path.exists():
            continue
        began_s = time.monotonic()
        heard = [make(number) for number in range(part * PART, min((part + 1) * PART, count))]
        x = embed(trunk, [one.samples for one in heard])
        y = np.stack([targets(one.spans) for one in heard])
        with whole(path) as draft, draft.open("wb") as file:
            np.savez(file, x=x, y=y)
        print(f"{path.name}: {len(x)} in {time.monotonic() - began_s:.0f} s", flush=True)


def main() -> None:
    """Read, render, embed, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "voices", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--scenes", type=int, default=5000)
    parser.add_argument("--renderings", type=int, default=2, help="of each segment, besides the clean one")
    parser.add_argument("--only", choices=("scenes", "speech"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    train, _ = load(options.data, options.voices)
    echoes, trunk, cut = rooms(41), load_trunk(), segments(train)
    print(f"{len(train.words)} words, {len(train.others)} others, {train.hours()} h", flush=True)
    if options.only != "speech":
        write(
            options.out,
            "scenes",
            options.scenes,
            lambda n: positive(np.random.default_rng((51, n)), train, echoes),
            trunk,
        )
    if options.only != "scenes":
        write(
            options.out,
            "speech",
            len(cut) * (1 + options.renderings),
            lambda n: negative(
                np.random.default_rng((52, n)), train, echoes, cut[n % len(cut)], n < len(cut)
            ),
            trunk,
        )


if __name__ == "__main__":
    main()
