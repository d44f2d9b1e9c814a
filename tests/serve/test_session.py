"""One client's stream, heard by all networks that it asked for."""

import numpy as np
import pytest

from oyez.errors import ConfigError
from oyez.serve.batcher import Batcher
from oyez.serve.heard import Ended, Heard, Restarted, Scored
from oyez.serve.session import Session, Wanted
from small_model import speech_like
from tone_model import tones


@pytest.fixture
def batchers(catalog):
    return {one.name: Batcher(one.name, one.model) for one in catalog}


def _session(catalog, batchers, **wanted):
    return Session(Wanted(**{"rate": 16_000, **wanted}), catalog, batchers)


def _run(session, batchers):
    events = session.fetch()
    while sum(len(batcher.run()) for batcher in batchers.values()):
        events += session.fetch()
    return events + session.fetch()


def _words(events, model=None):
    return sorted(
        (one.detection.word, round(one.detection.time_s, 6))
        for one in events
        if isinstance(one, Heard) and model in (None, one.model)
    )


def _both(seconds=2.0):
    """Tones, over a voice that is too quiet to hide them."""
    rng = np.random.default_rng(3)
    return tones([0.6, 1.3], seconds, 16_000) + 0.2 * speech_like(rng, seconds)


def test_all_models_hear_one_stream(catalog, batchers, tone, pair, alone):
    session = _session(catalog, batchers)
    samples = _both()
    for start in range(0, len(samples), 1_000):
        session.push(samples[start : start + 1_000])
    session.finish()
    events = _run(session, batchers)
    assert _words(events, "tone") == alone(tone, samples, rate=16_000)
    assert _words(events, "pair") == alone(pair, samples, rate=16_000)
    assert _words(events, "tone")
    assert _words(events, "pair")
    assert events[-1] == Ended(2.0)
    assert session.waiting_s == 0


def test_only_what_was_asked_for_is_told(catalog, batchers):
    session = _session(catalog, batchers, names=("beta", "tone"))
    assert session.words == {"tone": ("tone",), "pair": ("beta",)}
    session.push(_both())
    assert {one.detection.word for one in _run(session, batchers)} == {"beta", "tone"}


def test_a_threshold_can_be_asked_for(catalog, batchers, pair, alone):
    session = _session(catalog, batchers, names=("pair",), threshold={"alpha": 0.9})
    assert session.thresholds == {"pair": {"alpha": 0.9, "beta": 0.6}}
    session.push(_both())
    session.finish()
    heard = _words(_run(session, batchers))
    assert heard == alone(pair, _both(), threshold={"alpha": 0.9})
    assert heard != alone(pair, _both())


def test_what_follows_an_end_is_a_new_stream(catalog, batchers, tone, alone):
    session = _session(catalog, batchers, names=("tone",))
    first, second = tones([0.2], 0.5, 16_000), tones([0.1, 0.9], 1.5, 16_000)
    session.push(first)
    session.finish()
    session.push(second)
    session.finish()
    session.finish()
    assert session.waiting_s > 1.5
    events = _run(session, batchers)
    edges = [number for number, one in enumerate(events) if isinstance(one, Ended)]
    assert [events[edge] for edge in edges] == [Ended(0.5), Ended(1.5), Ended(0.0)]
    assert _words(events[: edges[0]]) == alone(tone, first, rate=16_000)
    assert _words(events[edges[0] :]) == alone(tone, second, rate=16_000)


def test_a_reset_forgets_what_waits_and_tells_so(catalog, batchers, tone, alone):
    session = _session(catalog, batchers, names=("tone",))
    session.push(tones([0.2], 0.6, 16_000))
    session.finish()
    session.push(tones([0.2], 0.6, 16_000))
    session.reset()
    assert session.waiting_s < 0.6  # the tail of silence alone
    session.push(tones([0.2], 0.6, 16_000))
    session.finish()
    events = _run(session, batchers)
    assert events[:2] == [Restarted(), Ended(0.0)]
    assert _words(events[2:]) == alone(tone, tones([0.2], 0.6, 16_000), rate=16_000)
    assert isinstance(events[-1], Ended)


def test_delays_are_those_of_live_chunks(catalog, batchers, pair):
    session = _session(catalog, batchers, names=("pair",), scores=True)
    chunk = np.zeros(pair.card.chunk, np.float32)
    session.push(chunk, since_s=1.0)
    session.push(np.tile(chunk, 2), since_s=2.0)
    assert session.delays(5.0) == []
    batchers["pair"].run()
    assert session.delays(5.0) == [4.0]
    session.reset()
    session.push(chunk, since_s=3.0)
    session.push(np.tile(chunk, 20), since_s=4.0)  # at once: a recording
    assert len([one for one in _run(session, batchers) if isinstance(one, Scored)]) == 22
    assert session.delays(5.0) == [2.0]


def test_a_freed_session_leaves_its_seats(catalog, batchers):
    session = _session(catalog, batchers)
    assert [len(one) for one in batchers.values()] == [2, 1]  # the first drifts: two take turns
    session.free()
    assert [len(one) for one in batchers.values()] == [0, 0]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"names": ("gamma",)}, "nothing here hears “gamma”. Name a word \\(tone, alpha, beta\\)"),
        ({"names": ("alpha",), "threshold": {"tone": 0.5}}, "a threshold is given for “tone”, but asked"),
        ({"threshold": 7.0}, "threshold must be between 0 and 1"),
        ({"rate": 1}, "rate must be"),
    ],
)
def test_what_cannot_be_had_is_refused(catalog, batchers, wanted, said):
    with pytest.raises(ConfigError, match=said):
        _session(catalog, batchers, **wanted)
    assert [len(one) for one in batchers.values()] == [0, 0]
