"""One client's talk on `/v1/stream`: its messages in, what to do about them out. No network, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass

from oyez.detect.pcm import PcmFormat
from oyez.errors import DataError
from oyez.serve.heard import Ended, Event, Heard, Restarted, Scored
from oyez.serve.messages import (
    FromClient,
    Start,
    heard_values,
    read,
    scored_values,
    write,
)
from oyez.sound import Samples

__all__ = ["Conversation", "Push"]


@dataclass(frozen=True)
class Push:
    """Sound that has come."""

    samples: Samples


class Conversation:
    """Reads what a client sends, writes what it is told.

    A message of bytes may cut a sample anywhere: the rest of it waits for the next one.
    """

    def __init__(self) -> None:
        """Nothing was said: a start is expected."""
        self._pcm: PcmFormat | None = None
        self._part = b""

    def text(self, text: str) -> FromClient:
        """A message of text.

        Returns:
            What the client wants: first a start, later an end or a new beginning.

        Raises:
            DataError: it is no message, or not the one that is due.
            ConfigError: a value in it does not fit.
        """
        message = read(text)
        if isinstance(message, Start):
            if self._pcm is not None:
                raise DataError("the stream has started already, got a second start. Connect again.")
            self._pcm = message.pcm
        elif self._pcm is None:
            raise DataError(f"expected a start first, got {type(message).__name__.lower()}.")
        else:
            self._part = b""  # of a sample that will not be completed
        return message

    def binary(self, data: bytes) -> Push:
        """A message of bytes: samples, as the start stated them.

        Raises:
            DataError: there was no start.
            AudioError: floats that are no numbers, or beyond ±2.
        """
        if self._pcm is None:
            raise DataError(f"expected a start first, got {len(data)} bytes.")
        waiting = self._part + data
        whole = len(waiting) // self._pcm.frame_bytes * self._pcm.frame_bytes
        self._part = waiting[whole:]
        return Push(self._pcm.decode(waiting[:whole]))

    def ready(self, thresholds: Mapping[str, Mapping[str, float]], steps_s: Mapping[str, float]) -> str:
        """The answer to a start.

        Args:
            thresholds: by model and word.
            steps_s: by model, seconds from one score to the next.
        """
        models = [
            {"name": name, "step_s": steps_s[name], "thresholds": dict(by_word)}
            for name, by_word in thresholds.items()
        ]
        assert self._pcm is not None  # a start came before
        pcm = self._pcm
        return write("ready", rate=pcm.rate, format=pcm.kind, channels=pcm.channels, models=models)

    @staticmethod
    def tell(event: Event) -> str:
        """What came of the sound, as a message."""
        match event:
            case Heard():
                return write("detection", **heard_values(event))
            case Scored():
                return write("scores", **scored_values(event))
            case Ended():
                return write("end", duration_s=event.duration_s)
            case Restarted():
                return write("reset")
