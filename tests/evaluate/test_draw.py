"""The plan: every word in every surrounding, every hour once, the same from a seed."""

import json
from itertools import pairwise

import numpy as np
import pytest

from oyez import audio
from oyez.errors import ConfigError, DataError
from oyez.evaluate.draw import AT_ONCE_S, LONGEST_STRETCH_S, _parts, draw_plan
from oyez.evaluate.plan import WARM_UP_S, Sources, Stretch
from oyez.evaluate.words import find_words
from sounds import noise, word

RATE = 8_000


@pytest.fixture
def sources(tmp_path):
    for number in range(3):
        audio.write(tmp_path / "words" / f"{number}.wav", word(rate=RATE), RATE)
    for number in range(8):
        audio.write(tmp_path / "speech" / f"{number}.wav", noise(number, 3.0, RATE), RATE)
    audio.write(tmp_path / "noise.wav", noise(99, 20.0, RATE), RATE)
    audio.write(tmp_path / "room.wav", np.eye(1, 800)[0], RATE)
    words, _ = find_words(tmp_path / "words")
    speech = tuple((path, path.name) for path in audio.files_in(tmp_path / "speech"))
    return Sources(words, words[:2], speech, (tmp_path / "noise.wav",), (tmp_path / "room.wav",))


def test_each_word_stands_in_each_surrounding_once(sources):
    plan = draw_plan(sources, snr_db=(10.0, 0.0))
    assert plan.conditions == (
        "clean", "at once", "noise 10 dB", "noise 0 dB", "six talkers 10 dB", "six talkers 5 dB", "rooms",
        "telephone",
    )  # fmt: skip
    for condition in plan.conditions:
        assert [take.word for take in plan.takes if take.condition == condition] == [0, 1, 2]
    assert len(plan.near_takes) == 2


def test_what_is_not_there_is_no_condition(sources):
    plan = draw_plan(Sources(words=sources.words))
    assert plan.conditions == ("clean", "at once", "telephone")
    assert plan.hours == 0
    assert draw_plan(Sources(negatives=sources.negatives)).takes == ()


def test_takes_are_what_their_condition_says(sources):
    plan = draw_plan(sources)
    for take in plan.takes:
        word_ = plan.words[take.word]
        assert (take.snr_db is not None) == ("dB" in take.condition)
        assert (take.room is not None) == (take.condition == "rooms")
        assert take.telephone == (take.condition == "telephone")
        if take.condition == "at once":
            assert take.lead_s + word_.start_s <= AT_ONCE_S + 1e-9
        else:
            assert take.lead_s >= 1.5
        if take.condition.startswith("six"):
            assert len(take.around) == 6
            first = [talker[0].path for talker in take.around]
            assert len(set(first)) == 6


def test_talkers_go_on_with_another_recording(sources):
    plan = draw_plan(sources)
    talkers = [talker for take in plan.takes for talker in take.around if len(take.around) == 6]
    assert any(len(talker) > 1 for talker in talkers)


def test_each_recording_without_the_word_is_heard_once(sources):
    plan = draw_plan(sources)
    heard = [one for part in plan.parts for one in part.stretches]
    assert [one.source for one in heard] == [name for _, name in sources.negatives]
    assert plan.hours * 3600 == pytest.approx(8 * 3.0)
    noisy = [one for one in heard if one.noise is not None]
    assert 0 < len(noisy) < 8
    assert all(one.snr_db == 10.0 for one in noisy)


def test_the_same_seed_draws_the_same_plan(sources):
    assert draw_plan(sources, 3) == draw_plan(sources, 3)
    assert draw_plan(sources, 3) != draw_plan(sources, 4)


def test_a_plan_is_plain_data(sources):
    values = draw_plan(sources).to_dict()
    assert json.loads(json.dumps(values, default=str))["seed"] == 0


def test_a_long_recording_is_heard_in_stretches(tmp_path):
    audio.write(tmp_path / "long.wav", np.full(4_000 * 700, 0.1, np.float32), 4_000)
    plan = draw_plan(Sources(negatives=((tmp_path / "long.wav", "long.wav"),)))
    (part,) = plan.parts
    assert len(part.stretches) == 3
    assert all(one.length_s <= LONGEST_STRETCH_S for one in part.stretches)
    assert [one.start_s for one in part.stretches] == pytest.approx([0, 700 / 3, 1400 / 3])


def _hours(seconds):
    return [Stretch(None, str(number), 0.0, length) for number, length in enumerate(seconds)]


def test_hours_are_cut_into_parts_that_know_what_was_before():
    stretches = _hours([40.0] * 270)  # three hours
    parts = _parts(stretches)
    assert [one for part in parts for one in part.stretches] == stretches
    assert [part.seconds for part in parts] == pytest.approx([3600] * 3, abs=41)
    assert parts[0].warm_up == ()
    for before, part in pairwise(parts):
        assert part.warm_up == before.stretches[-2:]
        assert sum(one.length_s for one in part.warm_up) >= WARM_UP_S


def test_a_few_minutes_are_one_part():
    assert len(_parts(_hours([5.0] * 3))) == 1
    assert _parts([]) == ()


def test_nothing_to_hear_is_an_error(sources):
    with pytest.raises(DataError, match="nothing to evaluate on"):
        draw_plan(Sources(noises=sources.noises))
    with pytest.raises(ConfigError, match="SNR"):
        draw_plan(sources, snr_db=())
