import numpy as np
import pytest

from oyez.errors import ConfigError
from oyez.synth.rooms import EARLY_S, HALL_M, Room, draw_hall, draw_room, impulse

RATE = 16_000
ROOM = Room((5.0, 4.0, 3.0), (1.0, 1.5, 1.2), (3.0, 2.5, 1.0), 0.4)


def decay_s(response: np.ndarray, from_db: float = -5.0, to_db: float = -35.0) -> float:
    """Reverberation time off the energy that is still to come, between two levels (Schroeder, 1965)."""
    left = np.cumsum(np.square(response[::-1], dtype=np.float64))[::-1]
    level_db = 10 * np.log10(left / left[0] + 1e-30)
    start, stop = (int(np.argmax(level_db < bar)) for bar in (from_db, to_db))
    return (stop - start) / RATE * 60 / (from_db - to_db)


def test_the_direct_path_comes_first_and_is_one():
    response = impulse(ROOM, RATE)
    assert response[0] == 1
    assert response.dtype == np.float32
    assert np.isfinite(response).all()


@pytest.mark.parametrize("t60_s", [0.2, 0.4, 0.8])
def test_the_echo_dies_in_the_time_that_was_asked_for(t60_s):
    response = impulse(Room(ROOM.size_m, ROOM.talker_m, ROOM.microphone_m, t60_s), RATE)
    assert len(response) == round(t60_s * RATE)
    assert decay_s(response) == pytest.approx(t60_s, rel=0.25)


def test_the_floor_throws_back_the_first_image_when_and_as_loud_as_geometry_says():
    # talker and microphone at 1 m height, 2 m apart, all other walls far away
    room = Room((60.0, 60.0, 30.0), (30.0, 30.0, 1.0), (32.0, 30.0, 1.0), 5.0)
    response = impulse(room, RATE)
    path_m = np.hypot(2.0, 2.0)
    at = (path_m - 2.0) / 343.0 * RATE
    around = slice(int(at), int(at) + 2)
    assert response[around].sum() == pytest.approx(room.reflection * 2.0 / path_m, rel=1e-3)
    assert np.abs(response[1 : int(at)]).max() == 0


def test_the_late_echo_goes_on_where_the_early_one_stops():
    response = impulse(ROOM, RATE)
    edge = round(EARLY_S * RATE)
    before, after = response[edge - 160 : edge], response[edge : edge + 160]
    ratio_db = 10 * np.log10(np.mean(before**2) / np.mean(after**2))
    assert abs(ratio_db) < 6


def test_a_far_talker_is_heard_through_more_echo_than_a_near_one():
    near = impulse(Room(ROOM.size_m, (2.6, 2.5, 1.0), ROOM.microphone_m, 0.4), RATE)
    far = impulse(ROOM, RATE)
    assert np.sum(near[1:] ** 2) < 0.2 * np.sum(far[1:] ** 2)


def test_a_room_that_is_shorter_than_its_early_echo_has_no_late_one():
    response = impulse(Room(ROOM.size_m, ROOM.talker_m, ROOM.microphone_m, 0.03), RATE)
    assert len(response) == round(0.03 * RATE)


def test_the_noise_is_the_rooms_own():
    again = Room(ROOM.size_m, ROOM.talker_m, ROOM.microphone_m, 0.4, seed=1)
    np.testing.assert_array_equal(impulse(ROOM, RATE), impulse(ROOM, RATE))
    assert not np.array_equal(impulse(ROOM, RATE), impulse(again, RATE))


def test_rooms_are_drawn_within_their_bounds(rng):
    drawn = [draw_room(rng, (0.2, 0.5), (0.5, 2.0)) for _ in range(200)]
    assert all(0.2 <= room.t60_s <= 0.5 for room in drawn)
    assert all(room.distance_m <= 2.0 + 0.7 for room in drawn)
    assert min(room.distance_m for room in drawn) < 0.7
    assert np.mean([0.5 <= room.distance_m <= 2.0 for room in drawn]) > 0.95
    assert len({room.seed for room in drawn}) > 190
    assert all(np.isfinite(impulse(room, RATE)).all() for room in drawn[:20])


def test_the_same_seed_draws_the_same_room():
    one, same = (draw_room(np.random.default_rng(3)) for _ in range(2))
    assert one == same
    assert Room.from_dict(one.to_dict()) == one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size_m": (5.0, 4.0)}, "three lengths"),
        ({"size_m": (5.0, 0.0, 3.0)}, "three lengths above 0"),
        ({"talker_m": (6.0, 1.0, 1.0)}, "talker_m must lie in the room"),
        ({"microphone_m": (1.0, 4.0, 1.0)}, "microphone_m must lie in the room"),
        ({"talker_m": (3.0, 2.5, 1.0)}, "must be apart"),
        ({"t60_s": 0.0}, "t60_s must be above 0"),
        ({"t60_s": 11.0}, "t60_s must be above 0"),
    ],
)
def test_what_is_no_room_is_told(change, said):
    with pytest.raises(ConfigError, match=said):
        Room.from_dict({**ROOM.to_dict(), **change})


def test_halls_ring_longer_and_are_larger(rng):
    halls = [draw_hall(rng) for _ in range(200)]
    times_s = np.array([hall.t60_s for hall in halls])
    assert times_s.min() >= 0.6
    assert 1.5 < times_s.max() <= 2.2
    assert all(
        low <= side <= high for hall in halls for side, (low, high) in zip(hall.size_m, HALL_M, strict=True)
    )
    assert max(hall.distance_m for hall in halls) > 4
