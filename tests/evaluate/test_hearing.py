"""Engines hear a plan: in one process or several, in one stream or in parts, with the same scores."""

import numpy as np
import pytest

from oyez import audio
from oyez.errors import ModelError
from oyez.evaluate import draw as draws
from oyez.evaluate.draw import draw_plan
from oyez.evaluate.hearing import hear_plan
from oyez.evaluate.plan import Sources
from oyez.evaluate.run import seconds_of
from oyez.evaluate.words import find_words
from tone_model import tones, write_tone_model

RATE = 44_100


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    for number in range(18):
        audio.write(folder / "words" / f"{number:02}.wav", tones([0.1], 0.5), RATE)
    for number in range(4):
        audio.write(folder / "speech" / f"{number}.wav", tones([5.0] * (number == 2), 20.0), RATE)
    words, _ = find_words(folder / "words")
    speech = tuple((path, path.name) for path in audio.files_in(folder / "speech"))
    return draw_plan(Sources(words=words, near_misses=words[:1], negatives=speech))


def test_every_word_is_heard_to_its_end(plan, model):
    (scored,) = hear_plan(plan, [(model, None)], RATE)
    assert len(scored.takes) == len(plan.takes) == 18 * 3
    assert len(scored.near_takes) == 1
    clean = [one for one, take in zip(scored.takes, plan.takes, strict=True) if take.condition == "clean"]
    assert all(one.max() > 0.9 for one in clean)
    assert scored.cpu_s > 0
    assert scored.heard_s == pytest.approx(seconds_of(plan))


def test_the_hours_are_one_score_for_each_step(plan, model):
    (scored,) = hear_plan(plan, [(model, None)], RATE)
    (part,) = scored.parts
    assert len(part) == round(80 / (320 / RATE))
    loud = np.flatnonzero(part > 0.5) * 320 / RATE
    assert 45.0 < loud.min() < loud.max() < 45.5


def test_processes_do_not_change_scores(plan, model):
    (alone,) = hear_plan(plan, [(model, None)], RATE)
    told = []
    first, second = hear_plan(plan, [(model, None), (model, "tone")], RATE, jobs=2, on_progress=told.append)
    for kind in ("takes", "near_takes", "parts"):
        for one, other, third in zip(
            getattr(alone, kind), getattr(first, kind), getattr(second, kind), strict=True
        ):
            np.testing.assert_array_equal(one, other)
            np.testing.assert_array_equal(one, third)
    assert sum(told) == pytest.approx(first.heard_s)
    assert first.heard_s == pytest.approx(alone.heard_s)


def test_a_part_that_goes_on_hears_what_the_whole_stream_would(plan, model, monkeypatch):
    (whole,) = hear_plan(plan, [(model, None)], RATE)
    monkeypatch.setattr(draws, "PART_S", 40.0)
    cut = draw_plan(Sources(negatives=tuple((one.path, one.source) for one in plan.parts[0].stretches)))
    assert len(cut.parts) == 2
    assert len(cut.parts[1].warm_up) == 2
    (scored,) = hear_plan(cut, [(model, None)], RATE)
    together = np.concatenate(scored.parts)
    # where a step ends depends on where its stream began: the same moments within a step or two
    assert abs(len(together) - len(whole.parts[0])) <= 1
    events = [np.flatnonzero(one > 0.5) for one in (together, whole.parts[0])]
    assert abs(events[0][0] - events[1][0]) <= 2
    assert abs(events[0][-1] - events[1][-1]) <= 2


def test_an_engine_that_cannot_be_opened_is_told_at_once(plan):
    for jobs in (1, 2):
        with pytest.raises(ModelError, match="no such model file"):
            hear_plan(plan, [("nowhere", None)], RATE, jobs=jobs)


def test_a_recording_that_went_away_is_an_error(plan, model, tmp_path):
    audio.write(tmp_path / "gone.wav", tones([], 3.0), RATE)
    gone = draw_plan(Sources(negatives=((tmp_path / "gone.wav", "gone.wav"),)))
    (tmp_path / "gone.wav").unlink()
    for jobs in (1, 2):
        with pytest.raises(Exception, match=r"gone\.wav"):
            hear_plan(gone, [(model, None)], RATE, jobs=jobs)
