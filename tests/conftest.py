"""Shared by all tests: one seeded source of chance."""

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    """The same numbers for every test that asks."""
    return np.random.default_rng(0)
