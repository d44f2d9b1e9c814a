"""What scenes happen in: noises, people who talk, rooms. All in memory, at one rate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez import audio, sound
from oyez.config import FULL_SCALE
from oyez.sound import Samples
from oyez.synth.effects import Echo
from oyez.synth.rooms import draw_hall, draw_room, impulse

__all__ = [
    "Material",
    "Pcm",
    "joined",
    "made_noise",
    "read_material",
    "read_pcm",
    "read_rooms",
    "simulated_rooms",
    "take",
]

Pcm = npt.NDArray[np.int16]
"""(samples,): recordings are kept as 16 bits, since hours of them are in memory at once."""

DIRECT_DB = 20.0  # under the peak: the direct path of a room is the first sample above it
LOUDEST_MADE = 0.5
STEEPEST = 1.33  # of amplitudes over frequency: 8 dB per octave
SWELL_HZ = (0.1, 4.0)
SILENT = 8  # 16-bit steps: what is below it at a recording's end is padding
HALLS = 4
"""Every so many-th of the simulated rooms rings long."""

GAP_S = (0.2, 0.8)  # between recordings that are joined


@dataclass(frozen=True)
class Material:
    """Noises, talk and rooms to draw from."""

    noises: Mapping[str, Sequence[Pcm]] = field(default_factory=dict, repr=False)
    """Recordings by kind, such as `noise`, `music`, `made`."""
    talk: Mapping[str, Sequence[Pcm]] = field(default_factory=dict, repr=False)
    """Recordings of people who talk, by kind: longer kinds talk more often."""
    rooms: Sequence[Echo] = field(default=(), repr=False)
    rate: int = 16_000
    """Hertz, of everything."""

    def recording(self, kind: str, index: int) -> Pcm:
        """One of the noises or of the talk."""
        return (self.noises if kind in self.noises else self.talk)[kind][index]

    def talk_s(self) -> dict[str, float]:
        """Seconds of talk, by kind; kinds without any are left out."""
        seconds = {kind: sum(map(len, pcms)) / self.rate for kind, pcms in self.talk.items()}
        return {kind: length_s for kind, length_s in seconds.items() if length_s > 0}


def read_material(
    noises: Mapping[str, Sequence[Path]],
    talk: Mapping[str, Sequence[Path]],
    rooms: Path | None = None,
    *,
    simulated: int = 400,
    made: int = 40,
    talk_s: float = 3_600.0,
    seed: int = 41,
    rate: int = 16_000,
) -> Material:
    """Read recordings, simulate rooms, make noises.

    Args:
        noises: recordings by kind.
        talk: recordings of speech by kind; short ones are joined.
        rooms: a folder of impulse responses; None: simulated rooms only.
        simulated: rooms.
        made: noises, under the kind `made`.
        talk_s: seconds of each kind of talk that are kept, drawn by chance.
        seed: of all chance.
        rate: Hertz.

    Returns:
        All of it in memory: 115 MB an hour, 130 kB a room.

    Raises:
        AudioError: a recording cannot be read.
    """
    heard = {kind: [read_pcm(path, rate) for path in paths] for kind, paths in noises.items()}
    heard["made"] = [made_noise(np.random.default_rng((seed, 1, n)), rate=rate) for n in range(made)]
    spoken = {}
    for number, (kind, paths) in enumerate(talk.items()):
        rng, chosen, length = np.random.default_rng((seed, 2, number)), [], 0
        for index in rng.permutation(len(paths)):
            if length >= talk_s * rate:
                break
            chosen.append(read_pcm(paths[index], rate))
            length += len(chosen[-1])
        spoken[kind] = joined(chosen, rng, rate)
    echoes = simulated_rooms(seed, simulated, rate)
    return Material(heard, spoken, echoes + (read_rooms(rooms, rate) if rooms else []), rate)


def take(pcm: Pcm, start: int, length: int) -> Samples:
    """A stretch of a recording as samples, begun anew where it ends.

    Args:
        pcm: (samples,), one or more.
        start: first sample.
        length: samples.

    Returns:
        (length,).
    """
    start %= len(pcm)
    if start + length > len(pcm):
        pcm = np.resize(np.concatenate((pcm[start:], pcm[:start])), length)
    else:
        pcm = pcm[start : start + length]
    return pcm.astype(np.float32) * np.float32(1 / FULL_SCALE)


def read_pcm(path: Path, rate: int = 16_000) -> Pcm:
    """A recording, without the digital silence that it is padded with at its end.

    Raises:
        AudioError: it cannot be read.
    """
    pcm = sound.to_int16(audio.read(path, rate)[0])
    sounding = np.flatnonzero(np.abs(pcm) > SILENT)
    return pcm[: sounding[-1] + 1] if len(sounding) else pcm


def joined(
    pcms: Iterable[Pcm], rng: np.random.Generator, rate: int = 16_000, longest_s: float = 600.0
) -> list[Pcm]:
    """Short recordings one after the other, with gaps.

    Args:
        pcms: (samples,) each.
        rng: draws the gaps.
        rate: Hertz.
        longest_s: seconds after which a new one is begun.

    Returns:
        Recordings of about that length; the last may be shorter.
    """
    long: list[Pcm] = []
    parts: list[Pcm] = []
    length = 0
    for pcm in pcms:
        parts += [pcm, np.zeros(round(rng.uniform(*GAP_S) * rate), np.int16)]
        length += len(parts[-2]) + len(parts[-1])
        if length >= longest_s * rate:
            long.append(np.concatenate(parts))
            parts, length = [], 0
    return [*long, np.concatenate(parts)] if parts else long


def made_noise(rng: np.random.Generator, seconds: float = 20.0, rate: int = 16_000) -> Pcm:
    """Steady noise whose power falls by 0 to 8 dB per octave, and swells or does not.

    Args:
        rng: all chance comes from it.
        seconds: how long.
        rate: Hertz.

    Returns:
        (samples,), its peak at half of full scale.
    """
    length = round(seconds * rate)
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / rate), 20.0)
    spectrum = np.fft.rfft(rng.standard_normal(length)) * hertz ** -rng.uniform(0, STEEPEST)
    samples = np.fft.irfft(spectrum, length)
    depth, swell_hz = rng.uniform(0, 0.8) * (rng.random() < 0.5), rng.uniform(*SWELL_HZ)
    samples *= 1 + depth * np.sin(2 * np.pi * swell_hz * np.arange(length) / rate)
    return sound.to_int16(LOUDEST_MADE * samples / np.abs(samples).max())


def simulated_rooms(seed: int, count: int, rate: int = 16_000) -> list[Echo]:
    """Rooms drawn by chance, every fourth a hall, each by its own number: more of them change no other."""
    draws = (draw_room,) * (HALLS - 1) + (draw_hall,)
    return [Echo(impulse(draws[n % HALLS](np.random.default_rng((seed, n))), rate)) for n in range(count)]


def read_rooms(folder: Path, rate: int = 16_000) -> list[Echo]:
    """Impulse responses of a folder, each from its direct path on, which is brought to 1.

    Raises:
        AudioError: one cannot be read.
    """
    rooms = []
    for path in audio.files_in(folder):
        response, _ = audio.read(path, rate)
        peak = float(np.abs(response).max())
        if peak > 0:
            first = int(np.argmax(np.abs(response) >= peak * sound.db_to_gain(-DIRECT_DB)))
            rooms.append(Echo(response[first:] / np.float32(peak)))
    return rooms
