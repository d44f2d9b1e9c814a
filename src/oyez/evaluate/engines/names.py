"""Engines by name: what stands before the colon says whose it is, what follows is for its module."""

from oyez.errors import ConfigError
from oyez.evaluate.engine import Engine

__all__ = ["KINDS", "open_engine"]

KINDS = {
    "openwakeword": "openwakeword:NAME, or :FILE.onnx, or :FILE.tflite",
    "microwakeword": "microwakeword:NAME, or :FILE.json",
    "pocketsphinx": "pocketsphinx:PHRASE[=PHONES][@THRESHOLD]",
    "command": "command:PROGRAM AND ITS ARGUMENTS",
    "command+scores": "command+scores:PROGRAM AND ITS ARGUMENTS",
}
"""Kinds of engines that are not ours, and how they are written."""


def open_engine(text: str, word: str | None = None) -> Engine:
    """Open an engine.

    Args:
        text: a shipped model's name or the path of a model file of ours, or KIND:WHAT as in `KINDS`.
        word: of a model of ours, the one that counts; None is its first. Of another engine, what to call
            the word that it listens for; None takes it from the name.

    Returns:
        The engine; it has heard nothing.

    Raises:
        ConfigError: there is no such kind, name or word.
        ModelError: a model file is missing or does not fit.
        MissingExtraError: the engine's package is not installed.
    """
    kind, colon, what = text.partition(":")
    if not colon or len(kind) == 1:  # a name, a path, a path on drive C:
        from oyez.evaluate.engines.ours import OurEngine

        return OurEngine.open(text, word)
    if kind not in KINDS or not what.strip():
        ways = "; ".join(KINDS.values())
        raise ConfigError(
            f"engines are written as a model of ours, by name or path, or as one of: {ways}. Got {text!r}."
        )
    return _open_other(kind, what.strip(), word)


def _open_other(kind: str, what: str, word: str | None) -> Engine:
    if kind == "openwakeword":
        from oyez.evaluate.engines.open_wake_word import OpenWakeWord

        return OpenWakeWord.open(what, word)
    if kind == "microwakeword":
        from oyez.evaluate.engines.micro_wake_word import MicroWakeWord

        return MicroWakeWord.open(what, word)
    if kind == "pocketsphinx":
        from oyez.evaluate.engines.pocket_sphinx import PocketSphinx

        return PocketSphinx.open(what, word)
    from oyez.evaluate.engines.command import Command

    return Command.open(what, word, scored=kind == "command+scores")
