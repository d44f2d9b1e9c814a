"""All that `oyez train PHRASE` needs, in small and without engines: voices, noises, hours, counts."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch

from fake_voice import FakeVoice
from oyez import audio
from oyez.synth.tts.cast import Cast
from oyez.train import phrase, phrase_command, phrase_material, refine_command, speaking
from oyez.train.bank import Bank
from oyez.train.budget import Counts
from oyez.train.negatives import Negatives, Stretch
from sounds import noise

RATE = 16_000
COUNTS = Counts(words=4, near_misses=2, sentences=6, scenes=32, renderings=1, epochs=2)
CAST = Cast((FakeVoice("anna"), FakeVoice("bo", "hibari")), (FakeVoice("carla"),))
TEXTS = ("Good morning.", "My smart kettle!", None, "So what?", None, None)


def fake_bank():
    """Six stretches, the last two kept to choose thresholds on; the second says the phrase."""
    return Negatives(
        Bank.of(np.random.default_rng(0).normal(0, 9, (6, 125, 96)).astype(np.float32)),
        tuple(Stretch("s", str(n), text, calibration=n > 3) for n, text in enumerate(TEXTS)),
        np.arange(6, dtype=np.int32),
        np.zeros(6, np.int8),
        "trunk",
        {"some talk": "CC0"},
    )


def fake_training(monkeypatch, folder):
    """Replace what would take minutes; the working directory is then `folder`."""

    class Package:
        @staticmethod
        def noises_path():
            return folder / "noises"

    audio.write(folder / "noises" / "hiss.wav", noise(2, 12.0, RATE), RATE, overwrite=True)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(speaking, "shipped", fake_bank)
    monkeypatch.setattr(speaking, "cast", lambda **_: CAST)
    monkeypatch.setattr(speaking, "require", lambda *_: Package)
    monkeypatch.setattr(speaking, "can_hear", lambda: False)
    monkeypatch.setattr(speaking, "HELD_OUT_CLIPS", 3)
    monkeypatch.setattr(phrase, "HELD_OUT_SCENES", 6)
    monkeypatch.setattr(phrase_material, "ROOMS", 2)
    monkeypatch.setattr(phrase_command, "counts_for", lambda *_: COUNTS)
    monkeypatch.setattr(refine_command, "COUNTS", COUNTS)
    monkeypatch.setattr(refine_command, "FEWER", replace(COUNTS, words=2))


@contextmanager
def few_scenes():
    """Trainings with next to nothing in them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("oyez.train.phrase.HELD_OUT_SCENES", 6)
        monkeypatch.setattr("oyez.train.phrase_material.ROOMS", 2)
        yield


def weights_of(head):
    """All of a head's weights, in a row."""
    return torch.cat([value.flatten() for value in head.state_dict().values()])
