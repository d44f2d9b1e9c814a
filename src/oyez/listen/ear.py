"""One detector of a listener, and what it almost hears."""

from dataclasses import replace

from oyez.detect.detector import Detector
from oyez.events import Detection
from oyez.listen.heard import Heard, Nearly
from oyez.listen.near import NearMisses
from oyez.sound import Samples

__all__ = ["Ear"]


class Ear:
    """A detector, and what it almost hears."""

    def __init__(self, model: str, detector: Detector) -> None:
        """Nothing was heard.

        Args:
            model: what the model is called.
            detector: is the ear's now.
        """
        self.model, self.detector = model, detector
        self._from_s = 0.0
        self._near = {
            word: NearMisses(word, detector.trigger[word], detector.step_s) for word in detector.words
        }

    @property
    def scores(self) -> tuple[float, ...]:
        """Smoothed, of each word."""
        return tuple(near.score for near in self._near.values())

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was heard for a second, nor nearly, nor is about to be."""
        return all(near.is_quiet for near in self._near.values())

    def reset(self, from_s: float) -> None:
        """Nothing was heard; the next sample is at that time."""
        self.detector.reset()
        self._from_s = from_s
        for near in self._near.values():
            near.reset()

    def push(self, samples: Samples) -> list[Heard]:
        """Detections and near misses in more samples."""
        return self._judge(self.detector.push(samples))

    def finish(self, end_s: float) -> list[Heard]:
        """Those that were still due; none is later than the end."""
        found = self._judge(self.detector.finish())
        for near in self._near.values():
            found += self._named(near.finish(), Nearly)
        return [_not_after(one, end_s) for one in found]

    def _judge(self, detections: list[Detection]) -> list[Heard]:
        found = self._named(detections, Heard)
        for column, (word, near) in enumerate(self._near.items()):
            heard_s = [one.time_s for one in detections if one.word == word]
            found += self._named(near.push(self.detector.last_scores[:, column], heard_s), Nearly)
        return found

    def _named(self, detections: list[Detection], kind: type[Heard]) -> list[Heard]:
        return [
            kind(
                self.model,
                replace(one, time_s=self._from_s + one.time_s),
                self.detector.trigger[one.word].threshold,
            )
            for one in detections
        ]


def _not_after(heard: Heard, end_s: float) -> Heard:
    time_s = min(heard.detection.time_s, end_s)
    return replace(heard, detection=replace(heard.detection, time_s=time_s))
