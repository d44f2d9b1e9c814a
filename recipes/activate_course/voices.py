"""Makes the spoken clips of the "activate" course: the word, and what is not the word.

    python recipes/activate_course/voices.py OUT [--seed 1] [--only positives|negatives]

Writes OUT/<split>/<activate|negatives>/<voice>/<nnnn>.wav, mono, 16 bits, 24 kHz, and
OUT/metadata.csv with a row per clip tried. A clip of the word is kept only if Whisper hears exactly
that word; those dropped have a row (accepted 0) and no file. Negatives are not checked: their field
is empty. Every clip is drawn from its own seed, so a run that was stopped goes on where it was.
Needs requirements.txt beside this file; about a quarter of an hour on one core.
"""

from __future__ import annotations

import argparse
import csv
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from cast import N_BLENDS, N_PSEUDO_SPEAKERS, Cast
from engines import RATE_HZ, Array, HibariEngine, Kokoro, Phonemes
from hearing import Hearing
from phrases import WORD, deal, positive_text
from warp import Warp, finish, warp

FIELDS = (
    *("path", "split", "label", "voice", "engine"),
    *("text", "speed", "seed", "seconds", "accepted"),
)
POSITIVE, NEGATIVE = "activate", "negatives"
HELD_OUT_SPLITS = ("validation", "test")
TRIES_PER_CLIP = 2  # a voice gives up after twice its clips
POSITIVE_SECONDS = (0.4, 1.2)  # what a single word can last
KOKORO_SPEEDS = (1.05, 1.35)  # slower, short words lose their first vowel
HIBARI_SPEEDS = (0.75, 1.3)
STYLE_NOISE = 0.1  # of each style value's deviation within its row
ROW_SHIFTS = 4  # rows up or down
JITTER_SEMITONES = 1.0
REPORT_EVERY = 50  # clips


@dataclass(frozen=True)
class Order:
    """Some clips of one voice."""

    split: str
    label: str
    voice: str
    texts: tuple[str, ...]
    """One per negative to make; empty for the word itself, whose endings are drawn"""
    count: int


def positive_orders(cast: Cast) -> Iterator[Order]:
    """Stock voices of all splits first, then blends and hibari for training."""
    for split, count in (("train", 8), ("validation", 10), ("test", 10)):
        for voice in cast.stock_names[split]:
            yield Order(split, POSITIVE, voice, (), count)
    for voice in cast.blend_names:
        yield Order("train", POSITIVE, voice, (), 250 // N_BLENDS)
    for n, voice in enumerate(cast.speakers):
        share = range(n, 250, N_PSEUDO_SPEAKERS)
        yield Order("train", POSITIVE, voice, (), len(share))


def negative_orders(cast: Cast, phonemes: Phonemes, seed: int) -> Iterator[Order]:
    """600 by Kokoro's training voices, 1200 by hibari, 20 per held-out voice."""
    groups = [(split, cast.stock_names[split], 20.0) for split in HELD_OUT_SPLITS]
    groups += [
        ("train", tuple(cast.speakers), 20.0),
        ("train", cast.stock_names["train"], 15.0),
        ("train", cast.blend_names, 300 / N_BLENDS),
    ]
    for n, (split, voices, per_voice) in enumerate(groups):
        rng = np.random.default_rng([seed, 3, n])
        texts = deal(split, round(per_voice * len(voices)), rng, phonemes)
        for m, voice in enumerate(voices):
            own = tuple(texts[m :: len(voices)])
            yield Order(split, NEGATIVE, voice, own, len(own))


class Studio:
    """The engines and the cast, loaded once; a seed and a voice in, sound out."""

    def __init__(self, seed: int) -> None:
        self.cast = Cast(seed)
        self.phonemes = Phonemes()
        self._hibari = HibariEngine()
        self._kokoro = Kokoro(self._hibari.vocabulary)

    def engine(self, voice: str) -> str:
        """Which engine a voice belongs to."""
        return "hibari" if voice in self.cast.speakers else "kokoro"

    def record(self, voice: str, text: str, rng: np.random.Generator) -> tuple[Array, float]:
        """One clip, cut and levelled.

        Args:
            voice: a name of the cast.
            text: what to say.
            rng: draws everything else.

        Returns:
            (samples,) float32 at 24 kHz, and the speed it was said at.
        """
        if voice in self.cast.speakers:
            speaker = self.cast.speakers[voice].vary(JITTER_SEMITONES, rng)
            speed = rng.uniform(*HIBARI_SPEEDS)
            samples = self._hibari.say(self.phonemes(text), speaker, speed, rng)
            return finish(samples, RATE_HZ), speed
        chosen = self.cast.kokoro[voice]
        speed = rng.uniform(*KOKORO_SPEEDS)
        deviation = chosen.styles.std(axis=1, keepdims=True)  # (rows, 1)
        noise = rng.standard_normal(chosen.styles.shape[1])
        styles = chosen.styles + STYLE_NOISE * deviation * noise
        row_shift = int(rng.integers(-ROW_SHIFTS, ROW_SHIFTS + 1))
        bend = Warp.draw(rng)
        samples = self._kokoro.say(self.phonemes(text, chosen.british), styles, speed, row_shift)
        return finish(warp(samples, RATE_HZ, bend), RATE_HZ), speed


class Session:
    """Fills orders into a folder, and remembers in metadata.csv what was tried."""

    def __init__(self, out: Path, seed: int) -> None:
        self._out, self._seed = out, seed
        self._studio, self._hearing = Studio(seed), Hearing()
        self._table = out / "metadata.csv"
        out.mkdir(parents=True, exist_ok=True)
        self._accepted = self._past()
        self._made, self._started_s = 0, time.monotonic()

    def _past(self) -> dict[str, str]:
        """Path to accepted, of the clips that an earlier run tried and whose files still exist."""
        if not self._table.exists():
            with self._table.open("w", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(FIELDS)
        with self._table.open(newline="") as file:
            rows = list(csv.DictReader(file))
        rows = [row for row in rows if row["accepted"] == "0" or (self._out / row["path"]).exists()]
        with self._table.open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return {row["path"]: row["accepted"] for row in rows}

    def run(self, only: str | None) -> None:
        """Fill every order, positives first.

        Args:
            only: positives, negatives, or both when None.
        """
        cast, phonemes = self._studio.cast, self._studio.phonemes
        if only != "negatives":
            for order in positive_orders(cast):
                self._fill(order)
        if only != "positives":
            for order in negative_orders(cast, phonemes, self._seed):
                self._fill(order)

    def _fill(self, order: Order) -> None:
        kept = 0
        tries = TRIES_PER_CLIP * order.count if order.label == POSITIVE else order.count
        for number in range(tries):
            if kept == order.count:
                return
            path = f"{order.split}/{order.label}/{order.voice}/{number:04d}.wav"
            if path not in self._accepted:
                self._accepted[path] = self._make(order, number, path)
            kept += self._accepted[path] != "0"

    def _make(self, order: Order, number: int, path: str) -> str:
        """Record one clip, keep or drop it, note it; returns the accepted field."""
        clip_seed = zlib.crc32(f"{self._seed}/{path}".encode())
        rng = np.random.default_rng(clip_seed)
        text = order.texts[number] if order.texts else positive_text(rng)
        samples, speed = self._studio.record(order.voice, text, rng)
        seconds = len(samples) / RATE_HZ
        accepted = ""
        if order.label == POSITIVE:
            plausible = POSITIVE_SECONDS[0] <= seconds <= POSITIVE_SECONDS[1]
            accepted = str(int(plausible and self._hearing.hears(WORD, samples, RATE_HZ)))
        if accepted != "0":
            target = self._out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, samples, RATE_HZ, subtype="PCM_16")
        engine = self._studio.engine(order.voice)
        row = (
            *(path, order.split, order.label, order.voice, engine),
            *(text, f"{speed:.3f}", clip_seed, f"{seconds:.3f}", accepted),
        )
        with self._table.open("a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(row)
        self._made += 1
        if self._made % REPORT_EVERY == 0:
            elapsed_s = time.monotonic() - self._started_s
            print(f"{elapsed_s:6.0f} s  {self._made} clips made, now at {path}", flush=True)
        return accepted

    def summary(self) -> str:
        """A line per split, label and engine: clips kept and dropped, seconds kept."""
        kept: Counter[tuple[str, ...]] = Counter()
        dropped: Counter[tuple[str, ...]] = Counter()
        seconds: defaultdict[tuple[str, ...], float] = defaultdict(float)
        with self._table.open(newline="") as file:
            for row in csv.DictReader(file):
                key = (row["split"], row["label"], row["engine"])
                (dropped if row["accepted"] == "0" else kept)[key] += 1
                seconds[key] += float(row["seconds"]) * (row["accepted"] != "0")
        return "\n".join(
            f"{' '.join(key):32s} kept {kept[key]:5d}  dropped {dropped[key]:4d}  {seconds[key]:7.1f} s"
            for key in sorted(kept | dropped)
        )


def main() -> None:
    """Parse the command line and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("positives", "negatives"))
    arguments = parser.parse_args()
    session = Session(arguments.out, arguments.seed)
    session.run(arguments.only)
    print(session.summary())


if __name__ == "__main__":
    main()
