"""What a head is worth, on voices and hours that trained nothing: curves, the table, the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from oyez.config import PRESETS, TriggerConfig
from oyez.evaluate.calibration import threshold_table
from oyez.evaluate.curve import Curve, Point, Track, heard, sweep
from oyez.evaluate.match import match
from oyez.events import Span
from oyez.sound import fit, resample
from oyez.synth.clips import Clip
from oyez.train.bank import embed
from oyez.train.models import SmallHead
from oyez.train.negatives import Negatives
from oyez.train.trunk import load_trunk

__all__ = ["Verdict", "heard_words", "hours_heard", "judge_head", "said_alone", "word_tracks"]

SMALL = PRESETS["small"]
STEP_S = SMALL.step / SMALL.features.rate
WORD = "word"
MARGIN = 0.05
"""Share of the words that may be missed more, for a higher threshold: hours elsewhere hold what those that
are kept apart do not, and false accepts there fall faster with the threshold than misses rise."""

AROUND_S = (2.0, 1.5)
"""Seconds of silence before and after a recording that is heard alone."""


@dataclass(frozen=True)
class Verdict:
    """How a head did."""

    trigger: TriggerConfig
    """With the threshold that was chosen."""
    words: int
    missed: int
    """At that threshold."""
    hours: float
    false_accepts: int
    """At that threshold, in those hours."""
    curve: Curve
    """All thresholds."""

    @property
    def table(self) -> dict[str, object]:
        """As model files carry it."""
        return threshold_table(self.curve)


def judge_head(
    head: SmallHead,
    words: Sequence[tuple[npt.NDArray[np.float32], tuple[Span, ...]]],
    negatives: Negatives,
    per_hour: float,
    trigger: TriggerConfig | None = None,
) -> Verdict:
    """Choose a threshold: the highest that misses few more words than the best with no more false accepts.

    Args:
        head: trained.
        words: scenes of voices that trained nothing: embeddings (steps, 96), and the words in them.
        negatives: hours that trained nothing; each stretch is heard once, half of them as they are and half
            in some surroundings, one after the other in one stream.
        per_hour: false accepts, at most; where the hours are too few to have that, none.
        trigger: smoothing, release and refractory time.

    Returns:
        The verdict.
    """
    config = trigger or SMALL.trigger
    silence = sweep([], [Track(hours_heard(head, negatives))], config, STEP_S)
    silence = Curve(silence.points, negatives.hours)
    said = sweep(word_tracks(head, words), [], config, STEP_S, [point.threshold for point in silence.points])
    curve = Curve(
        tuple(
            Point(one.threshold, one.matches, other.false_accepts)
            for one, other in zip(said.points, silence.points, strict=True)
        ),
        silence.hours,
    )
    chosen = _with_margin(curve, int(per_hour * curve.hours))
    return Verdict(
        replace(config, threshold=chosen.threshold),
        chosen.matches.hits + chosen.matches.misses,
        chosen.matches.misses,
        curve.hours,
        chosen.false_accepts,
        curve,
    )


def _with_margin(curve: Curve, false_accepts: int) -> Point:
    """The highest that misses no more than `MARGIN` beyond the best with that many false accepts."""
    best = curve.at_most(false_accepts)
    allowed = best.matches.misses + MARGIN * (best.matches.hits + best.matches.misses)
    return max(
        (
            point
            for point in curve.points
            if point.matches.misses <= allowed and point.false_accepts <= best.false_accepts
        ),
        key=lambda point: point.threshold,
    )


def word_tracks(
    head: SmallHead, words: Sequence[tuple[npt.NDArray[np.float32], tuple[Span, ...]]]
) -> list[Track]:
    """Scores of scenes, each from a fresh state."""
    tracks = []
    for embeddings, spans in words:
        with torch.inference_mode():
            logits, _ = head(torch.from_numpy(embeddings[None]))
        tracks.append(Track(torch.sigmoid(logits[0, :, 0]).numpy(), spans))
    return tracks


def heard_words(
    head: SmallHead,
    words: Sequence[tuple[npt.NDArray[np.float32], tuple[Span, ...]]],
    trigger: TriggerConfig,
) -> npt.NDArray[np.bool_]:
    """Whether each word is heard.

    Args:
        head: trained.
        words: scenes: embeddings (steps, 96), and the words in them.
        trigger: with the threshold.

    Returns:
        (words,), scene by scene; of several words in a scene those that are heard come first.
    """
    found: list[bool] = []
    for track in word_tracks(head, words):
        name = track.spans[0].word if track.spans else ""
        matches = match(track.spans, heard(track, name, trigger, STEP_S))
        found += [True] * matches.hits + [False] * matches.misses
    return np.array(found, bool)


def said_alone(clips: Sequence[Clip]) -> list[tuple[npt.NDArray[np.float32], tuple[Span, ...]]]:
    """Clips as they are, amid silence: embeddings (steps, 96) of each, and the word in it."""
    if not clips:
        return []
    rate, trunk = SMALL.features.rate, load_trunk()
    words: list[tuple[npt.NDArray[np.float32], tuple[Span, ...]]] = []
    for clip in clips:
        before, after = (np.zeros(round(length_s * rate), np.float32) for length_s in AROUND_S)
        samples = np.concatenate((before, resample(clip.samples, clip.rate, rate), after))
        samples = fit(samples, -(-len(samples) // SMALL.step) * SMALL.step)
        span = Span(clip.word, AROUND_S[0] + clip.start_s, AROUND_S[0] + clip.end_s)
        words.append((embed(trunk, [samples])[0].astype(np.float32), (span,)))
    return words


def hours_heard(head: SmallHead, negatives: Negatives) -> npt.NDArray[np.float32]:
    """Scores of each stretch, one rendering of each, in one stream: (steps,)."""
    chosen = _one_of_each(negatives)
    hidden, found = None, [np.zeros(0, np.float32)]
    head.eval()
    for number in chosen:
        x = torch.from_numpy(negatives.bank.embeddings(np.array([number])))
        with torch.inference_mode():
            logits, hidden = head(x, hidden)
        found.append(torch.sigmoid(logits[0, :, 0]).numpy())
    return np.concatenate(found)


def _one_of_each(negatives: Negatives) -> list[int]:
    """Recordings: of every second stretch the clean one, of the others one in some surroundings."""
    chosen = []
    for stretch in range(len(negatives.stretches)):
        numbers = np.flatnonzero(negatives.of == stretch)
        if len(numbers):
            rest = numbers[negatives.rendering[numbers] > 0]
            clean = stretch % 2 == 0 or not len(rest)
            chosen.append(int(numbers[0] if clean else rest[stretch // 2 % len(rest)]))
    return chosen
