"""What the lesson's functions say, in English and in Korean."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from oyez.errors import ConfigError

__all__ = ["LANGUAGES", "Language", "Text", "use_language"]

Language = Literal["en", "ko"]

LANGUAGES: tuple[Language, ...] = ("en", "ko")


@dataclass(frozen=True)
class Text:
    """One message in every language; `{names}` in it are filled in when it is said."""

    en: str
    ko: str

    language: ClassVar[Language] = "en"
    """That of all messages, see `use_language`."""

    def __call__(self, **values: object) -> str:
        """The message in the chosen language, with its values."""
        return str(getattr(self, Text.language)).format(**values)


def use_language(name: str) -> None:
    """Choose the language of everything that `oyez.course` says from now on.

    Args:
        name: `en` (the default) or `ko`.

    Raises:
        ConfigError: there is no such language.

    Example:
        >>> use_language("en")
    """
    if name not in LANGUAGES:
        raise ConfigError(f"language must be one of {', '.join(LANGUAGES)}, got {name!r}.")
    Text.language = name
