"""What `oyez train` may be asked, and which options exclude each other."""

import argparse
from pathlib import Path

import pytest

from oyez.cli import main
from oyez.errors import ConfigError
from oyez.synth.scene import VARIED
from oyez.train.options import Kind, course_scenes, kind_of, train_options


def _parsed(*arguments):
    parser = argparse.ArgumentParser()
    train_options(parser)
    return parser.parse_args([str(one) for one in arguments])


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["hey you"], Kind.PHRASE),
        (
            ["hey you", "--preset", "small", "--budget", "5m", "--backgrounds", "b", "--rooms", "r"],
            Kind.PHRASE,
        ),
        (["--out", "x.onnx", "hey you"], Kind.PHRASE),
        (["hey you", "--negatives", "a", "b", "--negatives", "c"], Kind.PHRASE),
        (["--from", "m.onnx", "--recordings", "r"], Kind.REFINE),
        (
            ["--from", "m.onnx", "--recordings", "r", "--even-if-worse", "--false-accepts", "1/day"],
            Kind.REFINE,
        ),
        (["--words", "w", "--out", "x.onnx"], Kind.COURSE),
        (["--words", "w", "--out", "x.onnx", "--preset", "course", "--backgrounds", "b"], Kind.COURSE),
        (["--arrays", "a", "--out", "x.onnx", "--from", "m.onnx", "--plot", "p.png"], Kind.COURSE),
    ],
)
def test_the_kind_of_training_follows_from_what_is_given(arguments, kind):
    assert kind_of(_parsed(*arguments)) is kind


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], 'expected a phrase, or recordings .*, got neither. Try: oyez train "hey computer"'),
        (["--preset", "small"], "expected a phrase"),
        (["--negatives", "talk", "hey you"], "got neither; all that follows --negatives is a folder. Try"),
        (["--recordings", "r"], "expected a phrase beside --recordings"),
        (["--from", "m"], "--from goes on with --recordings .* got none. Name one"),
        (["hey you", "--from", "m"], "--from goes on with a model, whose phrase is its own"),
        (["hey you", "--preset", "course"], "--preset course does not learn from a phrase"),
        (["--words", "w", "--out", "o", "--preset", "small"], "--preset small does not learn from --words"),
        (["hey you", "--words", "w"], "--words is for learning from --words or --arrays, got it with a"),
        (["hey you", "--scenes", "3"], "--scenes is for learning from --words"),
        (["hey you", "--snr-db", "3", "9"], "--snr-db is for"),
        (["hey you", "--validation-scenes", "3"], "--validation-scenes is for"),
        (["hey you", "--word", "x"], "--word is for"),
        (["hey you", "--even-if-worse"], "--even-if-worse is for learning from --from a model"),
        (["--words", "w", "--out", "o", "--budget", "5m"], "--budget is for learning from a phrase"),
        (["--words", "w", "--out", "o", "--recordings", "r"], "--recordings is for learning from a phrase"),
        (["--from", "m", "--recordings", "r", "--budget", "5m"], "--budget is for learning from a phrase"),
        (["--from", "m", "--recordings", "r", "--words", "w", "--out", "o"], "--recordings is for learning"),
        (["--from", "m", "--recordings", "r", "--negatives", "n"], "--negatives is for learning from a"),
        (["--words", "w"], "expected a file to write, got no --out"),
        (["--words", "w", "--out", "o", "--negatives", "talk"], "expects LOW HIGH, two numbers, got talk"),
        (["--words", "w", "--out", "o", "--negatives", "1"], "expects LOW HIGH, two numbers, got 1"),
        (["hey you", "--negatives", "0", "2"], "expects folders .*, got 0 2"),
    ],
)  # fmt: skip
def test_what_excludes_each_other_is_told(arguments, says):
    with pytest.raises(ConfigError, match=says):
        kind_of(_parsed(*arguments))


def test_a_folder_may_be_called_like_a_number():
    options = _parsed("hey you", "--negatives", "./2")
    assert kind_of(options) is Kind.PHRASE
    assert options.negatives == [Path("2")]


def test_other_words_in_scenes_are_as_they_were():
    options = _parsed("--words", "w", "--out", "o")
    assert course_scenes(options) == VARIED
    options = _parsed("--words", "w", "--out", "o", "--negatives", "1", "4")
    assert kind_of(options) is Kind.COURSE
    assert course_scenes(options).negatives == (1, 4)


def test_errors_are_one_line(capsys):
    assert main(["train"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("oyez: expected a phrase")
    assert err.count("\n") == 1
