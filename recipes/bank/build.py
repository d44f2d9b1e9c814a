"""Build the bank of negatives that is shipped: the train split and synthetic sentences, through the trunk.

    python recipes/bank/build.py DATA OUT.npz [--voices DIR …] [--models FILE …] [--cache DIR] [--jobs 1]

DATA is the folder of real audio (see recipes/README.md): of its speech only what `splits/speech_train.txt`
names is opened. Each --voices folder holds sentences in synthetic voices, one sub-folder for each voice, and
may have a `metadata.csv` with `path`, `speaker` and `text`. Every stretch is rendered as it is and in other
surroundings; then the models choose: what they score highest is kept, in equal parts, and a random share.
The same fillings are kept in --cache: other models, or another size, cost a minute.

A quarter of the speakers and streams is for calibration: each stretch of theirs once, half of them clean.
"""

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from choose import choose

from oyez import audio
from oyez.detect.model import model_path
from oyez.synth.material import Material, read_material
from oyez.train.export import load_small_network
from oyez.train.fill import Filling, fill
from oyez.train.head import highest_scores
from oyez.train.negatives import Negatives, join
from oyez.train.recordings import recordings_in, segments

LICENCES = {
    "game_fotaq": "freely redistributable (Flight of the Amazon Queen, as Debian has it)",
    "speechocean762": "free, commercial use too",
    "noise_esc10": "CC0 and CC BY, by clip: in surroundings only",
    "music_opsound": "CC BY-SA: in surroundings only",
    "rir": "by file: in surroundings only",
}
VOICES_LICENCE = "synthetic voices: see NOTICE"
EFFECTS = ("Fat_Bass", "Reverse_Gate", "Symphonic")
"""Of the impulse responses: those that are no rooms."""

CALIBRATION = 0.25
"""Share of the speakers and streams."""

MADE_OF = "bank 2"
BYTES_OF_A_ROW = 125 * 96 + 2 * 96


def material(data: Path, rooms: Path) -> Material:
    """Noises, music, rooms simulated and measured; talk by those who are not for calibration."""
    return read_material(
        {"noise": audio.files_in(data / "noise_esc10"), "music": audio.files_in(data / "music_opsound")},
        {
            name: [
                one.path
                for one in recordings_in(data / name, only=set(paths))
                if not held_out(one.source, one.speaker)
            ]
            for name, paths in train_split(data).items()
        },
        rooms,
    )


def held_out(source: str, speaker: str) -> bool:
    """Whether a speaker or a stream is for calibration: by its name, always the same."""
    digest = hashlib.sha256(f"calibration/{source}/{speaker}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < CALIBRATION


def train_split(data: Path) -> dict[str, list[str]]:
    """Paths by set, of the train split only."""
    found: dict[str, list[str]] = {}
    for line in (data / "splits/speech_train.txt").read_text(encoding="utf-8").split():
        name, _, path = line.partition("/")
        found.setdefault(name, []).append(path)
    return found


def linked_rooms(data: Path, folder: Path) -> Path:
    """A folder of the impulse responses that train: `rir/piper` without what is an effect."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in audio.files_in(data / "rir/piper"):
        link = folder / path.name
        if not any(name in path.name for name in EFFECTS) and not link.exists():
            link.symlink_to(path.resolve())
    return folder


def apart(negatives: Negatives, synthetic: Collection[str]) -> Negatives:
    """With whole speakers and streams marked for calibration; synthetic ones all train."""
    marked = [
        replace(one, calibration=one.source not in synthetic and held_out(one.source, one.speaker))
        for one in negatives.stretches
    ]
    return replace(negatives, stretches=tuple(marked))


def one_each(negatives: Negatives) -> np.ndarray:
    """Rows of the calibration part: each stretch once, every other one clean."""
    wanted = np.where(negatives.of % 2 == 0, 0, 1)
    return np.flatnonzero(negatives.calibration & (negatives.rendering == wanted))


def scores(negatives: Negatives, models: Sequence[str]) -> np.ndarray:
    """(models, rows): the highest score that each model gives a row."""
    found = []
    for name in models:
        network, words = load_small_network(model_path(name))
        found.append(highest_scores(network.head, negatives.bank))
        print(f"{', '.join(words)}: {int((found[-1] > 0.5).sum())} rows over a half", flush=True)
    return np.stack(found) if found else np.zeros((0, len(negatives)))


def told(negatives: Negatives) -> None:
    """Print what a bank holds."""
    for name, part in (("train", ~negatives.calibration), ("calibration", negatives.calibration)):
        kept = negatives.only(part)
        sources = Counter(kept.stretches[n].source for n in kept.of)
        clean = int((kept.rendering == 0).sum())
        print(f"{name}: {len(kept)} rows ({clean} clean) of {kept.hours:.2f} h; rows by set {dict(sources)}")


def main() -> None:
    """Fill, set apart, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--voices", type=Path, nargs="*", default=[])
    parser.add_argument("--models", nargs="*", default=["activate"])
    parser.add_argument("--cache", type=Path, default=Path("build/bank"))
    parser.add_argument("--renderings", type=int, default=3)
    parser.add_argument("--random-share", type=float, default=0.4)
    parser.add_argument("--limit-mb", type=float, default=75.0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    began_s, done_s = time.monotonic(), 0.0
    recordings = [
        one
        for name, paths in train_split(options.data).items()
        for one in recordings_in(options.data / name, only=set(paths))
    ]
    for folder in options.voices:
        recordings += recordings_in(folder)
    cut = segments(recordings)
    print(f"{len(recordings)} recordings, {len(cut)} stretches", flush=True)

    def on_seconds(seconds: float) -> None:
        nonlocal done_s
        done_s += seconds
        print(f"{done_s / 3600:.2f} h after {(time.monotonic() - began_s) / 60:.1f} min", flush=True)

    rooms = linked_rooms(options.data, options.cache / "rooms")
    filling = Filling(partial(material, options.data, rooms), MADE_OF, options.renderings)
    synthetic = [folder.name for folder in options.voices]
    filled = apart(fill(cut, filling, options.cache, jobs=options.jobs, on_seconds=on_seconds), synthetic)
    licences = {**LICENCES, **dict.fromkeys(synthetic, VOICES_LICENCE)}
    filled = replace(filled, licences=licences)
    quiet = filled.only(one_each(filled))
    train = filled.only(~filled.calibration)
    count = max(0, int(options.limit_mb * 1e6 / BYTES_OF_A_ROW) - len(quiet))
    rng = np.random.default_rng(53)
    chosen = choose(scores(train, options.models), train.of, count, options.random_share, rng)
    bank = join((train.only(chosen), quiet))
    bank.save(options.out, overwrite=True)
    told(bank)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB, {len(bank)} rows, {bank.hours:.2f} h")
    print(f"CPU of this process: {time.process_time() / 60:.1f} min")


if __name__ == "__main__":
    main()
