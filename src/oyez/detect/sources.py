"""Where sound comes from while it happens, and where it goes: microphone and loudspeaker.

The only home of sounddevice. `oyez.detect.pcm` has the other kind of source, a stream of samples.
"""

import math
import queue
import threading
from collections.abc import Iterator
from types import ModuleType, TracebackType
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from oyez.errors import DeviceError, require
from oyez.sound import Samples, as_samples, resample

__all__ = ["Microphone", "Source", "look_again", "microphones", "play"]

BLOCK_S = 0.05
QUEUE_S = 10.0
PATIENCE_S = 3.0


class Source(Protocol):
    """Sound, block by block, as it happens."""

    @property
    def rate(self) -> int:
        """Hertz."""
        ...

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def lost(self) -> int:
        """How often samples were lost since the last `flush`, because nobody fetched them in time."""
        ...

    def __iter__(self) -> Iterator[Samples]:
        """Blocks of samples, (samples,), of any length; ends where the stream does."""
        ...

    def flush(self) -> None:
        """Forget what was heard and not fetched; a stream that waits for its reader forgets nothing."""
        ...

    def close(self) -> None:
        """Listen no longer."""
        ...


class Microphone:
    """A microphone: its blocks wait in a queue until they are fetched.

    What finds the queue full is lost, and counted in `lost`. Used as a context manager, it is closed at the
    end.
    """

    def __init__(
        self,
        device: int | str | None = None,
        rate: int | None = None,
        *,
        block_s: float = BLOCK_S,
        queue_s: float = QUEUE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Open the device and listen.

        Args:
            device: number or part of a name; None: the system's default.
            rate: Hertz; None: the device's own.
            block_s: seconds in a block.
            queue_s: seconds of sound that may wait.
            patience_s: seconds without any sound after which the device counts as lost.

        Raises:
            MissingExtraError: sounddevice is not installed.
            DeviceError: there is no such microphone, or it refuses.
        """
        library = _library()
        info = _device(library, device)
        self.name = str(info["name"])
        self.rate = round(info["default_samplerate"]) if rate is None else rate
        self._patience_s = patience_s
        self._lost = 0
        self._ended = threading.Event()
        self._waiting: queue.Queue[npt.NDArray[np.int16] | None]
        self._waiting = queue.Queue(max(1, math.ceil(queue_s / block_s)))
        settings = {"device": info["index"], "samplerate": self.rate, "dtype": "int16"}
        settings["channels"] = self._channels(library, info, settings)
        try:
            self._stream = library.InputStream(
                **settings,
                blocksize=round(block_s * self.rate),
                callback=self._hear,
                finished_callback=self._end,
            )
        except library.PortAudioError as error:
            raise self._refused(error) from None
        try:
            self._stream.start()
        except library.PortAudioError as error:
            self.close()  # else it would keep the device
            raise self._refused(error) from None

    @property
    def lost(self) -> int:
        """How often samples were lost since the last `flush`."""
        return self._lost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Samples]:
        """Blocks of samples for as long as the device lasts.

        Raises:
            DeviceError: it stopped, or went silent altogether.
        """
        while True:
            if self._ended.is_set() and self._waiting.empty():
                raise self._gone("stopped")
            try:
                block = self._waiting.get(timeout=self._patience_s)
            except queue.Empty:
                raise self._gone(f"gave no sound for {self._patience_s:g} s") from None
            if block is not None:
                yield as_samples(block)

    def flush(self) -> None:
        """Forget what was heard and not fetched."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._lost = 0

    def close(self) -> None:
        """Listen no longer."""
        self._stream.close(ignore_errors=True)

    def _channels(self, library: ModuleType, info: dict[str, Any], settings: dict[str, Any]) -> int:
        """One, where the device gives one; else all that it has, which are averaged."""
        for channels in (1, int(info["max_input_channels"])):
            try:
                library.check_input_settings(channels=channels, **settings)
            except library.PortAudioError as error:
                reason = _words(error)
            else:
                return channels
        raise DeviceError(
            f"the microphone {self.name} refuses {self.rate} Hz ({reason}); its own rate is "
            f"{round(info['default_samplerate'])} Hz. Leave --rate out, or name another with --device."
        )

    def _hear(self, block: npt.NDArray[np.int16], _frames: int, _time: Any, status: Any) -> None:
        """Called by PortAudio, on its own thread."""
        if status.input_overflow:
            self._lost += 1
        try:
            self._waiting.put_nowait(block.copy())
        except queue.Full:
            self._lost += 1

    def _end(self) -> None:
        """Called by PortAudio when the stream is over: wakes whoever waits for a block."""
        self._ended.set()
        if not self._waiting.full():
            self._waiting.put_nowait(None)

    def _refused(self, error: Exception) -> DeviceError:
        return DeviceError(
            f"the microphone {self.name} cannot be opened ({_words(error)}). Close other programs that "
            "use it, or name another with --device."
        )

    def _gone(self, what: str) -> DeviceError:
        return DeviceError(f"the microphone {self.name} {what}: was it unplugged? Start again.")


def microphones() -> list[str]:
    """What can be named with --device, a line for each: number, name, rate.

    Raises:
        MissingExtraError: sounddevice is not installed.
        DeviceError: there is none.
    """
    return [
        f"{one['index']}: {one['name']}, {one['default_samplerate']:.0f} Hz" for one in _inputs(_library())
    ]


def look_again() -> None:
    """Find what was plugged in since: PortAudio looks for devices only when it is started.

    No stream may be open.

    Raises:
        DeviceError: PortAudio does not start any more.
    """
    library = _library()
    try:
        library._terminate()
        library._initialize()
    except library.PortAudioError as error:
        raise DeviceError(f"the system's sound does not answer ({_words(error)}). Restart it.") from None


def play(samples: Samples, rate: int, device: int | str | None = None) -> None:
    """Play on the loudspeaker, at its own rate where it refuses that of the samples, and wait for the end.

    Args:
        samples: (samples,).
        rate: Hertz.
        device: number or part of a name; None: the system's default.

    Raises:
        MissingExtraError: sounddevice is not installed.
        DeviceError: there is no loudspeaker, or it refuses.
    """
    library = _library()
    try:
        info = library.query_devices(device, "output")
        try:
            library.check_output_settings(device=device, channels=1, dtype="float32", samplerate=rate)
        except library.PortAudioError:
            own_rate = round(info["default_samplerate"])
            samples, rate = resample(samples, rate, own_rate), own_rate
        library.play(samples, rate, device=device, blocking=True)
    except (library.PortAudioError, ValueError) as error:
        raise DeviceError(f"nothing can be played ({_words(error)}).") from None


def _library() -> ModuleType:
    try:
        return require("sounddevice", "mic")
    except OSError as error:
        raise DeviceError(
            f"sounddevice finds no PortAudio ({error}). Install it: sudo apt install libportaudio2"
        ) from None


def _device(library: ModuleType, device: int | str | None) -> dict[str, Any]:
    """What the library knows of a device that has inputs."""
    names = ", ".join(f"{one['index']} ({one['name']})" for one in _inputs(library))
    try:
        info: dict[str, Any] = dict(library.query_devices(device, "input"))
    except ValueError as error:
        reason = str(error).splitlines()[0].rstrip(":")
        raise DeviceError(f"{reason}. There are: {names}. Pass one to --device.") from None
    except library.PortAudioError:
        wanted = "no default microphone is set" if device is None else f"there is no device {device}"
        raise DeviceError(f"{wanted}. There are: {names}. Pass one to --device.") from None
    if not info["max_input_channels"]:
        raise DeviceError(f"{info['name']} is no microphone. There are: {names}. Pass one to --device.")
    return info


def _inputs(library: ModuleType) -> list[dict[str, Any]]:
    """All devices that have inputs."""
    inputs = [one for one in library.query_devices() if one["max_input_channels"] > 0]
    if not inputs:
        raise DeviceError(
            "no microphone was found. Plug one in and allow this program to use it; on Linux you may have "
            "to join the group audio. Without one, sound can be piped in: see --stdin."
        )
    return inputs


def _words(error: Exception) -> str:
    """What PortAudio says, on one line."""
    return " ".join(str(error.args[0] if error.args else error).split())
