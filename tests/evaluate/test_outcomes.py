import pytest

from oyez.errors import DataError
from oyez.evaluate.outcomes import Outcome, Pair, check_same, side_by_side


def of(*rows):
    return [Outcome(source, condition, heard) for source, condition, heard in rows]


def test_renderings_meet_by_recording_and_condition_in_any_order():
    a = of(("x", "clean", True), ("y", "clean", False), ("x", "rooms", False))
    b = of(("x", "rooms", True), ("y", "clean", True), ("x", "clean", False))
    assert side_by_side(a, b) == [
        Pair("x", "clean", heard_a=True, heard_b=False),
        Pair("y", "clean", heard_a=False, heard_b=True),
        Pair("x", "rooms", heard_a=False, heard_b=True),
    ]


def test_renderings_of_one_recording_in_one_condition_meet_in_turn():
    a = of(("x", "noise", True), ("x", "noise", False), ("x", "noise", True))
    b = of(("x", "noise", False), ("x", "noise", False), ("x", "noise", True))
    pairs = side_by_side(a, b)
    assert [(pair.heard_a, pair.heard_b) for pair in pairs] == [(True, False), (False, False), (True, True)]


def test_none_is_left_alone():
    x, y = ("x", "clean", True), ("y", "clean", True)
    with pytest.raises(DataError, match=r"the rendering \('y', 'clean', 1\) is A's alone. Run both"):
        side_by_side(of(x, y), of(x))
    with pytest.raises(DataError, match=r"the rendering \('x', 'clean', 2\) is B's alone"):
        side_by_side(of(x), of(x, x))
    assert side_by_side([], []) == []


def test_streams_must_be_the_same():
    check_same({"s": 1, "t": 2}, {"t": 3, "s": 4}, "stream")
    with pytest.raises(DataError, match="the stream 't' is A's alone"):
        check_same({"s": 1, "t": 2}, {"s": 1}, "stream")
