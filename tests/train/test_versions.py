"""Versions that a training's folder keeps."""

from importlib import metadata

from oyez import __version__
from oyez.train import versions as module
from oyez.train.versions import versions


def test_what_is_installed_is_named(monkeypatch):
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package"))
    assert versions() == {"oyez": __version__, "numpy": metadata.version("numpy")}
