"""A detection as JSON, by an HTTP POST."""

import base64
import http.client
import json
import socket
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from urllib.parse import SplitResult, unquote

from oyez.errors import ActionError, ConfigError
from oyez.events import Detection

__all__ = ["Webhook"]


@dataclass(frozen=True)
class Webhook:
    """Tells a web address."""

    url: SplitResult
    """http or https; a user and a password in it are sent as basic authentication."""

    def __post_init__(self) -> None:
        if not self.url.hostname or _port(self.url) is None:
            raise ConfigError(f"{self} names no host, or no port of 1..65535. Write http://HOST[:PORT]/PATH.")

    def __str__(self) -> str:
        host = self.url.netloc.rpartition("@")[2]  # a password is never shown
        return f"{self.url.scheme}://{host}{self.url.path}"

    def do(self, detection: Detection, timeout_s: float) -> str:
        """Post it.

        Args:
            detection: is sent as a JSON object with `word`, `time_s` and `score`.
            timeout_s: seconds for all of it, from connecting to the answer.

        Returns:
            What was answered.

        Raises:
            ActionError: nobody answered in time, or not with a status of 2xx.
        """
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(self.url.hostname), _port(self.url), timeout=timeout_s)
        late = threading.Event()

        def give_up() -> None:
            late.set()
            with suppress(OSError):  # it has just ended
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(timeout_s, give_up)
        timer.start()
        try:
            connection.request("POST", self._target(), json.dumps(asdict(detection)), self._headers())
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            slow = late.is_set() or isinstance(error, TimeoutError)
            why = f"no answer within {timeout_s:g} s" if slow else " ".join(str(error).split())
            raise ActionError(f"{why}. Is the server there?") from None
        finally:
            timer.cancel()
            connection.close()
        text = f"answered {answer.status} {answer.reason}".rstrip()
        if not 200 <= answer.status < 300:
            raise ActionError(f"{text}, expected 2xx. Check the address.")
        return text

    def _target(self) -> str:
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.url.username is not None:
            pair = f"{unquote(self.url.username)}:{unquote(self.url.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        return headers


def _port(url: SplitResult) -> int | None:
    """As written, or the scheme's; None where it is no port."""
    try:
        return url.port or {"http": 80, "https": 443}[url.scheme]
    except ValueError:
        return None
