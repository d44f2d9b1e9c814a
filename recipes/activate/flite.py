"""The word by an engine that shares nothing with Kokoro, to choose by: flite.

    python recipes/activate/flite.py OUT

Writes OUT/validation/activate/<voice>/<nnnn>.flac, only clips that Whisper hears as the word. `flite` must be
installed, and oyez[verify]. Half a minute.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

from voices import fill

from oyez.synth.tts.flite import SPEAKERS, FliteVoice


def main() -> None:
    """Say, listen, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    print(fill(out, {"validation": tuple(map(FliteVoice, SPEAKERS))}, 22, "positives", 1))


if __name__ == "__main__":
    main()
