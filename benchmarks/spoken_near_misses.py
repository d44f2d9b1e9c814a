"""The frozen lists of near misses, said by voices that `oyez train` holds out."""

import csv
from pathlib import Path

from oyez import audio
from oyez.synth.metadata import METADATA
from oyez.synth.tts.cast import cast
from oyez.synth.tts.speak import Request, speak

__all__ = ["KINDS", "say_near_misses"]

KINDS = ("near misses", "holding the word")
LISTS = Path(__file__).parent / "near_misses"
SEED = 0
"""Of `oyez train`, where nothing else is asked for: it decides who is held out."""
CLIPS = Path("build/clips")


def say_near_misses(word: str, out: Path = Path("build/near_misses")) -> Path:
    """Say both lists of a word, or find that done.

    Args:
        word: the lists' name.
        out: a folder for each word goes into it.

    Returns:
        The word's folder: recordings, and a `metadata.csv` that tells what is said in each.

    Raises:
        MissingExtraError: no voice is installed.
    """
    name = word.replace(" ", "_")
    folder = out / name
    voices = cast(count=1, seed=SEED).validation
    texts = [
        (f"{kind}: {line}", line)
        for kind, path in zip(KINDS, (f"{name}.txt", f"{name}_containing.txt"), strict=True)
        for line in (LISTS / path).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    requests = [Request(voice, line, SEED) for _, line in texts for voice in voices]
    phrases = [phrase for phrase, _ in texts for _ in voices]
    rows = []
    for number, one in enumerate(speak(requests, CLIPS)):
        path = folder / f"{number:04d}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        audio.write(path, one.samples, one.rate, overwrite=True)
        rows.append({"path": path.name, "speaker": one.voice, "phrase": phrases[number]})
    with (folder / METADATA).open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder
