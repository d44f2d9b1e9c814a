"""What a voice is, whoever makes it: a text and a seed in, sound out."""

from typing import Protocol

from oyez.sound import Samples

__all__ = ["Voice"]


class Voice(Protocol):
    """Somebody who can say things.

    A voice is a small value: it can be compared, hashed and sent to another process. What is large, an
    engine's network, is opened by the first `say` in a process and kept there, on one thread.
    """

    @property
    def engine(self) -> str:
        """Which engine speaks."""

    @property
    def name(self) -> str:
        """Tells this voice from all others of the engine, for ever; fit to be the name of a folder.

        A blend is named by its parents, a bent voice by how it is bent.
        """

    @property
    def language(self) -> str:
        """What it speaks, as "en" or "en-gb"."""

    @property
    def source(self) -> str:
        """Whose voice it was made from: voices that share a source are no strangers to each other."""

    def say(self, text: str, seed: int) -> tuple[Samples, int]:
        """Speak.

        Args:
            text: a word or a sentence.
            seed: all chance comes from it: pace, melody, breath.

        Returns:
            (samples,) and their rate in Hertz, as the engine gives them.

        Raises:
            MissingExtraError: the engine is not installed.
            DataError: the engine does not do what is asked.
        """
