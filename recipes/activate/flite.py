"""The word by an engine that shares nothing with Kokoro, to choose by: flite.

    python recipes/activate/flite.py OUT

Writes OUT/validation/activate/<voice>/<nn>.wav, only clips that Whisper hears as the word, cut and levelled
as those of `activate_course`, whose requirements it needs. `flite` must be installed. Half a minute.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

from hearing import Hearing
from phrases import WORD, positive_text
from warp import finish

FLITE_VOICES = {"awb": 130, "kal16": 105, "rms": 105, "slt": 170}
"""With the pitch each speaks at, in Hertz."""
TAKES_PER_VOICE = 15
SECONDS = (0.35, 1.3)


def flite(rng: np.random.Generator, voice: str) -> list[str]:
    """A command that says the word, without the file to write to."""
    pitch_hz = FLITE_VOICES[voice] * rng.uniform(0.85, 1.2)
    settings = {"duration_stretch": rng.uniform(0.8, 1.3), "int_f0_target_mean": pitch_hz}
    options = [part for name, value in settings.items() for part in ("--setf", f"{name}={value:.2f}")]
    return ["flite", "-voice", voice, *options, "-t", positive_text(rng), "-o"]


def takes() -> Iterator[tuple[str, list[str]]]:
    """Paths, and the commands that fill them."""
    for number, voice in enumerate(FLITE_VOICES):
        for take in range(TAKES_PER_VOICE):
            rng = np.random.default_rng((22, number, take))
            yield f"validation/{WORD}/flite_{voice}/{take:02d}.wav", flite(rng, voice)


def main() -> None:
    """Say, listen, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    hearing, kept = Hearing(), 0
    for path, command in takes():
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            subprocess.run([*command, file.name], check=True, capture_output=True)
            samples, rate = soundfile.read(file.name, dtype="float32")
        if not np.any(samples):
            continue
        samples = finish(samples, rate)
        if SECONDS[0] <= len(samples) / rate <= SECONDS[1] and hearing.hears(WORD, samples, rate):
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(out / path, samples, rate, subtype="PCM_16")
            kept += 1
    print(f"{kept} kept")


if __name__ == "__main__":
    main()
