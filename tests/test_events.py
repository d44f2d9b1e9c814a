import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.errors import DataError
from oyez.events import Detection, Span, read_spans, spans_from_steps, spans_to_json, to_audacity

SPANS = [Span("yes", 3.25, 3.75), Span("yes", 1.0, 1.5), Span("안녕", 2.0, 2.5)]


def test_audacity_labels_are_sorted_and_read_back(tmp_path):
    text = to_audacity(SPANS)
    assert text.splitlines()[0] == "1.000000\t1.500000\tyes"
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert read_spans(path) == sorted(SPANS, key=lambda span: span.start_s)


def test_a_detection_is_a_point_with_its_score():
    assert to_audacity([Detection("yes", 2.5, 0.987)]) == "2.500000\t2.500000\tyes 0.99\n"


def test_a_name_cannot_break_the_label_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(to_audacity([Span("two\nlines\tand tab", 0, 1)]))
    assert read_spans(path) == [Span("two lines and tab", 0, 1)]


def test_json_is_read_back(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(spans_to_json(SPANS), encoding="utf-8")
    assert read_spans(path) == sorted(SPANS, key=lambda span: span.start_s)
    assert set(json.loads(path.read_text())[0]) == {"word", "start_s", "end_s"}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("\n  \n", []),
        ("1\t2\n", [Span("default", 1, 2)]),
        ("1\t2\t\n", [Span("default", 1, 2)]),
        ("\ufeff1\t2\tyes\r\n3\t4\tno\r\n", [Span("yes", 1, 2), Span("no", 3, 4)]),
        ("1\t2\tyes\n\\\t100.0\t8000.0\n", [Span("yes", 1, 2)]),  # Audacity's frequency line
        ("3\t4\tb\n1\t2\ta b\tc\n", [Span("a b c", 1, 2), Span("b", 3, 4)]),
    ],
)
def test_what_audacity_exports(tmp_path, text, spans):
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_spans(path, word="default") == spans


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1 2 yes", "two times are needed"),
        ("one\t2\tyes", "could not convert"),
        ("1,5\t2,5\tyes", "could not convert"),
        ("2\t1\tyes", "start before end"),
        ("-1\t1\tyes", "not negative"),
        ("nan\t1\tyes", "finite"),
        ("1\tinf\tyes", "finite"),
        ("1\t2", "names no word"),
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path, line, why):
    path = tmp_path / "a.txt"
    path.write_text(f"0\t1\tyes\n{line}\n")
    with pytest.raises(DataError, match=rf"a\.txt, line 2: .*{why}"):
        read_spans(path)


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[1]",
        "not json",
        '[{"word": "yes", "start_s": 1}]',
        '[{"word": 5, "start_s": 1, "end_s": 2}]',
        '[{"word": "yes", "start_s": true, "end_s": 2}]',
        '[{"word": "yes", "start_s": NaN, "end_s": 2}]',
        '[{"word": "yes", "start_s": 3, "end_s": 2}]',
        '[{"word": "", "start_s": 1, "end_s": 2}]',
    ],
)
def test_json_that_is_something_else(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DataError, match="expected a JSON list of objects with word, start_s and end_s"):
        read_spans(path)


def test_an_unnamed_label_in_json_takes_the_default(tmp_path):
    path = tmp_path / "a.JSON"
    path.write_text('[{"word": "", "start_s": 1, "end_s": 2}]')
    assert read_spans(path, word="default") == [Span("default", 1, 2)]


def test_label_files_that_are_none(tmp_path):
    with pytest.raises(DataError, match="no such label file"):
        read_spans(tmp_path / "a.txt")
    with pytest.raises(DataError, match="no such label file"):
        read_spans(tmp_path)
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(DataError, match="UTF-8"):
        read_spans(tmp_path / "b.txt")


def test_a_label_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(DataError, match=r"cannot be read \(Permission denied\)"):
        read_spans(path)


@pytest.mark.parametrize("length", [1, 20, 49, 50, 51])
def test_a_run_of_up_to_51_ones_is_one_word(tmp_path, length):
    labels = np.zeros((1375, 1))
    labels[688 : 688 + length] = 1
    np.save(tmp_path / "a.npy", labels)
    (span,) = read_spans(tmp_path / "a.npy", word="yes", duration_s=10.0)
    assert span.word == "yes"
    assert span.start_s == span.end_s == pytest.approx(687 / 137.5)


@pytest.mark.parametrize(
    ("length", "starts"),
    [(75, [0, 25]), (100, [0, 50]), (101, [0, 50]), (102, [0, 50]), (150, [0, 50, 100])],
)
def test_longer_runs_are_several_words(length, starts):
    labels = np.zeros(1375)
    labels[100 : 100 + length] = 1
    spans = spans_from_steps(labels, "yes", 10.0)
    assert [round(span.end_s * 137.5) + 1 - 100 for span in spans] == starts


def test_the_end_of_a_clip_cuts_a_run_short():
    labels = np.zeros(1375)
    labels[1317:] = 1  # a word that ends on step 1316 and one on step 1366, of which 8 ones are left
    assert [round(span.end_s * 137.5) for span in spans_from_steps(labels, "yes", 10.0)] == [1316, 1366]


@given(st.lists(st.integers(0, 1320), max_size=6, unique=True).map(sorted))
@settings(deadline=None, max_examples=50)
def test_ones_apart_give_their_words_back(ends):
    ends = [end for number, end in enumerate(ends) if all(end - other > 51 for other in ends[:number])]
    labels = np.zeros(1375)
    for end in ends:
        labels[end + 1 : end + 51] = 1
    spans = spans_from_steps(labels, "yes", 10.0)
    assert [round(span.end_s * 137.5) for span in spans] == ends


@pytest.mark.parametrize(
    "labels", [np.zeros((2, 1375)), np.full(5, 0.5), np.full(5, 2.0), np.array([0, np.nan]), np.zeros(())]
)
def test_arrays_that_are_no_row_of_labels(labels):
    with pytest.raises(DataError, match="one row of zeros and ones"):
        spans_from_steps(labels, "yes", 10.0)


def test_files_that_are_no_array(tmp_path):
    path = tmp_path / "a.npy"
    for content in (b"", b"text"):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"expected an array saved by numpy\.save"):
            read_spans(path)
    np.save(path, np.array(["a", None]), allow_pickle=True)
    with pytest.raises(DataError, match=r"expected an array saved by numpy\.save"):
        read_spans(path)


def test_an_array_of_silence_holds_no_words():
    assert spans_from_steps(np.zeros(1375), "yes", 10.0) == []
