"""A stream, listened to without end: samples in, events out.

No microphone, no terminal, no clock: time is samples, and any cut of the stream gives the same events.
"""

from collections.abc import Callable, Collection, Mapping

import numpy as np
import numpy.typing as npt

from oyez.detect.detector import Detector
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
from oyez.listen.mute import Mute
from oyez.listen.passage import BEFORE_S, End, Passage
from oyez.listen.recent import Recent
from oyez.listen.relay import Relay
from oyez.sound import Samples, as_samples, rms_dbfs

__all__ = ["AFTER_S", "BEFORE_EXCERPT_S", "ZEROS_S", "Listener"]

FRAMES_PER_S = 50
BEFORE_EXCERPT_S, AFTER_S = 2.0, 1.0
"""An excerpt begins and ends so far from its detection: the word has just ended there."""
ZEROS_S = 5.0
"""So long nothing but zeros is no room any more."""
LAG_S = 2.0


class Listener:
    """Runs detectors over one stream, and tells what a listening program must know of it.

    The stream is taken in frames of 20 ms, whatever its cuts.
    """

    def __init__(
        self,
        detectors: Mapping[str, Callable[[], Detector]],
        *,
        chimes: Collection[str] = (),
        chime_s: float = 0.0,
        excerpts: bool = False,
        passages: bool = False,
        sounding: Callable[[], bool] = lambda: False,
    ) -> None:
        """Nothing was heard.

        Args:
            detectors: by name of their model, what makes one; one model or more, all of one rate.
            chimes: words that are answered with a sound.
            chime_s: seconds that the sound lasts; so long, and 0.3 s more, the detectors hear silence.
            excerpts: whether to cut out the sound around detections.
            passages: whether to cut out what is said after detections.
            sounding: whether our loudspeaker sounds right now; asked at each frame.
        """
        self._ears = [Relay(name, make) for name, make in detectors.items()]
        (self.rate,) = {ear.detector.rate for ear in self._ears}
        self._frame = self.rate // FRAMES_PER_S
        self._chimes, self._chime = chimes, round(chime_s * self.rate)
        self._excerpts, self._passages, self._sounding = excerpts, passages, sounding
        self._mute = Mute(self.rate)
        self._recent = Recent(round((BEFORE_EXCERPT_S + AFTER_S + LAG_S) * self.rate))
        self._passage = Passage(self._frame / self.rate)
        self._waiting: Samples
        self.reset()

    @property
    def words(self) -> tuple[tuple[str, float], ...]:
        """Words of all models with their thresholds, in the order of `Level.scores`."""
        detectors = (ear.detector for ear in self._ears)
        return tuple((word, one.trigger[word].threshold) for one in detectors for word in one.words)

    @property
    def heard_s(self) -> float:
        """Seconds of the stream that were listened to."""
        return self._recent.stop / self.rate

    def reset(self) -> None:
        """Forget everything; time starts anew."""
        self._recent.reset()
        self._mute.reset()
        self._rest()

    def push(self, x: npt.ArrayLike) -> list[Event]:
        """Hear more samples.

        Args:
            x: as for `Detector.push`.

        Returns:
            What happened, in order.

        Raises:
            AudioError: values or shape are no samples; nothing of them was heard.
        """
        waiting = np.concatenate((self._waiting, as_samples(x)))
        whole = len(waiting) // self._frame * self._frame
        self._waiting = waiting[whole:]
        events: list[Event] = []
        for start in range(0, whole, self._frame):
            events += self._hear(waiting[start : start + self._frame])
        return events

    def finish(self) -> list[Event]:
        """Hear that the stream is over, or was cut: what waits is decided, what is open is closed.

        Time goes on: samples that are pushed afterwards are a new stream, at a later time.
        """
        rest = self._waiting
        events = self._hear(rest) if len(rest) else []
        found = [one for ear in self._ears for one in ear.finish(self.heard_s)]
        events += self._react(sorted(found, key=_time_s))
        events += self._cut(ended=True)
        if self._passage.is_open:
            events.append(self._passage_end(End.STREAM))
        self._recent.forget()
        self._rest(self.heard_s)
        return events

    def _rest(self, from_s: float = 0.0) -> None:
        """Nothing is open, nothing waits; detectors start at that time."""
        self._waiting = np.zeros(0, np.float32)
        self._pending: list[Heard] = []
        self._zeros = 0
        self._passage.reset()
        for ear in self._ears:
            ear.reset(from_s)

    def _hear(self, frame: Samples) -> list[Event]:
        start = self._recent.stop
        self._recent.push(frame)
        if self._sounding():
            self._mute.sound(start, len(frame))
        muted = self._mute.covers(start)
        hushed = self._mute.silence(start, frame)
        found = sorted((one for ear in self._ears for one in ear.push(hushed)), key=_time_s)
        scores = tuple(score for ear in self._ears for score in ear.scores)
        events: list[Event] = [Level(self.heard_s, rms_dbfs(frame), scores, muted)]
        events += self._zero(frame)
        if self._passage.is_open:
            events.append(PassagePart(frame))
            self._passage_length += len(frame)
        end = self._passage.push(frame, muted)
        if end is not None:
            events.append(self._passage_end(end))
        events += self._react(found)
        return events + self._cut()

    def _react(self, found: list[Heard]) -> list[Event]:
        """What follows from detections."""
        events: list[Event] = []
        for heard in found:
            events.append(heard)
            if self._excerpts:
                self._pending.append(heard)
            if isinstance(heard, Nearly):
                continue
            if heard.detection.word in self._chimes:
                self._mute.sound(self._recent.stop, self._chime)
            if self._passages and not self._passage.is_open:
                start = round((heard.detection.time_s - BEFORE_S) * self.rate)
                part = self._recent.cut(start, self._recent.stop)
                self._passage.wake()
                self._passage_length = len(part)
                events += [PassageStart(heard), PassagePart(part)]
        return events

    def _cut(self, ended: bool = False) -> list[Event]:
        """Excerpts that are complete, or all of them at the end."""
        events: list[Event] = []
        for heard in list(self._pending):
            start = max(0, round((heard.detection.time_s - BEFORE_EXCERPT_S) * self.rate))
            stop = round((heard.detection.time_s + AFTER_S) * self.rate)
            if ended or stop <= self._recent.stop:
                start = max(start, self._recent.start)
                samples = self._recent.cut(start, stop)
                events.append(Excerpt(heard, start / self.rate, samples))
                self._pending.remove(heard)
        return events

    def _zero(self, frame: Samples) -> list[Event]:
        """Told once, when there were enough of them."""
        before = self._zeros
        self._zeros = 0 if frame.any() else before + len(frame)
        limit = round(ZEROS_S * self.rate)
        return [Zeros(self.heard_s)] if before < limit <= self._zeros else []

    def _passage_end(self, why: End) -> PassageEnd:
        return PassageEnd(self._passage_length / self.rate, why)


def _time_s(heard: Heard) -> float:
    return heard.detection.time_s
