import os
import sys
from contextlib import suppress
from types import ModuleType, SimpleNamespace

import pytest

from oyez.errors import ConfigError
from oyez.record.keyboard import Keyboard

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are not for Windows", allow_module_level=True)

import termios

ECHO_AND_LINES = termios.ICANON | termios.ECHO


@pytest.fixture
def ends():
    """Two ends of a terminal: the person's, and ours."""
    person, ours = os.openpty()
    yield person, ours
    for end in (person, ours):
        with suppress(OSError):
            os.close(end)


@pytest.fixture
def type_after_flush(ends, monkeypatch):
    """Types once the keyboard has forgotten what was typed before."""
    flush = termios.tcflush
    typed = []

    def forget(descriptor, which):
        flush(descriptor, which)
        os.write(ends[0], typed.pop(0))

    monkeypatch.setattr(termios, "tcflush", forget)
    return typed


def modes(descriptor):
    return termios.tcgetattr(descriptor)[3] & ECHO_AND_LINES


def test_a_key_needs_no_enter_and_the_terminal_is_as_before(ends, type_after_flush):
    type_after_flush += [b"K", b"\n", b"\r"]
    with Keyboard(ends[1]) as keyboard:
        assert modes(ends[1]) == 0
        assert [keyboard.key() for _ in range(3)] == ["k", "\n", "\n"]
    assert modes(ends[1]) == ECHO_AND_LINES


def test_what_was_typed_before_the_question_is_no_answer(ends, type_after_flush):
    type_after_flush += [b"a"]
    with Keyboard(ends[1]) as keyboard:
        os.write(ends[0], b"qqq")
        assert keyboard.key() == "a"


def test_the_terminal_is_as_before_after_an_error(ends):
    with pytest.raises(ZeroDivisionError), Keyboard(ends[1]):
        raise ZeroDivisionError
    assert modes(ends[1]) == ECHO_AND_LINES


def test_a_terminal_that_is_gone_gives_nothing(ends):
    with Keyboard(ends[1]) as keyboard:
        os.close(ends[0])
        assert keyboard.key() == ""


def test_a_pipe_is_no_keyboard():
    reading, writing = os.pipe()
    with pytest.raises(ConfigError, match=r"no keyboard here .* --yes"):
        Keyboard(reading)
    os.close(reading)
    os.close(writing)


def test_on_windows_the_console_is_asked(ends, monkeypatch):
    typed = ["q", "q", "\r", "K"]
    console = ModuleType("msvcrt")
    console.getwch = lambda: typed.pop(0)
    console.kbhit = lambda: len(typed) > 2
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr("oyez.record.keyboard.sys", SimpleNamespace(platform="win32"))
    with Keyboard(ends[1]) as keyboard:
        assert [keyboard.key(), keyboard.key()] == ["\n", "k"]  # what was typed before is forgotten
    assert modes(ends[1]) == ECHO_AND_LINES
