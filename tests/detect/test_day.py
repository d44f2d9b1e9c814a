"""A day of sound: the same clip at hours 0, 12 and 24 is heard alike, and nothing grows."""

from pathlib import Path

import numpy as np
import pytest

from oyez.detect.detector import Detector
from oyez.detect.model import Model
from small_model import speech_like, write_small_model
from tone_model import tones, write_tone_model

LOOP_S = 10  # a whole number of steps, so that the clip meets the same sound each time
GROWTH_BYTES = 2_000_000


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("this system does not tell how much memory is used")
    return int(statm.read_text().split()[1]) * 4096


@pytest.mark.slow
def test_hours_0_12_and_24_are_alike_and_memory_stays(tmp_path, rng):
    detector = Detector(Model(write_small_model(tmp_path / "small.onnx")))
    loop = speech_like(rng, LOOP_S) * np.float32(0.3)
    planted = loop.copy()
    planted[48_000:80_000] = speech_like(rng, 2)
    hour = 3600 // LOOP_S
    marks = {number * 12 * hour + 2: number for number in range(3)}  # loops: the first settles the GRU
    kept, after_an_hour, first_sample = {}, 0, 16_000 * LOOP_S
    for number in range(24 * hour + 3):
        detections = detector.push(planted if number in marks else loop)
        if number in marks:
            starts = [round(one.time_s * 16_000) - number * first_sample for one in detections]
            kept[marks[number]] = detector.last_scores, starts
        if number == hour:
            after_an_hour = _resident_bytes()
    assert _resident_bytes() - after_an_hour < GROWTH_BYTES
    scores, starts = kept[0]
    assert any(48_000 < start < 80_000 for start in starts)
    assert all(start % 1280 == 0 for start in starts)
    for later in (1, 2):
        np.testing.assert_allclose(kept[later][0], scores, atol=1e-5)
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
