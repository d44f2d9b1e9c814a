"""A microphone that comes back: unplugged, it is looked for until it is there again."""

from collections.abc import Callable, Iterator

from oyez.detect.sources import Source
from oyez.errors import DeviceError
from oyez.sound import Samples

__all__ = ["GIVE_UP_S", "Lasting"]

GIVE_UP_S = 300.0
FIRST_S, LONGEST_S = 1.0, 15.0
"""Between two tries: at first, and at most; doubled from try to try."""


class Lasting:
    """A source that is opened again when it is lost; a None among its blocks stands for what is missing."""

    def __init__(
        self,
        again: Callable[[int], Source],
        source: Source,
        *,
        tell: Callable[[str], None],
        wait: Callable[[float], object],
    ) -> None:
        """Take over a source that is open.

        Args:
            again: opens it again, at the rate that it is given.
            source: the one to begin with; closed by `close`, as its followers are.
            tell: is given a line when it is lost, and when it is back.
            wait: waits that many seconds.
        """
        self._again, self._tell, self._wait = again, tell, wait
        self._source = source
        self.rate, self.name = source.rate, source.name
        self._lost = 0
        self._waited_s, self._pause_s = 0.0, FIRST_S

    @property
    def lost(self) -> int:
        """How often samples were lost because they were not fetched in time, altogether."""
        return self._lost + self._source.lost

    def __iter__(self) -> Iterator[Samples | None]:
        """Blocks of samples, (samples,); None where it was lost and is there again.

        Raises:
            DeviceError: it was looked for for 5 minutes.
        """
        while True:
            try:
                for block in self._source:
                    if self._waited_s:
                        self._tell(f"{self.name} is back, after {self._waited_s:.0f} s")
                        self._waited_s, self._pause_s = 0.0, FIRST_S
                        yield None
                    yield block
            except DeviceError as error:
                self._reopen(str(error))
            else:
                return

    def close(self) -> None:
        """Listen no longer."""
        self._source.close()

    def _reopen(self, why: str) -> None:
        """Try until it is open again."""
        self._source.close()
        if not self._waited_s:
            self._tell(
                f"{why.removesuffix(' Start again.')} It is tried again for {GIVE_UP_S / 60:.0f} minutes"
            )
        while self._waited_s < GIVE_UP_S:
            self._wait(self._pause_s)
            self._waited_s += self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_S)
            try:
                found = self._again(self.rate)
            except DeviceError as error:
                why = str(error)
            else:
                self._lost, self._source = self.lost, found
                return
        raise DeviceError(f"the microphone did not come back in {GIVE_UP_S / 60:.0f} minutes: {why}")
