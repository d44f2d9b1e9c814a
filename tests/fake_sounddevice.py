"""A sounddevice without a device: what it hears and refuses is up to the test."""

import queue
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from oyez.detect import sources

CLEAR = SimpleNamespace(input_overflow=False)
OVERFLOW = SimpleNamespace(input_overflow=True)


class PortAudioError(Exception):
    """As the library's."""


class FakeStream:
    """An open microphone; `device.stream` is the one that was opened last."""

    def __init__(self, owner, callback, finished_callback, **settings):
        if owner.broken is not None:
            raise PortAudioError(owner.broken, -9985)
        self.settings, self.callback, self.finished = settings, callback, finished_callback
        self.started = self.closed = False

    def start(self):
        self.started = True

    def close(self, ignore_errors=True):
        self.closed = True
        self.finished()

    def hear(self, block, status=CLEAR):
        """What PortAudio's thread does; its memory is used again afterwards."""
        block = np.array(block, np.int16).reshape(-1, self.settings["channels"])
        self.callback(block, len(block), None, status)
        block[:] = 99


class FakeDevice:
    """Stands in the place of the library; hears `samples` whenever somebody waits for a block."""

    def __init__(self):
        self.inputs = [("hdmi", 0), ("Built-in", 1), ("Array", 4)]
        self.default = 1
        self.refuses = lambda rate, channels: False
        self.broken = None
        self.samples = np.zeros(0, np.int16)
        self.played = []
        self.started = []
        self.stream = None

    def query_devices(self, device=None, kind=None):
        found = [
            {"index": index, "name": name, "max_input_channels": inputs, "default_samplerate": 48_000.0}
            for index, (name, inputs) in enumerate(self.inputs)
        ]
        if kind is None:
            return found
        device = self.default if device is None else device
        if isinstance(device, str):
            names = [one for one in found if device in one["name"] and one["max_input_channels"]]
            if len(names) != 1:
                raise ValueError(f"{'No' if not names else 'Multiple'} input device(s) '{device}':\nmore")
            return names[0]
        if not 0 <= device < len(found):
            raise PortAudioError(f"Error querying device {device}")
        return found[device]

    def check_input_settings(self, device, channels, dtype, samplerate):
        if self.refuses(samplerate, channels):
            raise PortAudioError("Invalid sample rate", -9997)

    def check_output_settings(self, device, channels, dtype, samplerate):
        self.check_input_settings(device, channels, dtype, samplerate)

    def open(self, **settings):
        self.stream = FakeStream(self, **settings)
        return self.stream

    def play(self, samples, rate, device=None, blocking=False):
        assert blocking
        if self.broken is not None:
            raise PortAudioError(self.broken)
        self.played.append((samples, rate))

    def terminate(self):
        self.started.append("terminate")

    def initialize(self):
        if self.broken is not None:
            raise PortAudioError(self.broken)
        self.started.append("initialize")

    def next_block(self):
        """One block of what is there to be heard; the device is gone after the last."""
        size = self.stream.settings["blocksize"]
        block, self.samples = self.samples[:size], self.samples[size:]
        if len(block):
            self.stream.hear(block)
        else:
            self.stream.finished()


@pytest.fixture
def device(monkeypatch):
    """The device that the library talks to, in place of the real library."""
    fake = FakeDevice()
    module = ModuleType("sounddevice")
    module.PortAudioError = PortAudioError
    module.query_devices = fake.query_devices
    module.check_input_settings, module.check_output_settings = (
        fake.check_input_settings,
        fake.check_output_settings,
    )
    module.InputStream, module.play = fake.open, fake.play
    module._terminate, module._initialize = fake.terminate, fake.initialize
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return fake


@pytest.fixture
def on_demand(device, monkeypatch):
    """The device sounds when it is waited for: no test has to sleep."""

    class Asked(queue.Queue):
        def get(self, block=True, timeout=None):
            if self.empty():
                device.next_block()
            return super().get(block, timeout)

    monkeypatch.setattr(sources.queue, "Queue", Asked)
    return device
