"""What the trunk makes of the scenes: embeddings and targets on disk, in parts, made once.

    python recipes/activate/bank.py DATA VOICES OUT [--scenes 8000] [--renderings 3]

Writes OUT/scenes_<nn>.npz and OUT/speech_<nn>.npz. A part that exists is kept, so a run that was stopped
goes on. All chance comes from the number of the example. Fifteen minutes on a core.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from material import load
from scenes import LENGTH, Heard, negative, positive, segments

from oyez.config import PRESETS
from oyez.synth.material import simulated_rooms
from oyez.train.bank import Bank, embed, targets
from oyez.train.trunk import Trunk, load_trunk

PART = 500  # examples in a file
SMALL = PRESETS["small"]


def write(out: Path, name: str, count: int, make: Callable[[int], Heard], trunk: Trunk) -> None:
    """Make `count` examples, part by part."""
    for part in range(-(-count // PART)):
        path = out / f"{name}_{part:03d}.npz"
        if path.exists():
            continue
        began_s = time.monotonic()
        heard = [make(number) for number in range(part * PART, min((part + 1) * PART, count))]
        x = embed(trunk, [one.samples for one in heard])
        y = np.stack([targets(one.spans, SMALL, SMALL.steps(LENGTH)) for one in heard])
        Bank.of(x, y).save(path)
        print(f"{path.name}: {len(x)} in {time.monotonic() - began_s:.0f} s", flush=True)


def main() -> None:
    """Read, render, embed, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "voices", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--scenes", type=int, default=8000)
    parser.add_argument("--renderings", type=int, default=3, help="of each segment, besides the clean one")
    parser.add_argument("--only", choices=("scenes", "speech"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    train, _ = load(options.data, options.voices)
    material, trunk, cut = train.around(simulated_rooms(41, 400)), load_trunk(), segments(train)
    print(f"{len(train.words)} words, {len(train.others)} others, {train.hours()} h", flush=True)
    if options.only != "speech":
        write(
            options.out,
            "scenes",
            options.scenes,
            lambda n: positive(np.random.default_rng((51, n)), train, material),
            trunk,
        )
    if options.only != "scenes":
        write(
            options.out,
            "speech",
            len(cut) * (1 + options.renderings),
            lambda n: negative(np.random.default_rng((52, n)), material, cut[n % len(cut)], n < len(cut)),
            trunk,
        )


if __name__ == "__main__":
    main()
