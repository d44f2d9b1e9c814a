"""The demo's recording: a scene of ours, in a voice that trained nothing, over CC0 rain.

    python recipes/demo.py VOICES NOISE examples/demo.flac

VOICES is what `recipes/activate_course/voices.py` wrote, NOISE a folder of ESC-10's clips as WAV, FLAC or
OGG. The truth goes beside the recording, as Audacity labels.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np

from oyez import audio, sound
from oyez.config import PRESETS
from oyez.events import to_audacity
from oyez.output import write_text
from oyez.synth.clips import load_corpus
from oyez.synth.render import render
from oyez.synth.scene import SceneConfig, draw

VOICE = "bf_isabella"
RAIN = ("2-72970-A", "3-132852-A", "3-140774-A", "3-157149-A")
"""All CC0 by ESC-10's list (authors in NOTICE), and all held out of training."""
SCENE = SceneConfig(
    duration_s=20.0, positives=(4, 4), negatives=(5, 5), snr_db=(14.0, 22.0), low_pass_hz=(7500.0, 7500.0)
)
SEED = 9
FADE_S = 0.5


def joined(parts: list[np.ndarray], rate: int) -> np.ndarray:
    """Recordings at one level, one after the other, faded into each other."""
    fade = round(FADE_S * rate)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    out = np.zeros(0, np.float32)
    for part in parts:
        part = part * np.float32(sound.db_to_gain(-25 - sound.rms_dbfs(part)))
        if len(out):
            out[-fade:] = out[-fade:] * np.sqrt(1 - ramp) + part[:fade] * np.sqrt(ramp)
            part = part[fade:]
        out = np.concatenate((out, part))
    return out


def main() -> None:
    """Gather the clips, draw, render, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("voices", "noise", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    rate = PRESETS["course"].features.rate
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder)
        for label in ("activate", "negatives"):
            shutil.copytree(options.voices / "test" / label / VOICE, words / label / VOICE)
        clips = [next(options.noise.rglob(f"{name}.*")) for name in RAIN]
        rain = joined([audio.read(clip, 16_000)[0] for clip in clips], 16_000)
        audio.write(words / "backgrounds/rain.wav", rain, 16_000)
        corpus = load_corpus(words)
        rendered = render(draw(np.random.default_rng(SEED), corpus, SCENE), corpus, rate)
    audio.write(options.out, rendered.samples, rate, overwrite=True)
    write_text(options.out.with_suffix(".txt"), to_audacity(rendered.spans), overwrite=True)
    print(to_audacity(rendered.spans), end="")


if __name__ == "__main__":
    main()
