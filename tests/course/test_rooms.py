import numpy as np
import pytest

from oyez.course.rooms import ROOMS, cafe, room
from oyez.course.segments import RATE
from oyez.sound import rms_dbfs
from sounds import noise, spectrum_db, tone


@pytest.mark.parametrize("kind", ROOMS)
def test_room_has_its_length_and_level(kind: str, rng: np.random.Generator) -> None:
    samples = room(kind, rng, 2.0, [noise(1, 0.5, RATE)])
    assert samples.dtype == np.float32
    assert len(samples) == 2 * RATE
    assert rms_dbfs(samples) == pytest.approx(-26, abs=0.01)
    assert np.abs(samples).max() < 1


@pytest.mark.parametrize("kind", ROOMS)
def test_chance_comes_from_the_generator(kind: str) -> None:
    first, again, other = (room(kind, np.random.default_rng(seed), 1.0) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_office_hums_at_the_mains(rng: np.random.Generator) -> None:
    samples = room("office", rng, 2.0)
    assert spectrum_db(samples, RATE, 49, 51) > spectrum_db(samples, RATE, 60, 62) + 10


def test_fan_swells(rng: np.random.Generator) -> None:
    """The power of tenths of a second varies more than that of even noise."""
    parts = room("fan", rng, 5.0).reshape(50, -1)
    even = noise(1, 5.0, RATE).reshape(50, -1)
    assert np.std(np.log(parts.std(axis=1))) > 3 * np.std(np.log(even.std(axis=1)))


def test_voices_are_heard_in_the_cafe_and_linger(rng: np.random.Generator) -> None:
    voice = np.concatenate((tone(1_000, 0.5, RATE), np.zeros(RATE, np.float32)))
    full, empty = (cafe(np.random.default_rng(3), 3.0, voices) for voices in ([voice], []))
    assert spectrum_db(full, RATE, 990, 1_010) > spectrum_db(empty, RATE, 990, 1_010) + 15
    assert np.isfinite(empty).all()
