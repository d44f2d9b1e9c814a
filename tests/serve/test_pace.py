"""How often somebody may."""

import pytest

from oyez.serve import pace
from oyez.serve.pace import Bucket, Pace


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


def test_a_bucket_empties_and_fills():
    clock = Clock()
    bucket = Bucket(2.0, 4.0, clock)
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0]
    assert bucket.take() == pytest.approx(0.5)
    clock.now_s = 1.5  # three more, one of which is owed
    assert bucket.take(2) == 0
    assert bucket.take(2) == pytest.approx(1.0)
    clock.now_s = 1_000.0
    assert bucket.take(4) == 0
    assert bucket.take(1) > 0, "it holds no more than that"


def test_each_client_has_its_own():
    clock = Clock()
    one = Pace(1.0, 2.0, clock)
    assert [one.late_s("a") for _ in range(3)] == pytest.approx([0, 0, 1.0])
    assert one.late_s("a") == pytest.approx(1.0), "who is refused does not pay"
    assert one.late_s("b") == 0
    clock.now_s = 1.0
    assert one.late_s("a") == 0


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(pace, "MOST_KNOWN", 3)
    one = Pace(1.0, 1.0, Clock())
    for who in "abca":
        one.late_s(who)
    one.late_s("d")  # in place of b
    assert len(one) == 3
    assert one.late_s("a") > 0
    assert one.late_s("b") == 0
