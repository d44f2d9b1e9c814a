"""Reactions: each event to whom it belongs, and an interrupt in the middle of waiting is heeded."""

import io

import numpy as np
import pytest
from rich.console import Console

from oyez.events import Detection
from oyez.listen.heard import Excerpt, Heard, Level, Nearly, PassageEnd, PassagePart, PassageStart, Zeros
from oyez.listen.passage import End
from oyez.listen.reactions import Reactions
from oyez.listen.screen import Screen

HEARD = Heard("small", Detection("activate", 5.0, 0.9), 0.6)
NEARLY = Nearly("small", Detection("activate", 5.0, 0.4), 0.6)
SOUND = np.zeros(10, np.float32)
EXCERPT = Excerpt(HEARD, 3.0, SOUND)
EVENTS = [
    Level(1.0, -30.0, (0.1,), False), HEARD, NEARLY, Zeros(5.0), EXCERPT,
    PassageStart(HEARD), PassagePart(SOUND), PassageEnd(2.0, End.PAUSE),
]  # fmt: skip


class Log:
    """Stands for dispatcher, saves and pipe: keeps the calls."""

    def __init__(self, interrupted=False):
        self.calls, self.interrupted = [], interrupted

    def __getattr__(self, name):
        def call(*arguments):
            self.calls.append((name, *arguments))
            if name == "stop" and self.interrupted:
                self.interrupted = False
                raise KeyboardInterrupt

        return call


@pytest.fixture
def err():
    return io.StringIO()


@pytest.fixture
def screen(err):
    return Screen(Console(file=io.StringIO()), Console(file=err, width=200), [("activate", 0.6)])


def test_each_event_goes_where_it_belongs(screen, err):
    dispatcher, saves, pipe = Log(), Log(), Log()
    reactions = Reactions(screen, dispatcher, saves, pipe)
    for event in EVENTS:
        reactions.react(event)
    assert dispatcher.calls == [("submit", HEARD.detection)]
    assert saves.calls == [("put", EXCERPT)]
    assert pipe.calls == [("start", HEARD), ("write", SOUND), ("end",)]
    assert reactions.counts == {"activate": 1}
    assert err.getvalue().splitlines() == [
        "0:05.00  activate, nearly: 0.40 of 0.60",
        "nothing but zeros until 5 s: is the microphone muted, or is this program not allowed to use it?",
        "--pipe: 2.0 s, until a pause",
    ]


def test_nobody_needs_to_take_excerpts_and_passages(screen):
    dispatcher = Log()
    reactions = Reactions(screen, dispatcher)
    for event in EVENTS:
        reactions.react(event)
    reactions.stop(1.0)
    assert dispatcher.calls == [("submit", HEARD.detection), ("stop", 1.0)]


def test_all_are_waited_for(screen):
    dispatcher, saves, pipe = Log(), Log(), Log()
    Reactions(screen, dispatcher, saves, pipe).stop(None)
    assert dispatcher.calls == pipe.calls == [("stop", None)]
    assert saves.calls == [("stop", 10.0)]


def test_an_interrupt_while_waiting_ends_all_at_once(screen):
    dispatcher, saves, pipe = Log(interrupted=True), Log(), Log()
    with pytest.raises(KeyboardInterrupt):
        Reactions(screen, dispatcher, saves, pipe).stop(None)
    assert dispatcher.calls == [("stop", None), ("stop", 0.0)]
    assert saves.calls == pipe.calls == [("stop", 0.0)]
