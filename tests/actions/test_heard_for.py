"""Who heard a word, as every kind of action tells it."""

import json
from dataclasses import asdict

from oyez.actions.heard_for import HeardFor
from oyez.actions.program import describe
from oyez.actions.rule import read_action

FOUND = HeardFor("activate", 1.5, 0.9, "activate", "wyoming 192.0.2.7:5000")


def test_it_is_a_detection_with_more_in_it():
    assert asdict(FOUND) == {
        "word": "activate",
        "time_s": 1.5,
        "score": 0.9,
        "model": "activate",
        "client": "wyoming 192.0.2.7:5000",
    }


def test_a_command_finds_the_client_in_its_environment(tmp_path):
    line = f'echo "$OYEZ_WORD $OYEZ_MODEL $OYEZ_CLIENT" > "{tmp_path}/heard"'
    assert read_action(line, say=print, ring=print).do(FOUND, 10) == "done"
    assert (tmp_path / "heard").read_text() == "activate activate wyoming 192.0.2.7:5000\n"
    assert describe(FOUND)["OYEZ_CLIENT"] == "wyoming 192.0.2.7:5000"


def test_a_line_of_json_names_the_client():
    said = []
    read_action("json:", say=said.append, ring=print).do(FOUND, 10)
    assert json.loads(said[0]) == asdict(FOUND)
