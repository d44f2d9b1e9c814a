"""Tables of a TOML file, read key by key; every error names file, table and key.

Knows nothing of what the keys mean.
"""

import difflib
import math
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from oyez.errors import ConfigError

__all__ = ["Table", "read_toml"]

NAMES = {str: "text in quotes", bool: "true or false", dict: "a table", list: "a list"}
LONGEST_SHOWN = 60


def read_toml(path: Path) -> "Table":
    """The whole of a file, as a table.

    Raises:
        ConfigError: it cannot be read, or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: expected text in UTF-8, got other bytes. Save it again.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}). Name a file of settings.") from None
    try:
        return Table(path, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: expected TOML, got something else ({error}). Put that right.") from None


class Table:
    """One table: each of its keys is asked for once; what nobody asked for is refused at the end."""

    def __init__(self, path: Path, name: str, values: dict[str, Any]) -> None:
        """Nothing was asked for.

        Args:
            path: of the file, for errors.
            name: such as `[log]` or `[[action]] 2`; empty for the whole file.
            values: as `tomllib` gives them.
        """
        self.path, self.name = path, name
        self._values = values
        self._asked: list[str] = []

    def text(self, key: str) -> str | None:
        """Text, not empty; None: there is no such key."""
        value: str | None = self._value(key, str)
        if value == "":
            raise self.refuse(key, "text that is not empty", value)
        return value

    def needed_text(self, key: str) -> str:
        """Text that must be there."""
        value = self.text(key)
        if value is None:
            raise self.refuse(key, NAMES[str], None)
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value: bool | None = self._value(key, bool)
        return default if value is None else value

    def number(self, key: str, default: float, *, least: float = -math.inf, most: float = math.inf) -> float:
        """A number in a range, ends included."""
        value = self.number_or_none(key, least=least, most=most)
        return default if value is None else value

    def number_or_none(self, key: str, *, least: float = -math.inf, most: float = math.inf) -> float | None:
        """The same; None: there is no such key."""
        value = self._get(key)
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number and math.isfinite(value) and least <= value <= most):
            raise self.refuse(key, f"a number{_range(least, most)}", value)
        return float(value)

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number in a range, ends included."""
        value = self._get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refuse(key, f"a whole number{_range(least, most)}", value)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Text, or a list of texts; none where there is no such key."""
        value = self._get(key)
        found = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            raise self.refuse(key, "text in quotes, or a list of texts", value)
        return tuple(found)

    def one_of(self, key: str, members: Collection[str], default: str) -> str:
        """One of a closed set."""
        value = self.text(key) or default
        if value not in members:
            raise self.refuse(key, f"one of {', '.join(members)}", value)
        return value

    def numbers(self, key: str, *, least: float, most: float) -> dict[str, float]:
        """A table of numbers by name, such as words and their thresholds."""
        inner = self.table(key)
        if inner is None:
            return {}
        return {name: inner.number(name, 0.0, least=least, most=most) for name in inner._values}

    def table(self, key: str) -> "Table | None":
        """A table, `[key]`."""
        value = self._value(key, dict)
        return None if value is None else Table(self.path, self._below(key), value)

    def tables(self, key: str) -> list["Table"]:
        """Tables of one name, `[[key]]`, in order."""
        value = self._get(key)
        if value is None:
            return []
        if isinstance(value, dict):
            raise self.refuse(key, f"tables that begin with [[{key}]]", value)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.refuse(key, f"tables that begin with [[{key}]]", value)
        return [Table(self.path, f"[[{key}]] {number}", one) for number, one in enumerate(value, 1)]

    def end(self) -> None:
        """Refuse what was not asked for.

        Raises:
            ConfigError: there is such a key; the nearest that is known is named.
        """
        unknown = [key for key in self._values if key not in self._asked]
        if unknown:
            near = difflib.get_close_matches(unknown[0], self._asked, 1)
            what = f"did you mean {near[0]}?" if near else "take it out."
            raise ConfigError(
                f"{self._where()}: expected {', '.join(self._asked)}, got {_shown(unknown[0])}: {what}"
            )

    def refuse(self, key: str, expected: str, got: object, hint: str = "") -> ConfigError:
        """The error of a value that does not fit.

        Args:
            key: of the value.
            expected: what would fit.
            got: the value; None: there is none.
            hint: what to do, where that is not plain.
        """
        shown = "nothing" if got is None else _shown(got)
        return ConfigError(f"{self._where(key)}: expected {expected}, got {shown}. {hint or 'Change it.'}")

    def wrong(self, key: str, error: Exception) -> ConfigError:
        """The error of a value that others refused, with its place before it."""
        return ConfigError(f"{self._where(key)}: {error}")

    def _value(self, key: str, kind: type[Any]) -> Any:
        value = self._get(key)
        if value is not None and not isinstance(value, kind):
            raise self.refuse(key, NAMES[kind], value)
        return value

    def _get(self, key: str) -> Any:
        if key not in self._asked:
            self._asked.append(key)
        return self._values.get(key)

    def _below(self, key: str) -> str:
        return f"{self.name} {key}" if self.name else f"[{key}]"

    def _where(self, key: str = "") -> str:
        return ", ".join(part for part in (str(self.path), self.name, key) if part)


def _range(least: float, most: float) -> str:
    if math.isinf(most):
        return "" if math.isinf(least) else f" of {least:g} or more"
    return f" of {least:g} to {most:g}"


def _shown(value: object) -> str:
    """As it stands in the file, more or less, and not for ever."""
    text = NAMES[type(value)] if isinstance(value, dict | list) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
