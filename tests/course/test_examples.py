"""The lesson's numbers (DESIGN, section 6) for scenes and labels."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lesson_data import NEGATIVES_MS, POSITIVES_MS, background, tone_ms
from oyez.course import (
    create_training_example,
    get_random_time_segment,
    insert_audio_clip,
    insert_ones,
    is_overlapping,
)
from oyez.course.segments import read_segment, to_array
from oyez.errors import ConfigError, DataError

TX, TY, BINS = 5511, 1375, 101


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder: the lesson writes there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _ones(y: np.ndarray) -> list[int]:
    return np.flatnonzero(y[0]).tolist()


@pytest.mark.parametrize(
    ("segment", "others", "overlaps"),
    [
        ((950, 1430), [(2000, 2550), (260, 949)], False),
        ((2305, 2950), [(824, 1532), (1900, 2305), (3424, 3656)], True),
        ((3000, 3600), [(1000, 1800), (3400, 4500)], True),
        ((100, 200), [(200, 250)], True),
        ((100, 199), [(200, 250)], False),
        ((200, 250), [(100, 200)], True),
        ((0, 9999), [(5000, 5000)], True),
        ((5000, 5000), [(0, 9999)], True),
        ((0, 10), [], False),
    ],
)
def test_ends_of_segments_are_inclusive(segment: Any, others: list[Any], overlaps: bool) -> None:
    assert is_overlapping(segment, others) is overlaps


def test_place_is_drawn_from_all_and_no_others() -> None:
    np.random.seed(0)
    places = [get_random_time_segment(9990) for _ in range(500)]
    assert {start for start, _ in places} == set(range(10))
    assert all(end - start == 9989 for start, end in places)
    assert all(type(start) is int for start, _ in places)


@pytest.mark.parametrize("length", [10_000, 12_000, -1])
def test_a_clip_of_another_length_has_no_place(length: int) -> None:
    with pytest.raises(DataError, match="does not fit into 10000 ms"):
        get_random_time_segment(length)


def test_clip_of_916_ms_goes_where_the_lesson_puts_it() -> None:
    np.random.seed(5)
    taken = [(3790, 4400)]
    mixed, place = insert_audio_clip(background(), tone_ms(916), taken)
    assert place == (2254, 3169)
    assert taken == [(3790, 4400), (2254, 3169)]
    assert len(mixed) == 10_000


def test_clip_is_added_where_it_was_put() -> None:
    np.random.seed(5)
    under, clip = background(), tone_ms(916)
    mixed, (start, _) = insert_audio_clip(under, clip, [])
    added = to_array(mixed)[:, 0].astype(int) - to_array(under)[:, 0]
    wanted = np.zeros(441_000, int)
    first = round(start * 44.1)
    wanted[first : first + 40_396] = to_array(clip)[:, 0]
    assert np.abs(np.correlate(added, wanted)[0]) > 0.99 * np.sum(wanted**2)
    assert not added[: first - 50].any()
    assert not added[first + 40_450 :].any()


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 3000)), max_size=5), st.integers(1, 12_000))
@settings(max_examples=200, deadline=None)
def test_a_clip_is_placed_or_refused_never_waited_for(taken: list[tuple[int, int]], length: int) -> None:
    segments = [(start, start + more) for start, more in taken]
    covered = np.zeros(20_000, bool)
    for start, end in segments:
        covered[start : end + 1] = True
    fits = any(not covered[start : start + length].any() for start in range(max(0, 10_000 - length)))
    clip = tone_ms(length, rate=1000)
    np.random.seed(length)
    if fits:
        _, place = insert_audio_clip(background(rate=1000), clip, list(segments))
        assert not is_overlapping(place, segments)
    else:
        with pytest.raises(DataError, match=r"fits nowhere|does not fit"):
            insert_audio_clip(background(rate=1000), clip, list(segments))


def test_refused_clip_changes_nothing() -> None:
    taken = [(0, 9999)]
    with pytest.raises(DataError, match=r"fits nowhere between \[\(0, 9999\)\]"):
        insert_audio_clip(background(), tone_ms(500), taken)
    assert taken == [(0, 9999)]


def test_ones_follow_the_end() -> None:
    y = insert_ones(insert_ones(np.zeros((1, TY)), 9700), 4251)
    assert (y[0][1333], y[0][634], y[0][635]) == (0.0, 1.0, 0.0)
    assert _ones(insert_ones(np.zeros((1, TY)), 5000)) == list(range(688, 738))


def test_ones_are_cut_at_the_last_step() -> None:
    end_ms = 1370 * 10_000 / TY
    assert _ones(insert_ones(np.zeros((1, TY)), end_ms)) == [1371, 1372, 1373, 1374]
    assert _ones(insert_ones(np.zeros((1, TY)), 9999)) == []


def test_every_millisecond_has_the_lessons_step() -> None:
    for end_ms in range(0, 10_000, 7):
        first = end_ms * TY // 10_000 + 1
        assert _ones(insert_ones(np.zeros((1, TY)), end_ms)) == list(range(first, min(first + 50, TY)))


def test_ones_are_put_into_the_array_itself() -> None:
    y = np.zeros((1, TY))
    assert insert_ones(y, 100) is y


@pytest.mark.parametrize("shape", [(TY,), (2, TY), (1, TY, 1)])
def test_labels_of_another_shape_are_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"y must be an array of shape \(1, steps\), got \("):
        insert_ones(np.zeros(shape), 100)


def test_an_end_before_the_start_is_told() -> None:
    with pytest.raises(DataError, match="0 or more milliseconds, got -1"):
        insert_ones(np.zeros((1, TY)), -1)


def _clips() -> tuple[list[Any], list[Any]]:
    return [tone_ms(ms, 400.0 + ms) for ms in POSITIVES_MS], [tone_ms(ms, 1500.0) for ms in NEGATIVES_MS]


def test_example_of_seed_18_is_the_lessons(
    in_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clips of 909, 725 and 579 ms, by their lengths: which of the ten is drawn depends on the order.

    With two positives and one negative the draws of indices are replaced; all others are numpy's.
    """
    places = []

    def insert(under: Any, clip: Any, taken: list[Any]) -> Any:
        mixed, place = insert_audio_clip(under, clip, taken)
        places.append((len(clip), place))
        return mixed, place

    positives, negatives = _clips()
    monkeypatch.setattr("oyez.course.examples.insert_audio_clip", insert)
    # ten clips each, as the lesson has, so that numpy's generator goes the same way
    chosen = iter((*positives, *negatives))
    ten = _Ten(chosen)
    x, y = create_training_example(background(), ten, ten)
    assert places == [(909, (2885, 3793)), (725, (1726, 2450)), (579, (6882, 7460))]
    assert _ones(y) == [*range(337, 387), *range(522, 572)]
    assert x.shape == (BINS, TX)
    assert y.shape == (1, TY)
    assert "File (train.wav) was saved" in capsys.readouterr().out
    assert read_segment(in_folder / "train.wav").dBFS == pytest.approx(-20, abs=0.1)


class _Ten:
    """Ten clips, of which whatever index is drawn gives the next of a list."""

    def __init__(self, clips: Any) -> None:
        self._clips = clips

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> Any:
        assert 0 <= index < 10
        return next(self._clips)


def test_examples_have_the_lessons_counts(in_folder: Path) -> None:
    positives = [tone_ms(400)]
    counts = set()
    np.random.seed(3)
    for _ in range(60):
        _, y = create_training_example(background(), positives, [tone_ms(300, 1500)], seed=None)
        starts = np.flatnonzero(np.diff(np.r_[0, y[0]]) == 1)
        counts.add(len(starts))
        assert set(np.unique(y)) <= {0.0, 1.0}
    assert counts == {0, 1, 2, 3, 4}


def test_words_do_not_overlap_and_the_background_is_20_db_down(
    in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixes, places = [], []

    def level(segment: Any, target_dbfs: float) -> Any:
        mixes.append((segment, list(places), target_dbfs))
        places.clear()
        return segment

    def insert(under: Any, clip: Any, taken: list[Any]) -> Any:
        mixed, place = insert_audio_clip(under, clip, taken)
        places.append(place)
        return mixed, place

    monkeypatch.setattr("oyez.course.examples.match_target_amplitude", level)
    monkeypatch.setattr("oyez.course.examples.insert_audio_clip", insert)
    np.random.seed(1)
    for _ in range(40):
        create_training_example(background(), [tone_ms(800)], [tone_ms(600)], seed=None)
    assert {target for _, _, target in mixes} == {-20.0}
    empty = [mixed.dBFS for mixed, taken, _ in mixes if not taken]
    assert empty == [pytest.approx(-60, abs=0.5)] * len(empty)
    assert empty
    for _, taken, _ in mixes:
        assert len(taken) <= 6
        assert not any(is_overlapping(one, taken[:number]) for number, one in enumerate(taken))


def test_seed_repeats_and_none_goes_on(in_folder: Path) -> None:
    positives, negatives = _clips()
    labels = [create_training_example(background(), positives, negatives)[1] for _ in range(2)]
    np.testing.assert_array_equal(*labels)
    np.random.seed(4)
    drawn = [create_training_example(background(), positives, negatives, seed=None)[1] for _ in range(6)]
    assert any((one != other).any() for one, other in itertools.pairwise(drawn))


def test_other_steps_can_be_asked_for(in_folder: Path) -> None:
    positives, negatives = _clips()
    _, y = create_training_example(background(), positives, negatives, Ty=500)
    assert y.shape == (1, 500)
    with pytest.raises(ConfigError, match="Ty must be 1"):
        create_training_example(background(), positives, negatives, Ty=0)


def test_nothing_to_draw_from_is_told(in_folder: Path) -> None:
    with pytest.raises(DataError, match="no clips to draw from"):
        create_training_example(background(), [], [])


def test_clips_that_cannot_all_fit_end_in_an_error(in_folder: Path) -> None:
    """The lesson's loop would not end: its seed 18 asks for two positives here."""
    with pytest.raises(DataError, match="fits nowhere"):
        create_training_example(background(), [tone_ms(6000)], [tone_ms(300)])
    assert not (in_folder / "train.wav").exists()
