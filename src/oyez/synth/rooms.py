"""Rooms that nobody measured: a box, a talker and a microphone, and the echo between them.

All chance is in `draw_room`; `impulse` is a pure function of the room. Early reflections are mirror images
of the talker, as many as arrive in 50 ms; what follows is noise that decays at the room's rate, which is
what thousands of images add up to.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez.config import Config
from oyez.sound import Samples

__all__ = ["Room", "draw_hall", "draw_room", "impulse"]

SOUND_M_PER_S = 343.0
EARLY_S = 0.05
"""Seconds after the direct path in which reflections are single images."""
QUIETEST_DB = -60.0
"""Where the tail ends: at the reverberation time, by its definition."""
LARGEST_ABSORPTION = 0.95  # of a wall: more would be no room
WALL_M = 0.3  # nobody speaks or listens closer to a wall
NEAREST_M = 0.2

Point = tuple[float, float, float]
"""Metres from one corner: length, width, height."""

Range = tuple[float, float]

HOUSE_M = ((2.5, 8.0), (2.5, 6.0), (2.2, 3.5))
HALL_M = ((4.0, 25.0), (3.0, 15.0), (2.3, 9.0))
"""Least and most length, width and height."""


@dataclass(frozen=True)
class Room(Config):
    """A box with a talker and a microphone in it."""

    size_m: Point
    talker_m: Point
    microphone_m: Point
    t60_s: float
    """Seconds in which the echo falls by 60 dB."""
    seed: int = 0
    """Of the noise that the late echo is made of."""

    def __post_init__(self) -> None:
        for name in ("size_m", "talker_m", "microphone_m"):
            point = tuple(float(value) for value in getattr(self, name))
            object.__setattr__(self, name, point)
            self._check(len(point) == 3 and min(point) > 0, f"{name} must be three lengths above 0", point)
        for name in ("talker_m", "microphone_m"):
            inside = all(at < wall for at, wall in zip(getattr(self, name), self.size_m, strict=True))
            self._check(inside, f"{name} must lie in the room", getattr(self, name))
        self._check(self.distance_m > 0, "talker and microphone must be apart", self.talker_m)
        self._check(0 < self.t60_s <= 10, "t60_s must be above 0, at most 10", self.t60_s)

    @property
    def distance_m(self) -> float:
        """From the talker to the microphone."""
        return math.dist(self.talker_m, self.microphone_m)

    @property
    def reflection(self) -> float:
        """Amplitude that a wall throws back, 0..1, the same for all six.

        Source: Eyring (1930), "Reverberation time in dead rooms", solved for the absorption.
        """
        length, width, height = self.size_m
        surface_m2 = 2 * (length * width + length * height + width * height)
        volume_m3 = length * width * height
        decay = 24 * math.log(10) * volume_m3 / (SOUND_M_PER_S * surface_m2 * self.t60_s)
        return math.sqrt(1 - min(1 - math.exp(-decay), LARGEST_ABSORPTION))


def draw_room(
    rng: np.random.Generator,
    t60_s: Range = (0.15, 0.8),
    distance_m: Range = (0.3, 4.0),
    size_m: tuple[Range, Range, Range] = HOUSE_M,
) -> Room:
    """A room of a house or an office, by chance.

    Args:
        rng: all chance comes from it.
        t60_s: shortest and longest reverberation time.
        distance_m: nearest and farthest talker; a small room brings the farthest nearer.
        size_m: least and most of each side.

    Returns:
        The room.
    """
    length, width, height = (rng.uniform(*side) for side in size_m)
    size = (length, width, height)
    microphone = _inside(rng, size)
    wanted = rng.uniform(*distance_m)
    # of a few places the one whose distance is nearest to the one wanted
    places = [_inside(rng, size) for _ in range(16)]
    talker = min(places, key=lambda place: abs(max(math.dist(place, microphone), NEAREST_M) - wanted))
    along = wanted / math.dist(talker, microphone)
    if along < 1:  # nearer, on the same line
        far, near = np.array(talker), np.array(microphone)
        talker = _point(near + (far - near) * along)
    return Room(size, talker, microphone, rng.uniform(*t60_s), int(rng.integers(2**31)))


def draw_hall(rng: np.random.Generator) -> Room:
    """A room that rings: a stairway, a bare flat, a church; as `draw_room`."""
    return draw_room(rng, (0.6, 2.2), (0.5, 6.0), HALL_M)


def impulse(room: Room, rate: int) -> Samples:
    """The room's impulse response, from the direct path on.

    Args:
        room: where.
        rate: Hertz.

    Returns:
        (samples,) float32; the direct path is the first sample, and 1.

    Source: Allen and Berkley (1979), "Image method for efficiently simulating small-room acoustics",
    J. Acoust. Soc. Am. 65, eq. 8, for the images.
    """
    delays_s, gains = _images(room)
    length = max(1, math.ceil(room.t60_s * rate))
    early = round(EARLY_S * rate)
    response = np.zeros(max(length, early) + 1)
    at = delays_s * rate
    index = at.astype(int)
    share = at - index
    np.add.at(response, index, gains * (1 - share))  # linear between two samples
    np.add.at(response, index + 1, gains * share)
    response = response[:length]
    if length > early:
        response[early:] = _late(room, rate, response[:early], length - early)
    return np.asarray(response / response[0], np.float32)


def _inside(rng: np.random.Generator, size: Point) -> Point:
    return _point(rng.uniform(WALL_M, np.array(size) - WALL_M))


def _point(metres: npt.NDArray[np.float64]) -> Point:
    x, y, z = metres.tolist()
    return x, y, z


def _images(room: Room) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Seconds after the direct path, and gains relative to it, of all images within the early echo."""
    reach_m = room.distance_m + EARLY_S * SOUND_M_PER_S
    offsets, bounces = [], []
    for wall, talker, microphone in zip(room.size_m, room.talker_m, room.microphone_m, strict=True):
        most = math.ceil(reach_m / (2 * wall)) + 1
        turns = np.arange(-most, most + 1)
        # the image in the n-th pair of rooms, as it is and mirrored; walls that it met on its way
        offsets.append(np.concatenate((2 * turns * wall + talker, 2 * turns * wall - talker)) - microphone)
        bounces.append(np.concatenate((2 * np.abs(turns), np.abs(turns) + np.abs(turns - 1))))
    x, y, z = np.meshgrid(*offsets, indexing="ij", sparse=True)
    met_x, met_y, met_z = np.meshgrid(*bounces, indexing="ij", sparse=True)
    met = met_x + met_y + met_z
    distances = np.sqrt(x**2 + y**2 + z**2)
    within = distances <= reach_m
    gains = room.reflection ** met[within] * room.distance_m / distances[within]
    return np.maximum(distances[within] - room.distance_m, 0.0) / SOUND_M_PER_S, gains


def _late(room: Room, rate: int, early: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64]:
    """Noise that goes on where the images stop, at their level, and decays by 60 dB in `t60_s`."""
    seconds = np.arange(length) / rate
    decay = 10.0 ** (QUIETEST_DB / 20 * seconds / room.t60_s)
    last = early[len(early) // 2 :]
    # the mean power of the last half of the images lies a quarter of them before their end
    level = math.sqrt(float(np.mean(last**2))) * 10.0 ** (QUIETEST_DB / 20 * EARLY_S / 4 / room.t60_s)
    noise = np.random.default_rng(room.seed).standard_normal(length)
    return np.asarray(noise * decay * level)
