"""A microphone that is lost: looked for, patiently but not for ever, and never in silence."""

import numpy as np
import pytest

from oyez.errors import DeviceError
from oyez.listen.recovery import Lasting


class Mic:
    """Gives its blocks, then is gone; with `ends`, the stream is over instead."""

    def __init__(self, *values, ends=False, lost=0):
        self.values, self.ends, self.lost = values, ends, lost
        self.rate, self.name = 16_000, "Mic"
        self.closed = False

    def __iter__(self):
        for value in self.values:
            yield np.float32([value])
        if not self.ends:
            raise DeviceError("the microphone Mic stopped: was it unplugged? Start again.")

    def close(self):
        self.closed = True


class Desk:
    """Where microphones are plugged in: one after another, or an error where there is none."""

    def __init__(self, first, *later):
        self.later, self.told, self.waited, self.rates = list(later), [], [], []
        self.lasting = Lasting(self.again, first, tell=self.told.append, wait=self.waited.append)

    def again(self, rate):
        self.rates.append(rate)
        found = self.later.pop(0) if self.later else None
        if found is None:
            raise DeviceError("no microphone was found.")
        return found

    def hear(self):
        return [None if block is None else float(block[0]) for block in self.lasting]


def test_while_nothing_is_lost_it_is_the_source():
    first = Mic(1, 2, ends=True, lost=3)
    desk = Desk(first)
    assert (desk.lasting.rate, desk.lasting.name) == (16_000, "Mic")
    assert desk.hear() == [1, 2]
    assert (desk.told, desk.waited, desk.lasting.lost) == ([], [], 3)
    desk.lasting.close()
    assert first.closed


def test_it_comes_back_with_a_gap():
    first, second = Mic(1, 2, lost=3), Mic(3, ends=True, lost=1)
    desk = Desk(first, None, None, second)
    assert desk.hear() == [1, 2, None, 3]
    assert desk.waited == [1, 2, 4]
    assert desk.told == [
        "the microphone Mic stopped: was it unplugged? It is tried again for 5 minutes",
        "Mic is back, after 7 s",
    ]
    assert desk.rates == [16_000] * 3
    assert desk.lasting.lost == 4
    assert first.closed
    desk.lasting.close()
    assert second.closed


def test_each_loss_begins_anew():
    desk = Desk(Mic(1), None, Mic(2), Mic(3, ends=True))
    assert desk.hear() == [1, None, 2, None, 3]
    assert desk.waited == [1, 2, 1]
    assert len(desk.told) == 4


def test_one_that_opens_but_gives_nothing_is_not_back():
    desk = Desk(Mic(1), Mic(), Mic(), Mic(2, ends=True))
    assert desk.hear() == [1, None, 2]
    assert desk.waited == [1, 2, 4]
    assert len(desk.told) == 2


@pytest.mark.parametrize("later", [[], [Mic() for _ in range(100)]], ids=["gone", "silent"])
def test_after_five_minutes_it_is_given_up(later):
    desk = Desk(Mic(1), *later)
    with pytest.raises(DeviceError, match="did not come back in 5 minutes: "):
        desk.hear()
    assert 300 <= sum(desk.waited) < 316
    assert desk.waited[:6] == [1, 2, 4, 8, 15, 15]
    assert len(desk.told) == 1
