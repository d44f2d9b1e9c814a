"""What `oyez serve --http` is told: address, who may come in, and how much each may have."""

import argparse
import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from oyez.config.plain import Config
from oyez.errors import ConfigError
from oyez.serve.access import Tokens, is_loopback, origin_of

__all__ = ["HttpLimits", "HttpSettings", "from_options", "parse_address"]

TYPED = ("token_file", "without_token", "certificate", "key", "origins")
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8765
RANGES = {
    "connections": (1, 100_000),
    "connections_each": (1, 100_000),
    "streams_each": (1, 100_000),
    "uploads": (1, 1_000),
    "uploads_each": (1, 1_000),
    "upload_mb": (0.01, 10_000),
    "upload_minutes": (0.01, 1_440),
    "requests_per_s": (0.1, 100_000),
    "messages_per_s": (1, 100_000),
    "head_s": (0.1, 600),
    "body_s": (0.1, 86_400),
    "idle_s": (0.1, 86_400),
    "write_s": (0.1, 600),
}
"""Of the limits, ends included."""


@dataclass(frozen=True)
class HttpLimits(Config):
    """How much clients may have. A client is an IPv4 address, or an IPv6 network of 64 bits."""

    connections: int = 512
    """Open at once, of all clients."""
    connections_each: int = 128
    """Open at once, of one client."""
    streams_each: int = 64
    """Live streams at once, of one client."""
    uploads: int = 16
    """Recordings under way at once, of all clients."""
    uploads_each: int = 4
    """Recordings under way at once, of one client."""
    upload_mb: float = 50.0
    """Megabytes (10⁶ bytes) of a recording."""
    upload_minutes: float = 60.0
    """Minutes of sound in a recording."""
    requests_per_s: float = 50.0
    """Requests of one client, WebSockets too; three seconds' worth may come at once."""
    messages_per_s: float = 500.0
    """Messages on one WebSocket; who sends more is read more slowly."""
    head_s: float = 10.0
    """Seconds for a request's head, and for a stream's first message; an unused connection is closed then."""
    body_s: float = 120.0
    """Seconds for a recording to arrive."""
    idle_s: float = 60.0
    """Seconds without a message after which a stream is closed."""
    write_s: float = 10.0
    """Seconds in which an answer, or a part of it, must be taken."""

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            self._check(least <= value <= most, f"{name} must be {least:g}..{most:g}", value)


@dataclass(frozen=True)
class HttpSettings:
    """Checked when it is made, but for the files, which `tokens` and `tls` read."""

    host: str = DEFAULT_HOST
    """Address or name of this machine; other than its own loopback, a token is needed."""
    port: int = DEFAULT_PORT
    """0: any that is free."""
    token_file: Path | None = None
    """Tokens, one on a line; None: nobody is asked for one."""
    without_token: bool = False
    """Whether everybody who reaches another address than loopback may come in."""
    certificate: Path | None = None
    """PEM file for TLS, with the chain."""
    key: Path | None = None
    """PEM file; None: it stands in the certificate's file."""
    origins: tuple[str, ...] = ()
    """Sites whose pages may call, beside those of this machine."""
    limits: HttpLimits = field(default_factory=HttpLimits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise ConfigError(f"the port of --http must be 0..65535, got {self.port}.")
        if self.token_file is not None and self.without_token:
            raise ConfigError("--token-file and --without-token exclude each other, got both. Leave one out.")
        if not (is_loopback(self.host) or self.token_file is not None or self.without_token):
            raise ConfigError(
                f"--http {self.host} can be reached by others, so it needs --token-file FILE, got none. "
                "Make one: openssl rand -hex 32 > token. Or let everybody in: --without-token."
            )
        if self.key is not None and self.certificate is None:
            raise ConfigError(f"--key {self.key} goes with --certificate FILE, got none. Name it.")
        object.__setattr__(self, "origins", tuple(map(origin_of, self.origins)))

    def tokens(self) -> Tokens | None:
        """Those that let somebody in; None: nobody is asked.

        Raises:
            ConfigError: the file cannot be read, or holds none.
        """
        return None if self.token_file is None else Tokens.read(self.token_file)

    def tls(self) -> ssl.SSLContext | None:
        """For encrypted connections; None: they are not.

        Raises:
            ConfigError: a file cannot be read, or is no certificate or key.
        """
        if self.certificate is None:
            return None
        for path in filter(None, (self.certificate, self.key)):
            try:
                with path.open("rb"):
                    pass
            except OSError as error:
                raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name a PEM file.") from None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except (ssl.SSLError, ValueError) as error:
            what = f"{self.certificate}{f' and {self.key}' if self.key else ''}"
            reason = getattr(error, "reason", None) or str(error)
            raise ConfigError(
                f"{what}: expected a certificate and its key in PEM, without a password, got {reason}. "
                "Name other files."
            ) from None
        return context


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`; a port alone is loopback's.

    Raises:
        ConfigError: it is neither.

    Example:
        >>> parse_address("127.0.0.1:8765"), parse_address("[::1]:80"), parse_address("9000")
        (('127.0.0.1', 8765), ('::1', 80), ('127.0.0.1', 9000))
    """
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    is_named = bool(bare) and (bare != host or ":" not in host) and "/" not in host
    if not (port.isascii() and port.isdecimal() and int(port) <= 65_535) or (colon and not is_named):
        raise ConfigError(f"--http must be HOST:PORT, such as 127.0.0.1:{DEFAULT_PORT}, got {text!r}.")
    return bare or DEFAULT_HOST, int(port)


def from_options(options: argparse.Namespace, base: HttpSettings | None = None) -> HttpSettings | None:
    """What was typed, in place of what a file says.

    Args:
        options: of `http_options`.
        base: of the file; None: it has no such table.

    Returns:
        None where HTTP was asked for by neither.

    Raises:
        ConfigError: it does not fit, or there are options of HTTP without --http.
    """
    typed: dict[str, Any] = {name: getattr(options, name) for name in TYPED if getattr(options, name)}
    if options.http is not None:
        typed["host"], typed["port"] = parse_address(options.http)
    elif base is None and typed:
        name = next(iter(typed)).replace("_", "-").removesuffix("s")
        raise ConfigError(f"--{name} goes with --http HOST:PORT, got none. Add it.")
    if options.http is None and base is None:
        return None
    if "certificate" in typed and "key" not in typed:
        typed["key"] = None  # of another certificate
    if ("token_file" in typed) != ("without_token" in typed):
        typed.setdefault("token_file", None)
        typed.setdefault("without_token", False)
    return replace(base or HttpSettings(), **typed)


def _no_password() -> str:
    raise ValueError("a key with a password")
