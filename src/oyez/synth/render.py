"""Scenes made sound: a pure function of the scene and the recordings that it names."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez import audio, sound
from oyez.events import Span
from oyez.sound import Samples
from oyez.synth import effects
from oyez.synth.clips import Background, Clip, Corpus
from oyez.synth.scene import Bed, Placement, Scene

__all__ = ["Rendered", "Renderer", "render", "targets"]

PEAK = 0.999
"""Largest magnitude of a sample: a scene that would be louder is turned down as a whole."""

ONES = 50
"""Output steps that are labelled with one after a word."""

BOUNDARY = 1e-6  # of a step: rounding of seconds does not move an end that lies on one
KEPT_S = 1_800.0  # of short backgrounds that a renderer keeps in memory, at its rate
SHORT_S = 60.0


@dataclass(frozen=True)
class Rendered:
    """A scene, audible."""

    samples: Samples
    """(samples,)"""
    spans: tuple[Span, ...]
    """Where the trigger words are, in order."""


class Renderer:
    """Renders many scenes of one corpus at one rate: what is used again is kept resampled."""

    def __init__(self, corpus: Corpus, rate: int) -> None:
        """Nothing is read yet. `rate` is in Hertz."""
        self.corpus, self.rate = corpus, rate
        self._clips: dict[int, Samples] = {}
        self._backgrounds: dict[int, Samples] = {}
        self._kept_s = 0.0

    def __call__(self, scene: Scene) -> Rendered:
        """Render one scene.

        Clips lie over the background; then the whole goes through the low-pass and the slope, and
        to its level. A scene whose peak would clip is turned down until it does not.

        Raises:
            AudioError: a background cannot be read any more.
        """
        length = round(scene.duration_s * self.rate)
        floor = np.zeros(length, np.float32)
        for bed in scene.beds:
            floor += self._bed(bed, length)
        mix = floor.copy()
        spans = []
        for placement in scene.placements:
            samples = self._clip(placement.index)
            start = round(placement.start_s * self.rate)
            samples = samples[: length - start]
            under = floor[start : start + len(samples)]
            gain = self._gain(placement, samples, under)
            mix[start : start + len(samples)] += samples * np.float32(gain)
            if placement.word is not None:
                spans.append(self._span(placement, placement.word))
        mix = effects.colour(mix, self.rate, scene.low_pass_hz, scene.tilt_db)
        return Rendered(_levelled(mix, scene.level_dbfs), tuple(sorted(spans, key=lambda span: span.start_s)))

    def _span(self, placement: Placement, word: str) -> Span:
        clip = self.corpus.clips[placement.index]
        return Span(word, placement.start_s + clip.start_s, placement.start_s + clip.end_s)

    def _gain(self, placement: Placement, samples: Samples, under: Samples) -> float:
        """The drawn gain, or the one that puts the word's RMS over the noise's, where the word is.

        Where either is silent there is no such ratio: the drawn gain is taken.
        """
        clip = self.corpus.clips[placement.index]
        active = slice(round(clip.start_s * self.rate), round(clip.end_s * self.rate))
        ratio_db = sound.rms_dbfs(samples[active]) - sound.rms_dbfs(under[active])
        if placement.snr_db is None or not math.isfinite(ratio_db):
            return sound.db_to_gain(placement.gain_db)
        return sound.db_to_gain(placement.snr_db - ratio_db)

    def _clip(self, index: int) -> Samples:
        if index not in self._clips:
            clip: Clip = self.corpus.clips[index]
            self._clips[index] = sound.resample(clip.samples, clip.rate, self.rate)
        return self._clips[index]

    def _bed(self, bed: Bed, length: int) -> Samples:
        background: Background = self.corpus.backgrounds[bed.index]
        if background.duration_s > max(SHORT_S, length / self.rate):
            samples = audio.segment(background.path, bed.start_s, length / self.rate, self.rate)
        else:
            samples = self._short(bed.index, background)
            start = round(bed.start_s * self.rate)
            samples = effects.loop(samples[start:] if len(samples) > length else samples, length)
        return samples * np.float32(sound.db_to_gain(bed.gain_db))

    def _short(self, index: int, background: Background) -> Samples:
        if index in self._backgrounds:
            return self._backgrounds[index]
        samples, _ = audio.read(background.path, self.rate)
        if self._kept_s + background.duration_s <= KEPT_S:
            self._backgrounds[index] = samples
            self._kept_s += background.duration_s
        return samples


def render(scene: Scene, corpus: Corpus, rate: int = 44_100) -> Rendered:
    """Render one scene (see `Renderer`, which is faster for many)."""
    return Renderer(corpus, rate)(scene)


def targets(
    spans: tuple[Span, ...], words: tuple[str, ...], duration_s: float, steps: int, ones: int = ONES
) -> npt.NDArray[np.float32]:
    """What the network should give: ones right after each word's end.

    An end at t lies on step ⌊t / duration × steps⌋; the steps after it, strictly, are ones.

    Args:
        spans: the words.
        words: one column for each.
        duration_s: seconds that the steps cover.
        steps: output steps.
        ones: how many steps are one.

    Returns:
        (steps, words), 0 or 1; cut at the end.
    """
    labels = np.zeros((steps, len(words)), np.float32)
    for span in spans:
        if span.word in words:
            end = int(span.end_s * steps / duration_s + BOUNDARY)
            labels[end + 1 : end + 1 + ones, words.index(span.word)] = 1
    return labels


def _levelled(samples: Samples, level_dbfs: float | None) -> Samples:
    now_dbfs = sound.rms_dbfs(samples)
    if level_dbfs is not None and math.isfinite(now_dbfs):
        samples = samples * np.float32(sound.db_to_gain(level_dbfs - now_dbfs))
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples
