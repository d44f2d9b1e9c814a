"""What every configuration is: frozen numbers that go to plain data and back."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from oyez.errors import ConfigError

__all__ = ["FULL_SCALE", "Config"]

FULL_SCALE = 32768
"""What a sample of 1.0 is in 16-bit samples, the scale of all spectrograms."""


class Config:
    """To and from plain data, for every frozen dataclass below."""

    def to_dict(self) -> dict[str, Any]:
        """All fields, by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Made from plain data; a key that this version does not know is ignored.

        Raises:
            ConfigError: a value has the wrong type or lies outside its range.
        """
        known = {field.name: field.type for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
        for name, kind in known.items():
            if kind is int and type(values.get(name, 0)) is not int:
                raise ConfigError(f"{cls.__name__}: {name} must be a whole number, got {values[name]!r}.")
        try:
            return cls(**{name: value for name, value in values.items() if name in known})
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{cls.__name__}: {error}. Got {dict(values)}.") from None

    def _check(self, holds: bool, expected: str, got: object) -> None:
        if not holds:
            raise ConfigError(f"{type(self).__name__}: {expected}, got {got!r}.")
