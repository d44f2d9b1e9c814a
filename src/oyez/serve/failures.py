"""What an error is to a client: a status, a word for programs, and why a WebSocket closes."""

from dataclasses import dataclass

from oyez.errors import (
    AccessError,
    AudioError,
    ConfigError,
    DataError,
    LimitError,
    ModelError,
    OyezError,
)

__all__ = ["GONE", "Failure", "failure"]

GONE = 1001
"""Of a WebSocket: this end goes away."""


@dataclass(frozen=True)
class Failure:
    """How an error is told."""

    status: int
    """Of HTTP."""
    code: str
    """For programs; the error's text is for people."""
    close: int
    """Of a WebSocket."""


KINDS: dict[type[OyezError], Failure] = {
    AccessError: Failure(401, "access", 1008),
    AudioError: Failure(422, "audio", 1007),
    ConfigError: Failure(400, "asked", 1008),
    DataError: Failure(400, "message", 1008),
    LimitError: Failure(429, "limit", 1013),
    ModelError: Failure(500, "model", 1011),
}
"""Errors that have a client; what else goes wrong is our own fault."""

OWN = Failure(500, "server", 1011)


def failure(error: Exception) -> Failure:
    """What to tell of an error."""
    return KINDS.get(type(error), OWN)  # type: ignore[arg-type]
