"""Ears that take turns: nothing is lost or told twice at a change, and no drift lasts."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import oyez
from oyez import audio
from oyez.config import BESIDE_S, TURN_S, TriggerConfig
from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.detect.trigger import Trigger
from oyez.events import Detection
from oyez.listen.heard import Heard, Nearly
from oyez.listen.listener import Listener
from oyez.listen.relay import LONGEST_S, Relay
from tone_model import tones, write_tone_model

RATE, FRAME = 8_000, 160
DEMO = Path(__file__).parents[2] / "examples" / "demo.flac"


class Tired:
    """A detector whose scores are the samples, one step for each frame; after 70 s it hears nothing."""

    words, rate, step_s = ("tone",), RATE, FRAME / RATE
    trigger = {"tone": TriggerConfig(threshold=0.5)}  # noqa: RUF012
    made, drifts = 0, True

    def __init__(self):
        Tired.made += 1
        self.reset()

    def reset(self):
        self.step, self.inner = 0, Trigger(self.trigger["tone"], self.step_s)

    def push(self, samples):
        self.step += 1
        score = float(samples[0]) if self.step * self.step_s < 70 else 0.0
        self.last_scores = np.float32([[score]])
        return [
            Detection("tone", (step + 1) * self.step_s, score) for step, score in self.inner.push([score])
        ]

    def finish(self):
        self.last_scores = np.zeros((0, 1), np.float32)
        return []


def _run(relay, score_at, seconds):
    """Everything that is heard; `score_at` gives the score at a time."""
    found = []
    for step in range(round(seconds * RATE / FRAME)):
        found += relay.push(np.full(FRAME, score_at(step * FRAME / RATE), np.float32))
    return found + relay.finish(seconds)


def _times(found, kind=Heard):
    return [round(one.detection.time_s, 2) for one in found if type(one) is kind]


def test_no_ear_listens_until_it_is_tired():
    found = _run(Relay("m", Tired), lambda time_s: 0.9 if time_s % 5 < 0.3 else 0.0, 400)
    assert _times(found) == [round(start + 0.02, 2) for start in range(0, 400, 5)]


def test_who_does_not_tire_listens_on():
    class Awake(Tired):
        drifts = False

    relay = Relay("m", Awake)
    first = relay._ear
    found = _run(relay, lambda time_s: 0.9 if time_s % 5 < 0.3 else 0.0, 400)
    assert relay._ear is first
    assert _times(found) == [round(start + 0.02, 2) for start in range(0, 70, 5)]


def test_two_are_made_and_the_second_starts_beside_the_first(monkeypatch):
    monkeypatch.setattr(Tired, "made", 0)
    relay = Relay("m", Tired)
    assert Tired.made == 2
    _run(relay, lambda _: 0.0, TURN_S - 1)
    assert relay.detector.step == round((TURN_S - 1) / 0.02)
    assert relay._next.detector.step == pytest.approx((BESIDE_S - 1) / 0.02, abs=1)


@pytest.mark.parametrize("start_s", np.arange(58.0, 62.0, 0.14).round(2).tolist())
def test_a_word_around_the_change_is_heard_once(start_s):
    found = _run(Relay("m", Tired), lambda time_s: 0.9 if 0 <= time_s - start_s < 0.4 else 0.0, 130)
    assert len(_times(found)) == 1
    found = _run(Relay("m", Tired), lambda time_s: 0.4 if 0 <= time_s - start_s < 0.4 else 0.0, 130)
    assert (len(_times(found)), len(_times(found, Nearly))) == (0, 1)


def test_who_is_never_quiet_is_relieved_all_the_same():
    relay = Relay("m", Tired)
    first = relay._ear
    found = _run(relay, lambda _: 0.4, LONGEST_S - 1)
    assert relay._ear is first
    assert len(_times(found, Nearly)) == 1
    found = _run(relay, lambda time_s: 0.4 if time_s < 2 else 0.9, 10)
    assert relay._ear is not first
    assert len(_times(found)) == 1


def test_a_peak_that_waits_when_the_other_takes_over_is_told_once():
    def score_at(time_s):
        return 0.0 if LONGEST_S - 0.8 < time_s < LONGEST_S - 0.4 or time_s > LONGEST_S + 0.1 else 0.4

    found = _run(Relay("m", Tired), score_at, LONGEST_S + 10)
    assert _times(found, Nearly) == [0.02, LONGEST_S - 0.38]


def test_after_a_reset_time_and_turns_begin_anew():
    relay = Relay("m", Tired)
    _run(relay, lambda _: 0.0, TURN_S - 1)
    relay.reset(1000.0)
    found = _run(relay, lambda time_s: 0.9 if time_s in (0, 65) else 0.0, 100)
    assert _times(found) == [1000.02, 1065.02]


def test_it_hears_what_one_detector_hears(tmp_path):
    """Of the tone model, which does not drift: the same words at the same times, to a step."""
    model = Model(write_tone_model(tmp_path / "tone.onnx"))
    samples = tones([float(start) for start in range(1, 128, 3)], 130.0, 16_000)
    make = partial(Detector, model, rate=16_000)
    relay, one = Relay("m", make), make()
    found = [heard for part in samples.reshape(-1, 320) for heard in relay.push(part)]
    wanted = [detection.time_s for detection in one.push(samples)]
    assert len(wanted) == 43
    assert [heard.detection.time_s for heard in found] == pytest.approx(wanted, abs=one.step_s)


@pytest.mark.slow
def test_the_shipped_model_hears_after_a_quarter_of_an_hour_what_it_heard_at_first():
    samples, rate = audio.read(DEMO)
    listener = Listener({"m": partial(oyez.load, "activate-course", rate=rate)})
    counts = [sum(type(event) is Heard for event in listener.push(samples)) for _ in range(45)]
    assert sum(counts[:3]) >= 9
    assert sum(counts[-9:]) >= 27
