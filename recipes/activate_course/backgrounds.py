"""Backgrounds and negative speech for `activate-course`, from a folder of real audio.

    python recipes/activate_course/backgrounds.py DATA OUT

DATA holds one folder per set, each with `metadata.csv`, and `splits/speech_train.txt`; see the README
beside this file. OUT gets `train/` and `held_out/`, each with one sub-folder per kind of background,
which is what `oyez train --backgrounds` takes. Utterances of one speaker are joined to one long recording.
Nothing of the test split is opened.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from oyez import audio

RATE = 16_000
GAP_S = 0.25
HELD_OUT = 0.12  # of speakers, streams and noises


def held_out(name: str) -> str:
    """Which half a speaker, a stream or a noise belongs to: by its name, always the same."""
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32
    return "held_out" if share < HELD_OUT else "train"


def save(target: Path, parts: list[np.ndarray]) -> float:
    """Write the parts one after the other; return seconds."""
    gap = np.zeros(round(GAP_S * RATE), np.float32)
    samples = np.concatenate([piece for part in parts for piece in (part, gap)])
    audio.write(target, samples, RATE, overwrite=True)
    return len(samples) / RATE


def main() -> None:
    """Read, sort, write, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    data, out = options.data, options.out

    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for line in (data / "splits/speech_train.txt").read_text().split():
        path = data / line
        if line.startswith("game_"):
            groups["games", path.stem].append(path)
        else:
            groups["speech", path.parent.name].append(path)
    for name in ("noise_esc10", "music_opsound"):
        with (data / name / "metadata.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                path = data / name / row["path"]
                kind = "music" if name.startswith("music") else "noise"
                groups[kind, path.stem].append(path)

    seconds: dict[str, float] = defaultdict(float)
    for (kind, stem), paths in sorted(groups.items()):
        # four pieces of music are too few to hold one out
        half = "train" if kind == "music" else held_out(stem)
        parts = [audio.read(path, RATE)[0] for path in paths]
        seconds[f"{half}/{kind}"] += save(out / half / kind / f"{stem}.wav", parts)
    for name, total in sorted(seconds.items()):
        print(f"{name:20} {total / 3600:6.2f} h")


if __name__ == "__main__":
    main()
