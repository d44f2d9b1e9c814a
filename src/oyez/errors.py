"""Every error that Oyez raises on purpose.

    OyezError
    ├── AudioError       a file or an array that is no usable audio
    ├── DataError        a folder, a label file or an array that does not fit
    ├── ModelError       a model file that lacks what it must hold, or holds something newer
    ├── ConfigError      a value outside its range
    ├── DeviceError      a microphone or loudspeaker that is not there, or does not do what is asked
    ├── ActionError      what a word should set off did not work
    ├── OutputError      a file that would be overwritten, or cannot be written
    ├── LimitError       a client of a server that asks for more than it may have
    ├── AccessError      a client of a server that may not come in
    ├── MissingExtraError  a part of Oyez that is not installed
    └── ExerciseError    a learner's answer that is not right yet (lives in `oyez.course.checks`)

A message has three parts: what was expected, what was got, what to do next. The command line
prints it on one line and leaves with exit code 2.
"""

import importlib
from types import ModuleType

__all__ = [
    "AccessError",
    "ActionError",
    "AudioError",
    "ConfigError",
    "DataError",
    "DeviceError",
    "LimitError",
    "MissingExtraError",
    "ModelError",
    "OutputError",
    "OyezError",
    "require",
]


class OyezError(Exception):
    """The root: catch this to catch all of them."""


class AudioError(OyezError):
    """A file or an array that is no usable audio."""


class DataError(OyezError):
    """A folder, a label file or an array that does not fit what it is used for."""


class ModelError(OyezError):
    """A model file that lacks what it must hold, or holds something newer than this program."""


class ConfigError(OyezError):
    """A value outside its range."""


class DeviceError(OyezError):
    """A microphone or loudspeaker that is not there, or does not do what is asked."""


class ActionError(OyezError):
    """What a word should set off did not work."""


class OutputError(OyezError):
    """A file that would be overwritten, or cannot be written."""


class LimitError(OyezError):
    """A client of a server that asks for more than it may have."""


class AccessError(OyezError):
    """A client of a server that may not come in."""


class MissingExtraError(OyezError):
    """A part of Oyez whose libraries are not installed."""


def require(module: str, extra: str = "", *, package: str = "") -> ModuleType:
    """Import a library that an extra brings, or that stands beside Oyez.

    Args:
        module: dotted name of the library's module.
        extra: the extra of Oyez that installs it.
        package: what installs it, where no extra does.

    Returns:
        The imported module.

    Raises:
        MissingExtraError: it is not installed; the message is the line to type.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        top = module.partition(".")[0]
        if error.name != top:
            raise
        line = package or f"'oyez[{extra}]'"
        raise MissingExtraError(
            f"this needs {top}, which is not installed. Install it: pip install {line}"
        ) from None
