"""From scores to a result: words missed, false accepts, who was missed, and what is worth listening to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from oyez.config import TriggerConfig
from oyez.evaluate.curve import THRESHOLDS, Curve, Track, heard, sweep
from oyez.evaluate.engine import Engine, Scores
from oyez.evaluate.hearing import Scored
from oyez.evaluate.match import match
from oyez.evaluate.plan import Part, Plan, Take
from oyez.evaluate.render import render_stretch, render_take, span_of
from oyez.evaluate.result import Condition, Cut, EngineResult, Group, NearMiss
from oyez.evaluate.words import KINDS, phrases_in
from oyez.events import Detection
from oyez.sound import Samples, fit

__all__ = ["judge"]

AROUND_S = (2.0, 1.5)
"""Seconds of a false accept before and after it."""

CLOSE_APART_S = 2.0
MOST_SPEAKERS = 12


def judge(
    engine: Engine, trigger: TriggerConfig, plan: Plan, scored: Scored, rate: int, cuts: int = 8
) -> EngineResult:
    """Everything about one engine.

    Args:
        engine: that heard it.
        trigger: by which it is judged first.
        plan: what was heard.
        scored: what the engine made of it.
        rate: Hertz that streams were rendered at.
        cuts: misses, and false accepts, that are cut out, the worst first.

    Returns:
        The result.

    Raises:
        AudioError: a recording that is to be cut out cannot be read any more.
    """
    return _Judge(engine, trigger, plan, scored, rate).result(cuts)


@dataclass(frozen=True)
class _Miss:
    take: int
    score: float


class _Judge:
    def __init__(self, engine: Engine, trigger: TriggerConfig, plan: Plan, scored: Scored, rate: int) -> None:
        self._engine, self._own, self._plan, self._scored = engine, trigger, plan, scored
        self._rate = rate
        thresholds = {*THRESHOLDS, self._own.threshold} if engine.sweeps else {self._own.threshold}
        self._thresholds = sorted(thresholds)
        self._tracks = [
            Track(scores, (span_of(take, plan.words[take.word], engine.word),))
            for scores, take in zip(scored.takes, plan.takes, strict=True)
        ]
        self._stream = Track(np.concatenate([*scored.parts, np.zeros(0, np.float32)]))

    def result(self, cuts: int) -> EngineResult:
        negatives = self._curve([], [self._stream])
        negatives = Curve(negatives.points, self._plan.hours)
        return EngineResult(
            name=self._engine.name,
            word=self._engine.word,
            threshold=self._own.threshold,
            sweeps=self._engine.sweeps,
            conditions=tuple(self._conditions(negatives)),
            negatives=negatives,
            groups=tuple(self._groups()),
            near_misses=tuple(self._near_misses()),
            cuts=(*self._misses(cuts), *self._false_accepts(cuts)),
            cpu_s_per_s=self._scored.cpu_s / self._scored.heard_s if self._scored.heard_s else 0.0,
        )

    def _curve(self, positives: Sequence[Track], negatives: Sequence[Track]) -> Curve:
        engine = self._engine
        return sweep(positives, negatives, self._own, engine.step_s, self._thresholds, engine.wait_s)

    def _conditions(self, negatives: Curve) -> list[Condition]:
        found = []
        for name in self._plan.conditions:
            tracks = [
                track
                for track, take in zip(self._tracks, self._plan.takes, strict=True)
                if take.condition == name
            ]
            points = [
                replace(one, false_accepts=other.false_accepts)
                for one, other in zip(self._curve(tracks, []).points, negatives.points, strict=True)
            ]
            found.append(Condition(name, Curve(tuple(points), negatives.hours)))
        return found

    def _heard(self, track: Track) -> list[Detection]:
        return heard(track, self._engine.word, self._own, self._engine.step_s)

    def _missed(self, number: int) -> bool:
        track = self._tracks[number]
        return match(track.spans, self._heard(track)).misses > 0

    def _groups(self) -> list[Group]:
        """Of each kind that tells speakers apart; of many speakers the ones who are missed most."""
        missed = [self._missed(number) for number in range(len(self._tracks))]
        found = []
        for kind in KINDS:
            names = sorted({word.groups[kind] for word in self._plan.words if kind in word.groups})
            if len(names) < 2:
                continue
            rows = [self._group(kind, name, missed) for name in names]
            rows.sort(key=lambda row: -sum(one for one, _ in row.missed.values()))
            kept = rows[:MOST_SPEAKERS] if kind == "speaker" else rows
            found += sorted(kept, key=lambda row: row.name)
        return found

    def _group(self, kind: str, name: str, missed: Sequence[bool]) -> Group:
        counts: dict[str, tuple[int, int]] = {}
        for take, one in zip(self._plan.takes, missed, strict=True):
            if self._plan.words[take.word].groups.get(kind) == name:
                misses, said = counts.get(take.condition, (0, 0))
                counts[take.condition] = (misses + one, said + 1)
        return Group(kind, name, counts)

    def _near_misses(self) -> list[NearMiss]:
        accepted = [bool(self._heard(Track(scores))) for scores in self._scored.near_takes]
        rows = []
        for phrase in phrases_in(self._plan.near_misses):
            said = [
                one
                for one, take in zip(accepted, self._plan.near_takes, strict=True)
                if self._plan.near_misses[take.word].phrase == phrase
            ]
            rows.append(NearMiss(phrase, len(said), sum(said)))
        return sorted(rows, key=lambda row: -row.accepted / row.said)

    def _smoothed(self, scores: Scores) -> Scores:
        weights = np.full(self._own.smoothing, 1 / self._own.smoothing, np.float32)
        return np.convolve(scores, weights)[: len(scores)] if len(scores) else scores

    def _misses(self, most: int) -> list[Cut]:
        """Words that were missed by most; each recording once, in the surrounding it comes first in."""
        found: dict[int, _Miss] = {}
        for number, take in enumerate(self._plan.takes):
            if take.word not in found and self._missed(number):
                peak = float(self._smoothed(self._scored.takes[number]).max(initial=0.0))
                found[take.word] = _Miss(number, peak)
        worst = sorted(found.values(), key=lambda miss: miss.score)[:most]
        return [self._miss(self._plan.takes[one.take], one.score) for one in worst]

    def _miss(self, take: Take, score: float) -> Cut:
        word = self._plan.words[take.word]
        return Cut(
            "miss", self._engine.name, take.condition, word.source, -take.lead_s, score,
            render_take(take, word, self._rate), self._rate, span_of(take, word, self._engine.word),
        )  # fmt: skip

    def _false_accepts(self, most: int) -> list[Cut]:
        """The surest ones; where there are fewer than asked for, the closest calls after them."""
        detections = sorted(self._heard(self._stream), key=lambda one: -one.score)
        moments = [("false accept", one.time_s, one.score) for one in detections]
        moments += [
            ("close call", time_s, score)
            for time_s, score in self._close_calls(most, [one.time_s for one in detections])
        ]
        return [
            self._moment(kind, score, place)
            for kind, time_s, score in moments[:most]
            for place in [self._place(time_s)]
            if place is not None
        ]

    def _close_calls(self, most: int, taken: list[float]) -> list[tuple[float, float]]:
        """Highest scores that led to nothing, some seconds apart."""
        smoothed, step_s = self._smoothed(self._stream.scores), self._engine.step_s
        found: list[tuple[float, float]] = []
        order = np.argsort(-smoothed, kind="stable")[: 400 * max(1, most)].tolist()
        for step in order:
            if len(found) == most or smoothed[step] <= 0:
                break
            time_s, score = (step + 1) * step_s, float(smoothed[step])
            near = any(abs(time_s - other) < CLOSE_APART_S for other in (*taken, *(at for at, _ in found)))
            if score < self._own.threshold and not near:
                found.append((time_s, score))
        return found

    def _place(self, time_s: float) -> tuple[Part, int, float] | None:
        """Part, stretch and second in it, of a moment in the whole stream."""
        for part, scores in zip(self._plan.parts, self._scored.parts, strict=True):
            length_s = len(scores) * self._engine.step_s
            if time_s <= length_s:
                ends = list(accumulate(one.length_s for one in part.stretches))
                number = min(int(np.searchsorted(ends, time_s)), len(ends) - 1)
                return part, number, time_s - (ends[number - 1] if number else 0.0)
            time_s -= length_s
        return None

    def _moment(self, kind: str, score: float, place: tuple[Part, int, float]) -> Cut:
        part, number, at_s = place
        before_s, after_s = AROUND_S
        samples = [render_stretch(one, self._rate) for one in part.stretches[max(0, number - 1) : number + 2]]
        lead = len(samples[0]) if number else 0
        whole: Samples = np.concatenate(samples)
        start = max(0, lead + round((at_s - before_s) * self._rate))
        stretch = part.stretches[number]
        return Cut(
            kind, self._engine.name, "negatives", stretch.source,
            stretch.start_s + (start - lead) / self._rate, score,
            fit(whole[start:], round((before_s + after_s) * self._rate)), self._rate,
        )  # fmt: skip
