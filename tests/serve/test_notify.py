"""Word to systemd: a datagram where it is wanted, nothing where it is not."""

import os
import socket

import pytest

from oyez.serve.notify import notify


@pytest.mark.parametrize("abstract", [False, True])
def test_the_manager_is_told(tmp_path, monkeypatch, abstract):
    name = f"@oyez-{os.getpid()}-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(10)
        manager.bind(f"\0{name[1:]}" if abstract else name)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize("name", ["", "vsock:2:1234", "/nowhere/notify"])
def test_nobody_to_tell_is_no_error(monkeypatch, name):
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    notify("READY=1")
