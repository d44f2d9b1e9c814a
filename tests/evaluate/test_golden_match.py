"""Matching against cases whose answers were set by hand: golden_match, one file each, with the reason."""

import json
import runpy
from pathlib import Path

import pytest

from oyez.evaluate.match import GRACE_S, match
from oyez.events import Detection, Span

FOLDER = Path(__file__).parent / "golden_match"
CASES = sorted(FOLDER.glob("*.json"))
regenerate = runpy.run_path(str(FOLDER / "regenerate.py"))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    matches = match(
        [Span(*values) for values in case["spans"]],
        [Detection(*values, score=0.9) for values in case["detections"]],
        case.get("grace_s", GRACE_S),
    )
    expected = case["expected"]
    delays_s = expected.pop("delays_s")
    assert {name: getattr(matches, name) for name in expected} == expected, case["why"]
    assert matches.delays_s == pytest.approx(delays_s, abs=1e-9)


def test_there_are_many_and_no_two_ask_the_same():
    asked = [
        json.dumps([case["spans"], case["detections"], case.get("grace_s")])
        for case in (json.loads(path.read_text(encoding="utf-8")) for path in CASES)
    ]
    assert len(set(asked)) == len(asked) >= 20


def test_cases_are_sound_and_in_shape(capsys):
    assert (regenerate["main"](["--check"]), capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spans": []}, "each span is a hit or a miss"),
        ({"detections": []}, "each detection is a hit, a duplicate"),
        ({"spans": [["yes", 2, 1]]}, "ends before it starts"),
        ({"notes": ""}, "needs why, spans, detections, expected"),
        ({"expected": {"hits": 1}}, "expected must hold hits"),
        (
            {"expected": dict.fromkeys(regenerate["COUNTS"], 0) | {"hits": 1, "delays_s": []}},
            "each hit has a delay",
        ),
    ],
)
def test_a_case_that_cannot_be_right_is_refused(change, said):
    case = json.loads((FOLDER / "after_the_word.json").read_text(encoding="utf-8"))
    assert regenerate["problem"](case) is None
    assert said in regenerate["problem"](case | change)
