import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.evaluate.match import EDGE_S, GRACE_S, Matches, match
from oyez.events import Detection, Span


def said(*times: tuple[float, float], word: str = "yes") -> list[Span]:
    return [Span(word, start_s, end_s) for start_s, end_s in times]


def heard(*times_s: float, word: str = "yes") -> list[Detection]:
    return [Detection(word, time_s, 0.9) for time_s in times_s]


def counts(matches: Matches) -> tuple[int, int, int, int]:
    return matches.hits, matches.misses, matches.duplicates, matches.false_accepts


@pytest.mark.parametrize(
    ("spans", "detections", "expected"),
    [
        ([], [], (0, 0, 0, 0)),
        (said((1, 2)), [], (0, 1, 0, 0)),
        ([], heard(1.0), (0, 0, 0, 1)),
        (said((1, 2)), heard(2.1), (1, 0, 0, 0)),
        (said((1, 2)), heard(1.0), (1, 0, 0, 0)),  # from the word's start…
        (said((1, 2)), heard(2.75), (1, 0, 0, 0)),  # …to 0.75 s after its end
        (said((1, 2)), heard(0.999), (0, 1, 0, 1)),
        (said((1, 2)), heard(2.751), (0, 1, 0, 1)),
        (said((1, 2)), heard(2.1, 2.5, 2.7), (1, 0, 2, 0)),  # heard three times, counted once
        (said((1, 2), (5, 6)), heard(2.1, 3.5, 6.2), (2, 0, 0, 1)),
        (said((1, 2), (2.1, 3)), heard(2.2, 3.1), (2, 0, 0, 0)),  # windows overlap: one each
        (said((1, 2), (2.1, 3)), heard(2.2), (1, 1, 0, 0)),  # at most once
        (said((1, 2), (2.1, 3)), heard(3.1), (1, 1, 0, 0)),
        (said((2.1, 3), (1, 2)), heard(3.1, 2.2), (2, 0, 0, 0)),  # order does not matter
        (said((1, 4), (2, 3)), heard(3.5, 4.5), (2, 0, 0, 0)),  # who cannot wait goes first
        (said((1, 2)), heard(2.1, word="no"), (0, 1, 0, 1)),  # names never mix
        (said((1, 2)) + said((1, 2), word="no"), heard(2.1) + heard(2.2, word="no"), (2, 0, 0, 0)),
    ],
)
def test_events_set_by_hand(spans, detections, expected):
    assert counts(match(spans, detections)) == expected


def test_delays_count_from_the_end_of_the_word():
    assert match(said((1, 2), (5, 6)), heard(2.25, 5.5)).delays_s == (0.25, -0.5)


def test_the_grace_can_be_set():
    assert counts(match(said((1, 2)), heard(2.5), grace_s=0.4)) == (0, 1, 0, 1)
    assert GRACE_S == 0.75


times = st.floats(0, 20).map(lambda time_s: round(time_s, 2))


@given(starts=st.lists(times, max_size=8), detections=st.lists(times, max_size=8))
@settings(deadline=None, max_examples=100)
def test_matches_add_up_and_are_the_most_that_can_be(starts, detections):
    spans = said(*((start_s, start_s + 0.5) for start_s in starts))
    matches = match(spans, heard(*detections))
    assert matches.hits + matches.misses == len(spans)
    assert matches.hits + matches.duplicates + matches.false_accepts == len(detections)
    assert len(matches.delays_s) == matches.hits
    assert all(-0.5 - EDGE_S <= delay_s <= GRACE_S + EDGE_S for delay_s in matches.delays_s)
    assert matches.hits == most_pairs(spans, detections)


def most_pairs(spans: list[Span], detections: list[float]) -> int:
    """Maximum bipartite matching by augmenting paths: one to one, in whatever order."""
    owner: dict[int, int] = {}

    def give(one: int, seen: set[int]) -> bool:
        for index, span in enumerate(spans):
            fits = span.start_s - EDGE_S <= detections[one] <= span.end_s + GRACE_S + EDGE_S
            if fits and index not in seen:
                seen.add(index)
                if index not in owner or give(owner[index], seen):
                    owner[index] = one
                    return True
        return False

    return sum(give(one, set()) for one in range(len(detections)))


def test_matches_are_pooled():
    both = Matches(1, 2, 3, 4, (0.1,)) + Matches(10, 20, 30, 40, (0.2, 0.3))
    assert both == Matches(11, 22, 33, 44, (0.1, 0.2, 0.3))


def test_shares_of_events():
    matches = Matches(hits=6, misses=2, duplicates=9, false_accepts=4)
    assert matches.precision == 0.6
    assert matches.recall == 0.75
    assert matches.f1 == pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75))
    assert (Matches().precision, Matches().recall, Matches().f1) == (1, 1, 1)
    assert (Matches(misses=1).precision, Matches(misses=1).recall, Matches(misses=1).f1) == (1, 0, 0)
    assert (Matches(false_accepts=1).precision, Matches(false_accepts=1).f1) == (0, 0)
