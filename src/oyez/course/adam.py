"""The lesson's optimiser, by the names that Keras gave its settings."""

from dataclasses import dataclass

from oyez.course.language import Text
from oyez.errors import ConfigError

__all__ = ["Adam"]

ADAM_RANGE = Text(
    en="Adam: {name} must be {expected}, got {got}.",
    ko="Adam: {name} 값은 {expected}이어야 하는데 {got}입니다.",
)


@dataclass(frozen=True)
class Adam:
    """The optimiser, with the names that the lesson's Keras had.

    The rate at update t, counted from 0, is lr / (1 + decay · t).

    Source: Kingma, Ba (2014), arXiv 1412.6980.
    """

    lr: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    decay: float = 0.0
    learning_rate: float | None = None
    """What later editions call `lr`."""

    def __post_init__(self) -> None:
        if self.learning_rate is not None:
            object.__setattr__(self, "lr", self.learning_rate)
        ranges = {"lr": self.lr > 0, "epsilon": self.epsilon > 0, "decay": self.decay >= 0}
        ranges |= {"beta_1": 0 <= self.beta_1 < 1, "beta_2": 0 <= self.beta_2 < 1}
        for name, holds in ranges.items():
            if not holds:
                expected = "≥ 0, < 1" if name.startswith("beta") else "≥ 0" if name == "decay" else "> 0"
                raise ConfigError(ADAM_RANGE(name=name, expected=expected, got=getattr(self, name)))

    def rate(self, update: int) -> float:
        """The learning rate at an update."""
        return self.lr / (1 + self.decay * update)
