"""Options laid over a file: what wins, what stays, and what goes with what."""

import pytest

from oyez.cli import _parser
from oyez.errors import ConfigError
from oyez.serve.http_settings import HttpSettings
from oyez.serve.settings import ActionSettings, LogSettings, ModelSettings, WyomingSettings
from oyez.serve.wish import settings_of

FILE = """
[[model]]
name = "activate"
threshold = 0.4
[[model]]
name = "activate-course"
[wyoming]
uri = "tcp://127.0.0.1:1"
zeroconf = true
[http]
address = "127.0.0.1:2"
origins = ["https://example.org"]
[limits]
streams = 7
waiting_s = 2
stop_s = 1
[[action]]
word = "activate"
do = "json:"
cooldown_s = 3
"""


@pytest.fixture
def wish(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(FILE)

    def of(*arguments):
        return settings_of(_parser().parse_args(["serve", *arguments]))

    return of


def test_a_file_alone_is_as_it_says(wish):
    settings = wish("--config", "a.toml")
    assert settings.models == (ModelSettings("activate", 0.4), ModelSettings("activate-course"))
    assert settings.wyoming == WyomingSettings(("tcp://127.0.0.1:1",), zeroconf=True)
    assert settings.http == HttpSettings(port=2, origins=("https://example.org",))
    assert (settings.limits.streams, settings.limits.waiting_s, settings.stop_s) == (7, 2.0, 1.0)
    assert [(one.word, one.do, one.cooldown_s) for one in settings.actions] == [("activate", "json:", 3.0)]
    assert settings.log == LogSettings(json=False)


def test_options_alone(wish):
    settings = wish("--wyoming", "tcp://127.0.0.1:5", "--wyoming", "unix:///x", "--on", "chime", "--log-json")
    assert settings.models == (ModelSettings("activate"),)
    assert settings.wyoming == WyomingSettings(("tcp://127.0.0.1:5", "unix:///x"))
    assert settings.http is None
    assert settings.actions == (ActionSettings("chime"),)
    assert settings.log == LogSettings(json=True)


def test_options_win_over_the_file(wish):
    settings = wish(
        *(
            "--config",
            "a.toml",
            "--model",
            "mine.onnx",
            "--threshold",
            "0.7",
            "--wyoming",
            "tcp://127.0.0.1:5",
        ),
        *("--http", "127.0.0.1:6", "--streams", "9", "--on", "activate=chime", "--timeout", "4"),
    )
    assert settings.models == (ModelSettings("mine.onnx", 0.7),)
    assert settings.wyoming == WyomingSettings(("tcp://127.0.0.1:5",), zeroconf=True)
    assert settings.http == HttpSettings(port=6, origins=("https://example.org",))
    assert (settings.limits.streams, settings.limits.waiting_s) == (9, 2.0)
    assert settings.actions == (ActionSettings("activate=chime", timeout_s=4.0),)


def test_what_is_for_all_is_for_those_of_the_file_too(wish):
    settings = wish("--config", "a.toml", "--false-accepts", "1/day", "--strict", "--cooldown", "9")
    assert settings.models == tuple(
        ModelSettings(name, None, "1/day", strict=True) for name in ("activate", "activate-course")
    )
    assert [(one.do, one.cooldown_s) for one in settings.actions] == [("json:", 9.0)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "there is nowhere to listen. Give an address: --wyoming tcp://127.0.0.1:10400 or --http"),
        (["--config", "empty.toml"], "or [wyoming] or [http] in empty.toml."),
        (["--http", "127.0.0.1:1", "--zeroconf"], "--zeroconf tells the network of --wyoming, got none"),
        (["--wyoming", "unix:///x", "--zeroconf"], "an address tcp://HOST:PORT, got unix:///x"),
        (["--wyoming", "tcp://127.0.0.1:1", "--streams", "0"], "streams must be 1 or more, got 0"),
    ],
)
def test_what_does_not_go_together(wish, tmp_path, arguments, says):
    (tmp_path / "empty.toml").write_text("[log]\n")
    with pytest.raises(ConfigError) as caught:
        wish(*arguments)
    assert says in str(caught.value)
