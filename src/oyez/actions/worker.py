"""Work that must not keep the listener waiting: a thread of its own, with a short queue before it."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from oyez.errors import OyezError

__all__ = ["Worker"]

Item = TypeVar("Item")


class Worker(Generic[Item]):
    """Does one thing after another, in order, on a thread of its own.

    What goes wrong is told, and the next thing is done.
    """

    def __init__(
        self, do: Callable[[Item], None], tell: Callable[[str], None], name: str, waiting: int = 16
    ) -> None:
        """The thread starts, and waits.

        Args:
            do: what to do with an item.
            tell: is given a line of what went wrong; on the worker's thread.
            name: of what is done, for that line.
            waiting: items that may wait.
        """
        self._do, self._tell, self._name, self._most = do, tell, name, waiting
        self._waiting: deque[Item] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: Item) -> bool:
        """Leave something to be done, without waiting.

        Returns:
            Whether there was room for it.
        """
        with self._changed:
            if self._ended or len(self._waiting) >= self._most:
                return False
            self._waiting.append(item)
            self._changed.notify()
            return True

    def end(self) -> None:
        """Take nothing more."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def stop(self, patience_s: float) -> bool:
        """Take nothing more, and wait until what was taken is done.

        Args:
            patience_s: seconds to wait at most.

        Returns:
            Whether all was done; if not, what still waited is dropped.
        """
        self.end()
        self._thread.join(patience_s)
        with self._changed:
            self._waiting.clear()
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._waiting)
                if not self._waiting:
                    return
                item = self._waiting.popleft()
            try:
                self._do(item)
            except OyezError as error:
                self._tell(f"{self._name}: {error}")
            except Exception as error:  # a thread that dies would be silent from then on
                self._tell(f"{self._name}: failed unexpectedly ({error!r})")
