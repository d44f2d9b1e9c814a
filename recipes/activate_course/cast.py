"""Who speaks: which voice belongs to which split, and what every voice is made of.

A voice kept for validation or test is never trained on and is no parent of a blend; hibari was
distilled from Kokoro's af_heart, so it counts as that voice, which trains.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from engines import TIMBRE_WIDTH, Array, PseudoSpeaker

__all__ = ["N_BLENDS", "N_PSEUDO_SPEAKERS", "Cast", "KokoroVoice"]

STYLES = Path(__file__).resolve().parents[1] / "kokoro_voices.npz"
ENGLISH = ("af_", "am_", "bf_", "bm_")
BRITISH = ("bf_", "bm_")
HELD_OUT = {
    "validation": ("af_nova", "am_michael", "bf_emma", "bm_lewis"),
    "test": ("af_sarah", "am_fenrir", "bf_isabella", "bm_daniel"),
}
N_BLENDS = 125
N_PSEUDO_SPEAKERS = 60


@dataclass(frozen=True)
class KokoroVoice:
    """A style pack and the accent that suits it."""

    styles: Array
    """(rows, 256), one row per number of tokens"""
    british: bool


class Cast:
    """All voices by name and split.

    Args:
        seed: the same seed gives the same blends and pseudo-speakers.
    """

    def __init__(self, seed: int) -> None:
        pack = np.load(STYLES)
        stock = {
            str(name): KokoroVoice(styles.astype(np.float32), name.startswith(BRITISH))
            for name, styles in zip(pack["names"], pack["style"], strict=True)
            if name.startswith(ENGLISH)
        }
        held_out = {name for names in HELD_OUT.values() for name in names}
        parents = [name for name in stock if name not in held_out]
        rng = np.random.default_rng([seed, 1])
        blends = {f"blend_{n:03d}": _blend([stock[name] for name in parents], rng) for n in range(N_BLENDS)}
        rng = np.random.default_rng([seed, 2])
        self.speakers = {f"hibari_{n:03d}": PseudoSpeaker.draw(rng) for n in range(N_PSEUDO_SPEAKERS)}
        self.kokoro = {**stock, **blends}
        self.stock_names = {"train": tuple(parents), **HELD_OUT}
        self.blend_names = tuple(blends)


def _blend(parents: list[KokoroVoice], rng: np.random.Generator) -> KokoroVoice:
    """Two or three voices mixed, timbre and prosody each with their own parents and weights."""
    timbre = _weights(len(parents), rng)
    prosody = _weights(len(parents), rng)
    stack = np.stack([voice.styles for voice in parents])  # (voices, rows, 256)
    styles = np.concatenate(
        [
            np.tensordot(timbre, stack[..., :TIMBRE_WIDTH], axes=1),
            np.tensordot(prosody, stack[..., TIMBRE_WIDTH:], axes=1),
        ],
        axis=-1,
    )
    return KokoroVoice(styles.astype(np.float32), parents[int(prosody.argmax())].british)


def _weights(n_voices: int, rng: np.random.Generator) -> Array:
    """(voices,) summing to one, all but two or three of them zero."""
    n_parents = rng.integers(2, 4)
    weights = np.zeros(n_voices)
    chosen = rng.choice(n_voices, n_parents, replace=False)
    weights[chosen] = rng.dirichlet(np.full(n_parents, 2.0))
    return weights
