"""Everything that is said for a training: the phrase, what sounds like it, sentences; and by whom."""

import argparse
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.errors import require
from oyez.synth.accents import accented
from oyez.synth.clips import Clip
from oyez.synth.forms import holds
from oyez.synth.phrases import near_misses
from oyez.synth.pronunciation import spoken
from oyez.synth.sentences import sentences
from oyez.synth.tts.cast import Cast, cast
from oyez.synth.tts.clip_store import default_folder
from oyez.synth.tts.recordings import Recordings
from oyez.synth.tts.speak import Request, Spoken, speak
from oyez.synth.tts.verify import can_hear, verified
from oyez.synth.tts.voice import Voice
from oyez.synth.wake_words import other_wake_words
from oyez.train.negatives import shipped
from oyez.train.own import Apart, set_apart, speech_without
from oyez.train.phrase import Material, PhraseConfig, Progress
from oyez.train.recordings import Recording

__all__ = ["Requests", "gather", "requests"]

VOICES = 800
ACCENTED = 0.5
"""Share of the clips of the phrase, said as people say it whose first language is another."""
HELD_OUT_CLIPS = 120
SLOW_SENTENCES = 8
"""Every so many-th sentence is said by an engine that takes its time."""

QUICK = "hibari"
NEAR_MISS_TEXTS = 160
LONGEST_TIMES = 1.8
SHORTEST_TIMES = 0.5
"""Of the median length of the same text: what is longer or shorter was said wrong, or is no word."""

FEWEST_HEARD = 0.5
"""Share of the clips: where fewer are heard as the phrase, the recogniser does not know it."""


@dataclass(frozen=True)
class Requests:
    """What is to be said, by whom."""

    words: tuple[Request, ...]
    held_out: tuple[Request, ...]
    others: tuple[Request, ...]
    sentences: tuple[Request, ...]


def requests(config: PhraseConfig, voices: Cast) -> Requests:
    """Draw who says what.

    Args:
        config: phrase, counts and seed.
        voices: in two halves.

    Returns:
        The same for the same configuration and voices.
    """
    counts, phrase = config.counts, config.phrase
    train, out = voices.train, voices.validation
    quick = [voice for voice in train if voice.engine == QUICK] or list(train)
    slow = [voice for voice in train if voice.engine != QUICK] or list(train)
    near = near_misses(phrase, NEAR_MISS_TEXTS, config.seed)
    # sounds that are no words are left out: people differ by as much when they say the phrase
    texts = [one.text for one in near if "/" not in one.text]
    texts += _without(other_wake_words(), phrase)
    lines = sentences(config.seed, counts.sentences, without=[phrase])
    return Requests(
        tuple(Request(_turn(train, n), _manner(phrase, config.seed, n), n) for n in range(counts.words)),
        tuple(
            Request(_turn(out, n), _manner(phrase, config.seed, counts.words + n), n)
            for n in range(HELD_OUT_CLIPS)
        ),
        tuple(
            Request(_turn(quick if n % 2 else slow, n // 2), texts[n % len(texts)], n)
            for n in range(counts.near_misses)
        ),
        tuple(
            Request(_turn(slow if n % SLOW_SENTENCES == 0 else quick, n), line, n)
            for n, line in enumerate(lines)
        ),
    )


def gather(
    config: PhraseConfig, options: argparse.Namespace, on_progress: Progress
) -> tuple[Material, list[str]]:
    """Say everything, check it, and find the hours without the phrase.

    Args:
        config: how the phrase is learnt.
        options: of `oyez train`: `recordings`, `negatives`, `backgrounds`, `rooms`, `clips`, `threads`.
        on_progress: told how far it is.

    Returns:
        What is learnt from, and what the user should know of it.

    Raises:
        OyezError: voices or hours are not installed, or a folder cannot be used.
    """
    bank = shipped().without_phrase(config.phrase, _says)
    own, notes = _own(options, config)
    recorded = _recorded(options, config)
    if recorded.train:
        notes.append(str(recorded))
    voices = cast(count=VOICES, seed=config.seed)
    wanted = requests(config, voices)
    if not voices.strangers:
        notes.append("no independent voice is installed to test on: held-out voices are of the same engines")
    every = (*wanted.words, *wanted.held_out, *wanted.others, *wanted.sentences)
    told = _counted("voices", len(every), on_progress)
    said = list(speak(every, options.clips or default_folder(), options.threads, told))
    first = len(wanted.words) + len(wanted.held_out)
    phrases, talk = said[:first], said[first:]
    others = talk[: len(wanted.others)]
    right = _right(phrases, config.phrase, options.threads, on_progress, notes)
    material = Material(
        words=_clips(phrases[: len(wanted.words)], config.phrase, right),
        held_out=_clips(phrases[len(wanted.words) :], config.phrase, right),
        others=tuple(one.clip("other") for one in others if one.end_s > one.start_s),
        talk=tuple(_recording(one) for one in talk if one.end_s > one.start_s),
        noises=tuple(_noises(options)),
        negatives=bank,
        recorded=_clips(recorded.train, config.phrase),
        measured=_clips(recorded.measure, config.phrase),
        own=own,
        rooms=options.rooms,
        made_of=f"phrase 1 {config.phrase} {config.seed}",
        said=tuple((one.voice.engine, one.voice.name, one.text, one.seed) for one in every),
    )
    return material, notes


def _counted(name: str, total: int, on_progress: Progress) -> Callable[[int], None]:
    """Adds up what is done of a stage."""
    done = 0

    def add(count: int) -> None:
        nonlocal done
        done += count
        on_progress(name, done, total)

    return add


def _own(options: argparse.Namespace, config: PhraseConfig) -> tuple[tuple[Recording, ...], list[str]]:
    """The user's speech without the phrase, and what to tell of it."""
    if not options.negatives:
        return (), []
    own, left_out = speech_without(options.negatives, config.phrase, _says)
    hours = sum(one.seconds for one in own) / 3600
    notes = [f"{hours:.2f} h of speech of your own train too"]
    if left_out:
        notes.append(f"{left_out} of your recordings of speech have the phrase in them, and were left out")
    return own, notes


def _recorded(options: argparse.Namespace, config: PhraseConfig) -> Apart:
    """People who say the phrase, where there are any."""
    if options.recordings is None:
        return Apart((), ())
    return set_apart(list(Recordings(options.recordings, config.phrase).spoken()), config.seed)


def _clips(said: Sequence[Spoken], phrase: str, right: Collection[str] | None = None) -> tuple[Clip, ...]:
    """Of those whose file is one of the right ones; None: of all."""
    return tuple(one.clip(phrase) for one in said if right is None or one.source in right)


def _noises(options: argparse.Namespace) -> list[Path]:
    folders = [require("oyez_bank", "train").noises_path()]
    if options.backgrounds is not None:
        folders.append(options.backgrounds)
    return [path for folder in folders for path in audio.files_in(folder)]


def _right(
    said: Sequence[Spoken], phrase: str, jobs: int, on_progress: Progress, notes: list[str]
) -> set[str]:
    """Files of the clips that say the phrase; `notes` are told of the rest.

    They are heard where the extra `verify` is installed and most of them are heard as the phrase; else their
    lengths alone are looked at.
    """
    right = {one.source for one in _of_right_length(said)}
    if can_hear():
        told = _counted("checking", len(said), on_progress)
        heard = {one.source for one in verified(said, phrase, jobs, told).kept}
        if len(heard) >= FEWEST_HEARD * len(said):
            right = heard
        else:
            notes.append(f"few clips are heard as “{phrase}”, so only their lengths were checked")
    else:
        notes.append("clips were measured, not heard. To hear them: pip install 'oyez[verify]'")
    dropped = sum(one.source not in right for one in said)
    if dropped:
        notes.append(f"{dropped} of {len(said)} clips of the phrase were mis-said, and left out")
    return right


def _of_right_length(said: Sequence[Spoken]) -> list[Spoken]:
    """Clips whose length is near the middle of all of them."""
    lengths_s = np.array([one.end_s - one.start_s for one in said])
    middle_s = float(np.median(lengths_s))
    return [
        one
        for one, length_s in zip(said, lengths_s, strict=True)
        if SHORTEST_TIMES * middle_s <= length_s <= LONGEST_TIMES * middle_s
    ]


def _recording(one: Spoken) -> Recording:
    return Recording(Path(one.source), "synthetic", one.voice, one.text, len(one.samples) / one.rate)


def _says(text: str, phrase: str) -> bool:
    """Whether a text has the phrase in it, by its sounds."""
    return any(letter.isalpha() for letter in text) and holds(spoken(text), spoken(phrase))


def _without(texts: Sequence[str], phrase: str) -> list[str]:
    return [text for text in texts if not _says(text, phrase)]


def _manner(phrase: str, seed: int, number: int) -> str:
    """The phrase, or an accent of it."""
    rng = np.random.default_rng((seed, number, ord("a")))
    return accented(phrase, rng) if rng.random() < ACCENTED else phrase


def _turn(voices: Sequence[Voice], number: int) -> Voice:
    return voices[number % len(voices)]
