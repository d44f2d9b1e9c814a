"""`oyez phrase` as a person uses it."""

import json

import pytest

from oyez import errors
from oyez.cli import main
from oyez.synth import pronunciation


def test_best_first_with_reasons_and_better_ones(capsys):
    assert main(["phrase", "hi", "view glass"]) == 0
    out = capsys.readouterr().out
    first, second = out.split("\n\n")
    assert first.startswith("“view glass”: good, 84 of 100\n  said        vjˈu ɡlˈæs (American)")
    assert "7 sounds, 2 syllables" in first
    assert "few glass (1)" in first
    assert second.startswith("“hi”: poor, 0 of 100")
    assert "2 sounds, 1 syllable\n" in second
    assert "  but         too short: 2 sounds" in second
    assert "  better      hi " in second


def test_nothing_against_it_and_nothing_better(capsys):
    assert main(["phrase", "hello smart kettle"]) == 0
    out = capsys.readouterr().out
    assert "100 of 100" in out
    assert "but  " not in out
    assert "better  " not in out


def test_json(capsys):
    assert main(["phrase", "hi", "hey computer", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["phrase"] for row in rows] == ["hey computer", "hi"]
    assert rows[0]["verdict"] == "good"
    assert rows[0]["n_sounds"] == 11
    assert rows[0]["neighbours"][0].keys() == {"text", "spoken", "edits", "distance", "per_hour"}
    assert all(other["score"] > rows[1]["score"] for other in rows[1]["better"])


@pytest.mark.parametrize(
    ("phrase", "said"), [("kettle 9", "got 'kettle 9'. Write numbers out"), ("", "one to five words")]
)
def test_errors_are_one_line(capsys, phrase, said):
    assert main(["phrase", phrase]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("oyez: ")
    assert said in err
    assert err.count("\n") == 1


def test_without_the_voices(capsys, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name.partition(".")[0])

    monkeypatch.setattr(errors.importlib, "import_module", missing)
    pronunciation._g2p.cache_clear()
    assert main(["phrase", "never judged before"]) == 2
    assert "pip install 'oyez[train]'" in capsys.readouterr().err
    pronunciation._g2p.cache_clear()
