"""A detection where many are listened to: what was heard, and for whom."""

from dataclasses import dataclass

from oyez.events import Detection

__all__ = ["HeardFor"]


@dataclass(frozen=True)
class HeardFor(Detection):
    """A detection that a server tells of; actions tell all that is in it."""

    model: str
    """The model that heard it."""
    client: str
    """Whose stream it was in."""
