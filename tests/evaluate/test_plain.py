"""An evaluation as JSON."""

import json

import pytest

import made_result
from oyez.evaluate.cuts import cut_names
from oyez.evaluate.plain import FORMAT, result_to_dict


@pytest.fixture(scope="module")
def plain():
    return json.loads(json.dumps(result_to_dict(made_result.result()), allow_nan=False))


def test_the_whole(plain):
    assert (plain["format"], plain["words"], plain["hours"], plain["seed"]) == (FORMAT, 100, 4.0, 7)
    assert plain["about"] == {"positives": "words/yes", "noise": "rain, 10 dB"}
    assert len(plain["skipped"]) == 1
    assert [engine["name"] for engine in plain["engines"]] == ["ours", "theirs"]


def test_an_engine(plain):
    engine = plain["engines"][0]
    assert engine["false_accepts"]["count"] == 3
    assert engine["false_accepts"]["interval"] == pytest.approx([0.1547, 2.1918], abs=1e-3)
    assert engine["false_accepts"]["at_most_per_hour"] == pytest.approx(1.938, abs=1e-3)
    assert engine["hours_to_claim"] == pytest.approx(73.54, abs=0.01)
    assert engine["delay_s"]["median"] == pytest.approx(0.19)
    assert [row["count"] for row in engine["thresholds"]] == [40, 12, 3, 1, 0]
    assert engine["near_misses"][1]["accepted"]["share"] == 0.45
    assert engine["groups"][0]["missed"]["noise 10 dB"]["count"] == 5


def test_a_condition(plain):
    clean = plain["engines"][0]["conditions"][0]
    assert clean["own"]["missed"]["count"] == 2
    assert clean["own"]["missed"]["interval"] == pytest.approx([0.0024, 0.0704], abs=1e-4)
    assert {count: point["missed"]["count"] for count, point in clean["at_most"].items()} == {
        "0": 10, "3": 2, "10": 2,
    }  # fmt: skip
    assert [point["threshold"] for point in clean["curve"]] == list(made_result.THRESHOLDS)
    assert plain["engines"][1]["conditions"][0]["at_most"]["0"] is None


def test_cuts_bear_the_names_of_their_files(plain):
    cuts = plain["engines"][0]["cuts"]
    assert [cut["file"] for cut in cuts] == [name for name, _ in cut_names(made_result.result())]
    assert cuts[0]["word"] == {"start_s": 0.1, "end_s": 0.4}
    assert cuts[2]["word"] is None
    assert cuts[0]["seconds"] == pytest.approx(0.6)
    assert not any("samples" in cut for cut in cuts)


def test_without_hours_nothing_is_said_of_rates():
    silent = made_result.engine(negatives=made_result.curve((0,) * 5, 0, hours=0.0), conditions=())
    engine = result_to_dict(made_result.result(silent))["engines"][0]
    assert engine["false_accepts"] == {
        "count": 3, "hours": 0.0, "per_hour": None, "interval": None, "at_most_per_hour": None,
    }  # fmt: skip
    assert engine["delay_s"] is None


def test_a_condition_in_which_nothing_was_heard_has_no_delay():
    from oyez.evaluate.result import Condition

    deaf = made_result.engine(conditions=(Condition("clean", made_result.curve((9,) * 5, words=9)),))
    assert result_to_dict(made_result.result(deaf))["engines"][0]["conditions"][0]["delay_s"] is None
