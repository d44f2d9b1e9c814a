"""Choose the noises that are shipped: clips of ESC-10 whose authors gave them to the public domain (CC0).

    python recipes/bank/noises.py DATA packages/oyez-bank

Writes src/oyez_bank/noises/<kind>_<clip>.ogg at 16 kHz, and the list of clips into NOTICE: what stands there
below the line that begins "Noises" is written anew. The clips of each kind that hold most sound are taken,
one of each author at most while there are others.
"""

import argparse
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from oyez import audio, sound
from oyez.synth.material import read_pcm

RATE = 16_000
EACH = 9  # clips of a kind
PEAK_DBFS = -1.0
HEADING = "Noises (src/oyez_bank/noises)"
LINE = re.compile(
    r"\*\*(?P<clip>[\w-]+)\.mp3\*\*:\s+clip derived from \[(?P<title>.*)\]"
    r"\(\S+/sounds/(?P<sound>\d+)/?\) by \*(?P<author>.+?)\* \(\[(?P<licence>[^\]]+)\]"
)


@dataclass(frozen=True)
class Listed:
    """One clip of the list that comes with ESC-10."""

    clip: str
    title: str
    sound: str
    author: str
    licence: str


def listed(text: str) -> list[Listed]:
    """Every clip, with its title, author and licence."""
    return [
        Listed(found["clip"], found["title"], found["sound"], unquote(found["author"]), found["licence"])
        for found in LINE.finditer(text)
    ]


def chosen(data: Path) -> list[tuple[str, Path, Listed]]:
    """Kind, file and origin of the clips to ship."""
    free = {
        one.clip: one
        for one in listed((data / "noise_esc10/LICENCE/README.md").read_text(encoding="utf-8"))
        if one.licence == "CC0"
    }
    kinds: dict[str, list[tuple[int, Path, Listed]]] = defaultdict(list)
    for path in audio.files_in(data / "noise_esc10"):
        if path.stem in free:
            kinds[path.parent.name].append((len(read_pcm(path, RATE)), path, free[path.stem]))
    found = []
    for kind, clips in sorted(kinds.items()):
        clips.sort(key=lambda clip: (-clip[0], clip[1].name))
        authors: set[str] = set()
        first, later = [], []
        for _, path, origin in clips:
            (later if origin.author in authors else first).append((kind, path, origin))
            authors.add(origin.author)
        found += sorted((first + later)[:EACH], key=lambda clip: clip[1].name)
    return found


def main() -> None:
    """Choose, convert, list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "package"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    lines, seconds = [], 0.0
    for kind, path, origin in chosen(options.data):
        pcm = read_pcm(path, RATE)
        samples = pcm / np.float32(max(1, np.abs(pcm.astype(int)).max())) * sound.db_to_gain(PEAK_DBFS)
        name = f"{kind}_{path.stem}.ogg"
        audio.write(options.package / "src/oyez_bank/noises" / name, samples, RATE, overwrite=True)
        lines.append(f'{name:<32} {origin.author}, "{origin.title}" (sound {origin.sound})')
        seconds += len(pcm) / RATE
    notice = options.package / "NOTICE"
    before = notice.read_text(encoding="utf-8").partition(HEADING)[0]
    text = (
        f"{HEADING}\n{'-' * len(HEADING)}\n\n"
        "Recordings that their authors gave to the public domain (CC0 1.0) on Freesound, as ESC-10\n"
        "(K. J. Piczak) cut them. Changed: one channel at 16 kHz, silence at the end cut off,\n"
        "peak at -1 dBFS.\n\n"
    )
    notice.write_text(before + text + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} clips, {seconds / 60:.1f} minutes")


if __name__ == "__main__":
    main()
