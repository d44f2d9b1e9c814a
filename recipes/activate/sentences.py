"""Speech without the word, by hibari's bent voice: plain sentences and near misses in sentences.

    python recipes/activate/sentences.py OUT [--count 3000] [--seed 1]

Writes OUT/<nnnn>.flac, mono, 16 kHz, and OUT/metadata.csv. Needs oyez[train]. What was said before comes from
the cache beside OUT, so a run that was stopped goes on; some minutes on a core.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

from phrases import spoken_alike
from said import near_misses, read_slots, sentence

from oyez.synth.pronunciation import spoken
from oyez.synth.tts.hibari import HibariVoice
from oyez.synth.tts.speak import Request, speak

COURSE = Path(__file__).resolve().parents[1] / "activate_course"
NEAR = 0.4
"""Share of sentences made of near misses."""

FIELDS = ("path", "text", "voice", "seconds")


def main() -> None:
    """Parse the command line and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    slots, near = read_slots(), near_misses(COURSE)
    requests = []
    for number in range(options.count):
        rng = np.random.default_rng((options.seed, 11, number))
        text = sentence(rng, slots, near if rng.random() < NEAR else ())
        if not spoken_alike(spoken(text)):
            requests.append(Request(HibariVoice.draw(rng), text, number))
    rows = []
    for one in speak(requests, options.out.with_name(f"{options.out.name}.cache")):
        name = f"{one.seed:04d}.flac"
        shutil.copyfile(one.source, options.out / name)
        rows.append((name, one.text, one.voice, f"{len(one.samples) / one.rate:.3f}"))
    with (options.out / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows((FIELDS, *rows))
    print(f"{len(rows)} sentences, {sum(float(row[-1]) for row in rows) / 3600:.2f} h")


if __name__ == "__main__":
    main()
