"""The listener: any cut gives the same events; its own sound never wakes it."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.detect.detector import Detector
from oyez.detect.model import Model
from oyez.errors import AudioError
from oyez.listen.heard import Excerpt, Heard, Level, Nearly, PassageEnd, PassagePart, PassageStart, Zeros
from oyez.listen.listener import Listener
from oyez.listen.passage import End
from sounds import noise, tone
from tone_model import TONE_HZ, tones, write_tone_model

RATE = 16_000


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return Model(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


@pytest.fixture
def listener(model):
    return Listener({"tone": partial(Detector, model, rate=RATE)}, excerpts=True, passages=True)


def _all(listener, samples, cuts=()):
    edges = [0, *sorted(min(cut, len(samples)) for cut in cuts), len(samples)]
    events = [event for start, stop in pairwise(edges) for event in listener.push(samples[start:stop])]
    return events + listener.finish()


def _plain(events):
    """Events that can be compared."""
    return [
        (event.heard, event.start_s, event.samples.tobytes()) if isinstance(event, Excerpt)
        else event.samples.tobytes() if isinstance(event, PassagePart)
        else event
        for event in events
    ]  # fmt: skip


def _heard(events):
    return [event for event in events if type(event) is Heard]


def _of(events, kind):
    return [event for event in events if isinstance(event, kind)]


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 3 * 44_100), max_size=12),
    rate=st.sampled_from([44_100, RATE, 11_025]),
    chime_s=st.sampled_from([0.0, 0.55]),
)
def test_any_cut_gives_the_same_events(model, cuts, rate, chime_s):
    samples = np.concatenate((tones([0.3, 1.2], 1.8, rate), np.zeros(round(1.5 * rate), np.float32)))

    def events(cuts):
        detectors = {
            "a": partial(Detector, model, rate=rate),
            "b": partial(Detector, model, rate=rate, threshold=0.9),
        }
        chimes = {"tone"} if chime_s else ()
        one = Listener(detectors, excerpts=True, passages=True, chimes=chimes, chime_s=chime_s)
        return _plain(_all(one, samples, cuts))

    whole = events([])
    assert any(isinstance(event, Heard) for event in whole)
    assert events(cuts) == whole


def test_it_hears_what_the_detector_hears(model, listener):
    samples = tones([1.0, 2.5], 4.0, RATE)
    detector = Detector(model, rate=RATE)
    wanted = detector.push(samples) + detector.finish()
    assert [event.detection for event in _heard(_all(listener, samples))] == wanted
    assert len(wanted) == 2


def test_levels_tell_time_loudness_and_score(listener):
    levels = _of(_all(listener, tones([1.0], 2.0, RATE)), Level)
    assert [level.time_s for level in levels] == pytest.approx(np.arange(1, 101) * 0.02)
    assert levels[20].level_dbfs == pytest.approx(-60, abs=1)
    assert levels[55].level_dbfs == pytest.approx(-17, abs=0.5)
    assert levels[20].scores[0] < 0.1
    assert levels[55].scores[0] > 0.9
    assert not any(level.muted for level in levels)


def test_models_hear_side_by_side(model):
    detectors = {
        "low": partial(Detector, model, rate=RATE),
        "high": partial(Detector, model, rate=RATE, threshold=0.99),
    }
    listener = Listener(detectors)
    assert listener.words == (("tone", 0.5), ("tone", 0.99))
    events = _all(listener, tones([1.0], 2.0, RATE))
    assert [(event.model, event.threshold) for event in _heard(events)] == [("low", 0.5), ("high", 0.99)]
    assert len(_of(events, Level)[0].scores) == 2


def test_one_rate_for_all(model):
    with pytest.raises(ValueError, match="too many values"):
        Listener({"a": partial(Detector, model, rate=RATE), "b": partial(Detector, model, rate=8_000)})


@pytest.mark.parametrize("mutes", [True, False])
def test_it_never_wakes_itself(model, mutes):
    """A loudspeaker that answers each detection with the very sound that wakes it, a little late."""
    chime = np.concatenate((np.zeros(round(0.3 * RATE), np.float32), tone(TONE_HZ, 0.25, RATE)))
    listener = Listener(
        {"tone": partial(Detector, model, rate=RATE)},
        chimes={"tone"} if mutes else (),
        chime_s=len(chime) / RATE,
    )
    room = tones([1.0], 10.0, RATE)
    block, late = RATE // 20, RATE // 5
    count = 0
    for start in range(0, len(room), block):
        for _ in _heard(listener.push(room[start : start + block])):
            count += 1
            at = start + block + late
            room[at : at + len(chime)] += chime[: max(0, len(room) - at)]
    assert (count == 1) is mutes


def test_a_word_right_after_our_own_sound_is_heard(model):
    listener = Listener({"tone": partial(Detector, model, rate=RATE)}, chimes={"tone"}, chime_s=0.55)
    events = _all(listener, tones([1.0, 1.95], 3.0, RATE))
    assert [event.detection.time_s for event in _heard(events)] == pytest.approx([1.03, 1.98], abs=0.05)
    muted = [level.time_s for level in _of(events, Level) if level.muted]
    assert muted[0] == pytest.approx(1.12)
    assert len(muted) == 2 * 43  # frames that begin within 0.85 s of each word


def test_other_words_do_not_mute(model):
    listener = Listener({"tone": partial(Detector, model, rate=RATE)}, chimes={"bell"}, chime_s=5.0)
    assert len(_heard(_all(listener, tones([1.0, 1.95], 3.0, RATE)))) == 2


def test_while_the_loudspeaker_sounds_it_is_deaf(model):
    sounds = iter([True] * 40 + [False] * 1000)
    listener = Listener({"tone": partial(Detector, model, rate=RATE)}, sounding=lambda: next(sounds))
    events = _all(listener, tones([0.3, 1.2], 2.0, RATE))
    assert [event.detection.time_s for event in _heard(events)] == pytest.approx([1.23], abs=0.04)
    assert sum(level.muted for level in _of(events, Level)) == 40 + 15


def test_an_excerpt_is_the_sound_around_a_detection(listener):
    samples = tones([3.0], 6.0, RATE)
    (excerpt,) = _of(_all(listener, samples), Excerpt)
    start = round(excerpt.start_s * RATE)
    assert excerpt.start_s == pytest.approx(excerpt.heard.detection.time_s - 2, abs=1e-4)
    assert len(excerpt.samples) == 3 * RATE
    assert np.array_equal(excerpt.samples, samples[start : start + 3 * RATE])


def test_an_excerpt_at_the_edge_is_shorter(listener):
    samples = tones([0.4], 0.9, RATE)
    (excerpt,) = _of(_all(listener, samples), Excerpt)
    assert excerpt.start_s == 0
    assert np.array_equal(excerpt.samples, samples)


def test_excerpts_may_overlap(listener):
    samples = tones([2.0, 2.8], 5.0, RATE)
    first, second = _of(_all(listener, samples), Excerpt)
    assert second.start_s - first.start_s == pytest.approx(0.8, abs=0.05)


def test_near_misses_have_excerpts_and_set_nothing_off(model):
    detector = partial(Detector, model, rate=RATE, threshold=0.999)
    listener = Listener({"tone": detector}, excerpts=True, passages=True, chimes={"tone"}, chime_s=5.0)
    samples = tones([3.0, 5.0], 8.0, RATE)
    events = _all(listener, samples)
    near = _of(events, Nearly)
    assert [type(event) for event in events if not isinstance(event, Level)] == [Nearly, Excerpt] * 2
    assert [event.detection.time_s for event in near] == pytest.approx([3.15, 5.15], abs=0.17)
    assert all(0.9995 / 2 < event.detection.score < 0.999 for event in near)
    first = _of(events, Excerpt)[0]
    start = round(first.start_s * RATE)
    assert np.array_equal(first.samples, samples[start : start + 3 * RATE])


def test_without_being_asked_it_cuts_nothing_out(model):
    listener = Listener({"tone": partial(Detector, model, rate=RATE)})
    assert {type(event) for event in _all(listener, tones([1.0], 3.0, RATE))} == {Heard, Level}


def test_a_passage_begins_before_the_wake_and_ends_with_a_pause(listener):
    speech = 0.1 * tone(300.0, 1.5, RATE) / 0.2
    samples = tones([2.0], 8.0, RATE)
    samples[round(2.8 * RATE) : round(2.8 * RATE) + len(speech)] += speech
    events = _all(listener, samples)
    (heard,), (end,) = _heard(events), _of(events, PassageEnd)
    assert _of(events, PassageStart) == [PassageStart(heard)]
    sound = np.concatenate([event.samples for event in _of(events, PassagePart)])
    start = round((heard.detection.time_s - 0.5) * RATE)
    assert np.array_equal(sound, samples[start : start + len(sound)])
    assert end.why is End.PAUSE
    assert end.seconds == len(sound) / RATE
    assert (start + len(sound)) / RATE == pytest.approx(2.8 + 1.5 + 0.8, abs=0.13)


def test_a_wake_within_a_passage_begins_no_other(listener):
    events = _all(listener, tones([2.0, 3.0], 9.0, RATE))
    assert len(_heard(events)) == 2
    assert len(_of(events, PassageStart)) == len(_of(events, PassageEnd)) == 1


def test_the_end_of_the_stream_ends_a_passage(listener):
    events = _all(listener, tones([2.0], 2.6, RATE))
    assert isinstance(events[-1], PassageEnd)
    assert events[-1].why is End.STREAM
    assert events[-1].seconds == pytest.approx(2.6 - 2.03 + 0.5, abs=0.05)


def test_nothing_but_zeros_is_told_once(listener):
    quiet = noise(1, 1.0, RATE)
    zeros = np.zeros(8 * RATE, np.float32)
    events = _all(listener, np.concatenate((quiet, zeros, quiet, zeros)))
    assert [event.time_s for event in _of(events, Zeros)] == pytest.approx([6.0, 15.0])


def test_after_a_gap_time_goes_on(listener):
    samples = tones([1.0], 3.0, RATE)
    first = _all(listener, samples)
    second = _all(listener, samples)
    assert listener.heard_s == 6.0
    (before,), (after,) = _heard(first), _heard(second)
    assert after.detection.time_s == pytest.approx(before.detection.time_s + 3)
    (excerpt,) = _of(second, Excerpt)
    assert excerpt.start_s == 3.0  # nothing of what was before the gap
    assert np.array_equal(excerpt.samples, samples[: len(excerpt.samples)])


def test_reset_starts_time_anew(listener):
    samples = tones([1.0], 3.0, RATE)
    wanted = _plain(_all(listener, samples))
    listener.push(samples[:30_000])
    listener.reset()
    assert listener.heard_s == 0
    assert _plain(_all(listener, samples)) == wanted


def test_bad_samples_leave_the_stream_as_it_was(listener, model):
    samples = tones([1.0], 2.0, RATE)
    events = listener.push(samples[:20_001])
    with pytest.raises(AudioError):
        listener.push([np.nan])
    events += listener.push(samples[20_001:]) + listener.finish()
    fresh = Listener({"tone": partial(Detector, model, rate=RATE)}, excerpts=True, passages=True)
    assert _plain(events) == _plain(_all(fresh, samples))


def test_no_detection_is_later_than_the_end(listener, model):
    """Tones that only the silence after the stream completes: the detector alone would be late."""
    late = 0
    for length in range(round(1.005 * RATE), round(1.035 * RATE), 40):
        samples = tones([1.0], 1.1, RATE)[:length]
        detector = Detector(model, rate=RATE)
        late += any(one.time_s > length / RATE for one in detector.push(samples) + detector.finish())
        listener.reset()
        assert all(event.detection.time_s <= length / RATE for event in _heard(_all(listener, samples)))
    assert late
