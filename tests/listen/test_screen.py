"""The screen: words to standard output, the rest to standard error, a meter only where it can be seen."""

import io
import json

import pytest
from rich.console import Console

from oyez.events import Detection
from oyez.listen.heard import Heard, Level, Nearly
from oyez.listen.screen import Screen, at, score_bar

WORDS = [("activate", 0.6), ("stop", 0.8)]
HEARD = Heard("small", Detection("activate", 65.25, 0.91), 0.6)
NEARLY = Nearly("small", Detection("activate", 5.0, 0.4), 0.6)


def _screen(out_terminal=False, err_terminal=False, **options):
    out, err = io.StringIO(), io.StringIO()
    consoles = [
        Console(file=file, force_terminal=terminal, width=120, color_system=None)
        for file, terminal in ((out, out_terminal), (err, err_terminal))
    ]
    return Screen(*consoles, WORDS, **options), out, err


def _level(time_s, dbfs=-30.0, scores=(0.1, 0.0), muted=False):
    return Level(time_s, dbfs, scores, muted)


def test_plain_lines_where_there_is_no_terminal():
    screen, out, err = _screen()
    with screen:
        screen.level(_level(1.0))
        screen.heard(HEARD)
        screen.heard(NEARLY)
        screen.tell("the lamp [bold]is[/] gone " + "x" * 200)
    assert out.getvalue() == "1:05.25  activate  0.91\n"
    told = err.getvalue().splitlines()
    assert told == ["0:05.00  activate, nearly: 0.40 of 0.60", "the lamp [bold]is[/] gone " + "x" * 200]


def test_json_is_one_whole_line_for_each_word():
    screen, out, err = _screen(as_json=True)
    screen.heard(HEARD)
    screen.heard(NEARLY)
    screen.say('{"from": "[red]an action[/]"}')
    first, second = out.getvalue().splitlines()
    assert json.loads(first) == {"word": "activate", "time_s": 65.25, "score": 0.91, "model": "small"}
    assert second == '{"from": "[red]an action[/]"}'
    assert "nearly" in err.getvalue()


def test_on_a_terminal_words_stand_above_the_meter():
    screen, out, err = _screen(out_terminal=True, err_terminal=True)
    with screen:
        screen.level(_level(1.0))
        screen.heard(HEARD)
        screen.level(_level(2.0))
    assert out.getvalue() == ""  # one console for both, or they would overwrite each other
    text = err.getvalue()
    assert text.index("-30 dBFS") < text.index("1:05.25  activate  0.91")
    assert "0:02.00" in text


def test_words_that_are_piped_on_do_not_meet_the_meter():
    screen, out, err = _screen(err_terminal=True)
    with screen:
        screen.level(_level(1.0))
        screen.heard(HEARD)
    assert out.getvalue() == "1:05.25  activate  0.91\n"
    assert "1:05.25" not in err.getvalue()
    assert "dBFS" in err.getvalue()


def test_the_meter_shows_the_highest_since_it_moved_last():
    screen, _, err = _screen(err_terminal=True)
    with screen:
        screen.level(_level(1.0))
        screen.level(_level(1.02, -5.0, (0.75, 0.2)))
        screen.level(_level(1.08, -50.0))
        assert "-5 dBFS" not in err.getvalue()
        screen.level(_level(1.1, -50.0, muted=True))
        last = err.getvalue().splitlines()[-1]
        assert " -5 dBFS" in last
        assert "activate" in last
        assert "0.75" in last
        assert "0.20" in last
        assert "muted" in last
        screen.level(_level(1.3, -50.0))
    last = [line for line in err.getvalue().splitlines() if "0:01.30" in line][-1]
    assert "-50 dBFS" in last
    assert "muted" not in last.partition("0:01.30")[2]


def test_after_a_word_the_meter_leaves_its_line_to_programs():
    screen, _, err = _screen(True, True, pause_s=1.0)
    with screen:
        screen.level(_level(65.2))
        screen.heard(HEARD)
        screen.level(_level(66.2))
        assert "1:06.20" not in err.getvalue()
        assert err.getvalue().endswith("0.91\n")  # and an empty line
        screen.level(_level(66.4))
        assert "1:06.40" in err.getvalue()


def test_after_the_end_there_is_no_meter():
    screen, _, err = _screen(err_terminal=True)
    with screen:
        screen.level(_level(1.0))
    before = err.getvalue()
    screen.level(_level(2.0))
    assert err.getvalue() == before


@pytest.mark.parametrize(
    ("time_s", "text"),
    [
        (0.0, "0:00.00"),
        (59.999, "1:00.00"),
        (65.256, "1:05.26"),
        (3599.996, "1:00:00.00"),
        (86_461.5, "24:01:01.50"),
    ],
)
def test_times(time_s, text):
    assert at(time_s) == text


@pytest.mark.parametrize(
    ("score", "threshold", "text", "colour"),
    [
        (0.0, 0.5, "░" * 10 + "┃" + "░" * 9 + " 0.00", "cyan"),
        (0.49, 0.5, "█" * 10 + "┃" + "░" * 9 + " 0.49", "cyan"),
        (0.75, 0.5, "█" * 10 + "┃" + "█" * 4 + "░" * 5 + " 0.75", "bold green"),
        (1.0, 0.999, "█" * 19 + "┃" + " 1.00", "bold green"),
    ],
)
def test_the_score_has_a_mark_at_the_threshold(score, threshold, text, colour):
    bar = score_bar(score, threshold)
    assert bar.plain == text
    assert bar.spans[0].style == colour
