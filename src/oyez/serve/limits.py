"""How much a server gives to its clients."""

from dataclasses import dataclass

from oyez.config.plain import Config

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits(Config):
    """Of streams, whoever opens them."""

    streams: int = 400
    """That are open at once."""
    waiting_s: float = 3.0
    """Seconds of sound that may wait in one stream; who pushes more has to wait. With more than 40, models
    that drift would be relieved before they have heard what waits (`oyez.serve.turns`)."""
    unread: int = 10_000
    """Answers that a client may leave unread; with more, its stream ends."""

    def __post_init__(self) -> None:
        self._check(self.streams >= 1, "streams must be 1 or more", self.streams)
        self._check(0.5 <= self.waiting_s <= 40, "waiting_s must be 0.5..40 seconds", self.waiting_s)
        self._check(self.unread >= 1, "unread must be 1 or more", self.unread)
