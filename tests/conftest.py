"""Shared by all tests: one seeded source of chance, and a sound card that is none."""

import numpy as np
import pytest

from fake_sounddevice import device, on_demand  # noqa: F401 - fixtures


@pytest.fixture
def rng() -> np.random.Generator:
    """The same numbers for every test that asks."""
    return np.random.default_rng(0)
