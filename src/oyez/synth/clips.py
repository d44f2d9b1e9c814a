"""Recordings to make scenes of: clips of words, backgrounds, and the folders that hold them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from oyez import audio, sound
from oyez.errors import AudioError, DataError

__all__ = ["NEGATIVES", "Background", "Clip", "Corpus", "find_word", "load_corpus"]

NEGATIVES = ("negatives", "negative", "other")
"""Sub-folders of a folder of words that hold what must not wake the detector."""

LESSON = {"activates": "activate"}
"""The lesson's folder, and the word in it."""

LONGEST_CLIP_S = 60.0
FRAME_S = 0.01
FAR_DB = 35.0  # under the loudest frame: weaker than a final plosive, stronger than a quiet room
EVEN_DB, NEAR_NOISY_DB = 4.0, 12.0
NEAR_DB = 25.0  # under the loudest frame: speech, whatever the rest is
ABOVE_NOISE_DB = 9.0
CLICK, APART = 4, 20  # frames
SILENT_DBFS = -90.0


@dataclass(frozen=True)
class Clip:
    """One recording of one word."""

    samples: sound.Samples = field(repr=False)
    """(samples,), at its own rate."""
    rate: int
    """Hertz."""
    word: str
    """The word, or the name of the folder of other words."""
    start_s: float
    """Where in the clip the word starts."""
    end_s: float
    """Where in the clip the word ends."""
    voice: str
    """Who speaks: clips of one voice are held out together."""
    source: str
    """The file, relative to the folder of words."""

    @property
    def duration_s(self) -> float:
        """Seconds of the whole clip."""
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Background:
    """One long recording, read only where it is used."""

    path: Path
    duration_s: float
    rate: int
    """Hertz."""
    source: str
    """The file, relative to the folder of backgrounds."""

    @property
    def group(self) -> str:
        """The sub-folder that it lies in, "" for none: each has the same share of the scenes."""
        return self.source.rpartition("/")[0].partition("/")[0]


@dataclass(frozen=True)
class Corpus:
    """Everything that scenes are drawn from."""

    positives: dict[str, tuple[Clip, ...]]
    """Clips by trigger word."""
    negatives: tuple[Clip, ...]
    backgrounds: tuple[Background, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The trigger words, sorted."""
        return tuple(self.positives)

    @cached_property
    def clips(self) -> tuple[Clip, ...]:
        """All clips: positives in order of words, then negatives. Placements count in this order."""
        return (*(clip for clips in self.positives.values() for clip in clips), *self.negatives)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Indices of backgrounds, by group."""
        names = sorted({background.group for background in self.backgrounds})
        return tuple(
            tuple(i for i, one in enumerate(self.backgrounds) if one.group == name) for name in names
        )

    @property
    def voices(self) -> tuple[str, ...]:
        """All voices of the trigger words, sorted."""
        return tuple(sorted({clip.voice for clips in self.positives.values() for clip in clips}))

    @property
    def bandwidth_hz(self) -> float:
        """The highest frequency that every recording can hold: half the lowest rate."""
        return min(self._rates) / 2

    @property
    def mixed_bandwidths(self) -> bool:
        """Whether recordings differ in rate, so that high frequencies would give words away."""
        return len(self._rates) > 1

    @cached_property
    def _rates(self) -> set[int]:
        return {clip.rate for clip in self.clips} | {one.rate for one in self.backgrounds}

    def split(
        self, voices: Iterable[str], backgrounds: Callable[[Background], bool]
    ) -> tuple["Corpus", "Corpus"]:
        """Apart: without some voices and backgrounds, and with only those.

        Args:
            voices: names that go to the second half; negatives of a voice go with it.
            backgrounds: tells which backgrounds go to the second half. A half that would have none
                shares them all.

        Returns:
            The rest, and what was held out.

        Raises:
            DataError: a half would have no clip of a word.
        """
        out = set(voices)
        unknown = out - {clip.voice for clip in self.clips}
        if unknown:
            raise DataError(
                f"no voice is called {', '.join(sorted(unknown))}. Voices: {', '.join(self.voices)}."
            )
        halves = []
        for wanted in (False, True):
            positives = {
                word: tuple(clip for clip in clips if (clip.voice in out) == wanted)
                for word, clips in self.positives.items()
            }
            for word, clips in positives.items():
                if not clips:
                    raise DataError(
                        f"holding out voices leaves no clip of '{word}' "
                        f"{'outside' if not wanted else 'in'} them. Record at least two voices."
                    )
            negatives = tuple(clip for clip in self.negatives if (clip.voice in out) == wanted)
            kept = tuple(one for one in self.backgrounds if backgrounds(one) == wanted)
            halves.append(Corpus(positives, negatives or self.negatives, kept or self.backgrounds))
        return halves[0], halves[1]


def load_corpus(words: Path, backgrounds: Path | None = None, only: Iterable[str] = ()) -> Corpus:
    """Read folders of recordings.

    Args:
        words: one sub-folder per word; `negatives` holds other words. The voice of a clip is the
            folder between, or the file's name up to its first underscore. The lesson's `raw_data`
            is understood as it is: its `activates` hold the word "activate".
        backgrounds: long recordings; None takes the sub-folder `backgrounds` of `words`. Each
            sub-folder has the same share of the scenes.
        only: folders that hold trigger words; all others are other words. None named: all but
            `negatives`.

    Returns:
        The corpus, in order of names.

    Raises:
        DataError: a folder is missing or holds nothing that is needed.
        AudioError: a recording cannot be used; it is named.
    """
    _check_folder(words, "words")
    inside = words / "backgrounds"
    backgrounds = inside if backgrounds is None else backgrounds
    _check_folder(backgrounds, "backgrounds")
    apart = (inside.resolve(), backgrounds.resolve())
    folders = sorted(
        path
        for path in words.iterdir()
        if path.is_dir() and path.resolve() not in apart and path.name[0] != "."
    )
    chosen = set(only) or {path.name for path in folders} - set(NEGATIVES)
    unknown = chosen - {path.name for path in folders}
    if unknown or not chosen:
        raise DataError(
            f"{words}: expected a sub-folder for {', '.join(sorted(unknown)) or 'each word'}, "
            f"got {', '.join(path.name for path in folders) or 'none'}. "
            "Put the recordings of each word into a folder of its name."
        )
    positives: dict[str, tuple[Clip, ...]] = {}
    negatives: list[Clip] = []
    for folder in folders:
        clips = [_clip(path, folder, words) for path in audio.files_in(folder)]
        if folder.name not in chosen:
            negatives += clips
        elif clips:
            positives[clips[0].word] = (*positives.get(clips[0].word, ()), *clips)
        else:
            raise DataError(f"{folder} holds no recordings. Put some there, or remove it.")
    return Corpus(positives, tuple(negatives), _backgrounds(backgrounds))


def find_word(samples: sound.Samples, rate: int) -> tuple[float, float]:
    """Where in a recording the word is, by its energy.

    The difference of neighbouring samples is measured, so that hum and rumble count little and a final
    "t" counts. A frame of 10 ms is speech when it is within 35 dB of the loudest one and 9 dB above the
    quietest tenth, or within 25 dB of the loudest in any case: a recording that is cut tightly has no
    quiet tenth. Where the quietest quarter is as even as noise is, 12 dB take the place of those 25.
    The word reaches from the first to the last such frame; a click of less than 40 ms that lies 0.2 s
    or more apart is no part of it.

    Args:
        samples: (samples,).
        rate: Hertz.

    Returns:
        Start and end in seconds.

    Raises:
        AudioError: the recording is silent.
    """
    length = max(1, round(FRAME_S * rate))
    count = -(-len(samples) // length)
    edges = np.diff(samples, prepend=samples[:1])
    frames = sound.fit(edges, count * length).reshape(count, length)
    level = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)  # (count,)
    loudest = float(level.max(initial=-120.0))
    if sound.rms_dbfs(samples) < SILENT_DBFS or not count:
        raise AudioError("it is silent")
    noise = float(np.percentile(level, 10))
    even = float(np.percentile(level, 25) - np.percentile(level, 2)) < EVEN_DB
    near = loudest - (NEAR_NOISY_DB if even else NEAR_DB)
    bar = max(loudest - FAR_DB, min(noise + ABOVE_NOISE_DB, near))
    speech = np.flatnonzero(level >= bar)
    groups = np.split(speech, np.flatnonzero(np.diff(speech) > APART) + 1)
    speech = np.concatenate([group for group in groups if len(group) >= CLICK] or groups)
    end = min((int(speech[-1]) + 1) * length, len(samples))
    return int(speech[0]) * length / rate, end / rate


def _check_folder(folder: Path, what: str) -> None:
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. Name the folder that holds the {what}.")


def _clip(path: Path, folder: Path, words: Path) -> Clip:
    samples, rate = audio.read(path, longest_s=LONGEST_CLIP_S)
    try:
        start_s, end_s = find_word(samples, rate)
    except AudioError:
        raise AudioError(f"{path} is silent: there is no word in it. Record it again.") from None
    between = path.relative_to(folder).parts[:-1]
    voice = "/".join(between) or path.stem.partition("_")[0]
    source = path.relative_to(words).as_posix()
    word = LESSON.get(folder.name, folder.name)
    return Clip(samples, rate, word, start_s, end_s, voice, source)


def _backgrounds(folder: Path) -> tuple[Background, ...]:
    found = []
    for path in audio.files_in(folder):
        frames, rate = audio.info(path)
        found.append(Background(path, frames / rate, rate, path.relative_to(folder).as_posix()))
    if not found:
        raise DataError(f"{folder} holds no recordings. Put backgrounds there: rooms, streets, music.")
    return tuple(found)
