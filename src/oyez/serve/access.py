"""Who may come in: tokens, and the sites whose pages may.

A browser sends whatever page it shows to this server, with the user's place in the network. So pages of other
sites are refused (the Origin header), and so are names that others made point here (the Host header: a page
that rebinds its own name comes with that name).
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from oyez.errors import ConfigError

__all__ = ["Sites", "Tokens", "bearer", "is_loopback", "origin_of"]

SHORTEST = 16
"""Characters of a token: what is shorter can be guessed."""

LONGEST = 1_024
TOKEN = re.compile(r"[!-~]+")
PORTS = {"http": 80, "https": 443}


class Tokens:
    """The tokens that let somebody in; what is kept are their digests."""

    def __init__(self, tokens: Sequence[str], name: str = "the tokens") -> None:
        """Check them.

        Args:
            tokens: at least one.
            name: what to call them in errors; the tokens themselves are never shown.

        Raises:
            ConfigError: there is none, or one is too short or no token.
        """
        if not tokens:
            raise ConfigError(f"{name}: expected a token on a line, got none. Make one: openssl rand -hex 32")
        for number, token in enumerate(tokens, 1):
            if not (SHORTEST <= len(token) <= LONGEST and TOKEN.fullmatch(token)):
                raise ConfigError(
                    f"{name}: token {number} must be {SHORTEST} to {LONGEST} letters, digits or signs "
                    f"without spaces, got {len(token)} characters. Make one: openssl rand -hex 32"
                )
        self._digests = [_digest(token) for token in tokens]

    @classmethod
    def read(cls, path: Path) -> "Tokens":
        """Of a file, one on a line; empty lines and lines that begin with # are left out.

        Raises:
            ConfigError: it cannot be read, or holds none.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ConfigError(f"{path}: expected tokens as text in UTF-8, got other bytes.") from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name a file of tokens.") from None
        lines = (line.strip() for line in text.splitlines())
        return cls([line for line in lines if line and not line.startswith("#")], str(path))

    def fit(self, given: str | None) -> bool:
        """Whether it is one of them; the time that this takes tells nothing."""
        if given is None or len(given) > LONGEST:
            return False
        digest = _digest(given)
        return any([hmac.compare_digest(digest, one) for one in self._digests])  # noqa: C419 - all of them


class Sites:
    """Names by which this server may be called, and sites whose pages may call it."""

    def __init__(self, names: Sequence[str] = (), origins: Sequence[str] = ()) -> None:
        """What is let in beside addresses and this machine.

        Args:
            names: of this machine.
            origins: such as https://example.org, as `origin_of` writes them; their names may be this
                machine's too.
        """
        self._origins = frozenset(origins)
        hosts = (str(urlsplit(origin).hostname) for origin in origins)
        self._names = frozenset(name.lower().rstrip(".") for name in (*names, *hosts) if name)

    def know(self, host: str | None) -> bool:
        """Whether a Host header names this server: by address, as localhost, or by a known name."""
        name = _hostname(host)
        if name is None:
            return False
        return _is_address(name) or _is_localhost(name) or name in self._names

    def let_in(self, origin: str | None, host: str | None) -> bool:
        """Whether the page that asks may.

        Args:
            origin: its header; None: no page asks, or one that a user opens.
            host: header of the same request, already known.
        """
        if origin is None or origin in self._origins:
            return True
        try:
            page = urlsplit(origin)
            same = page.scheme in PORTS and page.netloc.lower() == (host or "").lower()
        except ValueError:
            return False
        return same or (page.scheme in PORTS and is_loopback(page.hostname or ""))


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header; None: there is none."""
    kind, _, token = (header or "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def origin_of(url: str) -> str:
    """A site as browsers write it in the Origin header.

    Raises:
        ConfigError: it is more or less than scheme, host and port.

    Example:
        >>> origin_of("HTTPS://Example.org:443/")
        'https://example.org'
    """
    try:
        parts = urlsplit(url)
        fits = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:
        parts, fits = SplitResult("", "", "", "", ""), False
    if not fits or parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(f"an origin must be like https://example.org or http://box:8080, got {url!r}.")
    host = str(parts.hostname)
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_loopback(host: str) -> bool:
    """Whether an address or a name can only be this machine.

    Example:
        >>> [is_loopback(host) for host in ("127.0.0.2", "::1", "localhost", "0.0.0.0", "box")]
        [True, True, True, False, False]
    """
    if _is_localhost(host.lower()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _hostname(header: str | None) -> str | None:
    """Of a Host header, in small letters; None where it is none."""
    if not header or any(sign in header for sign in "/?#@ \\"):
        return None
    try:
        parts = urlsplit(f"//{header}")
        return (parts.hostname or "").rstrip(".") or None if parts.port != 0 else None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_localhost(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")
