"""The table `[http]` of a file of settings."""

from dataclasses import fields
from pathlib import Path

from oyez.errors import ConfigError
from oyez.serve.http_settings import RANGES, HttpLimits, HttpSettings, parse_address
from oyez.serve.tables import Table

__all__ = ["read_http"]


def read_http(table: Table) -> HttpSettings:
    """What the table says; names of files are as seen from the file's folder.

    Raises:
        ConfigError: a key is unknown, or a value does not fit; file, table and key are named.
    """
    default = HttpSettings()
    address: str | None = table.text("address")
    try:
        host, port = (default.host, default.port) if address is None else parse_address(address)
    except ConfigError as error:
        raise table.wrong("address", error) from None
    limits = table.table("limits")
    names = ("token_file", "certificate", "key")
    files = {name: _file(table, name) for name in names}
    without_token, origins = table.flag("without_token", False), table.texts("origins")
    chosen = HttpLimits() if limits is None else _limits(limits)
    table.end()
    try:
        return HttpSettings(host, port, without_token=without_token, origins=origins, limits=chosen, **files)
    except ConfigError as error:
        raise table.wrong("", error) from None


def _file(table: Table, key: str) -> Path | None:
    name: str | None = table.text(key)
    return None if name is None else table.path.parent / Path(name).expanduser()


def _limits(table: Table) -> HttpLimits:
    default = HttpLimits()
    found: dict[str, float] = {}
    for one in fields(HttpLimits):
        least, most = RANGES[one.name]
        if one.type is int:
            found[one.name] = table.whole(
                one.name, getattr(default, one.name), least=int(least), most=int(most)
            )
        else:
            found[one.name] = table.number(one.name, getattr(default, one.name), least=least, most=most)
    table.end()
    return HttpLimits(**found)  # type: ignore[arg-type]
