"""Thresholds by intent: from a table to a threshold, and what is told where the hours do not suffice."""

import math
import warnings

import pytest

import oyez
from oyez.config import EventRate
from oyez.detect.batch import Batch
from oyez.detect.detector import Detector
from oyez.detect.intent import choose, thresholds, worth
from oyez.detect.model import Model
from oyez.errors import ConfigError, ModelError
from oyez.train.model_file import annotate
from small_model import speech_like, write_small_model

TABLE = {"hours": 10.0, "rows": [[0.2, 20.0], [0.3, 5.0], [0.5, 1.0], [0.7, 0.3], [0.9, 0.0]]}
STRICT = {"hours": 10.0, "rows": [[0.3, 5.0], [0.5, 2.0]]}


def _choice(rate, table=TABLE, **options):
    return choose(table, "w", EventRate.of(rate), **options)


@pytest.mark.parametrize(
    ("rate", "threshold"),
    [
        ("25/h", 0.2),
        ("20/h", 0.2),
        ("19.9/h", 0.3),
        ("5/h", 0.3),
        ("24/day", 0.5),
        ("0.5/h", 0.7),
        ("0.3/h", 0.7),
    ],
)
def test_the_lowest_threshold_with_no_more_is_taken(rate, threshold):
    choice = _choice(rate, strict=True)
    assert (choice.threshold, choice.note) == (threshold, None)


def test_every_higher_row_must_hold_too():
    bumpy = {"hours": 10.0, "rows": [[0.2, 1.0], [0.3, 5.0], [0.5, 0.4]]}
    assert _choice("2/h", bumpy).threshold == 0.5
    assert _choice("5/h", bumpy).threshold == 0.2


def test_below_what_the_hours_show_the_strictest_is_taken_and_told():
    choice = _choice("1/day")
    assert choice.threshold == 0.9
    assert choice.note == (
        "“w”: asked for at most 1 per day; evidence supports at most 0.3 per hour (10.0 h): the strictest "
        "measured threshold, 0.9, is taken"
    )
    with pytest.raises(
        ConfigError, match=r"evidence supports at most 0\.3 per hour \(10\.0 h\)\. Ask for no"
    ):
        _choice("1/day", strict=True)


def test_the_limit_is_that_of_no_event_at_95_percent():
    """With that many to be expected, none at all comes in 5 % of cases."""
    limit = -math.log(0.05) / 10
    assert math.exp(-limit * 10) == pytest.approx(0.05)
    assert _choice(limit * 1.0001).note is None
    assert _choice(limit * 0.9999).note is not None


def test_what_is_told_is_never_less_than_the_limit():
    note = _choice("1/month", {"hours": 3.28, "rows": [[0.5, 0.0]]}).note  # 0.91333 per hour
    assert "at most 0.92 per hour (3.3 h)" in note
    note = _choice("1/month", {"hours": 0.05, "rows": [[0.5, 0.0]]}).note
    assert "at most 60 per hour (0.05 h)" in note


@pytest.mark.parametrize("rate", ["1/h", "1/month"])
def test_less_than_the_strictest_gave(rate):
    choice = _choice(rate, STRICT)
    assert choice.threshold == 0.5
    said = "the strictest measured threshold, 0.5, gave 2 per hour (10.0 h)"
    assert choice.note == f"“w”: asked for at most {EventRate.of(rate)}; {said}: it is taken"
    with pytest.raises(ConfigError, match="gave 2 per hour"):
        _choice(rate, STRICT, strict=True)


@pytest.mark.parametrize(
    "table",
    [
        None, 3, [[0.5, 1.0]], {}, {"hours": 1.0}, {"hours": 1.0, "rows": []},
        {"hours": 0, "rows": [[0.5, 1]]}, {"hours": "x", "rows": [[0.5, 1]]},
        {"hours": math.inf, "rows": [[0.5, 1]]}, {"hours": 1, "rows": [[0.5]]},
        {"hours": 1, "rows": [[1.5, 1]]}, {"hours": 1, "rows": [[0.5, 1], [0.4, 0]]},
        {"hours": 1, "rows": [[0.5, -1]]}, {"hours": 1, "rows": [[0.5, math.nan]]},
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit(table):
    with pytest.raises(ModelError, match="the table of false accepts for “w” does not fit: expected hours"):
        choose(table, "w", EventRate.of("1/h"))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Two words; the second one's table tells more."""
    path = write_small_model(tmp_path_factory.mktemp("model") / "two.onnx", ("alpha", "beta"))
    annotate(path, {"table": {"alpha": STRICT, "beta": TABLE}})
    return path


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return write_small_model(tmp_path_factory.mktemp("model") / "bare.onnx")


def test_each_word_has_its_own(path):
    found = thresholds(Model(path), None, "2/hour")
    assert found.by_word == {"alpha": 0.5, "beta": 0.5}
    found = thresholds(Model(path), None, "0.4/h")
    assert found.by_word == {"alpha": 0.5, "beta": 0.7}
    assert "“alpha”" in found.notes["alpha"]
    assert found.notes["beta"] is None
    (line,) = found.told("--strict")
    assert line.endswith("it is taken. --strict refuses.")


def test_without_a_rate_it_is_as_ever(path):
    model = Model(path)
    own = {word: trigger.threshold for word, trigger in model.card.trigger.items()}
    assert thresholds(model).by_word == own
    assert thresholds(model, 0.4).by_word == {"alpha": 0.4, "beta": 0.4}
    assert thresholds(model, {"beta": 0.4}).by_word == {**own, "beta": 0.4}
    assert thresholds(model).told("x") == []


def test_what_excludes_each_other(path):
    model = Model(path)
    with pytest.raises(ConfigError, match=r"got both \(0.5 and 1 per day\)"):
        thresholds(model, 0.5, "1/day")
    with pytest.raises(ConfigError, match="strict goes with a rate of false accepts, got none"):
        thresholds(model, 0.5, strict=True)
    with pytest.raises(ConfigError, match="expected a rate such as"):
        thresholds(model, None, "often")


@pytest.mark.parametrize("table", [None, {}, {"other": TABLE}, {"alpha": None}, 3])
def test_without_a_table_it_tells_how_to_make_one(bare, table):
    annotate(bare, {"table": table})
    with pytest.raises(ModelError, match=r"bare\.onnx has no table of false accepts for “alpha”") as caught:
        oyez.load(bare, false_accepts="1/day")
    assert f"oyez evaluate {bare} --negatives DIR --calibrate" in str(caught.value)


def test_a_broken_table_names_the_file(bare):
    annotate(bare, {"table": {"alpha": [[0.5, 1.0]]}})
    with pytest.raises(ModelError, match=r"bare\.onnx: the table of false accepts for “alpha” does not fit"):
        oyez.load(bare, false_accepts="1/day")
    assert oyez.load(bare, threshold=0.5).trigger["alpha"].threshold == 0.5


@pytest.mark.parametrize("load", [oyez.load, lambda path, **options: Batch.load(path, 2, **options)])
def test_python_is_warned_where_it_called(path, load):
    with pytest.warns(
        UserWarning, match=r"“alpha”: asked for at most 0.4 per hour.*strict=True ref"
    ) as caught:
        load(path, false_accepts=0.4)
    assert [warning.filename for warning in caught] == [__file__]
    with pytest.raises(ConfigError, match="“alpha”"):
        load(path, false_accepts=0.4, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(path, false_accepts="2/hour", strict=True)


def test_a_detector_takes_what_was_chosen(path):
    detector = oyez.load(path, false_accepts="5/hour")
    assert {word: one.threshold for word, one in detector.trigger.items()} == {"alpha": 0.3, "beta": 0.3}


def test_thresholds_by_word_are_heeded(path, rng):
    model, samples = Model(path), speech_like(rng, 8.0)

    def heard(threshold):
        detector = Detector(model, threshold=threshold)
        return detector.push(samples) + detector.finish()

    def of(word, found):
        return [(one.word, one.time_s) for one in found if one.word == word]

    low, high = heard(0.3), heard(0.9)
    by_word = {"alpha": 0.3, "beta": 0.9}
    assert of("beta", low) != of("beta", high)
    assert of("alpha", low) != of("alpha", high)
    assert of("alpha", heard(by_word)) == of("alpha", low)
    assert of("beta", heard(by_word)) == of("beta", high)
    batch = Batch(model, 1, threshold=by_word)
    together = batch.push([samples])[0] + batch.finish()[0]
    assert [of(word, together) for word in by_word] == [of("alpha", low), of("beta", high)]


def test_a_threshold_for_a_word_that_is_not_there(path):
    with pytest.raises(ConfigError, match="given for “gamma”, but the model listens for alpha, beta"):
        oyez.load(path, threshold={"alpha": 0.5, "gamma": 0.5})
    with pytest.raises(ConfigError, match="threshold must be between 0 and 1, got 7"):
        oyez.load(path, threshold={"alpha": 7})


def test_worth_of_the_models_own(path, bare):
    card = Model(path).card  # both thresholds are 0.6
    assert worth(card, "alpha") == "2 false accepts per hour, measured in 10.0 h"
    assert worth(card, "beta") == "1 false accepts per hour, measured in 10.0 h"
    annotate(bare, {"table": {"alpha": {"hours": 2.0, "rows": [[0.7, 3.0], [0.8, 1.0]]}}})
    assert worth(Model(bare).card, "alpha").startswith("more than 3 false accepts per hour")
    annotate(bare, {"table": None})
    assert worth(Model(bare).card, "alpha") == "false accepts were not measured"


def test_the_shipped_table_can_be_asked():
    detector = oyez.load("activate", false_accepts="1/hour", strict=True)
    table = detector.model.card.values["table"]["activate"]
    threshold = detector.trigger["activate"].threshold
    assert dict(map(tuple, table["rows"]))[threshold] <= 1
    with pytest.raises(ModelError, match="no table"):
        oyez.load("activate-course", false_accepts="1/hour")
