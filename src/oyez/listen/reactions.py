"""What a listening program does with what its listener tells."""

from collections import Counter

from oyez.actions.dispatch import Dispatcher
from oyez.listen.heard import (
    Event,
    Excerpt,
    Heard,
    Level,
    Nearly,
    PassageEnd,
    PassagePart,
    PassageStart,
    Zeros,
)
from oyez.listen.pipe import Pipe
from oyez.listen.saves import Saves
from oyez.listen.screen import Screen

__all__ = ["Reactions"]


class Reactions:
    """Events in, deeds out; each on a thread of its own, but for the screen."""

    def __init__(
        self, screen: Screen, dispatcher: Dispatcher, saves: Saves | None = None, pipe: Pipe | None = None
    ) -> None:
        """Nothing happened yet.

        Args:
            screen: shows it.
            dispatcher: sets off actions.
            saves: keeps excerpts; None: nobody does.
            pipe: takes passages; None: nobody does.
        """
        self._screen, self._dispatcher, self._saves, self._pipe = screen, dispatcher, saves, pipe
        self.counts: Counter[str] = Counter()
        """How often each word was heard."""

    def react(self, event: Event) -> None:
        """Do what belongs to an event, without waiting for it."""
        match event:
            case Level():
                self._screen.level(event)
            case Nearly():
                self._screen.heard(event)
            case Heard():
                self.counts[event.detection.word] += 1
                self._screen.heard(event)  # first: programs find an empty line
                self._dispatcher.submit(event.detection)
            case Zeros():
                self._screen.tell(
                    f"nothing but zeros until {event.time_s:.0f} s: is the microphone muted, or is this "
                    "program not allowed to use it?"
                )
            case Excerpt() if self._saves is not None:
                self._saves.put(event)
            case _ if self._pipe is not None:
                self._feed(event, self._pipe)

    def _feed(self, event: Event, pipe: Pipe) -> None:
        match event:
            case PassageStart():
                pipe.start(event.heard)
            case PassagePart():
                pipe.write(event.samples)
            case PassageEnd():
                self._screen.tell(f"--pipe: {event.seconds:.1f} s, until {event.why.value}")
                self._screen.rest()
                pipe.end()

    def stop(self, patience_s: float | None) -> None:
        """Let what is under way come to its end, and end what does not.

        Args:
            patience_s: seconds for each kind of thing; None: as long as each may take. An interrupt
                means at once.
        """
        try:
            self._stop(patience_s)
        except BaseException:
            self._stop(0.0)
            raise

    def _stop(self, patience_s: float | None) -> None:
        self._dispatcher.stop(patience_s)
        if self._pipe is not None:
            self._pipe.stop(patience_s)
        if self._saves is not None:
            self._saves.stop(10.0 if patience_s is None else patience_s)
