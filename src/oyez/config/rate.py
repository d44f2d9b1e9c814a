"""How often something may happen, as a person says it: 1/day, 2/hour, 3 per week."""

import math
import re
from dataclasses import dataclass
from typing import Self

from oyez.errors import ConfigError

__all__ = ["EventRate"]

HOURS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24}
"""Of each unit; a month is 30 days."""

SHORT = {"h": "hour", "d": "day"}

PATTERN = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:/|\bper\b)\s*([a-z]+)\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class EventRate:
    """So many events in a unit of time."""

    count: float
    """Above 0."""
    unit: str = "hour"
    """One of `hour`, `day`, `week`, `month` (30 days)."""

    def __post_init__(self) -> None:
        if self.unit not in HOURS or not (self.count > 0 and math.isfinite(self.count)):
            raise _refused(f"{self.count:g}/{self.unit}")

    @classmethod
    def of(cls, value: "EventRate | str | float") -> Self:
        """What is meant by text, or by a number, which is events per hour.

        Args:
            value: `1/day`, `2/hour`, `0.5/h`, `3 per week`, `1/month`; or a number.

        Returns:
            The rate, in the unit that was named.

        Raises:
            ConfigError: it is none of these, or not above 0.

        >>> EventRate.of("12/day").per_hour, str(EventRate.of("0.5/h"))
        (0.5, '0.5 per hour')
        """
        if isinstance(value, EventRate):
            return cls(value.count, value.unit)
        if not isinstance(value, str):
            return cls(value)
        match = PATTERN.fullmatch(value)
        if match is None:
            raise _refused(value)
        unit = match[2].lower()
        try:
            return cls(float(match[1]), SHORT.get(unit, unit))
        except ConfigError:
            raise _refused(value) from None

    @property
    def per_hour(self) -> float:
        """Events per hour."""
        return self.count / HOURS[self.unit]

    def __str__(self) -> str:
        return f"{self.count:g} per {self.unit}"


def _refused(got: str) -> ConfigError:
    return ConfigError(
        f"expected a rate such as 1/day, 2/hour or 3 per week, got {got!r}. Give a number above 0 and one of "
        f"{', '.join(HOURS)}."
    )
