"""Distances are metrics, and the fast way gives what the plain recurrence gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oyez.synth.distance import SIGNS, Encoded, change, distance, edits, to_starts

strings = st.text(SIGNS, max_size=6)


def _plain(one: str, other: str, cost) -> float:
    """The recurrence as textbooks have it."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        _plain(one[:-1], other, cost) + 1,
        _plain(one, other[:-1], cost) + 1,
        _plain(one[:-1], other[:-1], cost) + cost(one[-1], other[-1]),
    )


def test_every_change_is_a_metric():
    table = np.array([[change(one, other) for other in SIGNS] for one in SIGNS])
    assert np.array_equal(table, table.T)
    assert np.array_equal(table == 0, np.eye(len(SIGNS), dtype=bool))
    assert table.max() <= 1
    by_way_of = (table[:, :, None] + table[None, :, :]).min(axis=1)
    assert (table <= by_way_of + 1e-9).all()


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [("p", "b", 0.25), ("p", "t", 0.5), ("p", "m", 0.75), ("s", "m", 1), ("ɪ", "i", 0.25), ("I", "W", 0.5),
     ("i", "ɑ", 1), ("ə", "ɜ", 0.25), ("p", "i", 1)],
)  # fmt: skip
def test_changes(one, other, cost):
    assert change(one, other) == cost


@given(strings, strings, strings)
def test_distances_are_metrics(one, other, third):
    for measure in (distance, edits):
        assert measure(one, other) == measure(other, one)
        assert (measure(one, other) == 0) == (one == other)
        assert measure(one, other) <= measure(one, third) + measure(third, other) + 1e-6
    assert distance(one, other) <= edits(one, other)


@given(st.text(SIGNS, max_size=4), st.text(SIGNS, max_size=4))
def test_fast_way_is_the_plain_recurrence(one, other):
    assert distance(one, other) == pytest.approx(_plain(one, other, change))
    assert edits(one, other) == _plain(one, other, lambda a, b: float(a != b))


def test_against_every_start_of_a_phrase_at_once(rng):
    words = ["".join(rng.choice(list(SIGNS), size=size)) for size in (0, 3, 1, 5, 4)]
    table = to_starts(Encoded(words), "kæt", weighted=True)
    assert table.shape == (5, 4)
    for row, word in enumerate(words):
        assert table[row] == pytest.approx([distance(word, "kæt"[:stop]) for stop in range(4)])


def test_reversed_strings():
    backwards = to_starts(Encoded(["bɪt", "p"]).reversed(), "tɪb", weighted=False)
    assert backwards[0, -1] == 0
    assert backwards[1, -1] == 3
