"""The demo's recording: real people saying "computer" and other things, over real rain.

    python recipes/demo_computer.py DATA examples/computer.flac

DATA is the folder of real audio (see recipes/README.md). Voices are of Precise Community Data, which is given
to the public domain; the rain is CC0. The truth goes beside the recording, as Audacity labels.
"""

import argparse
from pathlib import Path

import numpy as np

from oyez import audio, sound
from oyez.events import Span, to_audacity
from oyez.output import write_text
from oyez.synth.clips import find_word
from oyez.synth.surroundings import active_rms_dbfs

RATE = 16_000
SECONDS = 22.0
RAIN = ("2-72970-A", "3-132852-A", "3-140774-A", "3-157149-A", "3-140774-A")
SNR_DB = 12.0
FADE_S = 0.5
SAID_DBFS = -26.0
WORDS = ("099d6097", "3287d721", "17ec695d", "14a2279f")
"""Beginnings of the recordings' numbers."""
OTHERS = ("04b426bb", "0ccdc16b", "113240c4", "1c83b847")
FIRST_S, EVERY_S = 1.0, 2.6


def rain(data: Path) -> sound.Samples:
    """Recordings of rain at one level, faded into each other, from the front until there is enough."""
    fade = round(FADE_S * RATE)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    out = np.zeros(0, np.float32)
    for name in RAIN:
        part, _ = audio.read(next((data / "noise_esc10").rglob(f"*{name}*.*")), RATE)
        part = part * np.float32(sound.db_to_gain(-25 - sound.rms_dbfs(part)))
        if len(out):
            out[-fade:] = out[-fade:] * np.sqrt(1 - ramp) + part[:fade] * np.sqrt(ramp)
            part = part[fade:]
        out = np.concatenate((out, part))
    return out[: round(SECONDS * RATE)]


def main() -> None:
    """Lay recordings over rain, word and other speech in turn; write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    voices = options.data / "precise_community"
    bed = rain(options.data)
    mix = bed * np.float32(sound.db_to_gain(SAID_DBFS - SNR_DB - sound.rms_dbfs(bed)))
    spans = []
    turns = [turn for pair in zip(OTHERS, WORDS, strict=True) for turn in pair]
    for number, name in enumerate(turns):
        samples, _ = audio.read(next(voices.rglob(f"*-{name}-*.ogg")), RATE)
        samples = samples * np.float32(sound.db_to_gain(SAID_DBFS - active_rms_dbfs(samples, RATE)))
        at_s = FIRST_S + number * EVERY_S
        start = round(at_s * RATE)
        samples = samples[: len(mix) - start]
        mix[start : start + len(samples)] += samples
        if name in WORDS:
            start_s, end_s = find_word(samples, RATE)
            spans.append(Span("computer", at_s + start_s, at_s + end_s))
    audio.write(options.out, mix, RATE, overwrite=True)
    write_text(options.out.with_suffix(".txt"), to_audacity(spans), overwrite=True)
    print(f"{options.out}: {len(mix) / RATE:.1f} s, {len(spans)} words")


if __name__ == "__main__":
    main()
