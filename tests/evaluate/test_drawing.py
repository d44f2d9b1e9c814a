"""The curves: what is drawn where."""

import re

import pytest

import made_result
from oyez.evaluate.drawing import BOTTOM, LEFT, NOTHING, RIGHT, TOP, Axis, condition_names, panels
from oyez.evaluate.result import Condition

X = Axis(0.1, 10.0, LEFT, LEFT + NOTHING, RIGHT)


def _paths(figure, kind):
    return [one.get("d") for one in figure.iter("path") if one.get("class") == kind]


def _texts(figure):
    return ["".join(one.itertext()) for one in figure.iter("text")]


def test_an_axis_is_logarithmic_with_a_place_for_nothing():
    assert X.at(0.0) == LEFT
    assert X.at(0.1) == LEFT + NOTHING
    assert X.at(1.0) == pytest.approx((LEFT + NOTHING + RIGHT) / 2)
    assert X.at(10.0) == X.at(500.0) == RIGHT
    assert X.ticks == pytest.approx([0.0, 0.1, 1.0, 10.0])


def test_one_panel_for_each_condition_with_the_engines_that_have_it():
    one = made_result.result()
    assert condition_names(one) == ["clean", "noise 10 dB"]
    clean, noise = panels(one)
    assert [clean[0].text, noise[0].text] == ["clean", "noise 10 dB"]
    assert len(list(clean.iter("circle"))) == 2
    assert len(list(noise.iter("circle"))) == 1
    told = next(clean.iter("desc")).text
    assert "ours: missed 2 of 100, 2.0 % (0.2–7.0 %), 0.75 (0.15–2.19) per hour." in told
    assert "theirs: missed 7" in told


def test_the_line_falls_from_no_false_accept_to_the_right_edge():
    clean = panels(made_result.result(made_result.engine()))[0]
    (line,) = _paths(clean, "line")
    assert re.fullmatch(r"M64\.0 [\d.]+(H[\d.]+V[\d.]+){3}H366\.0", line)
    xs = [float(x) for x in re.findall(r"H([\d.]+)", line)]
    assert xs == sorted(xs)
    heights = [float(y) for y in re.findall(r"V([\d.]+)", line)]
    assert heights == sorted(heights)
    assert heights[-1] == BOTTOM


def test_what_misses_no_fewer_words_is_no_step():
    curve = made_result.curve((0, 5, 5, 2, 2))
    drawn = panels(made_result.result(made_result.engine(conditions=(Condition("a", curve),))))
    (line,) = _paths(drawn[0], "line")
    assert line.count("V") == 1  # 2 missed without a false accept, and 0 at the right edge


def test_an_engine_with_one_threshold_has_no_line_but_its_intervals():
    clean = panels(made_result.result(made_result.other()))[0]
    assert _paths(clean, "line") == []
    assert len(_paths(clean, "interval")) == 2


def test_the_dot_lies_where_its_numbers_are():
    clean = panels(made_result.result(made_result.engine()))[0]
    (dot,) = clean.iter("circle")
    across, up = _paths(clean, "interval")[1], _paths(clean, "interval")[0]
    low, high = (float(x) for x in re.findall(r"[MH]([\d.]+)", across))
    assert low < float(dot.get("cx")) < high
    bottom, top = (float(y) for y in re.findall(r"[ V]([\d.]+)", up))
    assert TOP < top < float(dot.get("cy")) < bottom < BOTTOM + 0.1


def test_ticks_follow_words_and_hours():
    clean = panels(made_result.result(made_result.engine()))[0]
    assert _texts(clean)[:4] == ["0", "0.1", "1", "10"]
    assert _texts(clean)[4:8] == ["0 %", "1 %", "10 %", "100 %"]
    loud = made_result.curve((5,), hours=0.01, false_accepts=(30,), thresholds=(0.5,))
    (short,) = panels(made_result.result(made_result.engine(conditions=(Condition("a", loud),))))
    assert _texts(short)[:4] == ["0", "100", "1000", "10000"]


def test_a_line_that_begins_beyond_the_edge_is_not_drawn():
    curve = made_result.curve((1, 2), false_accepts=(900, 0), thresholds=(0.1, 0.5))
    strict = made_result.engine(conditions=(Condition("a", curve),))
    assert _paths(panels(made_result.result(strict))[0], "line")[0].endswith("H366.0")
    loud = made_result.curve((1, 2), false_accepts=(900, 800), thresholds=(0.1, 0.5))
    both = made_result.engine(conditions=(Condition("a", loud), Condition("b", curve)), threshold=0.5)
    assert len(panels(made_result.result(both))) == 2


def test_without_hours_or_words_nothing_is_drawn():
    assert panels(made_result.result(made_result.engine(conditions=()))) == []
    silent = Condition("a", made_result.curve((0,) * 5, hours=0.0))
    assert panels(made_result.result(made_result.engine(conditions=(silent,)))) == []
