"""Kokoro's clips of the word again, bent further: other pitch, tract and tempo make other speakers.

    python recipes/activate/bend.py VOICES OUT

VOICES holds `stock*`, as for `bank.py`; OUT gets train/activate/<voice>/<nnnn>.wav, only clips in which
Whisper still hears the word. Needs the requirements of `activate_course`. Five minutes on a core.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from pathlib import Path

import numpy as np
import soundfile

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

from hearing import Hearing
from phrases import WORD
from warp import Warp, finish, warp

SEMITONES = (-5.0, 5.0)
FORMANTS = 0.15
"""Most by which the tract gets longer or shorter; loosely with the pitch."""

STRETCH = (0.75, 1.35)
BENT_ALREADY = "hibari"


def draw(rng: np.random.Generator) -> Warp:
    """How far to bend a clip: a higher voice mostly has a shorter tract."""
    semitones = rng.uniform(*SEMITONES)
    along = semitones / SEMITONES[1]
    ratio = 1 + FORMANTS * float(np.clip(0.5 * along + rng.uniform(-0.7, 0.7), -1, 1))
    return Warp(rng.uniform(*STRETCH), semitones, ratio)


def main() -> None:
    """Bend, listen, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("voices", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    hearing, kept, tried = Hearing(), 0, 0
    for folder in sorted(options.voices.glob(f"stock*/train/{WORD}/*")):
        for path in sorted(folder.glob("*.wav")) if not folder.name.startswith(BENT_ALREADY) else []:
            stock = folder.parents[2].name
            target = options.out / "train" / WORD / f"{stock}_{folder.name}" / path.name
            rng = np.random.default_rng(zlib.crc32(f"{stock}/{folder.name}/{path.name}".encode()))
            samples, rate = soundfile.read(path)
            samples = finish(warp(samples, rate, draw(rng)), rate)
            tried += 1
            if hearing.hears(WORD, samples, rate):
                target.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(target, samples, rate, subtype="PCM_16")
                kept += 1
    print(f"{kept} of {tried} kept")


if __name__ == "__main__":
    main()
