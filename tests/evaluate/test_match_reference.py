"""Matching against mir_eval's, where both mean the same, and against the most that any matching could give.

mir_eval pairs points that are at most a window apart, one to one, as many as possible. Ours takes a window
from a word's start to a grace after its end, goes by time, and tells duplicates from false accepts. Both
mean the same where each window is as long as any other: its middle is then mir_eval's point, half its
length mir_eval's window. With a distance of our own they mean the same for windows of any length. What
differs always is the name of what is left over: to mir_eval a duplicate is one more false positive.

All times are multiples of 1/64 s, so that no sum is rounded and every edge is exact in both.
"""

import itertools

import mir_eval
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.evaluate.match import GRACE_S, match
from oyez.events import Detection, Span

LENGTH_S = 0.5

times = st.integers(0, 640).map(lambda step: step / 64)
lengths = st.integers(0, 192).map(lambda step: step / 64)
any_spans = st.lists(st.tuples(times, lengths), max_size=10)


def said(starts_s, length_s=LENGTH_S):
    return [Span("yes", start_s, start_s + length_s) for start_s in starts_s]


def heard(times_s):
    return [Detection("yes", time_s, 0.9) for time_s in times_s]


def middles(starts_s):
    """Of the windows of words of one length, in seconds, and half a window."""
    half_s = (LENGTH_S + GRACE_S) / 2
    return np.array(starts_s) + half_s, half_s


@given(st.lists(times, max_size=10), st.lists(times, max_size=14))
@settings(deadline=None, max_examples=200)
def test_words_of_one_length_are_mir_evals_points(starts_s, times_s):
    """Windows may overlap, and there may be duplicates: counts agree all the same."""
    matches = match(said(starts_s), heard(times_s))
    points_s, half_s = middles(starts_s)
    pairs = mir_eval.util.match_events(points_s, np.array(times_s), half_s)
    assert matches.hits == len(pairs)
    assert matches.misses == len(starts_s) - len(pairs)
    assert matches.duplicates + matches.false_accepts == len(times_s) - len(pairs)


@given(st.lists(times, min_size=1, max_size=10), st.lists(times, min_size=1, max_size=14))
@settings(deadline=None, max_examples=100)
def test_recall_is_mir_evals_and_precision_too_but_for_duplicates(starts_s, times_s):
    matches = match(said(starts_s), heard(times_s))
    points_s, half_s = middles(starts_s)
    f1, precision, recall = mir_eval.onset.f_measure(np.sort(points_s), np.sort(times_s), half_s)
    assert matches.recall == pytest.approx(recall)
    assert matches.hits / len(times_s) == pytest.approx(precision)
    if not matches.duplicates:
        assert (matches.precision, matches.f1) == pytest.approx((precision, f1))
    elif matches.hits:
        assert matches.precision > precision


@given(st.sets(st.integers(0, 9), min_size=1), st.data())
@settings(deadline=None, max_examples=100)
def test_where_windows_are_apart_the_pairs_are_the_same(slots, data):
    """Words two seconds apart, at most one detection in each two seconds: there is but one matching."""
    starts_s = sorted(2.0 * slot for slot in slots)
    fired = sorted(data.draw(st.sets(st.integers(0, 9))))
    times_s = [2.0 * slot + data.draw(st.integers(0, 127)) / 64 for slot in fired]
    matches = match(said(starts_s), heard(times_s))
    points_s, half_s = middles(starts_s)
    pairs = sorted(mir_eval.util.match_events(points_s, np.array(times_s), half_s))
    assert matches.delays_s == tuple(times_s[of] - (starts_s[word] + LENGTH_S) for word, of in pairs)
    assert matches.duplicates == 0


@given(any_spans, st.lists(times, max_size=14))
@settings(deadline=None, max_examples=200)
def test_words_of_any_length_by_a_distance_of_our_own(spans, times_s):
    """Also where a short word lies in a long one: in order of ends, time order loses nothing."""
    starts_s = np.array([start_s for start_s, _ in spans])
    ends_s = np.array([start_s + length_s + GRACE_S for start_s, length_s in spans])

    def outside(numbers, times_s):
        in_window = (starts_s[numbers, None] <= times_s) & (times_s <= ends_s[numbers, None])
        return np.where(in_window, 0.0, 1.0)

    pairs = mir_eval.util.match_events(np.arange(len(spans)), np.array(times_s), 0.5, distance=outside)
    words = [Span("yes", start_s, start_s + length_s) for start_s, length_s in spans]
    assert match(words, heard(times_s)).hits == len(pairs)


@given(
    st.lists(st.tuples(times.filter(lambda at_s: at_s < 4), lengths), max_size=4),
    st.lists(times.filter(lambda at_s: at_s < 8), max_size=5),
)
@settings(deadline=None, max_examples=100)
def test_no_matching_at_all_has_more_hits(spans, times_s):
    """Every way to give each word one detection or none, tried out."""
    words = [Span("yes", start_s, start_s + length_s) for start_s, length_s in spans]
    most = max(
        sum(
            time_s is not None and word.start_s <= time_s <= word.end_s + GRACE_S
            for word, time_s in zip(words, order, strict=True)
        )
        for order in itertools.permutations([*times_s, *[None] * len(words)], len(words))
    )
    assert match(words, heard(times_s)).hits == most


@given(any_spans, st.lists(times, max_size=10), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_the_order_in_which_events_are_given_does_not_matter(spans, times_s, random):
    words = [Span("yes", start_s, start_s + length_s) for start_s, length_s in spans]
    detections = heard(times_s)
    expected = match(words, detections)
    random.shuffle(words)
    random.shuffle(detections)
    assert match(words, detections) == expected


def test_by_starts_in_place_of_ends_a_hit_would_be_lost():
    """Why words are taken by their ends: by starts the long one would take what only the short one can."""
    long, short = Span("yes", 1, 4), Span("yes", 2, 3)
    assert match([long, short], heard([3.5, 4.5])).hits == 2

    def by_starts():
        left, hits = [long, short], 0
        for time_s in (3.5, 4.5):
            takes = next((one for one in left if one.start_s <= time_s <= one.end_s + GRACE_S), None)
            hits += takes is not None
            left = [one for one in left if one is not takes]
        return hits

    assert by_starts() == 1
