"""The dispatcher: right action, cooldown, dry run; and no action holds up anything."""

import threading

import pytest

from oyez.actions.dispatch import WAITING, Dispatcher
from oyez.actions.rule import Command, Rule
from oyez.errors import ActionError
from oyez.events import Detection


class Note:
    """An action that keeps what it was given; it may wait for a gate, or fail."""

    def __init__(self, name="note", gate=None, error=None, answer=""):
        self.name, self.gate, self.error, self.answer = name, gate, error, answer
        self.begun = threading.Event()
        self.done = []

    def __str__(self):
        return self.name

    def do(self, detection, timeout_s):
        self.begun.set()
        if self.gate is not None:
            self.gate.wait(10)
        if self.error is not None:
            raise self.error
        self.done.append((detection.word, detection.time_s))
        return self.answer


@pytest.fixture
def told():
    return []


@pytest.fixture
def gate():
    event = threading.Event()
    yield event
    event.set()


def _found(time_s, word="activate"):
    return Detection(word, time_s, 0.9)


def test_each_word_sets_off_what_belongs_to_it(told):
    one, other, both = Note(), Note(), Note()
    rules = [Rule("activate", one), Rule("stop", other), Rule(None, both)]
    dispatcher = Dispatcher(rules, told.append)
    dispatcher.submit(_found(1))
    dispatcher.submit(_found(2, "stop"))
    dispatcher.submit(_found(3, "hello"))
    dispatcher.stop()
    assert (one.done, other.done) == ([("activate", 1)], [("stop", 2)])
    assert both.done == [("activate", 1), ("stop", 2), ("hello", 3)]
    assert told == []


def test_a_cooldown_is_counted_in_the_streams_time(told):
    calm, eager = Note(), Note()
    dispatcher = Dispatcher([Rule(None, calm, cooldown_s=2.0), Rule(None, eager)], told.append)
    for time_s in (1.0, 2.9, 3.0, 4.0, 5.1):
        dispatcher.submit(_found(time_s))
    dispatcher.stop()
    assert [time_s for _, time_s in calm.done] == [1.0, 3.0, 5.1]
    assert len(eager.done) == 5


def test_or_on_the_clock_that_is_passed(told):
    note = Note()
    dispatcher = Dispatcher([Rule(None, note, cooldown_s=2.0)], told.append)
    for time_s, at_s in ((1.0, 10.0), (50.0, 11.0), (2.0, 12.0)):
        dispatcher.submit(_found(time_s), at_s)
    dispatcher.stop()
    assert [time_s for _, time_s in note.done] == [1.0, 2.0]


def test_without_a_cooldown_order_does_not_matter(told):
    note = Note()
    dispatcher = Dispatcher([Rule(None, note)], told.append)
    dispatcher.submit(_found(2.0))
    dispatcher.submit(_found(1.9))
    dispatcher.stop()
    assert len(note.done) == 2


def test_what_comes_of_an_action_is_told(told):
    rules = [
        Rule(None, Note("lamp", answer="answered 200")),
        Rule(None, Note("door", error=ActionError("stuck."))),
    ]
    dispatcher = Dispatcher(rules, told.append)
    dispatcher.submit(_found(1))
    dispatcher.stop()
    assert sorted(told) == ["door: stuck.", "lamp: answered 200"]


def test_an_action_that_hangs_holds_up_nothing(told, gate):
    stuck, quick = Note("stuck", gate), Note("quick")
    dispatcher = Dispatcher([Rule(None, stuck), Rule(None, quick)], told.append)
    dispatcher.submit(_found(0))
    assert stuck.begun.wait(10)
    for time_s in range(1, WAITING + 3):
        dispatcher.submit(_found(time_s))
    behind = [line for line in told if line.startswith("stuck")]
    start = f"stuck: is behind by {WAITING} detections, so the one at "
    assert behind == [f"{start}{WAITING + more}.00 s was left out" for more in (1, 2)]
    gate.set()
    dispatcher.stop()
    assert len(stuck.done) == WAITING + 1
    assert quick.done[:3] == [("activate", 0), ("activate", 1), ("activate", 2)]


def test_at_the_end_what_does_not_end_is_given_up(told, gate):
    stuck, quick = Note("stuck", gate), Note("quick")
    dispatcher = Dispatcher([Rule(None, stuck), Rule(None, quick)], told.append)
    dispatcher.submit(_found(1))
    assert stuck.begun.wait(10)
    dispatcher.stop(0.01)
    assert told == ["stuck: was still at work at the end, and was given up"]


def test_at_the_end_a_running_command_is_ended(told, tmp_path):
    import os

    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    command = Command(f'echo on > "{pipe}"; sleep 600')
    dispatcher = Dispatcher([Rule(None, command, timeout_s=600)], told.append)
    dispatcher.submit(_found(1))
    pipe.read_text()
    dispatcher.stop(0.01)
    assert told[0].endswith("was still at work at the end, and was given up")
    assert told[1].endswith("ended with code -15. Try the command in a shell.")


def test_a_dry_run_only_tells(told):
    note = Note()
    dispatcher = Dispatcher([Rule("activate", note, cooldown_s=5)], told.append, dry_run=True)
    for time_s in (1.0, 2.0, 6.0):
        dispatcher.submit(_found(time_s))
    dispatcher.submit(_found(7.0, "stop"))
    dispatcher.stop()
    assert note.done == []
    assert told == ["note: would be done (activate, 1.00 s)", "note: would be done (activate, 6.00 s)"]


def test_with_nothing_to_set_off_nothing_happens(told):
    dispatcher = Dispatcher([], told.append)
    dispatcher.submit(_found(1))
    dispatcher.stop()
    assert told == []
