"""Where a Wyoming server listens: tcp://HOST:PORT or unix:///PATH."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from oyez.errors import ConfigError

__all__ = ["Uri"]


@dataclass(frozen=True)
class Uri:
    """One address; either a host and a port, or a path."""

    host: str = ""
    port: int = 0
    """0: any that is free."""
    path: Path | None = None
    """Of a socket in the file system."""

    @classmethod
    def parse(cls, text: str) -> "Uri":
        """From text.

        Raises:
            ConfigError: it is no such address.

        >>> Uri.parse("tcp://[::1]:10400").host, str(Uri.parse("unix:///run/oyez.sock"))
        ('::1', 'unix:///run/oyez.sock')
        """
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise _refused(text) from None
        if parts.query or parts.fragment or parts.username is not None:
            raise _refused(text)
        if parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1:
            return cls(path=Path(parts.path))
        if parts.scheme == "tcp" and parts.hostname and port is not None and not parts.path.strip("/"):
            return cls(parts.hostname, port)
        raise _refused(text)

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix://{self.path}"
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"


def _refused(text: str) -> ConfigError:
    return ConfigError(
        f"expected an address such as tcp://0.0.0.0:10400 or unix:///run/oyez.sock, got {text!r}."
    )
