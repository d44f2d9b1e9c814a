"""The table `[http]` of a file of settings."""

from pathlib import Path

import pytest

from oyez.errors import ConfigError
from oyez.serve.http_settings import HttpLimits, HttpSettings
from oyez.serve.http_table import read_http
from oyez.serve.tables import Table


def _table(**values):
    return Table(Path("folder/serve.toml"), "[http]", values)


def test_the_table_says_the_same():
    assert read_http(_table()) == HttpSettings()
    settings = read_http(
        _table(
            address="0.0.0.0:80",
            token_file="secret/token",
            certificate="c.pem",
            key="/k.pem",
            origins=["https://a.example"],
            limits={"uploads": 3, "idle_s": 5},
        )
    )
    assert settings == HttpSettings(
        "0.0.0.0",
        80,
        Path("folder/secret/token"),
        False,
        Path("folder/c.pem"),
        Path("/k.pem"),
        ("https://a.example",),
        HttpLimits(uploads=3, idle_s=5.0),
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"adress": "x"}, "adress.*did you mean address"),
        ({"address": "box"}, "address: --http must be HOST:PORT"),
        ({"address": "0.0.0.0:80"}, "needs --token-file"),
        ({"origins": ["x"]}, "an origin must be like"),
        ({"limits": {"uploads": 0}}, "uploads: expected a whole number of 1 to 1000, got 0"),
        ({"limits": {"idle": 3}}, "did you mean idle_s"),
        ({"limits": {"head_s": "3"}}, "head_s: expected a number"),
    ],
)
def test_tables_that_do_not_fit(values, said):
    with pytest.raises(ConfigError, match=said) as caught:
        read_http(_table(**values))
    assert "folder/serve.toml" in str(caught.value)
    assert "[http]" in str(caught.value)
