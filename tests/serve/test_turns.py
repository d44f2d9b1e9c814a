"""Two seats that take turns hear what one would that does not drift."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.detect.detector import Detector
from oyez.serve import turns
from oyez.serve.batcher import Batcher
from oyez.serve.heard import Ended, Heard, Scored
from oyez.serve.session import Session, Wanted
from oyez.sound import resample
from tone_model import tones

RATE = 44_100
TIMES_S = [0.4, 1.8, 2.85, 4.2, 5.0, 6.88, 8.2, 9.5]  # two of them where turns end, at 3 and 7 seconds


@pytest.fixture(scope="module", autouse=True)
def _short_turns():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "TURN_S", 3.0)
        patch.setattr(turns, "BESIDE_S", 1.0)
        yield


@pytest.fixture(scope="module")
def samples():
    return tones(TIMES_S, 9.9, RATE)


@pytest.fixture
def batchers(catalog):
    return {one.name: Batcher(one.name, one.model) for one in catalog}


def _session(catalog, batchers, scores=False, rate=RATE):
    return Session(Wanted(rate, ("tone",), scores=scores), catalog, batchers)


def _hear(session, batchers, samples, edges=()):
    events = []
    for part in np.split(samples, sorted(edges)):
        session.push(part)
        while batchers["tone"].run():
            events += session.fetch()
    session.finish()
    events += session.fetch()
    while batchers["tone"].run():
        events += session.fetch()
    return events


def _words(events):
    return [(one.detection.word, one.detection.time_s) for one in events if isinstance(one, Heard)]


@settings(max_examples=8, deadline=None)
@given(edges=st.lists(st.integers(0, 436_590), max_size=12))
def test_any_cut_is_heard_as_by_one(tone, catalog, samples, alone, edges):
    batchers = {"tone": Batcher("tone", tone)}
    events = _hear(_session(catalog, batchers), batchers, samples, [*edges, *range(0, 436_590, 22_050)])
    # a turn begins between two steps: what it hears is up to a step later or earlier
    assert [time_s for _, time_s in _words(events)] == pytest.approx(
        [time_s for _, time_s in alone(tone, samples)], abs=tone.card.step / RATE
    )
    assert len(_words(events)) == len(TIMES_S)
    assert isinstance(events[-1], Ended)


def test_both_take_their_turn(catalog, batchers, samples):
    session = _session(catalog, batchers)
    heard = dict.fromkeys(session.seats, 0)
    for part in np.split(samples, range(0, len(samples), RATE // 4)):
        session.push(part)
        while turn := batchers["tone"].run():
            for seat in turn:
                heard[seat] += 1
    chunks = len(samples) / catalog["tone"].model.card.chunk
    assert min(heard.values()) > 0.4 * chunks
    # four of nine seconds beside, and three times a little more
    assert sum(heard.values()) == pytest.approx(1.47 * chunks, rel=0.05)


@pytest.mark.parametrize("rate", [RATE, 16_000, 48_000])
def test_scores_go_on_without_gaps(tone, catalog, batchers, samples, rate):
    sound = resample(samples, RATE, rate)
    session = _session(catalog, batchers, scores=True, rate=rate)
    events = _hear(session, batchers, sound, range(0, len(sound), 9_999))
    scored = [one for one in events if isinstance(one, Scored)]
    times = np.concatenate([one.time_s + one.step_s * np.arange(len(one.scores)) for one in scored])
    step_s = tone.card.step / RATE
    assert np.diff(times).min() > 0
    assert np.diff(times).max() < 2.01 * step_s
    expected = Detector(tone).scores(samples)[:, 0]
    at = np.clip(np.round(times / step_s).astype(int) - 1, 0, len(expected) - 1)
    found = np.concatenate([one.scores[:, 0] for one in scored])
    assert np.mean(np.abs(found - expected[at]) < 0.1) > 0.98


def test_what_follows_an_end_in_the_turn_of_the_second_begins_anew(tone, catalog, batchers, samples, alone):
    session = _session(catalog, batchers)
    _hear(session, batchers, samples[: 4 * RATE], range(0, 4 * RATE, 10_000))
    second = _hear(session, batchers, samples, range(0, len(samples), 9_999))
    assert [time_s for _, time_s in _words(second)] == pytest.approx(
        [time_s for _, time_s in alone(tone, samples)], abs=tone.card.step / RATE
    )


def test_what_follows_an_end_or_a_reset_begins_anew(tone, catalog, batchers, samples, alone):
    session = _session(catalog, batchers)
    while_beside = samples[: 5 * RATE // 2]
    first = _hear(session, batchers, while_beside, range(0, len(while_beside), 10_000))
    session.push(samples)
    session.reset()
    second = _hear(session, batchers, samples, range(0, len(samples), 9_999))
    assert len(_words(first)) == 2
    assert [time_s for _, time_s in _words(second)] == pytest.approx(
        [time_s for _, time_s in alone(tone, samples)], abs=tone.card.step / RATE
    )
    session.free()
    assert len(batchers["tone"]) == 0
