"""What is chosen by: held-out voices in held-out noise, and hours of held-out speech without the word.

Laid as the accuracy benchmark lays its words, but of other voices, noises and talkers; nothing of the test
is opened. Speech is heard twice, clean and in noise or among talkers; its hours count once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from material import RATE, WORD, Half

from oyez import sound
from oyez.config import PRESETS, TriggerConfig
from oyez.evaluate.curve import Curve, Track, sweep
from oyez.events import Span
from oyez.mel import log_mel
from oyez.synth.clips import Clip
from oyez.synth.material import Material, take
from oyez.synth.surroundings import SurroundingsConfig, active_rms_dbfs, draw_surroundings, surround
from oyez.train.models import SmallHead
from oyez.train.trunk import Trunk

__all__ = ["CONDITIONS", "STEP_S", "Embedded", "curves", "negatives", "positives", "scores"]

STEP = PRESETS["small"].step
STEP_S = STEP / RATE
LEAD_S, TRAIL_S = 1.5, 2.0
CONDITIONS = {
    "alone": (None, 0.0),
    "noise 10 dB": ("noise", 10.0),
    "noise 0 dB": ("noise", 0.0),
    "six talkers 10 dB": ("talkers", 10.0),
    "six talkers 5 dB": ("talkers", 5.0),
    "far, noise 15 dB": ("far", 15.0),
    "at once": ("at once", 15.0),
}
TALKERS = 6


@dataclass(frozen=True)
class Embedded:
    """What the trunk makes of a recording, and the words in it."""

    x: npt.NDArray[np.float32]
    """(steps, 96)"""
    spans: tuple[Span, ...] = ()


def positives(half: Half, material: Material, condition: str, trunk: Trunk) -> list[Embedded]:
    """Every held-out clip of the word, alone in a few seconds.

    Args:
        half: held out.
        material: of it.
        condition: a key of `CONDITIONS`.
        trunk: gives the embeddings.

    Returns:
        One for each clip.
    """
    kind, snr_db = CONDITIONS[condition]
    found = []
    for number, said in enumerate(half.words):
        rng = np.random.default_rng((61, number))
        samples, span = _laid(said, 0.0 if kind == "at once" else LEAD_S)
        level_dbfs = active_rms_dbfs(samples)
        if kind == "far":
            samples = material.rooms[rng.integers(len(material.rooms))].heard(samples)
        if kind is not None:
            bed = (
                _talkers(rng, material, len(samples))
                if kind == "talkers"
                else _noise(rng, material, len(samples))
            )
            samples = samples + bed * np.float32(sound.db_to_gain(level_dbfs - sound.rms_dbfs(bed) - snr_db))
        samples = samples * np.float32(sound.db_to_gain(rng.uniform(-20, -5)))
        found.append(Embedded(_embedded(samples, trunk), (span,)))
    return found


def negatives(material: Material, trunk: Trunk) -> list[tuple[Embedded, Embedded]]:
    """Held-out speech, recording by recording, clean and in surroundings."""
    found, config = [], SurroundingsConfig(snr_db=(-2.0, 20.0))
    recordings = [pcm for pcms in material.talk.values() for pcm in pcms]
    for number, pcm in enumerate(recordings):
        samples = take(pcm, 0, len(pcm) // STEP * STEP)
        rng = np.random.default_rng((62, number))
        noisy = []
        for start in range(0, len(samples), 10 * RATE):
            by = draw_surroundings(rng, material, config)
            noisy.append(surround(samples[start : start + 10 * RATE], by, material))
        found.append((Embedded(_embedded(samples, trunk)), Embedded(_embedded(np.concatenate(noisy), trunk))))
    return found


def scores(head: SmallHead, heard: Sequence[Embedded]) -> list[Track]:
    """Scores of each recording, from a fresh state."""
    tracks = []
    with torch.inference_mode():
        for one in heard:
            logits, _ = head(torch.from_numpy(one.x)[None])
            tracks.append(Track(torch.sigmoid(logits)[0, :, 0].numpy(), one.spans))
    return tracks


def curves(
    head: SmallHead,
    said: dict[str, list[Embedded]],
    quiet: list[tuple[Embedded, Embedded]],
    config: TriggerConfig,
) -> dict[str, Curve]:
    """A curve for each condition, on the pooled negatives; its hours are those of both renderings."""
    heard = scores(head, [one for pair in quiet for one in pair])
    return {name: sweep(scores(head, many), heard, config, STEP_S) for name, many in said.items()}


def _laid(said: Clip, lead_s: float) -> tuple[sound.Samples, Span]:
    lead = round(lead_s * RATE)
    samples = np.zeros(lead + len(said.samples) + round(TRAIL_S * RATE), np.float32)
    samples[lead : lead + len(said.samples)] = said.samples
    samples = samples[: len(samples) // STEP * STEP]
    return samples, Span(WORD, lead_s + said.start_s, lead_s + said.end_s)


def _noise(rng: np.random.Generator, material: Material, length: int) -> sound.Samples:
    kind = "noise" if rng.random() < 0.7 else "made"
    pcm = material.noises[kind][rng.integers(len(material.noises[kind]))]
    return take(pcm, int(rng.integers(len(pcm))), length)


def _talkers(rng: np.random.Generator, material: Material, length: int) -> sound.Samples:
    bed = np.zeros(length, np.float32)
    for _ in range(TALKERS):
        pcms = material.talk["speech" if rng.random() < 0.5 else "games"]
        pcm = pcms[rng.integers(len(pcms))]
        samples = take(pcm, int(rng.integers(len(pcm))), length)
        level_dbfs = active_rms_dbfs(samples)
        if np.isfinite(level_dbfs):
            bed += samples * np.float32(sound.db_to_gain(-25.0 - level_dbfs))
    return bed


def _embedded(samples: sound.Samples, trunk: Trunk) -> npt.NDArray[np.float32]:
    frames = log_mel(samples)
    frames = frames[: len(frames) // 8 * 8]
    parts, state = [], None
    with torch.inference_mode():
        for start in range(0, len(frames), 2_000):
            x, state = trunk(torch.from_numpy(frames[None, start : start + 2_000]), state)
            parts.append(x[0].numpy())
    return np.concatenate(parts)
