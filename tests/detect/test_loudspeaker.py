"""The loudspeaker: one chime at a time, and it knows when it sounds."""

import threading

import numpy as np
import pytest

from oyez.detect.chime import LENGTH_S, chime
from oyez.detect.loudspeaker import Loudspeaker
from oyez.errors import DeviceError


def test_the_chime_is_played():
    played = []
    Loudspeaker(lambda samples, rate: played.append((samples, rate))).ring()
    ((samples, rate),) = played
    assert rate == 48_000
    assert np.array_equal(samples, chime(48_000))
    assert len(samples) == round(LENGTH_S * rate)


def test_it_sounds_while_it_plays_and_not_twice_at_once():
    begun, gate, count = threading.Event(), threading.Event(), []

    def play(_samples, _rate):
        count.append(1)
        begun.set()
        gate.wait(10)

    now_s = [100.0]
    speaker = Loudspeaker(play, lambda: now_s[0])
    assert not speaker.sounds()
    thread = threading.Thread(target=speaker.ring)
    thread.start()
    assert begun.wait(10)
    assert speaker.sounds()
    speaker.ring()  # returns at once
    assert len(count) == 1
    now_s[0] += 3.5
    assert speaker.sounds()
    now_s[0] += 0.1
    assert not speaker.sounds()  # the device has forgotten it
    gate.set()
    thread.join(10)
    assert not speaker.sounds()


def test_after_a_failure_it_can_sound_again():
    answers = [DeviceError("nothing can be played"), None]

    def play(_samples, _rate):
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    speaker = Loudspeaker(play)
    with pytest.raises(DeviceError):
        speaker.ring()
    assert not speaker.sounds()
    speaker.ring()
    assert answers == []
