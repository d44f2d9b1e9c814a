"""Where something is said, how loud, over what: drawn as plain data, then made sound.

Words and speech without the word go through the very same, so that nothing but the word tells them apart.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from material import RATE, Material, Pcm, take

from oyez import sound
from oyez.synth import effects

__all__ = ["Bed", "Surroundings", "active_rms_dbfs", "draw", "surround"]

NOISE_SHARES = {"noise": 0.5, "music": 0.15, "made": 0.35}
TALKERS = (1, 6)
TALKERS_LEVEL_DB = 4.0  # by which each is louder or softer than the others
SNR_DB = (-5.0, 22.0)
LEVEL_DBFS = (-50.0, -18.0)
LOW_PASS_HZ = (1_800.0, 7_000.0)
TILT_DB = (-3.0, 3.0)
SPEED = (0.88, 1.14)
QUIET_SHARE, NOISE_SHARE, TALK_SHARE, BOTH_SHARE = 0.1, 0.42, 0.38, 0.1
ROOM_SHARE, NARROW_SHARE, TELEPHONE_SHARE = 0.65, 0.6, 0.08
PEAK = 0.999
ACTIVE_DB = 30.0  # under the loudest 20 ms: quieter frames are pauses


@dataclass(frozen=True)
class Bed:
    """One noise, or one talker, under what is said."""

    kind: str
    index: int
    """Of the recordings of that kind."""
    at: float
    """Where it starts, as a share of the recording."""
    gain_db: float


@dataclass(frozen=True)
class Surroundings:
    """Everything that happens to a scene, without the sound."""

    room: int | None
    """Index of an impulse response; None is no echo."""
    bed_room: int | None
    beds: tuple[Bed, ...]
    snr_db: float
    low_pass_hz: float | None
    tilt_db: float
    telephone: bool
    level_dbfs: float


def draw(
    rng: np.random.Generator, material: Material, n_rooms: int, snr_db: tuple[float, float] = SNR_DB
) -> Surroundings:
    """Draw surroundings for a scene.

    Args:
        rng: all chance comes from it.
        material: noises and talkers.
        n_rooms: how many impulse responses there are.
        snr_db: lowest and highest level over the bed.

    Returns:
        Plain data.
    """
    kinds = ("quiet", "noise", "talk", "both")
    kind = str(rng.choice(kinds, p=(QUIET_SHARE, NOISE_SHARE, TALK_SHARE, BOTH_SHARE)))
    beds: list[Bed] = []
    if kind in ("noise", "both"):
        there = {name: share for name, share in NOISE_SHARES.items() if material.noises[name]}
        shares = np.array(list(there.values()))
        name = str(rng.choice(list(there), p=shares / shares.sum()))
        beds.append(_bed(rng, name, material.noises, 0.0))
    if kind in ("talk", "both"):
        # longer kinds speak more often
        hours = np.array(list(material.hours().values()))
        for _ in range(int(rng.integers(TALKERS[0], TALKERS[1] + 1))):
            name = str(rng.choice(list(material.hours()), p=hours / hours.sum()))
            beds.append(_bed(rng, name, material.speech, rng.uniform(-TALKERS_LEVEL_DB, TALKERS_LEVEL_DB)))
    bounds = [math.log(value) for value in LOW_PASS_HZ]
    return Surroundings(
        room=int(rng.integers(n_rooms)) if rng.random() < ROOM_SHARE else None,
        bed_room=int(rng.integers(n_rooms)) if rng.random() < ROOM_SHARE else None,
        beds=tuple(beds),
        snr_db=rng.uniform(*snr_db),
        low_pass_hz=math.exp(rng.uniform(*bounds)) if rng.random() < NARROW_SHARE else None,
        tilt_db=rng.uniform(*TILT_DB),
        telephone=bool(rng.random() < TELEPHONE_SHARE),
        level_dbfs=rng.uniform(*LEVEL_DBFS),
    )


def surround(
    said: sound.Samples, by: Surroundings, material: Material, rooms: Sequence[sound.Samples]
) -> sound.Samples:
    """Make it sound.

    Args:
        said: (samples,) at 16 kHz: words between silence, or speech.
        by: what to do.
        material: the noises and talkers that `by` counts.
        rooms: the impulse responses that `by` counts.

    Returns:
        (samples,), as long as `said`, in 16-bit steps.
    """
    level_dbfs = active_rms_dbfs(said)
    if by.room is not None:
        said = effects.reverberate(said, rooms[by.room])
    if by.beds:
        bed = sum((_sounding(one, material, len(said)) for one in by.beds), np.zeros(len(said), np.float32))
        if by.bed_room is not None:
            bed = effects.reverberate(bed, rooms[by.bed_room])
        # the room adds to what is said: its level is that of the direct sound
        ratio_db = level_dbfs - sound.rms_dbfs(bed)
        if math.isfinite(ratio_db):
            said = said + bed * np.float32(sound.db_to_gain(ratio_db - by.snr_db))
    said = effects.colour(said, RATE, by.low_pass_hz, by.tilt_db)
    said = at_level(said, by.level_dbfs)
    if by.telephone:
        said = effects.telephone(said, RATE)
    return sound.to_int16(said).astype(np.float32) / np.float32(32768)


def at_level(samples: sound.Samples, level_dbfs: float) -> sound.Samples:
    """At that RMS, or less loud if its peak would clip."""
    now_dbfs = sound.rms_dbfs(samples)
    if math.isfinite(now_dbfs):
        samples = samples * np.float32(sound.db_to_gain(level_dbfs - now_dbfs))
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples


def active_rms_dbfs(samples: sound.Samples) -> float:
    """Level of what is not a pause."""
    length = RATE // 50
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    if not len(power) or power.max() == 0:
        return -math.inf
    active = power[power > power.max() * 10 ** (-ACTIVE_DB / 10)]
    return 10 * math.log10(float(active.mean()))


def _bed(rng: np.random.Generator, kind: str, pool: Mapping[str, list[Pcm]], gain_db: float) -> Bed:
    return Bed(kind, int(rng.integers(len(pool[kind]))), rng.random(), gain_db)


def _sounding(bed: Bed, material: Material, length: int) -> sound.Samples:
    """One noise or talker, at its gain over a common level."""
    pool = material.noises if bed.kind in material.noises else material.speech
    pcm = pool[bed.kind][bed.index]
    samples = take(pcm, int(bed.at * len(pcm)), length)
    now_dbfs = active_rms_dbfs(samples)
    if not math.isfinite(now_dbfs):
        return samples
    return samples * np.float32(sound.db_to_gain(bed.gain_db - 25.0 - now_dbfs))
