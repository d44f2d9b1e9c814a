"""A day of sound: the same clip at hours 0, 12 and 24 is heard alike, and nothing grows."""

from pathlib import Path

import numpy as np
import pytest

import oyez
from oyez import audio
from oyez.detect.model import Model
from oyez.events import Span, read_spans
from tone_model import tones, write_tone_model

DEMO = Path(__file__).parents[2] / "examples" / "demo.flac"
RATE, STEP = 16_000, 1_280
GROWTH_BYTES = 2_000_000
SETTLED = 30  # loops, ten minutes: the network remembers its beginning for six, to 1e-6


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("this system does not tell how much memory is used")
    return int(statm.read_text().split()[1]) * 4096


def _loops() -> tuple[np.ndarray, np.ndarray, Span]:
    """The demo without its words, the same with the first of them, and where that is."""
    demo, _ = audio.read(DEMO, RATE)
    assert len(demo) % STEP == 0  # so that the clip meets the same sound each time
    spans = read_spans(DEMO.with_suffix(".txt"))
    speech = demo.copy()
    for span in spans:
        start, stop = round((span.start_s - 0.1) * RATE), round((span.end_s + 0.2) * RATE)
        speech[start:stop] = demo[: stop - start]  # rain
    planted = speech.copy()
    part = slice(round((spans[0].start_s - 0.1) * RATE), round((spans[0].end_s + 0.2) * RATE))
    planted[part] = demo[part]
    return speech, planted, spans[0]


@pytest.mark.slow
def test_hours_0_12_and_24_are_alike_and_memory_stays():
    speech, planted, span = _loops()
    detector = oyez.load("activate")
    hour = 3600 * RATE // len(speech)
    marks = {number * 12 * hour + SETTLED: number for number in range(3)}
    kept, made_up, after_an_hour = {}, 0, 0
    for number in range(24 * hour + SETTLED + 1):
        detections = detector.push(planted if number in marks else speech)
        if number in marks:
            starts = [round(one.time_s * RATE) - number * len(speech) for one in detections]
            kept[marks[number]] = detector.last_scores, starts
        else:
            made_up += len(detections)
        if number == hour:
            after_an_hour = _resident_bytes()
    assert _resident_bytes() - after_an_hour < GROWTH_BYTES
    assert made_up == 0
    scores, starts = kept[0]
    (heard,) = starts
    assert span.start_s < heard / RATE < span.end_s + 0.75
    assert heard % STEP == 0
    for later in (1, 2):
        np.testing.assert_allclose(kept[later][0], scores, atol=1e-5, rtol=0)
        assert kept[later][1] == starts


@pytest.mark.slow
def test_the_count_in_a_course_model_stays_what_it_is(tmp_path):
    """It counts to the first whole receptive field, and no further: no float ever runs full."""
    model = Model(write_tone_model(tmp_path / "tone.onnx"))
    pcm, state = tones([1.0], 12.8)[None, : 441 * 1280], model.initial_state()
    scores, state = model.run(pcm, state)
    counts = {float(state[0, model.card.chunk])}
    settled = scores
    for number in range(200):
        scores, state = model.run(pcm, state)
        counts.add(float(state[0, model.card.chunk]))
        settled = scores if not number else settled
    assert counts == {float(model.card.delay_steps)}
    np.testing.assert_allclose(scores, settled, atol=1e-6)
