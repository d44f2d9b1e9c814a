import sys

import numpy as np
import pytest

from fake_sounddevice import OVERFLOW, FakeStream, PortAudioError
from oyez.detect.sources import Microphone, look_again, microphones, play
from oyez.errors import DeviceError, MissingExtraError


def test_what_is_heard_comes_in_blocks(device):
    with Microphone() as microphone:
        assert (microphone.name, microphone.rate) == ("Built-in", 48_000)
        assert device.stream.started
        assert device.stream.settings == {
            "device": 1, "samplerate": 48_000, "channels": 1, "dtype": "int16", "blocksize": 2_400
        }  # fmt: skip
        device.stream.hear([16384, -32768])
        device.stream.hear([8192])
        blocks = iter(microphone)
        assert np.array_equal(next(blocks), np.float32([0.5, -1]))
        assert np.array_equal(next(blocks), np.float32([0.25]))
        assert microphone.lost == 0
    assert device.stream.closed


def test_device_and_rate_can_be_named(device):
    Microphone("Arr", 16_000, block_s=0.1)
    assert (device.stream.settings["device"], device.stream.settings["samplerate"]) == (2, 16_000)
    assert device.stream.settings["blocksize"] == 1_600
    Microphone(2)
    assert device.stream.settings["device"] == 2


def test_a_device_that_gives_no_single_channel_is_averaged(device):
    device.refuses = lambda rate, channels: channels == 1
    microphone = Microphone(2)
    device.stream.hear([[16384, 0, 0, 16384], [0, 0, 0, -32768]])
    assert np.array_equal(next(iter(microphone)), np.float32([0.25, -0.25]))


def test_what_finds_no_room_is_lost_and_counted(device):
    microphone = Microphone(block_s=0.1, queue_s=0.3)
    for value in range(5):
        device.stream.hear([value])
    assert microphone.lost == 2
    blocks = iter(microphone)
    assert [round(float(next(blocks)[0]) * 32768) for _ in range(3)] == [0, 1, 2]
    device.stream.hear([7], OVERFLOW)
    assert microphone.lost == 3


def test_flush_forgets_what_waits(device):
    microphone = Microphone()
    device.stream.hear([1], OVERFLOW)
    device.stream.hear([2])
    microphone.flush()
    assert microphone.lost == 0
    device.stream.hear([16384])
    assert next(iter(microphone))[0] == 0.5


@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_a_device_that_stops_is_an_error_after_what_was_heard(device, waiting):
    microphone = Microphone(block_s=0.1, queue_s=0.2)
    for _ in range(waiting):
        device.stream.hear([1])
    device.stream.finished()
    blocks = iter(microphone)
    for _ in range(waiting):
        next(blocks)
    with pytest.raises(DeviceError, match="the microphone Built-in stopped: was it unplugged"):
        next(blocks)


def test_a_device_that_stops_wakes_who_waits(on_demand):
    with pytest.raises(DeviceError, match="stopped"):
        next(iter(Microphone(patience_s=60)))


def test_a_device_that_says_nothing_is_an_error(device):
    with pytest.raises(DeviceError, match=r"gave no sound for 0\.001 s"):
        next(iter(Microphone(patience_s=0.001)))


def test_it_is_closed_after_an_error(device):
    with pytest.raises(ZeroDivisionError), Microphone():
        raise ZeroDivisionError
    assert device.stream.closed


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (
            "tape",
            r"No input device\(s\) 'tape'\. There are: 1 \(Built-in\), 2 \(Array\)\. Pass one to --device",
        ),
        ("", r"Multiple input device\(s\) ''\. There are"),
        (7, r"there is no device 7\. There are: 1"),
        (0, r"hdmi is no microphone\. There are: 1"),
    ],
)
def test_a_device_that_is_not_there(device, wanted, says):
    with pytest.raises(DeviceError, match=says):
        Microphone(wanted)


def test_no_default_device(device):
    device.default = -1
    with pytest.raises(DeviceError, match="no default microphone is set"):
        Microphone()


def test_no_device_at_all(device):
    device.inputs = [("hdmi", 0)]
    with pytest.raises(DeviceError, match="no microphone was found"):
        Microphone()


def test_a_rate_that_is_refused(device):
    device.refuses = lambda rate, channels: rate == 16_000
    with pytest.raises(
        DeviceError, match=r"refuses 16000 Hz \(Invalid sample rate\); its own rate is 48000 Hz"
    ):
        Microphone(rate=16_000)


def test_a_device_that_is_in_use(device):
    device.broken = "Device\nunavailable"
    with pytest.raises(DeviceError, match=r"Built-in cannot be opened \(Device unavailable\)"):
        Microphone()


def test_sound_is_played_to_its_end(device):
    samples = np.ones(5, np.float32)
    play(samples, 8_000)
    assert device.played == [(samples, 8_000)]
    device.broken = "no output"
    with pytest.raises(DeviceError, match=r"nothing can be played \(no output\)"):
        play(samples, 8_000)


def test_a_loudspeaker_that_refuses_the_rate_plays_at_its_own(device):
    device.refuses = lambda rate, channels: rate != 48_000
    play(np.ones(800, np.float32), 8_000)
    ((samples, rate),) = device.played
    assert (len(samples), rate) == (4_800, 48_000)
    assert samples[2_400] == pytest.approx(1, abs=0.01)


def test_no_loudspeaker(device):
    device.default = -1
    with pytest.raises(DeviceError, match=r"nothing can be played \(Error querying device -1\)"):
        play(np.ones(1, np.float32), 8_000)


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'oyez\[mic\]'"):
        Microphone()


def test_without_portaudio(monkeypatch, tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeviceError, match=r"PortAudio library not found.* sudo apt install libportaudio2"):
        play(np.zeros(1, np.float32), 8_000)


def test_microphones_are_listed(device):
    assert microphones() == ["1: Built-in, 48000 Hz", "2: Array, 48000 Hz"]
    device.inputs = [("hdmi", 0)]
    with pytest.raises(DeviceError, match="no microphone was found"):
        microphones()


def test_what_does_not_start_is_closed_again(device, monkeypatch):
    def refuse(self):
        raise PortAudioError("Device unavailable")

    monkeypatch.setattr(FakeStream, "start", refuse)
    with pytest.raises(DeviceError, match=r"Built-in cannot be opened \(Device unavailable\)"):
        Microphone()
    assert device.stream.closed


def test_looking_again_starts_the_library_anew(device):
    look_again()
    assert device.started == ["terminate", "initialize"]
    device.broken = "Unanticipated host error"
    with pytest.raises(DeviceError, match=r"does not answer \(Unanticipated host error\). Restart it"):
        look_again()
