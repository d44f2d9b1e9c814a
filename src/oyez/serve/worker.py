"""The thread that runs the networks: jobs in, reports out, no asyncio."""

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from oyez.errors import ModelError, OyezError
from oyez.serve.batcher import Batcher
from oyez.serve.heard import Event
from oyez.serve.seat import Seat
from oyez.serve.session import Session

__all__ = ["WAIT_S", "Report", "Round", "Worker"]

WAIT_S = 0.005
"""A chunk waits so long for others that come at about the same time: a run of many costs little more."""

_log = logging.getLogger(__name__)


@dataclass
class Report:
    """What happened to one session."""

    session: Session
    events: list[Event]
    done_s: float
    """Seconds of sound that need not wait any more, from the start on."""
    delays: list[float] = field(default_factory=list)
    """Seconds that chunks waited which were heard now."""
    error: OyezError | None = None
    """Why it hears no more."""


@dataclass
class Round:
    """What happened in one turn of the thread."""

    reports: list[Report]
    runs: int
    """Of networks."""
    chunks: int
    """That they heard."""


@dataclass(frozen=True)
class _Job:
    session: Session
    act: Callable[[], None]


class Worker:
    """Applies what clients do to their sessions, and runs the networks for all of them."""

    def __init__(
        self,
        batchers: Iterable[Batcher],
        deliver: Callable[[Round], None],
        *,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Does nothing yet.

        Args:
            batchers: of all networks.
            deliver: takes what happened; called on the worker's thread.
            wait_s: seconds that a chunk waits for others.
            clock: seconds.
        """
        self._batchers, self._deliver, self._wait_s, self._clock = list(batchers), deliver, wait_s, clock
        self._inbox: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._owners: dict[Seat, Session] = {}
        self._sessions: set[Session] = set()
        self._touched: dict[Session, None] = {}
        self._since_s = 0.0
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="oyez-networks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience_s: float = 5.0) -> None:
        """End, after what is being run; what still waits is forgotten."""
        self._inbox.put(None)
        self._thread.join(patience_s)

    def put(self, session: Session, act: Callable[[], None]) -> None:
        """Have something done to a session, after all that was asked for before; from any thread."""
        self._inbox.put(_Job(session, act))

    def add(self, session: Session) -> None:
        """Take care of a new session."""
        self.put(session, lambda: self._add(session))

    def remove(self, session: Session) -> None:
        """Free a session's seats, and forget what waits."""
        self.put(session, lambda: self._remove(session))

    def _add(self, session: Session) -> None:
        self._sessions.add(session)
        self._owners |= dict.fromkeys(session.seats, session)

    def _remove(self, session: Session) -> None:
        session.free()
        self._sessions.discard(session)
        for seat in session.seats:
            self._owners.pop(seat, None)

    def _run(self) -> None:
        while not self._is_over:
            self._take(block=not self._ready)
            if self._ready:
                self._gather()
            runs, chunks = self._listen()
            reports = [self._report(session) for session in self._touched if session in self._sessions]
            self._touched.clear()
            self._deliver(Round(reports, runs, chunks))

    @property
    def _ready(self) -> int:
        """Chunks that the next runs can hear."""
        return sum(one.ready for one in self._batchers)

    def _gather(self) -> None:
        """Wait a little for other streams, unless enough of them are there."""
        if self._ready >= len(self._owners) or any(one.is_full for one in self._batchers):
            return
        left_s = self._since_s + self._wait_s - self._clock()
        if left_s > 0:
            time.sleep(left_s)
            self._take(block=False)

    def _take(self, *, block: bool) -> None:
        """Do the jobs that are there; with `block`, wait for one."""
        if block:
            self._do(self._inbox.get())
            self._since_s = self._clock()
        for _ in range(self._inbox.qsize()):  # not those that come meanwhile: the networks have their turn
            self._do(self._inbox.get_nowait())

    def _do(self, job: _Job | None) -> None:
        if job is None:
            self._is_over = True
            return
        self._touched[job.session] = None
        try:
            job.act()
        except Exception as error:  # one stream's trouble is no other's
            self._fail([job.session], error)

    def _listen(self) -> tuple[int, int]:
        """One run of each network that has something to hear: runs and chunks."""
        runs = chunks = 0
        for batcher in self._batchers:
            try:
                heard = batcher.run()
            except Exception as error:
                self._fail([one for one in self._sessions if batcher.name in one.words], error)
                continue
            runs += bool(heard)
            chunks += len(heard)
            self._touched |= dict.fromkeys(self._owners[seat] for seat in heard if seat in self._owners)
        self._since_s = -math.inf if self._ready else self._clock()  # what is left has waited
        return runs, chunks

    def _report(self, session: Session) -> Report:
        try:
            events = session.fetch()
        except Exception as error:
            events = []
            self._fail([session], error)
        done_s = session.taken_s - session.waiting_s
        return Report(session, events, done_s, session.delays(self._clock()), session.error)

    def _fail(self, sessions: Sequence[Session], error: Exception) -> None:
        _log.exception("a stream failed", exc_info=error)
        for session in sessions:
            self._touched[session] = None
            known = error if isinstance(error, OyezError) else ModelError(f"this stream failed ({error!r}).")
            session.fail(known)
