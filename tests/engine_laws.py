"""What every engine must keep, and the packages of other engines where they are installed."""

from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest

from oyez.course.voices import Speech, Voice
from oyez.evaluate.engine import Engine, Scores
from oyez.sound import Samples, resample


def package(module: str, name: str) -> ModuleType:
    """The module of another engine's package; the test is skipped where it is not installed."""
    return pytest.importorskip(module, reason=f"pip install {name} -c constraints.txt, to hear the real one")


def in_pieces(engine: Engine, samples: Samples, rate: int, cuts: list[int]) -> Scores:
    """Scores of a stream that is pushed in pieces."""
    listener, edges = engine.listen(rate), [0, *sorted(min(cut, len(samples)) for cut in cuts), len(samples)]
    scores = [listener.push(samples[start:stop]) for start, stop in pairwise(edges)]
    return np.concatenate([*scores, listener.finish()])


def any_cuts(rng: np.random.Generator, length: int) -> list[int]:
    """Places to cut, some of them the same."""
    cuts = rng.integers(0, length, 20).tolist()
    return [*cuts, *cuts[:3]]


def spoken(text: str, seconds: float = 2.5, rate: int = 16_000) -> Samples:
    """A sentence by the notebooks' voice, a second after the start of faint noise: (samples,)."""
    rng = np.random.default_rng(5)
    voice = Speech().say(text, Voice(), rng)
    said = resample(voice, 44_100, rate)
    samples = rng.normal(0, 1e-3, round(seconds * rate))
    samples[rate : rate + len(said)] += said / 2
    return samples.astype(np.float32)
