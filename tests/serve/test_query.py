"""What the address of a request asks for."""

import pytest

from oyez.errors import ConfigError
from oyez.serve.query import Asked, read_query


@pytest.mark.parametrize(
    ("items", "asked"),
    [
        ([], Asked()),
        ([("name", "lamp"), ("name", "home")], Asked(("lamp", "home"))),
        ([("threshold", "0.5")], Asked(threshold=0.5)),
        ([("threshold", "a:0.5"), ("threshold", "b:c:0.25")], Asked(threshold={"a": 0.5, "b:c": 0.25})),
        ([("scores", "1")], Asked(scores=True)),
        ([("scores", "false")], Asked()),
    ],
)
def test_what_can_be_asked(items, asked):
    assert read_query(items) == asked


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([("names", "lamp")], "no key 'names'. Known are: name, threshold, scores"),
        ([("threshold", "high")], "threshold must be a number, or WORD:NUMBER, got 'high'"),
        ([("threshold", "0.5"), ("threshold", "a:0.5")], "got both"),
        ([("scores", "yes")], "scores must be 1 or 0, once, got yes"),
        ([("scores", "1"), ("scores", "0")], "once, got 1, 0"),
        ([("name", "x")] * 300, "at most 256"),
    ],
)
def test_what_cannot(items, said):
    with pytest.raises(ConfigError, match=said):
        read_query(items)
