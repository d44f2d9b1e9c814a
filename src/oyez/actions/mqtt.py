"""A detection as JSON, to an MQTT broker. The only home of paho."""

import json
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote

from oyez.errors import ActionError, ConfigError, require
from oyez.events import Detection

if TYPE_CHECKING:
    from paho.mqtt.client import Client

__all__ = ["Message"]

PORT = 1883


@dataclass(frozen=True)
class Message:
    """Publishes to a topic of a broker."""

    url: SplitResult
    """mqtt://[USER:PASSWORD@]HOST[:PORT]/TOPIC"""

    def __post_init__(self) -> None:
        require("paho", "mqtt")
        try:
            good = bool(self.url.hostname) and self.url.port != 0
        except ValueError:
            good = False
        if not good or not self.topic or set("#+\0") & set(self.topic) or self.url.query or self.url.fragment:
            raise ConfigError(
                f"{self} must name a host and a topic without + # ?. Write mqtt://HOST[:PORT]/TOPIC."
            )

    def __str__(self) -> str:
        return self.url._replace(netloc=self.url.netloc.rpartition("@")[2]).geturl()

    @property
    def topic(self) -> str:
        """What is published to."""
        return unquote(self.url.path.removeprefix("/"))

    def do(self, detection: Detection, timeout_s: float) -> str:
        """Connect, publish, and wait until the broker has it.

        Args:
            detection: is sent as a JSON object with `word`, `time_s` and `score`.
            timeout_s: seconds for all of it.

        Returns:
            What was done.

        Raises:
            ActionError: there is no broker, it refuses, or it did not answer in time.
        """
        talk = _Talk(self, json.dumps(asdict(detection)), timeout_s)
        client = talk.client
        try:
            client.connect(str(self.url.hostname), self.url.port or PORT)
            client.loop_start()
            done = talk.done.wait(timeout_s)
        except (OSError, ValueError) as error:
            raise ActionError(f"{error}. Is the broker there?") from None
        finally:
            client.disconnect()
            client.loop_stop()
        if talk.refusal:
            raise ActionError(f"the broker refuses ({talk.refusal}). Check user, password and topic.")
        if not done:
            raise ActionError(f"no answer within {timeout_s:g} s. Is the broker there?")
        return "published"


class _Talk:
    """One message's way to the broker, told by the library's thread."""

    def __init__(self, message: Message, payload: str, timeout_s: float) -> None:
        library: Any = require("paho.mqtt.client", "mqtt")
        self.client: Client = library.Client(library.CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        self.done = threading.Event()
        self.refusal = ""
        self._message, self._payload = message, payload
        self.client.connect_timeout = timeout_s
        if message.url.username is not None:
            self.client.username_pw_set(unquote(message.url.username), unquote(message.url.password or ""))
        self.client.on_connect = self._connected
        self.client.on_publish = self._published

    def _connected(self, client: "Client", _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            self._refuse(reason)
        else:
            client.publish(self._message.topic, self._payload, qos=1)

    def _published(self, _client: "Client", _data: Any, _id: int, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            self._refuse(reason)
        self.done.set()

    def _refuse(self, reason: Any) -> None:
        self.refusal = str(reason)
        self.done.set()
