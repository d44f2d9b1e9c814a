"""Choose the threshold of `activate-course`, on held-out data only, and write it into the file.

    python recipes/activate_course/threshold.py MODEL WORDS BACKGROUNDS

WORDS holds the validation voices (`activate/`, `negatives/`), BACKGROUNDS what `backgrounds.py` held out.
Speech and games there are the negatives, each heard twice: as it is and in held-out noise at 10 dB, by
detectors that take turns each minute, as in `oyez listen`: one that listened on goes deaf, and looks strict.
Positives are scenes of the validation voices. Of all thresholds and a few smoothings, the one with the
fewest misses at no more than FALSE_ACCEPTS_PER_HOUR is taken.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

import oyez
from oyez import audio, sound
from oyez.detect.detector import Detector
from oyez.evaluate.curve import Curve, Track, sweep
from oyez.synth.clips import load_corpus
from oyez.synth.render import Renderer
from oyez.synth.scene import SceneConfig, draw
from oyez.train.export import annotate

RATE = 44_100
LICENCES = {
    "Kokoro-82M v1.0 voices": "Apache-2.0",
    "hibari voices": "Apache-2.0",
    "Flight of the Amazon Queen, dialogue": "freely redistributable (Debian)",
    "speechocean762": "free, commercial use too",
    "ESC-10": "CC0 and CC BY 3.0, by clip",
    "opsound music": "CC BY-SA",
}
"""Of what trained the model."""

FALSE_ACCEPTS_PER_HOUR = 2.0
SMOOTHINGS = (1, 5, 10, 20)
SCENES = 150
SCENE = SceneConfig(
    positives=(1, 4), negatives=(0, 4), snr_db=(3, 25), background_db=(-20, -5), level_dbfs=(-35, -18)
)
SNR_DB = 10.0
TURN_S, WARM_UP_S = 60, 5


def negatives(detector: Detector, folder: Path) -> tuple[list[Track], float]:
    """Scores of the held-out speech, clean and noisy, and the hours of it, each counted once."""
    noises = [audio.read(path, RATE)[0] for path in audio.files_in(folder / "noise")]
    tracks, seconds = [], 0.0
    for kind in ("speech", "games"):
        for number, path in enumerate(audio.files_in(folder / kind)):
            samples, _ = audio.read(path, RATE)
            noise = np.resize(noises[number % len(noises)], len(samples))
            gain = sound.db_to_gain(sound.rms_dbfs(samples) - sound.rms_dbfs(noise) - SNR_DB)
            both = (samples, samples + noise * np.float32(gain))
            tracks += [Track(in_turns(detector, heard)) for heard in both]
            seconds += len(samples) / RATE
    return tracks, seconds / 3600


def in_turns(detector: Detector, samples: sound.Samples) -> np.ndarray:
    """Scores of a recording by detectors that are relieved each minute; each begins 5 s before its turn."""
    scores = []
    for start in range(0, len(samples), TURN_S * RATE):
        before = max(0, start - WARM_UP_S * RATE)
        fresh = Detector(detector.model, rate=RATE)
        fresh.push(samples[before : start + TURN_S * RATE])
        scores.append(fresh.last_scores[round((start - before) / RATE / fresh.step_s) :, 0])
    return np.concatenate(scores)


def positives(detector: Detector, words: Path, backgrounds: Path) -> list[Track]:
    """Scores of scenes of the validation voices."""
    corpus = load_corpus(words, backgrounds, only=["activate"])
    render = Renderer(corpus, RATE)
    scenes = [draw(np.random.default_rng((77, number)), corpus, SCENE) for number in range(SCENES)]
    return [Track(detector.scores(one.samples)[:, 0], one.spans) for one in map(render, scenes)]


def main() -> None:
    """Score, sweep, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("model", "words", "backgrounds"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    detector = oyez.load(options.model, rate=RATE)
    quiet, hours = negatives(detector, options.backgrounds)
    said = positives(detector, options.words, options.backgrounds)
    allowed = int(FALSE_ACCEPTS_PER_HOUR * hours)
    best: tuple[int, Curve, int] | None = None
    for smoothing in SMOOTHINGS:
        config = replace(detector.trigger["activate"], smoothing=smoothing)
        curve = sweep(said, quiet, config, detector.step_s)
        point = curve.at_most(allowed)
        missed, total = point.matches.misses, point.matches.hits + point.matches.misses
        print(
            f"smoothing {smoothing:2}: threshold {point.threshold:.4f} misses {missed} of {total}, "
            f"{point.false_accepts} false accepts in {hours:.2f} h heard twice"
        )
        if best is None or missed < best[0]:
            best = (missed, curve, smoothing)
    assert best is not None
    _, curve, smoothing = best
    point = curve.at_most(allowed)
    chosen = replace(detector.trigger["activate"], threshold=point.threshold, smoothing=smoothing)
    values = detector.model.card.values
    evaluated = {
        **(values["evaluated"] or {}),
        "threshold": {
            "negative_hours": round(hours, 3),
            "false_accepts_clean_and_noisy": point.false_accepts,
            "words": point.matches.hits + point.matches.misses,
            "misses": point.matches.misses,
        },
    }
    changes = {
        "trigger": {"activate": chosen.to_dict()},
        "evaluated": evaluated,
        "licences": LICENCES,
    }
    annotate(options.model, changes)
    print(f"{options.model}: threshold {chosen.threshold:g}, smoothing {chosen.smoothing}")


if __name__ == "__main__":
    main()
