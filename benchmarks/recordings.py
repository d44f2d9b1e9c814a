"""The real recordings that accuracy is measured on: what is in them, and how they are rendered.

Everything is a list of `Take`s, made lazily: samples and the words in them.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio, sound
from oyez.events import Span
from oyez.synth import effects
from oyez.synth.clips import find_word

__all__ = [
    "CLIPS",
    "Take",
    "babble",
    "hours_of",
    "lesson_clips",
    "lesson_words",
    "negatives",
    "test_noises",
    "test_rooms",
    "voices",
]

RATE = 44_100
WORD = "activate"
LEAD_S, TRAIL_S = 1.5, 2.0
SNR_DB = 10.0
SILENCE = np.zeros(RATE * 12, np.float32)
LONGEST_T60_S = 2.0
DIRECT_DB = 20.0  # under the peak: the direct path is the first sample above it

CLIPS = {
    "dev/1.wav": ((1.93, 2.60),),
    "dev/2.wav": ((1.60, 2.40), (4.22, 5.05)),
    "audio_examples/my_audio.wav": ((2.45, 3.10), (5.60, 6.30)),
    "audio_examples/example_train.wav": ((3.66, 4.30), (6.95, 7.90)),
    "audio_examples/insert_reference.wav": ((2.52, 3.17),),
    "audio_examples/train_reference.wav": ((1.73, 2.45), (2.89, 3.79)),
}
"""The lesson's ten-second clips and where "activate" is in them, in seconds: read off spectrograms, and
for the three examples found by cross-correlation with the words that were laid into them."""


@dataclass(frozen=True)
class Take:
    """A recording, ready to be heard."""

    name: str
    samples: sound.Samples
    """(samples,) at 44.1 kHz."""
    spans: tuple[Span, ...] = ()


def lesson_clips(folder: Path) -> Iterator[Take]:
    """The lesson's own ten-second clips, as they are."""
    for name, times in CLIPS.items():
        samples, _ = audio.read(folder / name, RATE)
        yield Take(name, samples, tuple(Span(WORD, start, end) for start, end in times))


def lesson_words(
    folder: Path, condition: str, noises: list[sound.Samples], snr_db: float = SNR_DB
) -> Iterator[Take]:
    """The lesson's ten recordings of the word, each alone in a few seconds.

    Args:
        folder: of the lesson's audio.
        condition: `clean`; `own`, its two backgrounds 20 dB down as the lesson lays them; `noise`, each of
            `noises` at `snr_db`; `babble`, each of them likewise; `rooms`, through each of them as impulse
            responses; `telephone`, 300 to 3400 Hz in 8 bits.
        noises: samples at 44.1 kHz, longer than a few seconds; or impulse responses.
        snr_db: of the word over the noise.
    """
    for path in sorted((folder / "activates").glob("*.wav")):
        word, _ = audio.read(path, RATE)
        if condition == "own":
            for background in sorted((folder / "backgrounds").glob("*.wav")):
                bed = audio.read(background, RATE)[0] * np.float32(sound.db_to_gain(-20))
                yield _laid(f"{path.stem} over {background.stem}", word, bed, None)
        elif condition == "clean":
            yield _laid(path.stem, word, SILENCE, None)
        elif condition == "telephone":
            take = _laid(path.stem, word, SILENCE, None)
            yield Take(take.name, effects.telephone(take.samples, RATE), take.spans)
        elif condition == "rooms":
            take = _laid(path.stem, word, SILENCE, None)
            for number, echo in enumerate(noises):
                heard = effects.reverberate(take.samples, echo)
                heard *= np.float32(0.5 / np.abs(heard).max())
                yield Take(f"{path.stem} in room {number}", heard, take.spans)
        else:
            for number, noise in enumerate(noises):
                yield _laid(f"{path.stem} in {condition} {number}", word, noise, snr_db)


def voices(folder: Path, condition: str, noises: list[sound.Samples]) -> Iterator[Take]:
    """Synthetic voices that trained nothing: one sub-folder each, heard like `lesson_words`."""
    for path in audio.files_in(folder):
        word, _ = audio.read(path, RATE)
        clean = condition == "clean"
        noise = SILENCE if clean else noises[_number(path.stem) % len(noises)]
        yield _laid(f"{path.parent.name} {path.stem}", word, noise, None if clean else SNR_DB)


def negatives(data: Path, noises: list[sound.Samples]) -> Iterator[Take]:
    """The test split, each recording once: by its name half of them clean, half in noise at 10 dB."""
    for line in (data / "splits/speech_test.txt").read_text(encoding="utf-8").split():
        samples, _ = audio.read(data / line, RATE)
        if _number(line) % 2:
            noise = np.resize(noises[_number(line) // 2 % len(noises)], len(samples))
            gain = sound.db_to_gain(sound.rms_dbfs(samples) - sound.rms_dbfs(noise) - SNR_DB)
            samples = samples + noise * np.float32(gain)
        yield Take(line, samples)


def babble(data: Path, talkers: int = 6, seconds: float = 12.0, count: int = 4) -> list[sound.Samples]:
    """Several readers at once, at one level: `count` mixes, from readers of the test split."""
    paths = sorted((data / "librispeech_mini").rglob("*.ogg"))
    mixes = []
    for mix in range(count):
        parts = [audio.read(path, RATE)[0] for path in paths[mix * talkers : (mix + 1) * talkers]]
        parts = [np.resize(part, round(seconds * RATE)) for part in parts]
        mixes.append(np.sum([part * 10 ** ((-25 - sound.rms_dbfs(part)) / 20) for part in parts], axis=0))
    return [np.asarray(mix, np.float32) for mix in mixes]


def test_noises(data: Path) -> list[sound.Samples]:
    """The noises that trained nothing, from their start."""
    with (data / "noise_blanket/metadata.csv").open(newline="", encoding="utf-8") as file:
        names = sorted(row["path"] for row in csv.DictReader(file))
    return [audio.read(data / "noise_blanket" / name, RATE)[0] for name in names]


def test_rooms(data: Path) -> list[sound.Samples]:
    """Measured impulse responses of rooms that ring for 2 s at most, from the direct path on."""
    with (data / "rir/metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("openair_free/")]
    echoes = []
    for row in sorted(rows, key=lambda row: row["path"]):
        if float(row["t60_est"]) <= LONGEST_T60_S:
            echo, _ = audio.read(data / "rir" / row["path"], RATE)
            loud = np.abs(echo) >= np.abs(echo).max() * sound.db_to_gain(-DIRECT_DB)
            echoes.append(echo[int(np.argmax(loud)) :])
    return echoes


def hours_of(takes: list[float]) -> float:
    """Hours of recordings given in seconds."""
    return sum(takes) / 3600


def _laid(name: str, word: sound.Samples, noise: sound.Samples, snr_db: float | None) -> Take:
    """A word between stretches of noise; the SNR is the active word's RMS over the noise's under it."""
    start_s, end_s = find_word(word, RATE)
    lead = round(LEAD_S * RATE)
    bed = np.resize(noise, lead + len(word) + round(TRAIL_S * RATE)).copy()
    if snr_db is not None:
        active = slice(round(start_s * RATE), round(end_s * RATE))
        under = bed[lead : lead + len(word)][active]
        bed *= np.float32(sound.db_to_gain(sound.rms_dbfs(word[active]) - sound.rms_dbfs(under) - snr_db))
    bed[lead : lead + len(word)] += word
    return Take(name, bed, (Span(WORD, LEAD_S + start_s, LEAD_S + end_s),))


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
