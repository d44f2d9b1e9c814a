"""`oyez compare` as a person or a build uses it: what it prints, and how it leaves."""

import json
import sys
from dataclasses import dataclass

import pytest

from oyez import audio
from oyez.cli import main
from oyez.config import TriggerConfig
from oyez.evaluate.compare_command import comparison_text, verdict
from oyez.evaluate.outcomes import FalseAccepts, Outcome, Outcomes
from oyez.evaluate.paired import Rule, compare
from oyez.train.export import export
from tone_model import WORD, tone_network, tones

RATE = 44_100
COUNT = 6
DEFAULT = TriggerConfig()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six words, a minute with six tones that nobody called a word, and two detectors: one is deaf."""
    folder = tmp_path_factory.mktemp("compare")
    for name, threshold in (("good", 0.5), ("deaf", 0.9999)):
        export(tone_network(), folder / f"{name}.onnx", (WORD,), {WORD: TriggerConfig(threshold=threshold)})
    for number in range(COUNT):
        audio.write(folder / "words" / f"{number}.wav", tones([0.1], 0.5), RATE)
        audio.write(folder / "near" / f"{number}.wav", tones([0.1], 0.5), RATE)
    audio.write(folder / "quiet" / "a.wav", tones([], 20.0), RATE)
    audio.write(folder / "loud" / "a.wav", tones([float(at_s) for at_s in range(5, 35, 5)], 40.0), RATE)
    return folder


def run(folder, a, b, *more, negatives="quiet"):
    names = [str(folder / f"{name}.onnx") for name in (a, b)]
    folders = ["--positives", str(folder / "words"), "--negatives", str(folder / negatives), "--jobs", "1"]
    return main(["compare", *names, *folders, *more])


def test_a_deaf_detector_is_worse_and_stops_the_build(folder, capsys):
    assert run(folder, "good", "deaf") == 1
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert "good" in lines[0]
    assert lines[0].endswith(": “tone”, threshold 0.5")
    assert "deaf" in lines[1]
    rows = {line[:24].strip(): line.split()[-7:] for line in lines if line.startswith(("missed", "false"))}
    assert rows["missed, clean"] == ["6", "0", "6", "0", "6", "0.031", "0.016"]
    assert rows["missed, each word once"] == ["18", "0", "18", "0", "6", "0.031", "0.016"]
    assert rows["false accepts"] == ["h", "0", "0", "0", "0", "1.000", "1.000"]
    assert "B is worse: more misses (p 0.016)." in lines
    assert "Too few false accepts to tell: 0 of one alone, 5 could show it." in lines


def test_the_other_way_round_it_passes(folder, capsys):
    assert run(folder, "deaf", "good") == 0
    assert "B is not shown to be worse at 0.05." in capsys.readouterr().out


def test_a_detector_is_never_worse_than_itself(folder, capsys):
    assert run(folder, "good", "good", negatives="loud") == 0
    out = capsys.readouterr().out
    (row,) = [line.split()[-7:] for line in out.splitlines() if line.startswith("false accepts")]
    assert row == ["h", "6", "6", "0", "0", "1.000", "1.000"]


def test_one_that_hears_more_is_worse_where_it_also_makes_things_up(folder, capsys):
    assert run(folder, "deaf", "good", negatives="loud") == 1
    assert "B is worse: more false accepts (p 0.016)." in capsys.readouterr().out


def test_near_misses_are_the_third_way_to_be_worse(folder, capsys):
    assert run(folder, "deaf", "good", "--near-misses", str(folder / "near")) == 1
    out = capsys.readouterr().out
    assert "B is worse: more accepted near misses (p 0.016)." in out
    assert "near misses accepted" in out


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--alpha", "0.01"], 0), (["--margin", "0.99"], 1), (["--margin-per-hour", "9999"], 1)],
)
def test_alpha_and_margins_are_taken(folder, options, code):
    """All six of six are missed: a rise of 1, which no margin allows."""
    assert run(folder, "good", "deaf", *options) == code


def test_json_holds_all_of_it(folder, capsys):
    assert run(folder, "good", "deaf", "--json", "--word", "tone") == 1
    values = json.loads(capsys.readouterr().out)
    assert values["worse"] is True
    assert (values["a"]["word"], values["b"]["threshold"]) == ("tone", 0.9999)
    assert values["misses"]["only_b"] == COUNT
    assert [row["name"] for row in values["conditions"]] == ["clean", "at once", "telephone"]
    assert values["skipped"] == []


@pytest.mark.parametrize("lacking", ["positives", "negatives"])
def test_words_and_hours_are_both_needed(folder, lacking, capsys):
    given = "negatives" if lacking == "positives" else "positives"
    names = [str(folder / f"{name}.onnx") for name in ("good", "deaf")]
    assert main(["compare", *names, f"--{given}", str(folder / "words")]) == 2
    assert f"Pass --{lacking} DIR" in capsys.readouterr().err


def test_errors_are_no_verdicts(folder, capsys):
    assert run(folder, "good", "none") == 2
    assert run(folder, "good", "deaf", "--alpha", "2") == 2
    assert "alpha must be between 0 and 1, got 2.0" in capsys.readouterr().err
    assert run(folder, "good", "deaf", negatives="nowhere") == 2


def test_help_tells_the_exit_codes(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["compare", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "The exit code is 0 where B is not worse, 1 where it is, 2 after an error." in told


@dataclass(frozen=True)
class Named:
    name: str
    word: str = "w"
    trigger: TriggerConfig = DEFAULT


def made(lost, times_s=(), near=0):
    words = tuple(Outcome(str(number), "clean", number >= lost) for number in range(20))
    nearly = tuple(Outcome(str(number), "near misses", number < near) for number in range(10))
    return Outcomes(words, FalseAccepts({"s": times_s}, 2.0), nearly)


def test_all_that_is_worse_is_named():
    found = compare(made(0), made(8, range(0, 60, 10), 7))
    (line,) = verdict(found)
    assert line.startswith("B is worse: more misses (p 0.004), more false accepts (p 0.016), more accepted")
    assert line.endswith("accepted near misses (p 0.008).")


def test_what_is_better_is_said_too():
    assert verdict(compare(made(8), made(0, range(0, 60, 10)))) == [
        "B is worse: more false accepts (p 0.016).",
        "It has fewer misses (p 0.004).",
        "Too few accepted near misses to tell: 0 of one alone, 5 could show it.",
    ]


def test_what_the_margin_allows_is_said():
    found = compare(made(0), made(10, range(0, 60, 10)), Rule(margin=0.5, margin_per_hour=3.0))
    assert verdict(found) == [
        "B is not shown to be worse at 0.05.",
        "It has more misses (p 0.001), but within the margin.",
        "It has more false accepts (p 0.016), but within the margin.",
        "Too few accepted near misses to tell: 0 of one alone, 5 could show it.",
    ]


@pytest.mark.parametrize(("alpha", "needed"), [(0.05, 5), (1 / 32, 6), (0.5, 2), (0.01, 7)])
def test_as_many_as_could_show_it(alpha, needed):
    lines = verdict(compare(made(0), made(1, [5.0]), Rule(alpha=alpha)))
    assert f"Too few misses to tell: 1 of one alone, {needed} could show it." in lines
    enough = compare(made(0), made(needed), Rule(alpha=alpha))
    assert enough.more_misses


def test_columns_are_aligned_and_tiny_p_can_be_read():
    text = comparison_text(compare(made(0), made(20)), [Named("old"), Named("new", "v")], ["x.wav: silent"])
    lines = text.splitlines()
    assert lines[:3] == ["A  old: “w”, threshold 0.5", "B  new: “v”, threshold 0.5", ""]
    table = lines[3 : lines.index("", 3)]
    assert len({len(line) for line in table}) == 1
    assert table[0].split() == ["of", "A", "B", "only", "A", "only", "B", "p", "B", "worse"]
    assert "2e-06    1e-06" in table[1]
    assert "Left out: 1, as x.wav: silent" in lines


def test_without_scipy_the_line_to_type_is_told(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert run(folder, "good", "deaf") == 2
    assert "pip install 'oyez[evaluate]'" in capsys.readouterr().err
