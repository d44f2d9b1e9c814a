"""Tables from curves: true to the counts, and good for what `--false-accepts` asks of them."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oyez.config import EventRate
from oyez.detect.intent import choose
from oyez.detect.model import Model
from oyez.errors import DataError, ModelError
from oyez.evaluate.calibration import MOST_PER_HOUR, recalibrated, threshold_table
from oyez.evaluate.curve import Curve, Point
from oyez.evaluate.match import Matches
from oyez.train.merge import merge
from oyez.train.model_file import annotate
from small_model import write_small_model


def curve(counts, hours):
    """Counts at thresholds that rise evenly."""
    thresholds = [(number + 1) / (len(counts) + 1) for number in range(len(counts))]
    points = zip(thresholds, counts, strict=True)
    return Curve(tuple(Point(threshold, Matches(), count) for threshold, count in points), hours)


curves = st.builds(
    curve, st.lists(st.integers(0, 300), min_size=1, max_size=60), st.floats(0.001, 1e4)
) | st.builds(
    lambda counts, hours: curve(sorted(counts, reverse=True), hours),
    st.lists(st.integers(0, 300), min_size=1, max_size=60),
    st.floats(0.01, 100),
)


def test_rows_stand_where_the_count_changes():
    table = threshold_table(curve([40, 9, 9, 3, 3, 0, 0, 0, 0], 3.0))
    assert table == {"hours": 3.0, "rows": [[0.1, 13.334], [0.2, 3.0], [0.4, 1.0], [0.6, 0.0]]}


def test_a_count_holds_from_its_threshold_on():
    """At 0.2 there were two, but above it came five again."""
    table = threshold_table(curve([9, 2, 5, 1, 2, 1, 1, 0, 1], 1.0))
    assert table["rows"] == [[0.1, 9.0], [0.2, 5.0], [0.4, 2.0], [0.6, 1.0]]


def test_what_is_no_detector_is_left_out():
    assert threshold_table(curve([500, 201, 200, 1], 1.0))["rows"] == [[0.6, 200.0], [0.8, 1.0]]
    assert threshold_table(curve([900, 500], 1.0))["rows"] == [[2 / 3, 500.0]]


def test_hours_are_rounded_down():
    assert threshold_table(curve([0], 3.2619))["hours"] == 3.261
    assert threshold_table(curve([0], 3.261))["hours"] == 3.261


@pytest.mark.parametrize(("counts", "hours"), [([], 1.0), ([0], 0.0), ([0], 0.0009)])
def test_without_sound_there_is_no_table(counts, hours):
    with pytest.raises(DataError, match=f"a table needs sound without the word, got {hours * 3600:.1f} s"):
        threshold_table(curve(counts, hours))


@given(curves)
def test_thresholds_rise_and_rates_fall(one):
    table = threshold_table(one)
    assert json.loads(json.dumps(table)) == table
    assert 0 < table["hours"] <= one.hours
    for (low, often), (high, seldom) in pairwise(table["rows"]):
        assert low < high
        assert often >= seldom
        assert often <= MOST_PER_HOUR + 0.001


@given(curves)
def test_no_row_says_less_than_was_counted(one):
    rows = threshold_table(one)["rows"]
    for threshold, per_hour in rows:
        above = [point.false_accepts / one.hours for point in one.points if point.threshold >= threshold]
        assert max(above) <= per_hour <= max(above) + 0.001
        below = [point for point in one.points if point.threshold < threshold]
        assert not below or below[-1].false_accepts / one.hours > max(above)  # it is the lowest one
    assert rows[-1][1] >= one.points[-1].false_accepts / one.hours


@given(curves, st.floats(0.5, 400))
def test_what_is_chosen_was_counted_to_be_within_the_rate(one, asked):
    per_hour = asked / one.hours
    choice = choose(threshold_table(one), "w", EventRate(per_hour))
    most = max(point.false_accepts for point in one.points if point.threshold >= choice.threshold)
    if choice.note is not None:
        assert most == one.points[-1].false_accepts  # the strictest
        return
    assert most / one.hours <= per_hour
    assert per_hour >= -math.log(0.05) / one.hours
    lower = [point.false_accepts for point in one.points if point.threshold < choice.threshold]
    if lower:  # would not do, but for what rounding and the limit of 200 leave out
        assert lower[-1] / one.hours > min(per_hour, MOST_PER_HOUR) - 0.001


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A merged file of two words, and those that it is made of."""
    folder = tmp_path_factory.mktemp("models")
    paths = [
        write_small_model(folder / f"{word}.onnx", (word,), seed) for seed, word in enumerate(("a", "b"))
    ]
    merge(paths, folder / "both.onnx")
    return folder / "both.onnx"


TABLE = {"hours": 10.0, "rows": [[0.3, 5.0], [0.7, 0.5]]}


def test_a_table_is_written_into_a_file(both, tmp_path):
    values = Model(both).card.values
    assert recalibrated(values, "a", TABLE).keys() == {"table", "heads"}
    annotate(both, recalibrated(values, "a", TABLE, EventRate.of("1/h")))
    card = Model(both).card
    assert card.values["table"] == {"a": TABLE}
    assert (card.trigger["a"].threshold, card.trigger["b"].threshold) == (0.7, 0.6)
    assert card.trigger["a"].smoothing == values["trigger"]["a"]["smoothing"]
    annotate(both, recalibrated(card.values, "b", {**TABLE, "hours": 20.0}))
    card = Model(both).card
    assert [card.values["table"][word]["hours"] for word in "ab"] == [10.0, 20.0]
    assert card.trigger["b"].threshold == 0.6
    assert [list(head["table"]) for head in card.values["heads"]] == [["a"], ["b"]]
    # merged once more with a third, both tables are still there
    third = write_small_model(tmp_path / "c.onnx", ("c",), 7)
    merge([both, third], tmp_path / "three.onnx")
    assert Model(tmp_path / "three.onnx").card.values["table"] == card.values["table"]


def test_a_file_of_one_word(tmp_path):
    path = write_small_model(tmp_path / "a.onnx", ("a",))
    changes = recalibrated(Model(path).card.values, "a", TABLE, EventRate.of("1/day"))
    assert changes["table"] == {"a": TABLE}
    assert changes["trigger"]["a"]["threshold"] == 0.7  # the strictest: 10 hours do not show 1 per day
    assert "heads" not in changes


def test_a_word_that_is_not_there(both):
    with pytest.raises(ModelError, match="the model listens for a, b, got “c”"):
        recalibrated(Model(both).card.values, "c", TABLE)
