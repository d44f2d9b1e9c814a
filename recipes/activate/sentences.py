"""Speech without the word, by hibari's pseudo-speakers: plain sentences and near misses in sentences.

    python recipes/activate/sentences.py OUT [--count 3000] [--seed 1]

Writes OUT/<nnnn>.wav, mono, 16 bits, 24 kHz, and OUT/metadata.csv. Needs the requirements of
`activate_course`, whose engines it uses. A run that was stopped goes on where it was; some minutes on a core.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import soundfile

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

from engines import RATE_HZ, HibariEngine, Phonemes, PseudoSpeaker
from phrases import spoken_alike
from said import near_misses, read_slots, sentence
from warp import finish

COURSE = Path(__file__).resolve().parents[1] / "activate_course"
NEAR = 0.4
"""Share of sentences made of near misses."""

SPEEDS = (0.75, 1.3)
FIELDS = ("path", "text", "speed", "pitch_semitones", "seconds")


def main() -> None:
    """Parse the command line and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    engine, phonemes = HibariEngine(), Phonemes()
    slots, near = read_slots(), near_misses(COURSE)
    rows = []
    for number in range(options.count):
        rng = np.random.default_rng((options.seed, 11, number))
        text = sentence(rng, slots, near if rng.random() < NEAR else ())
        spoken = phonemes(text)
        if spoken_alike(spoken):
            continue
        speaker, speed = PseudoSpeaker.draw(rng), rng.uniform(*SPEEDS)
        path = options.out / f"{number:04d}.wav"
        if not path.exists():
            soundfile.write(path, finish(engine.say(spoken, speaker, speed, rng), RATE_HZ), RATE_HZ)
        seconds = soundfile.info(path).duration
        rows.append((path.name, text, f"{speed:.3f}", f"{speaker.pitch_semitones:.1f}", f"{seconds:.3f}"))
        if number % 250 == 0:
            print(f"{number} of {options.count}: {text}", flush=True)
    with (options.out / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows((FIELDS, *rows))
    print(f"{len(rows)} sentences, {sum(float(row[-1]) for row in rows) / 3600:.2f} h")


if __name__ == "__main__":
    main()
