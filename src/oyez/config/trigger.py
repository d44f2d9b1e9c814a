"""When scores become a detection."""

from dataclasses import dataclass

from oyez.config.plain import Config

__all__ = ["TriggerConfig"]


@dataclass(frozen=True)
class TriggerConfig(Config):
    """When scores become a detection."""

    threshold: float = 0.5
    """A detection needs a smoothed score of at least this."""
    smoothing: int = 1
    """Steps over which scores are averaged."""
    release: float = 0.5
    """Share of the threshold that the score must fall below before the next detection."""
    refractory_s: float = 0.55
    """Seconds after a detection in which there is no other."""

    def __post_init__(self) -> None:
        self._check(0 < self.threshold < 1, "threshold must be between 0 and 1", self.threshold)
        self._check(self.smoothing >= 1, "smoothing must be 1 step or more", self.smoothing)
        self._check(0 < self.release <= 1, "release must be above 0, at most 1", self.release)
        self._check(self.refractory_s >= 0, "refractory_s must not be negative", self.refractory_s)
