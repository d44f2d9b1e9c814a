"""Where something is said, how loud, over what and through what: drawn as plain data, then made sound.

Words and speech without the word go through the very same, so that nothing but the word tells them apart.
"""

import math
from dataclasses import dataclass

import numpy as np

from oyez import sound
from oyez.config import FULL_SCALE, Config
from oyez.sound import Samples
from oyez.synth import effects
from oyez.synth.codecs import coded
from oyez.synth.material import Material, take

__all__ = [
    "Bed",
    "Surroundings",
    "SurroundingsConfig",
    "active_rms_dbfs",
    "at_level",
    "draw_surroundings",
    "surround",
    "to_16_bits",
]

Range = tuple[float, float]

NOISE_SHARES = {"noise": 0.5, "music": 0.15, "made": 0.35}
CODEC_SHARES = {"adpcm": 0.3, "gsm": 0.25, "mp3": 0.2, "vorbis": 0.23, "opus": 0.02}
"""Opus is slow to encode: a tenth of a second and more."""

BANDS_HZ = (125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 7_000.0)
PEAK = 0.999
FRAME_S = 0.02
ACTIVE_DB = 30.0  # under the loudest frame: quieter ones are pauses
BED_DBFS = -25.0
MOST_BED_DB = 40.0  # over what is said: where that is as good as silent, no bed grows without limit


@dataclass(frozen=True)
class SurroundingsConfig(Config):
    """How surroundings are drawn: shares of all scenes, and lowest and highest values."""

    noise_share: float = 0.3
    talk_share: float = 0.5
    both_share: float = 0.12
    """Noise and talkers; what is left is quiet."""
    talkers: tuple[int, int] = (1, 6)
    talkers_db: float = 4.0
    """By which each is louder or softer than the others."""
    snr_db: Range = (-5.0, 22.0)
    """What is said, while it is said, over all of the bed."""
    room_share: float = 0.65
    """Of what is said, and of beds, each on its own."""
    narrow_share: float = 0.6
    low_pass_hz: Range = (1_800.0, 7_000.0)
    tilt_db: Range = (-3.0, 3.0)
    bands_share: float = 0.4
    bands_db: float = 5.0
    """Largest gain or loss of a band of the microphone."""
    overload_share: float = 0.06
    overload_db: Range = (3.0, 18.0)
    telephone_share: float = 0.06
    codec_share: float = 0.1
    level_dbfs: Range = (-56.0, -16.0)

    def __post_init__(self) -> None:
        for name in ("talkers", "snr_db", "low_pass_hz", "tilt_db", "overload_db", "level_dbfs"):
            low, high = getattr(self, name)
            object.__setattr__(self, name, (low, high))
            self._check(low <= high, f"{name} must be lowest, highest", (low, high))
        self._check(self.low_pass_hz[0] > 0, "low_pass_hz must be above 0", self.low_pass_hz)
        self._check(self.talkers[0] >= 1, "talkers must be 1 or more", self.talkers)
        for name in self.__dataclass_fields__:
            if name.endswith("_share"):
                self._check(0 <= getattr(self, name) <= 1, f"{name} must be 0..1", getattr(self, name))
        beds = self.noise_share + self.talk_share + self.both_share
        self._check(beds <= 1 + 1e-9, "noise_share, talk_share and both_share must be 1 at most", beds)


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

    room: int | None = None
    """Of the material; None is no echo."""
    bed_room: int | None = None
    beds: tuple[Bed, ...] = ()
    snr_db: float = 0.0
    low_pass_hz: float | None = None
    tilt_db: float = 0.0
    bands_db: tuple[tuple[float, float], ...] = ()
    """Hertz and dB."""
    overload_db: float = 0.0
    level_dbfs: float = -25.0
    telephone: bool = False
    codec: str | None = None


def draw_surroundings(
    rng: np.random.Generator, material: Material, config: SurroundingsConfig | None = None
) -> Surroundings:
    """Draw surroundings for a scene.

    Args:
        rng: all chance comes from it.
        material: what there is; kinds without recordings are not drawn.
        config: how often and how much.

    Returns:
        Plain data.
    """
    config = config or SurroundingsConfig()
    lowest, highest = (math.log(hertz) for hertz in config.low_pass_hz)
    return Surroundings(
        room=_room(rng, material, config),
        bed_room=_room(rng, material, config),
        beds=_beds(rng, material, config),
        snr_db=rng.uniform(*config.snr_db),
        low_pass_hz=math.exp(rng.uniform(lowest, highest)) if rng.random() < config.narrow_share else None,
        tilt_db=rng.uniform(*config.tilt_db),
        bands_db=_bands(rng, config),
        overload_db=rng.uniform(*config.overload_db) if rng.random() < config.overload_share else 0.0,
        level_dbfs=rng.uniform(*config.level_dbfs),
        telephone=bool(rng.random() < config.telephone_share),
        codec=_one_of(rng, CODEC_SHARES) if rng.random() < config.codec_share else None,
    )


def surround(said: Samples, by: Surroundings, material: Material) -> Samples:
    """Make it sound.

    Args:
        said: (samples,) at the material's rate: words between silence, or speech.
        by: what to do.
        material: what `by` counts in.

    Returns:
        (samples,), as long as `said`, in 16-bit steps.
    """
    level_dbfs, rate = active_rms_dbfs(said, material.rate), material.rate
    if by.room is not None:
        said = material.rooms[by.room].heard(said)
    if by.beds:
        bed = sum((_sounding(one, material, len(said)) for one in by.beds), np.zeros(len(said), np.float32))
        if by.bed_room is not None:
            bed = material.rooms[by.bed_room].heard(bed)
        # the room adds to what is said: its level is that of the direct sound
        gain_db = level_dbfs - _rms_dbfs(bed) - by.snr_db
        if math.isfinite(gain_db):
            said = said + bed * np.float32(sound.db_to_gain(min(gain_db, MOST_BED_DB)))
        elif math.isfinite(_rms_dbfs(bed)):
            said = bed
    said = effects.colour(said, rate, by.low_pass_hz, by.tilt_db, by.bands_db)
    if by.overload_db > 0:
        said = effects.overload(said, by.overload_db)
    said = at_level(said, by.level_dbfs)
    if by.telephone:
        said = effects.telephone(said, rate)
    if by.codec is not None:
        said = coded(said, rate, by.codec)
    return to_16_bits(said)


def to_16_bits(samples: Samples) -> Samples:
    """(samples,) in the steps that a recording has."""
    return sound.to_int16(samples).astype(np.float32) * np.float32(1 / FULL_SCALE)


def at_level(samples: Samples, level_dbfs: float) -> Samples:
    """At that RMS, or less loud if its peak would clip; silence stays."""
    now_dbfs = _rms_dbfs(samples)
    if math.isfinite(now_dbfs):
        samples = samples * np.float32(sound.db_to_gain(level_dbfs - now_dbfs))
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples


def active_rms_dbfs(samples: Samples, rate: int = 16_000) -> float:
    """Level of what is not a pause; −inf for silence, or for less than 20 ms."""
    length = round(FRAME_S * rate)
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    power = np.einsum("ij,ij->i", frames, frames) / length
    if not len(power) or power.max() == 0:
        return -math.inf
    active = power[power > power.max() * 10 ** (-ACTIVE_DB / 10)]
    return 10 * math.log10(float(active.mean()))


def _rms_dbfs(samples: Samples) -> float:
    """As `sound.rms_dbfs`, in single precision: a tenth of the time."""
    power = float(np.dot(samples, samples)) / max(len(samples), 1)
    return 10 * math.log10(power) if power > 0 else -math.inf


def _one_of(rng: np.random.Generator, shares: dict[str, float]) -> str:
    weights = np.array(list(shares.values()))
    return str(rng.choice(list(shares), p=weights / weights.sum()))


def _room(rng: np.random.Generator, material: Material, config: SurroundingsConfig) -> int | None:
    wanted = rng.random() < config.room_share
    return int(rng.integers(len(material.rooms))) if wanted and len(material.rooms) else None


def _beds(rng: np.random.Generator, material: Material, config: SurroundingsConfig) -> tuple[Bed, ...]:
    kind = rng.random()
    noise = kind < config.noise_share
    talk = not noise and kind < config.noise_share + config.talk_share
    if not noise and not talk and kind < config.noise_share + config.talk_share + config.both_share:
        noise = talk = True
    beds = []
    there = {
        name: NOISE_SHARES.get(name, NOISE_SHARES["noise"]) for name, pcms in material.noises.items() if pcms
    }
    if noise and there:
        name = _one_of(rng, there)
        beds.append(Bed(name, int(rng.integers(len(material.noises[name]))), rng.random(), 0.0))
    talk_s = material.talk_s()
    if talk and talk_s:
        for _ in range(int(rng.integers(config.talkers[0], config.talkers[1] + 1))):
            name = _one_of(rng, talk_s)
            index, gain_db = rng.integers(len(material.talk[name])), config.talkers_db
            beds.append(Bed(name, int(index), rng.random(), rng.uniform(-gain_db, gain_db)))
    return tuple(beds)


def _bands(rng: np.random.Generator, config: SurroundingsConfig) -> tuple[tuple[float, float], ...]:
    if rng.random() >= config.bands_share:
        return ()
    gains_db = rng.uniform(-config.bands_db, config.bands_db, len(BANDS_HZ))
    return tuple(zip(BANDS_HZ, gains_db.tolist(), strict=True))


def _sounding(bed: Bed, material: Material, length: int) -> Samples:
    """One noise or talker, at its gain over a common level."""
    pcm = material.recording(bed.kind, bed.index)
    samples = take(pcm, int(bed.at * len(pcm)), length)
    now_dbfs = active_rms_dbfs(samples, material.rate)
    if not math.isfinite(now_dbfs):
        return samples
    return samples * np.float32(sound.db_to_gain(bed.gain_db + BED_DBFS - now_dbfs))
