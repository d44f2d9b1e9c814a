"""Sentences in synthetic voices for the bank: what is synthetic is not therefore the word.

    python recipes/bank/sentences.py OUT [--count 900] [--cache DIR] [--jobs 1]

Writes OUT/<engine>/<nnnn>.flac and OUT/metadata.csv; some of the sentences of one engine count as one
speaker, so that they stand one after the other. Needs oyez[train]; two minutes on a core.
"""

import argparse
import csv
from pathlib import Path

from oyez import audio
from oyez.synth.metadata import METADATA
from oyez.synth.sentences import sentences
from oyez.synth.tts.cast import cast
from oyez.synth.tts.speak import Request, speak

VOICES = 800
SEED = 0
SLOW = 8
"""Every so many-th is said by Kokoro, which takes its time."""
SPEAKERS = 16
WITHOUT = ["computer"]


def main() -> None:
    """Say, write, list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=900)
    parser.add_argument("--cache", type=Path, default=Path("build/clips"))
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    voices = cast(count=VOICES, seed=SEED).train
    quick = [voice for voice in voices if voice.engine == "hibari"]
    slow = [voice for voice in voices if voice.engine != "hibari"]
    requests = []
    for number, line in enumerate(sentences(SEED, options.count, without=WITHOUT)):
        those = quick if number % SLOW else slow
        requests.append(Request(those[number % len(those)], line, number))
    rows = []
    for number, one in enumerate(speak(requests, options.cache, options.jobs)):
        path = options.out / one.engine / f"{number:04d}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        audio.write(path, one.samples, one.rate)
        speaker = f"{one.engine} {number % SPEAKERS:02d}"
        rows.append((path.relative_to(options.out).as_posix(), speaker, one.text))
    with (options.out / METADATA).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "speaker", "text"), *rows])
    print(f"{options.out}: {len(rows)} sentences")


if __name__ == "__main__":
    main()
