"""What words set off on a server: the actions of all streams together, each of them logged."""

import logging
import time
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from oyez.actions.dispatch import Dispatcher
from oyez.actions.heard_for import HeardFor
from oyez.actions.rule import Action, Cancellable, Rule, parse, read_action
from oyez.errors import ConfigError, OyezError
from oyez.events import Detection
from oyez.serve.settings import ON, ActionSettings

__all__ = ["Deed", "Deeds", "rules"]

log = logging.getLogger(__name__)


class Deed:
    """An action of the server: what comes of it is logged, with how long it took and for whom."""

    def __init__(self, action: Action, name: str = "") -> None:
        """Nothing is done yet.

        Args:
            action: what to do.
            name: what the log calls it; empty: as it calls itself, without secrets.
        """
        self.action, self._name = action, name

    def __str__(self) -> str:
        return self._name or str(self.action)

    def do(self, detection: Detection, timeout_s: float) -> str:
        """Do it; as in `Action`, but that a failure is logged and not raised."""
        start_s = time.monotonic()
        level, text = logging.INFO, "done"
        try:
            text = self.action.do(detection, timeout_s) or text
        except OyezError as error:
            level, text = logging.WARNING, str(error)
        seconds = round(time.monotonic() - start_s, 3)
        facts = {"action": str(self), "seconds": seconds, **_facts(detection)}
        log.log(level, "%s: %s", self, text, extra=facts)
        return ""

    def cancel(self) -> None:
        """End what runs, where that can be."""
        if isinstance(self.action, Cancellable):
            self.action.cancel()


class Deeds:
    """Sets off what words set off: cooldowns are of all streams together, on one clock."""

    def __init__(self, deeds: Sequence[Rule], clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was heard.

        Args:
            deeds: which word sets off what.
            clock: seconds, for the cooldowns: streams have times of their own.
        """
        self._clock = clock
        self._dispatcher = Dispatcher(deeds, log.warning)

    def heard(self, client: str, model: str, heard: Detection) -> None:
        """Log a detection and set off what belongs to it; returns at once.

        Args:
            client: whose stream it was in.
            model: that heard it.
            heard: what was heard; its time is that stream's.
        """
        detection = HeardFor(heard.word, heard.time_s, heard.score, model, client)
        log.info(
            "“%s” at %.2f s, score %.2f",
            detection.word,
            detection.time_s,
            detection.score,
            extra={"event": "heard", **_facts(detection), "score": round(detection.score, 4)},
        )
        self._dispatcher.submit(detection, self._clock())

    def stop(self, patience_s: float) -> None:
        """Take no more, wait for what runs, end what does not come to its end."""
        self._dispatcher.stop(patience_s)


def rules(
    actions: Sequence[ActionSettings],
    words: Sequence[str],
    *,
    say: Callable[[str], None],
    ring: Callable[[], None],
) -> list[Rule]:
    """Which word sets off what.

    Args:
        actions: as they were written.
        words: of all models.
        say: is given the lines of `json:`.
        ring: lets the chime sound, and waits for its end.

    Raises:
        OyezError: nobody listens for a word, or something is no action.
    """
    found = []
    for one in actions:
        try:
            word, action = _read(one, words, say, ring)
            found.append(Rule(word, Deed(action, one.name), one.cooldown_s, one.timeout_s))
        except OyezError as error:
            raise type(error)(f"{one.where}: {error}") from None
    return found


def _read(
    one: ActionSettings, words: Sequence[str], say: Callable[[str], None], ring: Callable[[], None]
) -> tuple[str | None, Action]:
    if one.where == ON and one.word is None:
        return parse(one.do, words, say=say, ring=ring)
    if one.word is not None and one.word not in words:
        near = get_close_matches(one.word, words, 1)
        hint = f"Did you mean {near[0]}?" if near else "Name one of them, or add its model."
        raise ConfigError(f"word: expected one of {', '.join(words)}, got {one.word!r}. {hint}")
    return one.word, read_action(one.do, say=say, ring=ring)


def _facts(detection: Detection) -> dict[str, object]:
    """What the log's lines of JSON tell beside the text."""
    facts: dict[str, object] = {"word": detection.word, "time_s": round(detection.time_s, 3)}
    if isinstance(detection, HeardFor):
        facts |= {"model": detection.model, "client": detection.client}
    return facts
