"""Word to the service manager (systemd): ready, stopping."""

import os
import socket
from contextlib import suppress

__all__ = ["notify"]


def notify(state: str) -> None:
    """Tell the manager that started this program, where one did and wants to know.

    Args:
        state: such as `READY=1` or `STOPPING=1`.

    Source: sd_notify(3): a datagram to the socket named in NOTIFY_SOCKET; @ stands for an abstract one.
    """
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return
    address = f"\0{name[1:]}" if name.startswith("@") else name
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.setblocking(False)
        one.sendto(state.encode(), address)
