"""Outcomes from scores set by hand, and the same counts as an evaluation of the same scores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from oyez.config import TriggerConfig
from oyez.evaluate.hear_both import outcomes
from oyez.evaluate.hearing import Scored
from oyez.evaluate.judge import judge
from oyez.evaluate.outcomes import Outcome
from oyez.evaluate.plan import Part, Plan, Stretch, Take
from oyez.evaluate.words import Word

RATE = 8_000
OWN = TriggerConfig(threshold=0.5, refractory_s=0.5)


@dataclass(frozen=True)
class Fake:
    """An engine that is never listened to."""

    name: str = "fake"
    word: str = "w"
    rate: int = RATE
    step_s: float = 0.1
    wait_s: float = 0.1
    trigger: TriggerConfig = OWN
    sweeps: bool = True


def peaks(seconds, *at_s, step_s=0.1, height=0.9):
    """Scores that are high in the steps that end at these times."""
    scores = np.zeros(round(seconds / step_s), np.float32)
    for one in at_s:
        scores[round(one / step_s) - 1] = height
    return scores


@pytest.fixture
def plan():
    words = tuple(Word(Path(f"{one}.wav"), f"{one}.wav", 0.6, 0.1, 0.5) for one in "xyz")
    takes = tuple(Take(number, name, 1.5, 2.0) for name in ("clean", "rooms") for number in range(3))
    near = (Take(0, "near misses", 1.5, 2.0), Take(1, "near misses", 1.5, 2.0))
    hour = [Stretch(Path(f"s{number}.wav"), f"s{number}.wav", 0.0, 60.0) for number in range(3)]
    parts = (Part((), (hour[0], hour[1])), Part((hour[1],), (hour[2],)))
    return Plan(seed=0, words=words, near_misses=words, takes=takes, near_takes=near, parts=parts)


@pytest.fixture
def scored():
    """The word is at 1.6 to 2.0 s; its window ends at 2.75 s."""
    takes = [(1.7,), (2.7,), (3.0,), (1.2,), (), (1.7, 2.4)]
    return Scored(
        takes=[peaks(4.1, *at_s) for at_s in takes],
        near_takes=[peaks(4.1, 0.5), peaks(4.1, 2.0, height=0.4)],
        parts=[peaks(120.0, 30.0, 120.0), peaks(60.0, 0.2, 10.0)],
        heard_s=200.0,
    )


def test_each_word_in_each_condition(plan, scored):
    found = outcomes(Fake(), plan, scored)
    assert found.words == (
        Outcome("x.wav", "clean", heard=True),
        Outcome("y.wav", "clean", heard=True),
        Outcome("z.wav", "clean", heard=False),
        Outcome("x.wav", "rooms", heard=False),
        Outcome("y.wav", "rooms", heard=False),
        Outcome("z.wav", "rooms", heard=True),
    )


def test_near_misses(plan, scored):
    found = outcomes(Fake(), plan, scored)
    assert [(one.source, one.heard) for one in found.near_misses] == [("x.wav", True), ("y.wav", False)]


def test_false_accepts_in_seconds_of_their_part(plan, scored):
    """The last step of the first part is its own; 0.2 s into the second the trigger has not come to rest."""
    found = outcomes(Fake(), plan, scored).false_accepts
    assert found.times_s.keys() == {"part 0", "part 1"}
    assert found.times_s["part 0"] == pytest.approx((30.0, 120.0))
    assert found.times_s["part 1"] == pytest.approx((10.0,))
    assert found.hours == pytest.approx(180 / 3600)


def test_steps_of_another_length_meet_in_each_part(plan, scored):
    """0.07 s divides no part: over the whole stream such a detector would come to be early or late."""
    step_s = 0.07
    parts = [peaks(120.0, 30.0, step_s=step_s), peaks(60.0, 10.0, step_s=step_s)]
    found = outcomes(Fake(step_s=step_s), plan, _parts(scored, parts))
    assert found.false_accepts.times_s["part 1"] == pytest.approx((10.0,), abs=step_s / 2)


def _parts(scored, parts):
    return Scored(scored.takes, scored.near_takes, parts, heard_s=200.0)


def test_no_hours_and_no_words(plan):
    found = outcomes(Fake(), Plan(seed=0), Scored([], [], []))
    assert (found.words, found.near_misses, dict(found.false_accepts.times_s)) == ((), (), {})
    assert found.false_accepts.hours == 0


def test_counts_are_those_of_an_evaluation(plan, rng):
    """Of random scores: the comparison and `oyez evaluate` never tell two stories of one detector."""
    for _ in range(2):
        random = Scored(
            takes=[rng.random(41).astype(np.float32) ** 4 for _ in plan.takes],
            near_takes=[rng.random(41).astype(np.float32) ** 8 for _ in plan.near_takes],
            parts=[rng.random(1200).astype(np.float32) ** 16, rng.random(600).astype(np.float32) ** 16],
            heard_s=200.0,
        )
        result, found = judge(Fake(), OWN, plan, random, RATE, cuts=0), outcomes(Fake(), plan, random)
        for condition in result.conditions:
            misses = sum(not one.heard for one in found.words if one.condition == condition.name)
            assert condition.curve.at(0.5).matches.misses == misses
        false_accepts = sum(len(times_s) for times_s in found.false_accepts.times_s.values())
        assert result.negatives.at(0.5).false_accepts == false_accepts
        assert sum(row.accepted for row in result.near_misses) == sum(one.heard for one in found.near_misses)
