"""Makes the spoken clips of "activate": the word, and what is not the word.

    python recipes/activate_course/voices.py OUT [--seed 1] [--voices 205] [--only positives|negatives]

Writes OUT/<split>/<activate|negatives>/<voice>/<nnnn>.flac, mono, 16 kHz, and OUT/metadata.csv with a row for
each clip that was said. A clip of the word is kept only if Whisper hears the word; those dropped have a row
(accepted 0) and no file. Negatives are not checked. What was said before comes from the cache beside OUT, so
a run that was stopped goes on. Needs oyez[train,verify]; about a quarter of an hour on a core.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from phrases import WORD, deal, positive_text

from oyez.synth.pronunciation import spoken as phonemes
from oyez.synth.tts.cast import cast
from oyez.synth.tts.kokoro import KokoroVoice
from oyez.synth.tts.speak import Request, Spoken, speak
from oyez.synth.tts.verify import verified
from oyez.synth.tts.voice import Voice

FIELDS = ("path", "split", "label", "voice", "engine", "text", "seed", "seconds", "heard", "accepted")
VALIDATION = ("af_nova", "am_michael", "bf_emma", "bm_lewis")
TEST = ("af_sarah", "am_fenrir", "bf_isabella", "bm_daniel")
STOCK_TAKES, MADE_TAKES, HELD_OUT_TAKES = 8, 3, 10
NEGATIVES = {"train": 9, "validation": 20, "test": 20}
"""For each voice."""


def voices(count: int, seed: int) -> dict[str, tuple[Voice, ...]]:
    """By split: nobody held out is heard in training, and none is a parent of a blend."""
    found = cast(count=count, seed=seed, hold_out=VALIDATION, leave_out=TEST, engines=("kokoro", "hibari"))
    test = tuple(KokoroVoice.stock(name) for name in TEST)
    return {"train": found.train, "validation": found.validation, "test": test}


def positives(split: str, people: Sequence[Voice], seed: int) -> Iterator[Request]:
    """The word: often by voices of the release, less by blends and bent ones, of which there are more."""
    for number, voice in enumerate(people):
        stock = isinstance(voice, KokoroVoice) and len(voice.parents) == 1
        takes = HELD_OUT_TAKES if split != "train" else STOCK_TAKES if stock else MADE_TAKES
        for take in range(takes):
            rng = np.random.default_rng((seed, 1, number, take))
            yield Request(voice, positive_text(rng), take)


def negatives(split: str, people: Sequence[Voice], seed: int) -> Iterator[Request]:
    """Other words, near misses and sentences, dealt out."""
    rng = np.random.default_rng((seed, 2, len(split)))
    texts = deal(
        split, NEGATIVES[split] * len(people), rng, lambda text, british: phonemes(text, british=british)
    )
    for number, text in enumerate(texts):
        yield Request(people[number % len(people)], text, number)


class Folder:
    """What is kept, and the table of all that was said."""

    def __init__(self, out: Path) -> None:
        self._out, self._rows = out, list[dict[str, object]]()
        self._numbers: Counter[str] = Counter()

    def add(self, split: str, label: str, one: Spoken, heard: str, accepted: bool) -> None:
        """Copy a clip, if it is accepted, and note it."""
        place = f"{split}/{label}/{one.voice}"
        path = f"{place}/{self._numbers[place]:04d}.flac"
        self._numbers[place] += 1
        if accepted:
            (self._out / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.source, self._out / path)
        seconds = f"{one.end_s - one.start_s:.3f}"
        values = (
            path,
            split,
            label,
            one.voice,
            one.engine,
            one.text,
            one.seed,
            seconds,
            heard,
            int(accepted),
        )
        self._rows.append(dict(zip(FIELDS, values, strict=True)))

    def finish(self) -> str:
        """Write the table; returns a line for each split, label and engine."""
        with (self._out / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self._rows)
        counts = Counter((row["split"], row["label"], row["engine"], row["accepted"]) for row in self._rows)
        return "\n".join(
            f"{' '.join(map(str, key))}: {count}" for key, count in sorted(counts.items(), key=str)
        )


def fill(out: Path, people: dict[str, tuple[Voice, ...]], seed: int, only: str | None, jobs: int) -> str:
    """Say, check and keep everything.

    Args:
        out: the folder.
        people: voices by split.
        seed: draws texts.
        only: positives, negatives, or both when None.
        jobs: processes.

    Returns:
        How many clips of each kind were kept (1) and dropped (0).
    """
    folder, cache = Folder(out), out.with_name(f"{out.name}.cache")
    for split, some in people.items():
        if only != "negatives":
            found = verified(list(speak(list(positives(split, some, seed)), cache, jobs)), WORD, jobs)
            for one in found.kept:
                folder.add(split, WORD, one, WORD, True)
            for wrong in found.dropped:
                folder.add(split, WORD, wrong.spoken, wrong.heard, False)
        if only != "positives":
            for one in speak(list(negatives(split, some, seed)), cache, jobs):
                folder.add(split, "negatives", one, "", True)
    return folder.finish()


def main() -> None:
    """Parse the command line and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voices", type=int, default=205, help="that train")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", choices=("positives", "negatives"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    people = voices(options.voices, options.seed)
    print(fill(options.out, people, options.seed, options.only, options.jobs))


if __name__ == "__main__":
    main()
