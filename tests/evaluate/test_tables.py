"""The tables of a report: rows, heads, and what a reader without eyes hears."""

import made_result
from oyez.evaluate import tables
from oyez.evaluate.result import Condition, Group, NearMiss


def _rows(made):
    return [["".join(cell.itertext()) for cell in row] for row in made.iter("tr")]


def test_a_table_names_itself_its_columns_and_its_rows():
    made = tables.table("what", ["a", "b"], [["x", "1"]])
    assert next(made.iter("caption")).text == "what"
    assert [(one.text, one.get("scope")) for one in made.iter("th")] == [
        ("a", "col"), ("b", "col"), ("x", "row"),
    ]  # fmt: skip
    assert (made.get("tabindex"), made.get("role"), made.get("aria-label")) == ("0", "region", "what")


def test_conditions():
    (made,) = tables.conditions(made_result.result())
    head, *rows = _rows(made)
    assert len(head) == len(rows[0])
    assert [row[:2] for row in rows] == [["clean", "ours"], ["clean", "theirs"], ["noise 10 dB", "ours"]]
    assert rows[0][2:] == [
        "100", "2, 2.0 %", "0.2–7.0 %", "10, 10.0 %", "2, 2.0 %", "2, 2.0 %", "0", "0.19 s, 0.28 s",
    ]  # fmt: skip
    assert rows[1][5:8] == ["–", "–", "7, 7.0 %"]
    assert tables.conditions(made_result.result(made_result.engine(conditions=()))) == []


def test_a_condition_without_words():
    empty = Condition("clean", made_result.curve((0,) * 5, words=0))
    (made,) = tables.conditions(made_result.result(made_result.engine(conditions=(empty,))))
    assert _rows(made)[1][3] == "–"


def test_thresholds():
    ours, theirs = tables.thresholds(made_result.result())
    assert _rows(ours)[0] == [
        "threshold", "false accepts", "per hour", "at most", "missed, clean", "missed, noise 10 dB",
    ]  # fmt: skip
    assert [row[0] for row in _rows(ours)[1:]] == ["0.9", "0.7", "0.5 (its own)", "0.3", "0.1"]
    assert _rows(ours)[1][1:] == ["0", "0 (0–0.92)", "0.75", "10.0 %", "60.0 %"]
    assert [row[0] for row in _rows(theirs)[1:]] == ["0.5 (its own)"]
    silent = made_result.engine(negatives=made_result.curve((0,) * 5, 0, hours=0.0))
    assert tables.thresholds(made_result.result(silent)) == []


def test_groups_have_a_table_for_each_kind():
    sex, age = tables.groups(made_result.result())
    assert _rows(sex)[1] == [
        "female", "ours", "1 of 60, 1.7 % (0.0–8.9 %)", "5 of 60, 8.3 % (2.8–18.4 %)",
    ]  # fmt: skip
    assert _rows(age)[1][0] == "not known"
    assert _rows(age)[1][3] == "–"


def test_of_many_speakers_those_with_most_misses_are_shown():
    many = tuple(Group("speaker", f"s{number}", {"clean": (number, 50)}) for number in range(40))
    (made,) = tables.groups(made_result.result(made_result.engine(groups=many)))
    assert next(made.iter("caption")).text == "Words missed, by speaker (the 24 with most misses of 40)"
    assert [row[0] for row in _rows(made)[1:]] == [f"s{number}" for number in range(39, 15, -1)]


def test_near_misses_from_the_nearest():
    theirs = made_result.engine("theirs", near_misses=(NearMiss("yet", 20, 19), NearMiss("yes sir", 0, 0)))
    (made,) = tables.near_misses(made_result.result(made_result.engine(), theirs))
    assert _rows(made) == [
        ["phrase", "ours", "theirs"],
        ["“yet”", "1 of 20 (0.1–24.9 %)", "19 of 20 (75.1–99.9 %)"],
        ["“guess”", "9 of 20 (23.1–68.5 %)", "–"],
        ["“yes sir”", "–", "–"],
        ["all of them", "10 of 40 (12.7–41.2 %)", "19 of 20 (75.1–99.9 %)"],
    ]
    assert tables.near_misses(made_result.result(made_result.other())) == []
