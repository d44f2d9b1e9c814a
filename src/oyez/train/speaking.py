"""Everything that is said for a training: the phrase, what sounds like it, sentences; and by whom."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.errors import require
from oyez.synth.forms import holds
from oyez.synth.phrases import near_misses
from oyez.synth.pronunciation import spoken
from oyez.synth.sentences import sentences
from oyez.synth.tts.cast import Cast, cast
from oyez.synth.tts.clip_store import default_folder
from oyez.synth.tts.recordings import Recordings
from oyez.synth.tts.speak import Request, Spoken, speak
from oyez.synth.tts.voice import Voice
from oyez.synth.wake_words import other_wake_words
from oyez.train.negatives import shipped
from oyez.train.phrase import Material, PhraseConfig, Progress
from oyez.train.recordings import Recording

__all__ = ["Requests", "gather", "requests"]

VOICES = 800
HELD_OUT_CLIPS = 120
SLOW_SENTENCES = 8
"""Every so many-th sentence is said by an engine that takes its time."""

QUICK = "hibari"
NEAR_MISS_TEXTS = 160
LONGEST_TIMES = 1.8
SHORTEST_TIMES = 0.5
"""Of the median length of the same text: what is longer or shorter was said wrong, or is no word."""


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
    texts = [one.text for one in near if "/" not in one.text]
    texts += _without(other_wake_words(), phrase)
    lines = sentences(config.seed, counts.sentences, without=[phrase])
    return Requests(
        tuple(Request(train[n % len(train)], phrase, n) for n in range(counts.words)),
        tuple(Request(out[n % len(out)], phrase, n) for n in range(HELD_OUT_CLIPS)),
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
        options: of `oyez train`: `recordings`, `negatives`, `noise`, `rooms`, `clips`, `threads`.
        on_progress: told how far it is.

    Returns:
        What is learnt from, and what the user should know of it.

    Raises:
        OyezError: voices or hours are not installed, or a folder cannot be used.
    """
    bank = shipped().without_phrase(config.phrase, _says)
    voices = cast(count=VOICES, seed=config.seed)
    wanted = requests(config, voices)
    cache = options.clips or default_folder()
    every = (*wanted.words, *wanted.held_out, *wanted.others, *wanted.sentences)
    done = 0

    def spoke(count: int) -> None:
        nonlocal done
        done += count
        on_progress("voices", done, len(every))

    said = list(speak(every, cache, options.threads, spoke))
    words, rest = said[: len(wanted.words)], said[len(wanted.words) :]
    held_out, rest = rest[: len(wanted.held_out)], rest[len(wanted.held_out) :]
    others, talk = rest[: len(wanted.others)], rest
    notes = []
    good, good_out = _right(words), _right(held_out)
    dropped = len(words) + len(held_out) - len(good) - len(good_out)
    if dropped:
        every_word = len(words) + len(held_out)
        notes.append(f"{dropped} of {every_word} clips of the phrase were mis-said, and left out")
    if not voices.strangers:
        notes.append("no independent voice is installed to test on: held-out voices are of the same engines")
    recorded = tuple(one.clip(config.phrase) for one in _recorded(options, config))
    material = Material(
        words=tuple(one.clip(config.phrase) for one in good),
        held_out=tuple(one.clip(config.phrase) for one in good_out),
        others=tuple(one.clip("other") for one in others if one.end_s > one.start_s),
        talk=tuple(_recording(one) for one in talk if one.end_s > one.start_s),
        noises=tuple(_noises(options)),
        negatives=bank,
        recorded=recorded,
        rooms=options.rooms,
        made_of=f"phrase 1 {config.phrase} {config.seed}",
    )
    return material, notes


def _recorded(options: argparse.Namespace, config: PhraseConfig) -> Iterator[Spoken]:
    if options.recordings is not None:
        yield from Recordings(options.recordings, config.phrase).spoken()


def _noises(options: argparse.Namespace) -> list[Path]:
    folders = [require("oyez_bank", "train").noises_path()]
    if options.backgrounds is not None:
        folders.append(options.backgrounds)
    return [path for folder in folders for path in audio.files_in(folder)]


def _right(said: Sequence[Spoken]) -> list[Spoken]:
    """Clips whose length is near the middle of all of them."""
    lengths_s = np.array([one.end_s - one.start_s for one in said])
    if not len(lengths_s):
        return []
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


def _turn(voices: Sequence[Voice], number: int) -> Voice:
    return voices[number % len(voices)]
