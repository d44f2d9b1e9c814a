"""One take: where the word is in it, how it measures, and what is wrong with it. Numbers in, verdict out."""

from dataclasses import dataclass, field

import numpy as np

from oyez.sound import Samples, rms_dbfs
from oyez.synth.clips import find_word

__all__ = ["Limits", "Measures", "Problem", "Take", "examine", "examine_room"]

MARGIN_S = 0.2
"""Seconds kept before and after the word: enough for a trainer to find the word again."""

NEAR_S = 0.1
"""Seconds around the word that are not counted as quiet: breath, echo."""

QUIET_S = 0.25
"""Seconds of quiet that a measurement of the noise needs."""

FRAME_S = 0.02
EDGE_S = 0.02
END_S, NOISE_DB = 0.05, 3.0
CUT_DB = 15.0  # under the word's level: louder than that at the very edge, it goes on beyond
FLOOR_DBFS = -96.0  # about what 16 bits can hold
FULL = 0.999  # of full scale
SILENT_DBFS = -90.0
NOTHING = "no word heard"


@dataclass(frozen=True)
class Limits:
    """What a good take is."""

    shortest_s: float = 0.12
    """Seconds of the word."""
    longest_s: float = 2.0
    quietest_dbfs: float = -45.0
    """Level of the word."""
    loudest_dbfs: float = -8.0
    """Level of the word: speech has peaks 10 dB and more above it."""
    clipped_share: float = 2e-4
    """Share of the word's samples at full scale."""
    min_snr_db: float = 12.0
    """Level of the word over the noise."""
    word_snr_db: float = 6.0
    """Below this no word stands out at all."""


@dataclass(frozen=True)
class Measures:
    """What a take measures."""

    seconds: float
    """Of the word, without margins."""
    level_dbfs: float
    """Root mean square over the word."""
    peak_dbfs: float
    noise_dbfs: float
    """Root mean square of the quiet part."""
    snr_db: float
    """The word, with the noise under it, over the noise."""
    clipped_share: float
    """Samples of the word at full scale, 0..1."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a take."""

    what: str
    """A few words, the same for every such take: to be counted."""
    detail: str
    """What was measured."""
    advice: str
    """What to do about it."""

    def __str__(self) -> str:
        return f"{self.what} ({self.detail}). {self.advice}"


@dataclass(frozen=True)
class Take:
    """A take that was looked at."""

    clip: Samples = field(repr=False)
    """The word with its margins; everything where no word was found."""
    rate: int
    """Hertz."""
    start_s: float
    """Where the clip starts in the take."""
    measures: Measures
    problems: tuple[Problem, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems


def examine(samples: Samples, rate: int, limits: Limits | None = None) -> Take:
    """Find the word in a take, trim it, and tell what is wrong.

    The noise is the level of what lies further than 0.1 s from the word; where that is less than
    0.25 s, as in a file that was cut before, it is that of the quietest tenth.

    Args:
        samples: (samples,), as recorded.
        rate: Hertz.
        limits: what a good take is.

    Returns:
        The verdict. The clip's samples are those of the take, unchanged.
    """
    limits = limits or Limits()
    centred = samples - np.float32(samples.mean()) if len(samples) else samples
    if rms_dbfs(centred) < SILENT_DBFS:
        return _whole(samples, centred, rate, (_silent(centred),))
    start_s, end_s = find_word(samples, rate)
    start, stop = round(start_s * rate), round(end_s * rate)
    measures = _measure(samples, centred, rate, start, stop)
    problems = _problems(centred, rate, start, stop, measures, limits)
    if any(problem.what == NOTHING for problem in problems):
        return _whole(samples, centred, rate, problems)
    margin = round(MARGIN_S * rate)
    first = max(0, start - margin)
    return Take(samples[first : stop + margin], rate, first / rate, measures, problems)


def examine_room(samples: Samples, rate: int, limits: Limits | None = None) -> Take:
    """Look at a recording of a room, in which nobody speaks: it is kept whole.

    Args:
        samples: (samples,), as recorded.
        rate: Hertz.
        limits: of clipping; the others are about words.

    Returns:
        The verdict: silent, or clipped, or good.
    """
    limits = limits or Limits()
    centred = samples - np.float32(samples.mean()) if len(samples) else samples
    take = _whole(samples, centred, rate, ())
    problems = []
    if rms_dbfs(centred) < SILENT_DBFS:
        problems.append(_silent(centred))
    if take.measures.clipped_share > limits.clipped_share:
        problems.append(_clipped(take.measures))
    return Take(samples, rate, 0.0, take.measures, tuple(problems))


def _problems(
    centred: Samples, rate: int, start: int, stop: int, got: Measures, limits: Limits
) -> tuple[Problem, ...]:
    """Everything that is wrong, the level first; what noise makes uncertain is left out."""
    if got.snr_db < limits.word_snr_db:
        detail = f"nothing stands out from the room, which is at {got.noise_dbfs:.0f} dBFS"
        return (Problem(NOTHING, detail, "Say the word clearly, close to the microphone."),)
    levels = _level_problems(got, limits)
    noisy = ""
    if got.snr_db < limits.min_snr_db:
        noisy = f"{got.snr_db:.1f} dB over the room, at least {limits.min_snr_db:g}"
    elif got.seconds > limits.longest_s and _ends_in_noise(centred[start:stop], rate, got.noise_dbfs):
        noisy = "hiss hides where the word starts and ends"
    if noisy:  # where the word ends is not certain, so neither is its length
        return (*levels, Problem("too noisy", noisy, "Come closer, or switch off what hums and plays."))
    found = [*levels]
    if got.seconds < limits.shortest_s:
        found.append(Problem("too short", f"{got.seconds:.2f} s", "That was a click: say the whole word."))
    if got.seconds > limits.longest_s:
        detail = f"{got.seconds:.1f} s, at most {limits.longest_s:.1f}"
        found.append(Problem("too long", detail, "Say the word once, and nothing else."))
    cut = _cut(centred, rate, start, stop, got.level_dbfs)
    if cut:
        found.append(Problem("cut off", cut, "Leave a moment of silence before and after the word."))
    return tuple(found)


def _level_problems(got: Measures, limits: Limits) -> tuple[Problem, ...]:
    level = f"{got.level_dbfs:.0f} dBFS"
    if got.clipped_share > limits.clipped_share:
        return (_clipped(got),)
    if got.level_dbfs > limits.loudest_dbfs:
        return (Problem("too loud", level, "Turn the microphone down, or speak further away."),)
    if got.level_dbfs < limits.quietest_dbfs:
        return (Problem("too quiet", level, "Come closer, or turn the microphone up."),)
    return ()


def _measure(samples: Samples, centred: Samples, rate: int, start: int, stop: int) -> Measures:
    word = samples[start:stop]
    level_dbfs = rms_dbfs(centred[start:stop])
    noise_dbfs = max(FLOOR_DBFS, _noise_dbfs(centred, rate, start, stop))
    return Measures(
        seconds=(stop - start) / rate,
        level_dbfs=level_dbfs,
        peak_dbfs=_peak_dbfs(word),
        noise_dbfs=noise_dbfs,
        snr_db=level_dbfs - noise_dbfs,
        clipped_share=float(np.mean(np.abs(word) >= FULL)),
    )


def _noise_dbfs(centred: Samples, rate: int, start: int, stop: int) -> float:
    near = round(NEAR_S * rate)
    quiet = np.concatenate((centred[: max(0, start - near)], centred[stop + near :]))
    if len(quiet) >= QUIET_S * rate:
        return rms_dbfs(quiet)
    length = max(1, round(FRAME_S * rate))
    count = len(centred) // length
    if not count:
        return rms_dbfs(centred)
    frames = centred[: count * length].reshape(count, length)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)  # (count,)
    return float(10 * np.log10(np.percentile(power, 10) + 1e-12))


def _ends_in_noise(word: Samples, rate: int, noise_dbfs: float) -> bool:
    """Whether what was found as a word starts or ends with the room alone."""
    end = round(END_S * rate)
    return min(rms_dbfs(word[:end]), rms_dbfs(word[-end:])) < noise_dbfs + NOISE_DB


def _cut(centred: Samples, rate: int, start: int, stop: int, level_dbfs: float) -> str:
    """Which end of the word is missing: a word that fades out at the edge of a file is whole."""
    edge = max(1, round(EDGE_S * rate))
    sides = []
    if start < edge and rms_dbfs(centred[:edge]) > level_dbfs - CUT_DB:
        sides.append("began before the recording")
    if len(centred) - stop < edge and rms_dbfs(centred[-edge:]) > level_dbfs - CUT_DB:
        sides.append("went on after its end")
    return " and ".join(sides)


def _whole(samples: Samples, centred: Samples, rate: int, problems: tuple[Problem, ...]) -> Take:
    """A take in which there is no word to find."""
    level_dbfs = max(FLOOR_DBFS, rms_dbfs(centred))
    clipped = float(np.mean(np.abs(samples) >= FULL)) if len(samples) else 0.0
    measures = Measures(
        len(samples) / rate, level_dbfs, _peak_dbfs(samples), level_dbfs, 0.0, clipped_share=clipped
    )
    return Take(samples, rate, 0.0, measures, problems)


def _peak_dbfs(samples: Samples) -> float:
    return max(FLOOR_DBFS, float(20 * np.log10(np.abs(samples).max(initial=0.0) + 1e-12)))


def _silent(centred: Samples) -> Problem:
    detail = "digital silence" if not np.any(centred) else f"{rms_dbfs(centred):.0f} dBFS"
    return Problem("silent", detail, "Is the microphone muted, or may this program not use it?")


def _clipped(got: Measures) -> Problem:
    detail = f"{100 * got.clipped_share:.2g} % of the samples at full scale"
    return Problem("clipped", detail, "Turn the microphone down, or speak further away.")
