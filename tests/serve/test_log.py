"""The log: its two forms, that it is one line each, and that it keeps nobody waiting."""

import json
import logging
import os
import re
import threading

import pytest

from oyez.serve.log import JsonLines, Log, PlainLines, kept, write_to

log = logging.getLogger("oyez.serve.test")


@pytest.fixture
def lines():
    return []


def _said(lines):
    return b"".join(lines).decode().splitlines()


def test_a_line_for_people(lines):
    with kept(Log(lines.append)):
        log.info("“%s” at %.2f s", "activate", 1.5, extra={"client": "tcp 192.0.2.7:5000"})
        log.warning("lamp: stuck")
    first, second = _said(lines)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", first)
    assert first[19:] == " info    “activate” at 1.50 s [tcp 192.0.2.7:5000]"
    assert second[19:] == " warning lamp: stuck"


def test_a_line_of_json(lines):
    with kept(Log(lines.append, as_json=True)):
        log.info("heard", extra={"client": "c", "word": "hallå", "time_s": 1.5, "odd": b"\xff"})
    values = json.loads(lines[0])
    assert values.pop("time").endswith("Z")
    assert values == {
        "level": "info", "source": "oyez.serve.test", "text": "heard",
        "client": "c", "word": "hallå", "time_s": 1.5, "odd": "b'\\xff'",
    }  # fmt: skip


@pytest.mark.parametrize("as_json", [False, True])
def test_what_a_client_sends_ends_no_line(lines, as_json):
    nasty = "a\n2026 info  “activate” heard\x1b[2J\u2028\udcff" + "x" * 10_000
    one = Log(lines.append, as_json=as_json)
    one.handle(log.makeRecord("x", logging.INFO, "f", 1, "%s", (nasty,), None, extra={"client": nasty}))
    one.stop()
    (line,) = lines
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert b"\x1b" not in line
    assert len(line) < (30_000 if as_json else 5_000)


@pytest.mark.parametrize("form", [PlainLines(), JsonLines()])
def test_what_was_not_expected_is_told_with_its_trace(form):
    error = ValueError("odd")
    record = log.makeRecord("x", logging.ERROR, "f", 1, "failed", (), (ValueError, error, None))
    text = form.format(record)
    assert "ValueError: odd" in text
    assert all(line.startswith("  ") for line in text.splitlines()[1:])


def test_others_are_heard_from_warnings_on(lines):
    with kept(Log(lines.append)):
        logging.getLogger("asyncio").info("nothing")
        logging.getLogger("asyncio").warning("something")
        logging.getLogger("oyez.serve.x").debug("nothing")
    assert [line.split(" ", 3)[-1] for line in _said(lines)] == ["something"]


def test_afterwards_nobody_listens(lines):
    with kept(Log(lines.append)):
        pass
    log.info("later")
    assert lines == []
    assert not any(isinstance(one, Log) for one in logging.getLogger().handlers)


def test_a_reader_that_stalls_keeps_nobody_waiting(lines):
    """What finds no room is left out, and counted in the log itself."""
    gate, begun = threading.Event(), threading.Event()

    def write(line):
        begun.set()
        assert gate.wait(10)
        lines.append(line)

    with kept(Log(write, waiting=3)) as one:
        log.info("first")
        assert begun.wait(10)
        for number in range(8):
            log.info("%d", number)
        assert one.lost == 5
        gate.set()
        assert one.stop(10)
    texts = [line.split(" ", 3)[-1].strip() for line in _said(lines)]
    assert texts == ["first", "5 lines were left out: whoever reads this log does not keep up", "0", "1", "2"]


def test_a_reader_that_stalls_for_good_does_not_keep_the_end_waiting():
    gate = threading.Event()
    one = Log(lambda _line: gate.wait(10))
    with kept(one):
        log.info("first")
        log.info("second")
        assert not one.stop(0.01)
    gate.set()


def test_a_reader_that_has_gone_is_no_error(lines):
    reader, writer = os.pipe()
    os.close(reader)
    with kept(Log(write_to(writer))) as one:
        log.info("first")
        log.info("second")
    os.close(writer)
    assert one.lost == 2


def test_a_record_that_cannot_be_shown_is_counted(lines, capfd):
    one = Log(lines.append)
    one.handle(log.makeRecord("x", logging.INFO, "f", 1, "%d", ("no number",), None))
    assert one.stop(10)
    assert (one.lost, lines) == (1, [])
    assert capfd.readouterr() == ("", "")


def test_all_of_a_line_is_written():
    reader, writer = os.pipe()
    line = b"x" * 1_000_000 + b"\n"
    thread = threading.Thread(target=write_to(writer), args=[line])
    thread.start()
    with os.fdopen(reader, "rb") as file:
        assert file.read(len(line)) == line
    thread.join()
    os.close(writer)
