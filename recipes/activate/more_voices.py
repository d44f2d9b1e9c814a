"""More voices that say the word: other blends of Kokoro and bent voices of hibari than `activate-course` has.

    python recipes/activate/more_voices.py OUT [--seed 2]

The same folders and checks as `activate_course/voices.py` writes; blends have the same parents, so the
held-out voices stay apart. Needs oyez[train,verify]; ten minutes on a core.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

from voices import fill, voices

from oyez.synth.tts.kokoro import KokoroVoice


def main() -> None:
    """Parse the command line and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    # voices of the release were heard already
    made = [
        voice
        for voice in voices(205, options.seed)["train"]
        if not (isinstance(voice, KokoroVoice) and len(voice.parents) == 1)
    ]
    print(fill(options.out, {"train": tuple(made)}, options.seed, "positives", options.jobs))


if __name__ == "__main__":
    main()
