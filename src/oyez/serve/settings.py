"""What `oyez serve` is told: by one small TOML file, by its options, or by both; options win."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oyez.actions.rule import COOLDOWN_S, TIMEOUT_S
from oyez.config import EventRate
from oyez.errors import ConfigError
from oyez.serve.http_settings import HttpSettings
from oyez.serve.http_table import read_http
from oyez.serve.limits import Limits
from oyez.serve.tables import Table, read_toml

__all__ = [
    "ON",
    "ActionSettings",
    "LogSettings",
    "ModelSettings",
    "Settings",
    "WyomingSettings",
    "read_settings",
]

ON = "--on"
"""The option of the command line that names an action."""

LONGEST_TIMEOUT_S = 3600.0
MOST_STREAMS = 10_000
LONGEST_WAITING_S = 40.0
STOP_S, LONGEST_STOP_S = 5.0, 600.0


@dataclass(frozen=True)
class ModelSettings:
    """A model, and what its words need to be heard."""

    name: str
    """Shipped name, or path of a model file."""
    threshold: float | Mapping[str, float] | None = None
    """Score, 0..1, for all words or by word; None: the model's own."""
    false_accepts: str | None = None
    """Or how often it may be wrong, such as 1/day."""
    strict: bool = False
    """Whether a rate that the model's table does not support is refused."""


@dataclass(frozen=True)
class WyomingSettings:
    """Where satellites and Home Assistant connect."""

    uris: tuple[str, ...]
    """tcp://HOST:PORT or unix:///PATH."""
    zeroconf: bool = False
    """Whether the network is told."""

    def __post_init__(self) -> None:
        if self.zeroconf and not any(uri.startswith("tcp:") for uri in self.uris):
            raise ConfigError(
                f"zeroconf tells the network of an address tcp://HOST:PORT, got {', '.join(self.uris)}. "
                "Add one, or leave zeroconf out."
            )


@dataclass(frozen=True)
class ActionSettings:
    """What a word sets off."""

    do: str
    """As after `oyez listen --on`."""
    word: str | None = None
    """None: every word."""
    name: str = ""
    """What the log calls it; empty: what it does."""
    cooldown_s: float = COOLDOWN_S
    timeout_s: float = TIMEOUT_S
    where: str = ON
    """File and table, for errors; or the option, whose text names the word too."""


@dataclass(frozen=True)
class LogSettings:
    """What is told on standard error."""

    json: bool = False


@dataclass(frozen=True)
class Settings:
    """All of it."""

    models: tuple[ModelSettings, ...] = ()
    """None: the default one."""
    wyoming: WyomingSettings | None = None
    http: HttpSettings | None = None
    limits: Limits = field(default_factory=Limits)
    """What clients may have."""
    stop_s: float = STOP_S
    """Seconds that open streams have at the end for what is still due."""
    actions: tuple[ActionSettings, ...] = ()
    log: LogSettings = LogSettings()


def read_settings(path: Path) -> Settings:
    """A file of settings, checked as far as it can be without opening models and sockets.

    Raises:
        ConfigError: it cannot be read, or holds what does not fit; file, table and key are named.
    """
    whole = read_toml(path)
    models, wyoming, http = whole.tables("model"), whole.table("wyoming"), whole.table("http")
    limits, log = whole.table("limits"), whole.table("log")
    settings = Settings(
        models=tuple(_model(table) for table in models),
        wyoming=_wyoming(wyoming),
        http=None if http is None else read_http(http),
        limits=Limits() if limits is None else _limits(limits),
        stop_s=STOP_S if limits is None else limits.number("stop_s", STOP_S, least=0, most=LONGEST_STOP_S),
        actions=tuple(_action(table) for table in whole.tables("action")),
        log=LogSettings() if log is None else _log(log),
    )
    for table in (limits, whole):
        if table is not None:
            table.end()
    return settings


def _model(table: Table) -> ModelSettings:
    name = table.needed_text("name")
    inside = table.path.parent / Path(name).expanduser()
    if name.endswith(".onnx"):  # as seen from the file: a service is started anywhere
        if not inside.is_file():
            raise table.refuse("name", "a model file, as seen from this file's folder", str(inside))
        name = str(inside)
    same = table.number_or_none("threshold", least=0, most=1)
    by_word = table.numbers("thresholds", least=0, most=1)
    often = table.text("false_accepts")
    if sum((same is not None, bool(by_word), often is not None)) > 1:
        expected = "only one of threshold, thresholds and false_accepts"
        raise table.refuse("threshold", expected, "more than one", "Leave the others out.")
    if often is not None:
        try:
            EventRate.of(often)
        except ConfigError as error:
            raise table.wrong("false_accepts", error) from None
    settings = ModelSettings(name, by_word or same, often, table.flag("strict"))
    table.end()
    return settings


def _wyoming(table: Table | None) -> WyomingSettings | None:
    if table is None:
        return None
    uris = table.texts("uri")
    if not uris:
        raise table.refuse("uri", "an address such as tcp://127.0.0.1:10400", None)
    try:
        settings = WyomingSettings(uris, table.flag("zeroconf"))
    except ConfigError as error:
        raise table.wrong("zeroconf", error) from None
    table.end()
    return settings


def _limits(table: Table) -> Limits:
    default = Limits()
    return Limits(
        table.whole("streams", default.streams, least=1, most=MOST_STREAMS),
        table.number("waiting_s", default.waiting_s, least=0.5, most=LONGEST_WAITING_S),
    )


def _action(table: Table) -> ActionSettings:
    settings = ActionSettings(
        table.needed_text("do"),
        table.text("word"),
        table.text("name") or "",
        table.number("cooldown_s", COOLDOWN_S, least=0, most=86_400),
        table.number("timeout_s", TIMEOUT_S, least=0.01, most=LONGEST_TIMEOUT_S),
        where=f"{table.path}, {table.name}",
    )
    table.end()
    return settings


def _log(table: Table) -> LogSettings:
    settings = LogSettings(table.flag("json"))
    table.end()
    return settings
