"""Results from scores set by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

from oyez import audio
from oyez.config import TriggerConfig
from oyez.evaluate.hearing import Scored
from oyez.evaluate.judge import judge
from oyez.evaluate.plan import Part, Plan, Stretch, Take
from oyez.evaluate.words import Word
from sounds import noise, word

RATE = 8_000
STEP_S = 0.1
OWN = TriggerConfig(threshold=0.5, refractory_s=0.5)


@dataclass(frozen=True)
class Fake:
    """An engine that is never listened to."""

    name: str = "fake"
    word: str = "w"
    rate: int = RATE
    step_s: float = STEP_S
    wait_s: float = STEP_S
    trigger: TriggerConfig = OWN
    sweeps: bool = True


def _peaks(seconds, *peaks):
    scores = np.zeros(round(seconds / STEP_S), np.float32)
    for at_s, height in peaks:
        scores[round(at_s / STEP_S) - 1] = height
    return scores


@pytest.fixture
def plan(tmp_path):
    words = []
    for number in range(4):
        path = tmp_path / f"{number}.wav"
        audio.write(path, word(rate=RATE), RATE)
        groups = {"sex": "fm"[number % 2], "speaker": f"s{number}"}
        words.append(Word(path, path.name, 0.6, 0.1, 0.5, groups, ("a", "b")[number % 2]))
    takes = [Take(number, name, 1.5, 2.0) for name in ("clean", "noise 10 dB") for number in range(4)]
    speech = []
    for number in range(3):
        path = tmp_path / f"speech{number}.wav"
        audio.write(path, noise(number, 20.0, RATE), RATE)
        speech.append(Stretch(path, path.name, 0.0, 20.0))
    return Plan(
        seed=0,
        words=tuple(words),
        near_misses=tuple(words),
        takes=tuple(takes),
        near_takes=tuple(Take(number, "near misses", 1.5, 2.0) for number in range(4)),
        parts=(Part((), tuple(speech[:2])), Part((speech[1],), (speech[2],))),
    )


@pytest.fixture
def scored():
    heights = [0.9, 0.6, 0.4, 0.2, 0.9, 0.1, 0.4, 0.2]  # the word ends at 2.0 s
    near = [0.9, 0.1, 0.1, 0.1]
    return Scored(
        takes=[_peaks(4.1, (2.1, height)) for height in heights],
        near_takes=[_peaks(4.1, (2.0, height)) for height in near],
        parts=[_peaks(40, (10, 0.55), (25, 0.8), (39, 0.3)), _peaks(20, (5, 0.45))],
        cpu_s=2.0,
        heard_s=100.0,
    )


@pytest.fixture
def result(plan, scored):
    return judge(Fake(), Fake().trigger, plan, scored, RATE, cuts=4)


def test_words_are_counted_by_condition(result):
    misses = {one.name: one.curve.at(0.5).matches.misses for one in result.conditions}
    assert misses == {"clean": 2, "noise 10 dB": 3}
    assert all(one.curve.at(0.5).matches.hits == 4 - misses[one.name] for one in result.conditions)
    assert result.conditions[0].curve.at(0.5).matches.delays_s == pytest.approx((0.1, 0.1))


def test_false_accepts_are_those_of_the_whole_stream(result, plan):
    assert result.negatives.hours == pytest.approx(plan.hours) == pytest.approx(60 / 3600)
    assert [result.negatives.at(one).false_accepts for one in (0.25, 0.5, 0.7, 0.85)] == [4, 2, 1, 0]
    for condition in result.conditions:
        assert condition.curve.hours == result.negatives.hours
        assert condition.curve.at(0.5).false_accepts == 2


def test_its_own_threshold_is_a_point_of_every_curve(plan, scored):
    odd = TriggerConfig(threshold=0.123456, refractory_s=0.5)
    result = judge(Fake(), odd, plan, scored, RATE)
    assert result.threshold == 0.123456
    assert result.negatives.at(0.123456).threshold == 0.123456
    assert result.conditions[0].curve.at(0.123456).threshold == 0.123456


def test_an_engine_without_scores_has_one_point(plan, scored):
    result = judge(Fake(sweeps=False), Fake().trigger, plan, scored, RATE)
    assert [point.threshold for point in result.negatives.points] == [0.5]
    assert result.negatives.points[0].false_accepts == 2


def test_groups_tell_who_is_missed(result):
    sexes = {one.name: one.missed for one in result.groups if one.kind == "sex"}
    assert sexes == {
        "f": {"clean": (1, 2), "noise 10 dB": (1, 2)},
        "m": {"clean": (1, 2), "noise 10 dB": (2, 2)},
    }
    assert [one.name for one in result.groups if one.kind == "speaker"] == ["s0", "s1", "s2", "s3"]


def test_near_misses_are_counted_by_phrase(result):
    assert [(one.phrase, one.said, one.accepted) for one in result.near_misses] == [("a", 2, 1), ("b", 2, 0)]


def test_the_worst_misses_are_cut_out_once_for_each_recording(result):
    misses = [one for one in result.cuts if one.kind == "miss"]
    assert [(one.source, one.condition, round(one.score, 2)) for one in misses] == [
        ("1.wav", "noise 10 dB", 0.1),
        ("3.wav", "clean", 0.2),
        ("2.wav", "clean", 0.4),
    ]
    for cut in misses:
        assert cut.at_s == -1.5
        assert len(cut.samples) == round(4.1 * RATE)
        assert (cut.span.start_s, cut.span.end_s) == pytest.approx((1.6, 2.0))


def test_false_accepts_come_surest_first_then_close_calls(result, plan):
    moments = [one for one in result.cuts if one.kind != "miss"]
    assert [(one.kind, one.source, round(one.score, 2)) for one in moments] == [
        ("false accept", "speech1.wav", 0.8),
        ("false accept", "speech0.wav", 0.55),
        ("close call", "speech2.wav", 0.45),
        ("close call", "speech1.wav", 0.3),
    ]
    assert [round(one.at_s, 1) for one in moments] == [3.0, 8.0, 3.0, 17.0]
    for cut in moments:
        assert cut.span is None
        assert len(cut.samples) == round(3.5 * RATE)
        whole, _ = audio.read(plan.parts[0].stretches[0].path.with_name(cut.source))
        start = round(cut.at_s * RATE)
        piece = whole[start : start + 2 * RATE]
        np.testing.assert_array_equal(cut.samples[: len(piece)], piece)


def test_a_moment_at_the_very_start_begins_before_its_file_or_at_it(plan, scored):
    scored.parts[0] = _peaks(40, (1.0, 0.9), (20.5, 0.8))
    scored.parts[1] = _peaks(20)
    result = judge(Fake(), Fake().trigger, plan, scored, RATE, cuts=2)
    first, second = [one for one in result.cuts if one.kind == "false accept"]
    assert (first.source, first.at_s) == ("speech0.wav", 0.0)
    assert (second.source, round(second.at_s, 3)) == ("speech1.wav", -1.5)


def test_cost_is_for_a_second(result):
    assert result.cpu_s_per_s == pytest.approx(0.02)


def test_words_alone_or_hours_alone_do(plan, scored):
    alone = Plan(seed=0, parts=plan.parts)
    result = judge(Fake(), Fake().trigger, alone, Scored([], [], scored.parts), RATE)
    assert result.conditions == ()
    assert result.negatives.at(0.5).false_accepts == 2
    assert result.cpu_s_per_s == 0
    alone = Plan(seed=0, words=plan.words, takes=plan.takes)
    result = judge(Fake(), Fake().trigger, alone, Scored(scored.takes, [], []), RATE)
    assert result.negatives.hours == 0
    assert {one.kind for one in result.cuts} == {"miss"}
