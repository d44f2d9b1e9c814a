"""A program: its environment, its input, its end, and that of all it started."""

import os

import pytest

from oyez.actions.program import Program, describe
from oyez.errors import ActionError
from oyez.events import Detection


def test_a_detection_as_environment():
    assert describe(Detection("hey you", 1.23456, 0.98765)) == {
        "OYEZ_WORD": "hey you", "OYEZ_TIME_S": "1.235", "OYEZ_SCORE": "0.9877"
    }  # fmt: skip


def test_environment_arguments_and_exit_code(tmp_path, monkeypatch):
    monkeypatch.setenv("OYEZ_KEPT", "kept")
    program = Program(f'printf "%s %s" "$OYEZ_KEPT" "$NEW" > "{tmp_path}/out"; exit 3', {"NEW": "new $HOME"})
    assert program.wait(10) == 3
    assert (tmp_path / "out").read_text() == "kept new $HOME"


def test_what_it_prints_goes_to_standard_error(capfd):
    assert Program("echo heard; echo wrong >&2", {}).wait(10) == 0
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == "heard\nwrong\n"


def test_what_it_prints_goes_where_it_is_told_to(tmp_path, capfd):
    with (tmp_path / "said").open("wb") as said:
        assert Program("echo heard; echo wrong >&2", {}, said=said.fileno()).wait(10) == 0
    assert (tmp_path / "said").read_text() == "heard\n"
    assert capfd.readouterr().err == "wrong\n"


def test_without_being_fed_its_input_is_empty():
    assert Program("read line", {}).wait(10) == 1


def test_it_is_fed_until_its_input_is_closed(tmp_path):
    data = bytes(range(256)) * 2_000  # more than a pipe holds
    program = Program(f'cat > "{tmp_path}/out"', {}, fed=True)
    program.feed(data)
    program.feed(b"end")
    program.close()
    assert program.wait(10) == 0
    assert (tmp_path / "out").read_bytes() == data + b"end"


def test_who_reads_no_more_is_noticed():
    program = Program("exec <&-; exit 0", {}, fed=True)
    assert program.wait(10) == 0
    with pytest.raises(BrokenPipeError):
        program.feed(b"x" * 1_000_000)
    program.close()


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "], ids=["polite", "deaf to SIGTERM"])
def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path, trap):
    """The child's child holds a pipe open: when it is gone, the pipe's reader knows."""
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    program = Program(f'{trap}sh -c "{trap}echo begun; sleep 600" > "{pipe}" & wait', {})
    with pipe.open("rb") as reader:
        assert reader.readline() == b"begun\n"
        with pytest.raises(ActionError, match=r"had not ended after 0.05 s and was stopped. Give it longer"):
            program.wait(0.05)
        assert reader.read() == b""  # end of file: nobody is left
    program.kill()  # nothing to do


def test_what_it_sends_to_the_background_is_left_alone(tmp_path):
    pipe, go = tmp_path / "alive", tmp_path / "go"
    os.mkfifo(pipe)
    os.mkfifo(go)
    program = Program(f'(read line < "{go}"; echo still here > "{pipe}") &', {})
    assert program.wait(10) == 0
    program.kill()
    go.write_text("on\n")
    assert pipe.read_text() == "still here\n"


def test_what_cannot_be_started_is_told():
    with pytest.raises(ActionError, match=r"cannot be started .*null byte"):
        Program("echo \0", {})
