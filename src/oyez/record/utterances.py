"""A long recording, split at its silences: the same pieces however it is cut on the way in."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from oyez.sound import Samples

__all__ = ["Utterance", "Utterances"]

FRAME_S = 0.01
STEP = 50  # frames for which noise and loudness are looked up once: 0.5 s
AROUND = 10  # steps looked at before and after: 5 s
APART = 40  # frames of silence between two utterances
CLICK = 4  # frames: what is shorter is no utterance
LONGEST = 2_000  # frames: what goes on longer is cut, whatever it is
ABOVE_NOISE_DB, UNDER_LOUDEST_DB = 9.0, 35.0  # as `synth.clips.find_word` has them
SILENT_DB = -90.0


@dataclass(frozen=True)
class Utterance:
    """Something said, with the silence around it: up to 0.4 s on either side."""

    samples: Samples = field(repr=False)
    start_s: float
    """Where it starts in the recording."""


class Utterances:
    """Push a recording, get what was said in it.

    A frame of 10 ms is sound when it is 9 dB above the quietest tenth of the ten seconds around it, and
    within 35 dB of the loudest there. Sounds less than 0.4 s apart are one utterance.
    """

    def __init__(self, rate: int) -> None:
        """For samples at `rate` Hertz."""
        self.rate = rate
        self._length = max(1, round(FRAME_S * rate))
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._samples = np.zeros(0, np.float32)
        self._first = 0  # the frame that the kept samples start with
        self._last_sample = np.zeros(1, np.float32)
        self._levels: npt.NDArray[np.float64] = np.zeros(0)  # dB, of all frames that are still looked at
        self._levels_first = 0
        self._decided = 0  # frames that are known to be sound or not
        self._start = self._stop = -1  # of the utterance under way, in frames

    def push(self, samples: Samples) -> list[Utterance]:
        """Hear more samples; what has ended for certain is returned."""
        self._samples = np.concatenate((self._samples, samples))
        self._measure(len(self._samples) // self._length * self._length)
        found = []
        while self._levels_first + len(self._levels) >= self._decided + STEP * (1 + AROUND):
            found += self._decide(STEP)
        return found

    def finish(self) -> list[Utterance]:
        """The recording is over: what is left of it. Afterwards the next one may be pushed."""
        self._measure(len(self._samples))
        found = []
        while left := self._levels_first + len(self._levels) - self._decided:
            found += self._decide(min(STEP, left))
        if self._start >= 0:
            found += self._close()
        self.reset()
        return found

    def _measure(self, stop: int) -> None:
        """Levels of the frames up to a sample: of the difference of neighbouring samples."""
        start = (self._levels_first + len(self._levels) - self._first) * self._length
        fresh = self._samples[start:stop]
        if not len(fresh):
            return
        squares = np.square(np.diff(fresh, prepend=self._last_sample), dtype=np.float64)
        self._last_sample = fresh[-1:]
        whole = len(squares) // self._length * self._length
        power = [np.mean(squares[:whole].reshape(-1, self._length), axis=1)]
        if whole < len(squares):  # the end of the recording
            power.append(np.mean(squares[whole:], keepdims=True))
        self._levels = np.concatenate((self._levels, 10 * np.log10(np.concatenate(power) + 1e-12)))

    def _decide(self, count: int) -> list[Utterance]:
        """Which of the next frames are sound, and what has ended with them."""
        at = self._decided - self._levels_first
        around = self._levels[max(0, at - STEP * AROUND) : at + STEP * (1 + AROUND)]
        noise, loudest = np.percentile(around, 10), around.max()
        bar = max(noise + ABOVE_NOISE_DB, loudest - UNDER_LOUDEST_DB, SILENT_DB)
        found: list[Utterance] = []
        for frame in np.flatnonzero(self._levels[at : at + count] >= bar) + self._decided:
            if self._start >= 0 and (frame - self._stop > APART or frame - self._start >= LONGEST):
                found += self._close()
            if self._start < 0:
                self._start = int(frame)
            self._stop = int(frame) + 1
        self._decided += count
        if self._start >= 0 and self._decided - self._stop > APART:
            found += self._close()
        self._forget()
        return found

    def _close(self) -> list[Utterance]:
        """The utterance under way; none if it was but a click."""
        start, stop = self._start, self._stop
        self._start = self._stop = -1
        if stop - start < CLICK:
            return []
        first = max(self._first, start - APART)
        at, end = ((frame - self._first) * self._length for frame in (first, stop + APART))
        piece = self._samples[at:end]
        return [Utterance(piece.copy(), first * self._length / self.rate)]

    def _forget(self) -> None:
        """Let go of samples and levels that nothing will ask for."""
        keep = max(self._first, (self._start if self._start >= 0 else self._decided) - APART)
        self._samples = self._samples[(keep - self._first) * self._length :]
        self._first = keep
        keep = max(self._levels_first, self._decided - STEP * AROUND)
        self._levels = self._levels[keep - self._levels_first :]
        self._levels_first = keep
