"""The JSON messages of `/v1/stream`: what a client may say, and what it is told.

Text in, plain data out, and back; the page docs/server-protocol.md tells the same in words.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oyez.detect.pcm import WIDTHS, PcmFormat
from oyez.detect.stream import Threshold
from oyez.errors import ConfigError, DataError
from oyez.serve.heard import Heard, Scored

__all__ = ["Finish", "FromClient", "Reset", "Start", "heard_values", "read", "scored_values", "write"]

LONGEST = 16_384
"""Characters of a message; sound comes as bytes, so that no text need be long."""

MOST_NAMES = 256
DIGITS = 6
"""Of a score, after the point."""

EXPECTED = 'expected a JSON object such as {"type":"finish"}'

START_KEYS = ("type", "rate", "format", "channels", "names", "threshold", "scores", "token")


@dataclass(frozen=True)
class Start:
    """The first message: what follows, and what is wanted."""

    pcm: PcmFormat
    """Of the bytes that follow."""
    names: tuple[str, ...] = ()
    """Of words or models; none: all."""
    threshold: Threshold | None = None
    """Score that every word needs, or by word; otherwise the server's."""
    scores: bool = False
    """Whether scores are wanted too."""
    token: str | None = None
    """From browsers, which cannot send it in a header."""


@dataclass(frozen=True)
class Finish:
    """The stream is over: tell what is still due."""


@dataclass(frozen=True)
class Reset:
    """Forget everything heard: the next sample is the first."""


FromClient = Start | Finish | Reset


def read(text: str) -> FromClient:
    """What a client says.

    Raises:
        DataError: it is no message.
        ConfigError: a value in it does not fit.
    """
    values = _values(text)
    kind = values.get("type")
    if kind == "start":
        return _start(values)
    if kind not in ("finish", "reset"):
        raise DataError(f"type must be start, finish or reset, got {_shown(kind)}. Send one of them.")
    if len(values) > 1:
        raise DataError(f"a message {kind} has no other key than type, got {_shown(list(values))}.")
    return Finish() if kind == "finish" else Reset()


def write(kind: str, **values: object) -> str:
    """A message for a client."""
    return json.dumps({"type": kind, **values}, separators=(",", ":"), allow_nan=False)


def heard_values(event: Heard) -> dict[str, object]:
    """A detection as plain data."""
    one = event.detection
    return {"word": one.word, "model": event.model, "time_s": one.time_s, "score": float(one.score)}


def scored_values(event: Scored) -> dict[str, object]:
    """Scores as plain data, a row for each step."""
    return {
        "model": event.model,
        "words": list(event.words),
        "time_s": event.time_s,
        "step_s": event.step_s,
        "scores": np.round(event.scores.astype(np.float64), DIGITS).tolist(),
    }


def _values(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise DataError(
            f"a message of text may have {LONGEST} characters, got {len(text)}. Send sound as bytes."
        )
    try:
        values = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise DataError(f"{EXPECTED}, got text that is none.") from None  # not shown: a token may be in it
    if not isinstance(values, dict):
        raise DataError(f"{EXPECTED}, got a {type(values).__name__}.")
    return values


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _start(values: Mapping[str, Any]) -> Start:
    unknown = [key for key in values if key not in START_KEYS]
    if unknown:
        raise ConfigError(
            f"start has no key {_shown(unknown[0])}. Known are: {', '.join(START_KEYS[1:])}. Leave it out."
        )
    kind = values.get("format", "i16")
    if not (isinstance(kind, str) and kind in WIDTHS):
        raise ConfigError(f"format must be one of {', '.join(WIDTHS)}, got {_shown(kind)}.")
    return Start(
        PcmFormat(_whole(values, "rate", None), _whole(values, "channels", 1), kind),
        _names(values.get("names", [])),
        _threshold(values.get("threshold")),
        _flag(values.get("scores", False)),
        _token(values.get("token")),
    )


def _whole(values: Mapping[str, Any], key: str, default: int | None) -> int:
    value = values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        hint = " It is the rate of the samples, such as 16000." if key == "rate" else ""
        raise ConfigError(f"{key} must be a whole number, got {_shown(value)}.{hint}")
    return value


def _names(value: object) -> tuple[str, ...]:
    fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if not fits or len(value) > MOST_NAMES:  # type: ignore[arg-type]
        raise ConfigError(
            f"names must be a list of words or models, at most {MOST_NAMES}, got {_shown(value)}."
        )
    return tuple(value)  # type: ignore[arg-type]


def _threshold(value: object) -> Threshold | None:
    if value is None or _is_number(value):
        return value  # type: ignore[return-value]
    if isinstance(value, dict) and len(value) <= MOST_NAMES and all(map(_is_number, value.values())):
        return value
    raise ConfigError(
        f"threshold must be a number of 0 to 1, or an object of them by word, got {_shown(value)}."
    )


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 1 and math.isfinite(value)  # in this order: a whole number may be too large for it


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"scores must be true or false, got {_shown(value)}.")
    return value


def _token(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ConfigError("token must be text, got something else.")  # a secret is never shown
    return value


def _shown(value: object) -> str:
    """As it was sent, more or less, and not for ever."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = "".join(one if one.isprintable() else " " for one in text[:61])
    return f"{text[:60]}…" if len(text) > 60 else text or "nothing"
