"""What happens to sound on its way: pure functions of samples, parameters drawn beforehand."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from oyez import sound
from oyez.sound import Samples

__all__ = ["Echo", "at_speed", "at_tempo", "colour", "loop", "overload", "reverberate", "telephone"]

ROLL_OFF = 0.15  # of the cut-off: the low-pass falls from 0 to −60 dB over it
STOP_DB = -60.0
PIVOT_HZ = 1_000.0
TELEPHONE_HZ = (300.0, 3_400.0)
MU = 255.0  # of the μ-law
MU_STEPS = 127  # on each side of zero
TEMPO_HOP_S, TEMPO_REACH_S = 0.015, 0.008  # of a pitch of 70 Hz there is one period in a hop
TEMPO_LEAST = 0.01
ECHO_BLOCK = 32_768  # samples that are transformed at once: more than twice an ordinary room's echo


def colour(
    samples: Samples,
    rate: int,
    low_pass_hz: float | None = None,
    tilt_db: float = 0.0,
    bands_db: Sequence[tuple[float, float]] = (),
) -> Samples:
    """A low-pass, a spectral slope and a microphone's response, without delay (by way of the spectrum).

    Everything in a scene goes through the same, so that neither the width nor the slope of a band
    tells a word from what is not one.

    Args:
        samples: (samples,).
        rate: Hertz.
        low_pass_hz: the highest frequency that passes; 15 % above it 60 dB are gone. None: all.
        tilt_db: dB per octave, level at 1 kHz; flat below 125 Hz and above 8 kHz.
        bands_db: Hertz, rising, and the gain there in dB: straight lines between them over octaves, level
            below the first and above the last.

    Returns:
        (samples,).
    """
    passes_all = low_pass_hz is None or low_pass_hz >= rate / 2
    if not len(samples) or (passes_all and tilt_db == 0 and not bands_db):
        return samples
    octaves = _octaves(len(samples), rate)
    gain_db = np.float32(tilt_db) * np.clip(octaves, -3.0, 3.0)
    if bands_db:
        hertz, gains_db = np.array(bands_db).T
        gain_db = gain_db + np.interp(octaves, np.log2(hertz / PIVOT_HZ), gains_db)
    if low_pass_hz is not None and not passes_all:
        first = int(low_pass_hz / rate * len(samples)) + 1
        past = np.arange(first, len(octaves)) * (rate / len(samples) / low_pass_hz) - 1
        gain_db[first:] += STOP_DB * np.clip(past / ROLL_OFF, 0.0, 4.0)
    gains = np.exp2(gain_db * (np.log2(10) / 20)).astype(np.float32)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * gains, len(samples)), np.float32)


def overload(samples: Samples, over_db: float) -> Samples:
    """Too loud for its microphone: what lies above a limit is cut off.

    Args:
        samples: (samples,).
        over_db: how far the loudest peak stands over the limit; nothing is cut at 0 or less.

    Returns:
        (samples,), as loud as it was below the limit.
    """
    limit = float(np.abs(samples).max(initial=0.0)) / sound.db_to_gain(max(over_db, 0.0))
    return np.clip(samples, -limit, limit)


def loop(samples: Samples, length: int) -> Samples:
    """Cut, or repeated from its start, to exactly `length` samples; nothing gives silence."""
    if not len(samples):
        return np.zeros(length, np.float32)
    return np.resize(samples, length)


def at_speed(samples: Samples, rate: int, speed: float) -> Samples:
    """Played faster or slower, as a tape: the pitch moves with it.

    Args:
        samples: (samples,).
        rate: Hertz.
        speed: above 1 is faster, and so shorter and higher.

    Returns:
        (about samples / speed,).
    """
    return sound.resample(samples, round(rate * speed), rate)


def at_tempo(samples: Samples, rate: int, tempo: float) -> Samples:
    """Said faster or slower: the pitch stays.

    Windows are taken from where the sound goes on as it would have, and laid over each other.

    Args:
        samples: (samples,).
        rate: Hertz.
        tempo: above 1 is faster, and so shorter.

    Returns:
        (about samples / tempo,).

    Source: Verhelst and Roelands (1993), WSOLA.
    """
    hop, reach = round(TEMPO_HOP_S * rate), round(TEMPO_REACH_S * rate)
    length = round(len(samples) / tempo)
    if abs(tempo - 1) < TEMPO_LEAST or len(samples) <= 2 * hop:
        return samples
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    frames = -(-length // hop) + 1
    before = hop + reach
    padded = np.pad(np.asarray(samples, np.float32), (before, 3 * hop + reach + round(hop * tempo)))
    out = np.zeros((frames + 1) * hop, np.float32)
    at = before - hop
    for number in range(frames):
        out[number * hop : (number + 2) * hop] += window * padded[at : at + 2 * hop]
        wanted = before + round((number + 1) * hop * tempo) - hop
        follows = padded[at + hop : at + 3 * hop]
        start = min(max(wanted - reach, 0), len(padded) - 3 * hop - 2 * reach)
        near = np.correlate(padded[start : start + 2 * hop + 2 * reach], follows)
        at = start + int(np.argmax(near))
    return out[hop : hop + length]


class Echo:
    """A room's impulse response, its spectrum kept: convolving with it again is quick."""

    def __init__(self, response: Samples) -> None:
        """Transform the response.

        Args:
            response: (samples,), the direct path first: nothing moves in time.
        """
        self.length = len(response)
        self.block = max(ECHO_BLOCK, 1 << (2 * self.length - 1).bit_length())
        self.spectrum = np.fft.rfft(np.asarray(response, np.float32), self.block)

    def heard(self, samples: Samples) -> Samples:
        """(samples,) heard in the room; what rings past the end is cut off."""
        if not len(samples):
            return samples
        hop = self.block - self.length + 1
        blocks = -(-len(samples) // hop)
        parts = sound.fit(samples, blocks * hop).reshape(blocks, hop)
        rung = np.fft.irfft(np.fft.rfft(parts, self.block) * self.spectrum, self.block)
        heard = np.zeros((blocks - 1) * hop + self.block, np.float32)
        for number, part in enumerate(rung):  # each rings into the next one
            heard[number * hop : number * hop + self.block] += part
        return heard[: len(samples)]


def reverberate(samples: Samples, response: Samples) -> Samples:
    """Heard in a room: convolved with its impulse response, what rings past the end cut off.

    Args:
        samples: (samples,).
        response: (samples,), at the same rate, the direct path first: nothing moves in time.

    Returns:
        (samples,), as long as it was.
    """
    return Echo(response).heard(samples)


def telephone(samples: Samples, rate: int) -> Samples:
    """Heard over a telephone: 300 to 3400 Hz, in 8 bits.

    Args:
        samples: (samples,), within ±1; what is louder is cut off.
        rate: Hertz.

    Returns:
        (samples,).

    Source: ITU-T G.711, its continuous μ-law: sgn(x) ln(1 + μ|x|) / ln(1 + μ).
    """
    if not len(samples):
        return samples
    low_hz, high_hz = TELEPHONE_HZ
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    rising = np.clip((hertz - low_hz * (1 - ROLL_OFF)) / (ROLL_OFF * low_hz), 0.0, 1.0)
    falling = np.clip((high_hz * (1 + ROLL_OFF) - hertz) / (ROLL_OFF * high_hz), 0.0, 1.0)
    narrow = np.clip(np.fft.irfft(spectrum * rising * falling, len(samples)), -1.0, 1.0)
    pressed = np.log1p(MU * np.abs(narrow)) / np.log1p(MU)
    steps = np.rint(pressed * MU_STEPS) / MU_STEPS
    return np.asarray(np.sign(narrow) * np.expm1(steps * np.log1p(MU)) / MU, np.float32)


@lru_cache(maxsize=4)
def _octaves(length: int, rate: int) -> npt.NDArray[np.float32]:
    """Octaves above the pivot of each bin of a spectrum."""
    octaves: npt.NDArray[np.float32] = np.asarray(
        np.log2(np.maximum(np.fft.rfftfreq(length, 1 / rate), 1.0) / PIVOT_HZ), np.float32
    )
    octaves.flags.writeable = False
    return octaves
