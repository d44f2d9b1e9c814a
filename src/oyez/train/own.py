"""What a user brings to a training: people who say the phrase, and speech without it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from oyez.synth.tts.speak import Spoken
from oyez.train.recordings import Recording, recordings_in

__all__ = ["Apart", "set_apart", "speech_without"]

FEWEST = 10
"""Recordings: of fewer, none is kept to measure on."""

SHARE, MOST = 0.2, 1 / 3
"""Of recordings that are kept to measure on: wanted, and where that is a speaker too many."""


@dataclass(frozen=True)
class Apart:
    """Recordings in two halves."""

    train: tuple[Spoken, ...]
    measure: tuple[Spoken, ...]
    """They train nothing."""
    by_speaker: bool = False
    """Whether nobody is in both."""

    def __str__(self) -> str:
        count = len(self.train) + len(self.measure)
        if not self.measure:
            return f"all {count} recordings train: of fewer than {FEWEST} none is kept to measure on"
        whose = "of people who do not train" if self.by_speaker else "of the people who train"
        return f"{len(self.measure)} of {count} recordings train nothing and are measured on, {whose}"


def set_apart(recorded: Sequence[Spoken], seed: int) -> Apart:
    """Keep a fifth of recordings out of the training.

    Whole speakers are kept, where that is no more than a third of the recordings; else single ones.

    Args:
        recorded: of people.
        seed: the same one keeps the same ones.

    Returns:
        Both halves, in order; of fewer than ten recordings none is kept.
    """
    if len(recorded) < FEWEST:
        return Apart(tuple(recorded), ())
    rng = np.random.default_rng((seed, 7))
    speakers = sorted({one.voice for one in recorded})
    chosen: set[int] = set()
    for number in rng.permutation(len(speakers)):
        theirs = {index for index, one in enumerate(recorded) if one.voice == speakers[number]}
        if len(chosen) < SHARE * len(recorded) and len(chosen | theirs) <= MOST * len(recorded):
            chosen |= theirs
    by_speaker = len(chosen) >= SHARE * len(recorded) / 2
    if not by_speaker:
        count = round(SHARE * len(recorded))
        chosen = {int(index) for index in rng.permutation(len(recorded))[:count]}
    return Apart(
        tuple(one for index, one in enumerate(recorded) if index not in chosen),
        tuple(one for index, one in enumerate(recorded) if index in chosen),
        by_speaker,
    )


def speech_without(
    folders: Sequence[Path], phrase: str, says: Callable[[str, str], bool]
) -> tuple[tuple[Recording, ...], int]:
    """Recordings of folders, without those that are known to have the phrase in them.

    What is said in a recording stands in the folder's metadata.csv (see `recordings_in`), or in a text file
    of its name beside it, plain or a label track.

    Args:
        folders: of speech without the phrase.
        phrase: as it is written.
        says: whether a text (first) has the phrase (second) in it.

    Returns:
        The recordings, and how many were left out.

    Raises:
        DataError: a folder is missing or holds nothing, or its metadata are broken.
        AudioError: a recording cannot be read.
    """
    found = [_with_text(one) for folder in folders for one in recordings_in(folder)]
    kept = tuple(one for one in found if one.text is None or not says(one.text, phrase))
    return kept, len(found) - len(kept)


def _with_text(one: Recording) -> Recording:
    beside = one.path.with_suffix(".txt")
    if one.text is not None or not beside.is_file():
        return one
    lines = beside.read_text(encoding="utf-8", errors="replace").splitlines()
    return replace(one, text=" ".join(line.rpartition("\t")[2] for line in lines))
