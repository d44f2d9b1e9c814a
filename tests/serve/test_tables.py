"""Tables of settings: what is read, and that every error names file, table, key and both sides."""

from pathlib import Path

import pytest

from oyez.errors import ConfigError
from oyez.serve.tables import Table, read_toml


def _table(**values):
    return Table(Path("a.toml"), "[log]", values)


def test_values_are_read_by_kind():
    table = _table(a="text", b=True, c=2, d=0.5, e=["x", "y"], f={"word": 0.5}, g=[{"h": 1}, {}])
    assert table.text("a") == table.needed_text("a") == "text"
    assert table.flag("b") is True
    assert table.whole("c", 7, least=1, most=3) == 2
    assert table.number("c", 7.0) == table.number_or_none("c") == 2.0
    assert table.number("d", 7.0, least=0, most=1) == 0.5
    assert (table.texts("e"), table.texts("a")) == (("x", "y"), ("text",))
    assert table.numbers("f", least=0, most=1) == {"word": 0.5}
    assert [one.name for one in table.tables("g")] == ["[[g]] 1", "[[g]] 2"]
    table.end()


def test_what_is_not_there_is_its_default():
    table = _table()
    assert (table.text("a"), table.flag("b"), table.flag("b", True)) == (None, False, True)
    assert (table.number_or_none("c"), table.number("c", 0.5), table.whole("c", 7, least=1, most=9)) == (
        None, 0.5, 7
    )  # fmt: skip
    assert (table.texts("d"), table.numbers("e", least=0, most=1), table.table("f")) == ((), {}, None)
    assert table.tables("g") == []
    assert table.one_of("h", ("x", "y"), "x") == "x"


@pytest.mark.parametrize(
    ("read", "value", "says"),
    [
        (lambda table: table.text("k"), 5, "expected text in quotes, got 5"),
        (lambda table: table.text("k"), "", "expected text that is not empty, got ''"),
        (lambda table: table.needed_text("k"), None, "expected text in quotes, got nothing"),
        (lambda table: table.flag("k"), "yes", "expected true or false, got 'yes'"),
        (lambda table: table.number("k", 0, least=0), -1, "expected a number of 0 or more, got -1"),
        (lambda table: table.number("k", 0, least=0, most=1), 1.5, "expected a number of 0 to 1, got 1.5"),
        (lambda table: table.number("k", 0), True, "expected a number, got True"),
        (lambda table: table.number("k", 0), float("nan"), "expected a number, got nan"),
        (lambda table: table.number("k", 0), "7", "expected a number, got '7'"),
        (
            lambda table: table.whole("k", 1, least=1, most=9),
            1.0,
            "expected a whole number of 1 to 9, got 1.0",
        ),
        (lambda table: table.whole("k", 1, least=1, most=9), 10, "a whole number of 1 to 9, got 10"),
        (lambda table: table.whole("k", 1, least=0, most=9), False, "a whole number of 0 to 9, got False"),
        (lambda table: table.texts("k"), ["a", 1], "expected text in quotes, or a list of texts, got a list"),
        (lambda table: table.texts("k"), 1, "or a list of texts, got 1"),
        (lambda table: table.one_of("k", ("a", "b"), "a"), "c", "expected one of a, b, got 'c'"),
        (lambda table: table.table("k"), [1], "expected a table, got a list"),
        (lambda table: table.tables("k"), {"a": 1}, "expected tables that begin with [[k]], got a table"),
        (lambda table: table.tables("k"), [1], "expected tables that begin with [[k]], got a list"),
        (lambda table: table.text("k"), 10**99, f"got {str(10**99)[:60]}…"),
    ],
)
def test_what_does_not_fit_is_refused(read, value, says):
    table = _table() if value is None else _table(k=value)
    with pytest.raises(ConfigError) as caught:
        read(table)
    assert str(caught.value).startswith("a.toml, [log], k: expected ")
    assert says in str(caught.value)


def test_a_key_of_an_inner_table_is_named():
    with pytest.raises(ConfigError, match=r"a.toml, \[log\] words, stop: expected a number of 0 to 1, got 2"):
        _table(words={"stop": 2}).numbers("words", least=0, most=1)


@pytest.mark.parametrize(
    ("key", "says"),
    [("jsno", "expected json, level, got 'jsno': did you mean json?"), ("zzz", "got 'zzz': take it out.")],
)
def test_an_unknown_key_is_refused_with_the_nearest(key, says):
    table = _table(**{key: True})
    table.flag("json")
    table.text("level")
    with pytest.raises(ConfigError) as caught:
        table.end()
    assert str(caught.value) == f"a.toml, [log]: {says}" or says in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "a.toml"
    with pytest.raises(ConfigError, match=r"a.toml cannot be read \(No such file"):
        read_toml(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="expected text in UTF-8"):
        read_toml(path)
    path.write_text("[log\n")
    with pytest.raises(ConfigError, match=r"expected TOML, got something else \(.*line 1"):
        read_toml(path)
