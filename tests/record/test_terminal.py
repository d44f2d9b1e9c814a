import io
from pathlib import Path

import pytest
from rich.console import Console

import sounds
from oyez.record.session import Choice, Prompter
from oyez.record.take import examine, examine_room
from oyez.record.terminal import Terminal, summary

GOOD, LOUD = (examine(sounds.take(level), 16_000) for level in (0.1, 0.45))


def terminal(*keys, real=True):
    file = io.StringIO()
    console = Console(file=file, force_terminal=real, width=100, color_system=None, legacy_windows=False)
    return Terminal(console, iter(keys).__next__), file


def session(shown: Prompter, take):
    shown.ask("hello", 3, 20)
    shown.count_down(3)
    shown.count_down(2)
    shown.listen(-20.0, 1.5)
    shown.listen(-18.0, 1.0)
    shown.judge(take)


def test_a_terminal_shows_a_meter():
    shown, file = terminal()
    session(shown, GOOD)
    text = file.getvalue()
    assert "3/20  say “hello”" in text
    assert "3 …" in text
    assert "● say “hello”  " + "█" * 16 + "░" * 8 + " -20 dBFS   1.5 s" in text
    assert "good: 0.40 s at -20 dBFS, 40 dB over the room" in text
    shown.saved(Path("words/hello/ann_0001.wav"))
    assert "→ words/hello/ann_0001.wav" in file.getvalue()
    assert "\x1b[?25h" in text  # the cursor is back after the meter


def test_elsewhere_each_step_is_a_line():
    shown, file = terminal(real=False)
    session(shown, LOUD)
    assert file.getvalue().splitlines() == [
        "3/20  say “hello”",
        "3 … 2 … now",
        "      too loud (-7 dBFS). Turn the microphone down, or speak further away.",
    ]
    shown.note("nothing can be played [at all].")
    assert file.getvalue().endswith("\nnothing can be played [at all].\n")


def test_a_room_has_no_word():
    shown, file = terminal(real=False)
    shown.ask("", 1, 99)
    assert file.getvalue() == "keep quiet: the room is recorded\n"


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize(
    ("take", "keys", "choice"),
    [
        (GOOD, "\n", Choice.KEEP),
        (LOUD, "\n", Choice.AGAIN),
        (LOUD, "k", Choice.KEEP),
        (GOOD, "a", Choice.AGAIN),
        (GOOD, "xyz7s", Choice.SKIP),
        (GOOD, "p", Choice.PLAY),
        (GOOD, "q", Choice.QUIT),
        (GOOD, [""], Choice.QUIT),  # the terminal is gone
    ],
)
def test_a_key_chooses(take, keys, choice, real):
    shown, file = terminal(*keys, real=real)
    assert shown.choose(take) is choice
    assert (
        f"Enter {'keep' if take.passes else 'again'}  k keep  a again  p play  s skip  q quit"
        in file.getvalue()
    )


def test_what_was_begun_is_ended():
    shown, file = terminal(real=False)
    shown.count_down(3)
    shown.close()
    assert file.getvalue() == "3 … \n"
    shown, file = terminal()
    shown.count_down(3)
    shown.close()
    assert file.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
    shown.close()


def test_a_room_in_a_few_words():
    assert summary(examine_room(sounds.noise(0, 2, 16_000, 0.01), 16_000)) == "2.0 s at -40 dBFS"
