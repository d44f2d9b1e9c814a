"""pocketsphinx: a phrase spotted by its English acoustic model, `PHRASE[=PHONES][@THRESHOLD]`.

It hears the phrase where the phrase's phones are likelier than any others by more than its threshold. Here
it runs at the lowest threshold that makes sense, and what it then tells of each candidate, the ratio of
both likelihoods, becomes the score: one run serves every threshold. Its threshold and that ratio go by
powers of ten, which are laid on 0..1 evenly: a score is (60 + log10 ratio) / 120.

It counts in one utterance, which must not grow for ever, so a stream is heard in pieces of a minute; each
begins three seconds before the last one ended.
"""

import math
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from oyez.config import TriggerConfig
from oyez.errors import ConfigError, require
from oyez.evaluate.engine import Listener, Scores
from oyez.evaluate.engines.blocks import NONE, RATE, BlockListener, Pcm, impulses, step_of

__all__ = ["PocketSphinx", "to_score"]

BLOCK = 1_280
STEP_S = BLOCK / RATE
FRAME_S = 0.01
PIECE, BEFORE, AFTER = 750, 38, 6
"""Steps of a piece, those of the last one heard again, and those of the next one heard already."""

LOWEST, HIGHEST = 1e-50, 1e50
"""Thresholds that its tutorial speaks of; its beam of 1e-48 leaves nothing below."""
DEFAULT = 1e-30
"""`kws_threshold` if nobody sets it."""

LATE_S = 0.15
"""From the last frame of a candidate until it is told: it waits ten frames for a better one (`kws_delay`),
derivatives need four more, and a frame is 26 ms long."""

LOG_BASE, MOST, SHIFT = 1.0001, 1500, 10
"""Its probabilities are powers of this base, `MOST` below the ratio, counted in steps of 2 ** `SHIFT`.

Source: pocketsphinx, `src/kws_search.c`, `kws_search_trans` and `KWS_MAX`.
"""


@dataclass(frozen=True)
class PocketSphinx:
    """One phrase."""

    word: str
    """The phrase."""
    phones: str
    """Its pronunciation, where the dictionary lacks it; else empty."""
    trigger: TriggerConfig
    package: ModuleType
    label: str
    rate: int = RATE
    step_s: float = STEP_S
    wait_s: float = STEP_S
    sweeps: bool = True

    @classmethod
    def open(cls, what: str, word: str | None = None) -> "PocketSphinx":
        """From `PHRASE[=PHONES][@THRESHOLD]`.

        Raises:
            ConfigError: a word is not in the dictionary, a phone not in the model, or the threshold out
                of range.
            MissingExtraError: pocketsphinx is not installed.
        """
        package = require("pocketsphinx", package="pocketsphinx")
        spoken, at, number = what.partition("@")
        phrase, _, phones = (part.strip() for part in spoken.partition("="))
        trigger = TriggerConfig(threshold=to_score(_threshold(number) if at else DEFAULT))
        phrase = " ".join(phrase.lower().split())
        engine = cls(word or phrase, phones.upper(), trigger, package, phrase)
        engine.decoder()  # tells what is wrong with the phrase
        return engine

    @property
    def name(self) -> str:
        """With the phrase."""
        return f"pocketsphinx {self.label}"

    def listen(self, rate: int) -> Listener:
        """A stream that has heard nothing, of samples at that rate in Hertz."""
        return BlockListener(rate, BLOCK, _Hearing(self.decoder()))

    def decoder(self) -> Any:
        """The library's own object, ready for the phrase.

        Raises:
            ConfigError: a word is not in the dictionary, or a phone not in the model.
        """
        config = self.package.Config(lm=None, kws_threshold=LOWEST, loglevel="FATAL")
        decoder, keyphrase = self.package.Decoder(config), self.label
        if self.phones:
            keyphrase = self.label.replace(" ", "_")
            try:
                decoder.add_word(keyphrase, self.phones, True)
            except RuntimeError:
                raise ConfigError(
                    f"pocketsphinx cannot say {self.label!r} as {self.phones!r}: phones are those of "
                    "CMUdict, such as OW Y EH Z, and the phrase must not be in the dictionary."
                ) from None
        missing = [one for one in keyphrase.split() if decoder.lookup_word(one) is None]
        if missing or not keyphrase:
            raise ConfigError(
                f"pocketsphinx's dictionary lacks {', '.join(missing) or 'the empty phrase'}. Tell how the "
                f"phrase is said, in phones of CMUdict: 'pocketsphinx:{self.label}=OW Y EH Z'."
            )
        decoder.add_keyphrase("phrase", keyphrase)
        decoder.activate_search("phrase")
        return decoder


def to_score(ratio: float) -> float:
    """A likelihood ratio, or a threshold for it, as a score of 0..1: 1e-60 is 0, 1 is 0.5, 1e60 is 1."""
    return min(1.0, max(0.0, (60 + math.log10(ratio)) / 120))


class _Hearing:
    """One stream, in pieces."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._blocks: list[bytes] = []
        self._first = 0  # step of the first block that is kept
        self._done = 0  # steps whose scores are out
        self._heard: list[tuple[float, float]] = []  # told later than that

    def push(self, block: Pcm) -> Scores:
        self._blocks.append(block.tobytes())
        until = self._done + PIECE
        return self._decode(until) if self._first + len(self._blocks) == until + AFTER else NONE

    def finish(self) -> Scores:
        return self._decode(self._first + len(self._blocks), last=True)

    def _decode(self, until: int, *, last: bool = False) -> Scores:
        """Scores of the steps from `_done` to `until`."""
        self._decoder.start_utt()
        self._decoder.process_raw(b"".join(self._blocks), False, False)
        self._decoder.end_utt()
        for found in self._decoder.seg() or ():
            end_s = self._first * STEP_S + (found.end_frame + 1) * FRAME_S
            if self._done <= step_of(end_s, STEP_S) < until:
                self._heard.append((end_s + LATE_S, _score(float(found.prob))))
        end_s = until * STEP_S
        due = [(min(time_s, end_s), score) for time_s, score in self._heard if last or time_s <= end_s]
        self._heard = [one for one in self._heard if one[0] > end_s]
        scores = impulses(due, self._done, until - self._done, STEP_S)
        kept = max(0, until - BEFORE)
        self._blocks, self._first, self._done = self._blocks[kept - self._first :], kept, until
        return scores


def _score(probability: float) -> float:
    """Of a candidate, from what the library calls its probability."""
    steps = round(math.log(probability) / math.log(LOG_BASE)) + MOST
    return min(1.0, max(0.0, (60 + (steps << SHIFT) * math.log10(LOG_BASE)) / 120))


def _threshold(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not LOWEST <= value <= HIGHEST:
        raise ConfigError(
            f"pocketsphinx's threshold must be {LOWEST:g} to {HIGHEST:g}, got {text!r}. It stands after the "
            "@, such as pocketsphinx:computer@1e-20."
        )
    return value
