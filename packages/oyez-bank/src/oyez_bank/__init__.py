"""What `oyez train` learns to be silent at: speech as numbers, and noises. Knows nothing of Oyez."""

from pathlib import Path

__all__ = ["__version__", "bank_path", "noises_path"]

__version__ = "1.0.0"
"""The first number is that of the bank's format."""


def bank_path() -> Path:
    """The file that `oyez.train.negatives.Negatives.load` reads."""
    return Path(__file__).parent / "bank.npz"


def noises_path() -> Path:
    """The folder of noises: OGG at 16 kHz, CC0."""
    return Path(__file__).parent / "noises"
