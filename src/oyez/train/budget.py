"""From minutes to counts: how many clips, scenes and epochs a training from text alone may cost.

Counts, once drawn up, are all that a training knows: a repeat with the same counts and seed gives the same
model, on any machine and however long it takes there.
"""

import re
from dataclasses import dataclass, fields

from oyez.config import Config
from oyez.errors import ConfigError

__all__ = ["COST_S", "Counts", "counts_for", "read_budget"]

UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0}
SHORTEST_S = 60.0
USED = 0.85
"""Share of the budget that is planned: a machine has other things to do, and voices differ."""


@dataclass(frozen=True)
class Counts(Config):
    """What a training is made of."""

    words: int = 800
    """Clips of the phrase."""
    near_misses: int = 500
    """Clips of what sounds like it, and of other wake words."""
    sentences: int = 900
    """Clips of ordinary sentences, in the same voices."""
    scenes: int = 4_500
    """Of ten seconds, with the phrase in them."""
    renderings: int = 3
    """Of each ten seconds of recordings of your own, besides the clean one."""
    epochs: int = 18
    """Over the scenes, with as much speech without the phrase."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            self._check(value >= 1, f"{field.name} must be 1 or more", value)


COST_S = {"words": 0.3, "near_misses": 0.2, "sentences": 0.1, "scenes": 0.09, "epochs": 0.008}
"""CPU seconds on one core of a laptop: of a clip; of a scene, embedded; of a scene in an epoch."""

LEAST = Counts(words=60, near_misses=40, sentences=60, scenes=200, renderings=1, epochs=6)
STANDARD_S = 900.0 * 2
"""What `Counts()` is made for: a quarter of an hour on two cores."""


def read_budget(text: str) -> float:
    """Seconds of a budget as a person says it.

    Args:
        text: such as `15m`, `90s`, `1.5h`.

    Raises:
        ConfigError: it is no time, or less than a minute.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh])\s*", text)
    if match is None:
        raise ConfigError(f"expected a budget such as 15m, 90s or 1h, got {text!r}.")
    seconds = float(match[1]) * UNITS_S[match[2]]
    if seconds < SHORTEST_S:
        raise ConfigError(f"a budget must be a minute or more, got {text}. Try 5m.")
    return seconds


def counts_for(budget_s: float, jobs: int = 2) -> Counts:
    """Counts that fit into a budget.

    Everything shrinks and grows together: scenes without new voices in them, or voices without scenes to
    stand in, teach little. Epochs change least.

    Args:
        budget_s: seconds on the clock.
        jobs: processes.

    Returns:
        The counts; below a few minutes the least that still teaches something.
    """
    share = budget_s * jobs / STANDARD_S
    standard = Counts()

    def scaled(name: str, power: float = 1.0) -> int:
        return int(max(getattr(LEAST, name), round(getattr(standard, name) * share**power)))

    return Counts(
        words=scaled("words"),
        near_misses=scaled("near_misses"),
        sentences=scaled("sentences"),
        scenes=scaled("scenes"),
        renderings=max(LEAST.renderings, min(standard.renderings, round(standard.renderings * share))),
        epochs=max(LEAST.epochs, round(standard.epochs * min(2.0, share**0.25))),
    )
