"""Detections go to the actions that they set off, and nobody waits."""

import math
import time
from collections.abc import Callable, Sequence

from oyez.actions.rule import Cancellable, Rule
from oyez.actions.worker import Worker
from oyez.events import Detection

__all__ = ["WAITING", "Dispatcher"]

WAITING = 16
"""Detections that may wait for one action."""

LAST_S, LEAST_S = 2.0, 0.1


class Dispatcher:
    """Sets off actions, each on a thread of its own: a slow one delays neither the listener nor another."""

    def __init__(self, rules: Sequence[Rule], tell: Callable[[str], None], *, dry_run: bool = False) -> None:
        """Nothing is set off yet.

        Args:
            rules: which word sets off what.
            tell: is given a line of what came of an action, on its thread.
            dry_run: whether only to tell what would be done.
        """
        self._tell, self._dry_run = tell, dry_run
        self._ends = [_End(rule, tell) for rule in rules]

    def submit(self, detection: Detection, at_s: float | None = None) -> None:
        """Set off what belongs to a word, and return at once.

        Args:
            detection: what was heard.
            at_s: seconds on the clock of the cooldowns; None: the detection's own time.
        """
        for end in self._ends:
            if end.rule.word not in (None, detection.word):
                continue
            if not end.is_due(detection.time_s if at_s is None else at_s):
                continue
            if self._dry_run:
                self._tell(f"{end.rule.action}: would be done ({detection.word}, {detection.time_s:.2f} s)")
            elif not end.worker.put(detection):
                self._tell(
                    f"{end.rule.action}: is behind by {WAITING} detections, so the one at "
                    f"{detection.time_s:.2f} s was left out"
                )

    def stop(self, patience_s: float | None = None) -> None:
        """Take no more detections; wait for what runs, and end what does not come to its end.

        Args:
            patience_s: seconds to wait for all actions together; None: as long as the slowest may take.
        """
        if patience_s is None:
            patience_s = max((end.rule.timeout_s for end in self._ends), default=0.0) + LAST_S
        until_s = time.monotonic() + patience_s
        for end in self._ends:
            end.worker.end()
        for end in self._ends:
            end.stop(max(LEAST_S, until_s - time.monotonic()))


class _End:
    """A rule, when it was last set off, and the thread that its action runs on."""

    def __init__(self, rule: Rule, tell: Callable[[str], None]) -> None:
        self.rule, self._tell = rule, tell
        self._last_s = -math.inf
        self.worker: Worker[Detection] = Worker(self._do, tell, str(rule.action), WAITING)

    def is_due(self, at_s: float) -> bool:
        """Whether the cooldown is over; if so, it begins anew."""
        if self.rule.cooldown_s and at_s - self._last_s < self.rule.cooldown_s:
            return False
        self._last_s = at_s
        return True

    def stop(self, patience_s: float) -> None:
        """Wait for what runs, then end it."""
        if self.worker.stop(patience_s):
            return
        self._tell(f"{self.rule.action}: was still at work at the end, and was given up")
        if isinstance(self.rule.action, Cancellable):
            self.rule.action.cancel()
            self.worker.stop(LAST_S)

    def _do(self, detection: Detection) -> None:
        came_of_it = self.rule.action.do(detection, self.rule.timeout_s)
        if came_of_it:
            self._tell(f"{self.rule.action}: {came_of_it}")
