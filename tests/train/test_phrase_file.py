"""What the model file of a phrase says of the voices."""

from oyez.synth.clips import Clip
from oyez.train.phrase_file import engine_licences
from sounds import word


def _clip(voice):
    return Clip(word(), 16_000, "hello", 0.1, 0.5, voice, "x.wav")


def test_licences_are_those_of_the_engines_that_spoke():
    said = [_clip("kokoro/af_heart"), _clip("kokoro/am_adam"), _clip("hibari/x"), _clip("recording/ann")]
    assert engine_licences(said) == {"Kokoro-82M v1.0 voices": "Apache-2.0", "hibari voices": "Apache-2.0"}
    assert engine_licences(()) == {}
