"""The summary for the terminal, as a person sees it."""

from dataclasses import replace

import made_result
from oyez.evaluate.result import Condition
from oyez.evaluate.summary import WIDTH, summary

GOLDEN = """\
seed 7, 4.00 hours without the word, 100 recordings of it; 1 more left out

ours: “yes”, threshold 0.5
  Missed 2 of 100, 2.0 % (0.2–7.0 %) in “clean”.
  Worst was “noise 10 dB”: 11 of 100, 11.0 % (5.6–18.8 %).
  Went off 3 times in 4.00 hours without the word: 0.75 (0.15–2.19) per hour. With 95 % confidence
    at most 1.94 per hour.
  To claim 0.1 per hour, 73.5 further hours without a false accept are needed.
  A word that was heard was known 0.19 s after its end (median), 19 of 20 by 0.28 s after it.
  A second of sound took 0.0071 s on one thread.

  condition    words  missed                95 %  at 0 fa  at 3 fa  at 10 fa
  clean          100       2   2.0 %   0.2–7.0 %   10.0 %    2.0 %     2.0 %
  noise 10 dB    100      11  11.0 %  5.6–18.8 %   60.0 %   11.0 %    11.0 %
  fa: misses read off the curve, at so many false accepts at most"""


def test_the_summary_word_for_word():
    one = made_result.result(made_result.engine())
    assert summary(one).splitlines() == GOLDEN.splitlines()


def test_every_engine_is_in_it_and_no_line_is_too_long():
    engine = made_result.engine()
    curve = engine.conditions[0].curve
    wordy = replace(engine, conditions=(Condition("a very long name of a condition indeed", curve),))
    text = summary(made_result.result(wordy, made_result.other()))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "theirs: “yes”" in text
    assert "a very long name of a…" in text


def test_a_dash_where_no_threshold_is_quiet_enough():
    rows = summary(made_result.result(made_result.other(), skipped=())).splitlines()
    assert rows[0].endswith("100 recordings of it")
    assert rows[-2].split()[-3:] == ["–", "7.0", "%"]


def test_negatives_alone_have_no_table():
    text = summary(made_result.result(made_result.engine(conditions=())))
    assert "condition " not in text
    assert "No recording of the word" in text
