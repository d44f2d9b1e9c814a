"""The file of settings: all that can stand in it, and how what does not fit is told."""

import re
from pathlib import Path

import pytest

from oyez.actions.rule import COOLDOWN_S, TIMEOUT_S
from oyez.errors import ConfigError
from oyez.serve.http_settings import HttpLimits, HttpSettings
from oyez.serve.limits import Limits
from oyez.serve.settings import (
    ActionSettings,
    LogSettings,
    ModelSettings,
    Settings,
    WyomingSettings,
    read_settings,
)

PAGE = (Path(__file__).parents[2] / "docs" / "serve.md").read_text("utf-8")

WHOLE = """
[[model]]
name = "activate"
false_accepts = "1/day"
strict = true

[[model]]
name = "hey.onnx"
thresholds = { "hey house" = 0.4, stop = 0.6 }

[[model]]
name = "activate-course"
threshold = 0.5

[wyoming]
uri = ["tcp://0.0.0.0:10400", "unix:///run/oyez.sock"]
zeroconf = true

[http]
address = "127.0.0.1:0"
origins = ["https://example.org"]

[http.limits]
connections = 7

[limits]
streams = 50
waiting_s = 2
stop_s = 1.5

[[action]]
word = "stop"
do = "mqtt://lamp:secret@broker/lamp"
name = "lamp"
cooldown_s = 5
timeout_s = 2.5

[[action]]
do = "json:"

[log]
json = true
"""


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "oyez.toml"

    def write(text):
        path.write_text(text)
        return read_settings(path)

    return write


def test_all_that_can_be_said(read, tmp_path):
    (tmp_path / "hey.onnx").touch()
    assert read(WHOLE) == Settings(
        models=(
            ModelSettings("activate", false_accepts="1/day", strict=True),
            ModelSettings(str(tmp_path / "hey.onnx"), {"hey house": 0.4, "stop": 0.6}),
            ModelSettings("activate-course", 0.5),
        ),
        wyoming=WyomingSettings(("tcp://0.0.0.0:10400", "unix:///run/oyez.sock"), zeroconf=True),
        http=HttpSettings(port=0, origins=("https://example.org",), limits=HttpLimits(connections=7)),
        limits=Limits(streams=50, waiting_s=2.0),
        stop_s=1.5,
        actions=(
            ActionSettings(
                "mqtt://lamp:secret@broker/lamp",
                "stop",
                "lamp",
                5.0,
                2.5,
                f"{tmp_path}/oyez.toml, [[action]] 1",
            ),
            ActionSettings("json:", None, "", COOLDOWN_S, TIMEOUT_S, f"{tmp_path}/oyez.toml, [[action]] 2"),
        ),
        log=LogSettings(json=True),
    )


def test_an_empty_file_says_nothing(read):
    assert read("") == Settings()


def test_the_file_that_the_page_shows_is_one(read):
    """It shows what is so without it, but for an action."""
    (shown,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    settings = read(shown)
    (model,), (action,) = settings.models, settings.actions
    assert model == ModelSettings("activate", false_accepts="1/day")
    assert (action.do, action.word, action.timeout_s) == ("run:echo $OYEZ_CLIENT", "activate", TIMEOUT_S)
    assert settings == Settings(
        settings.models,
        WyomingSettings(("tcp://127.0.0.1:10400",)),
        HttpSettings(),
        actions=settings.actions,
    )


def test_the_error_that_the_page_shows_is_one(read):
    with pytest.raises(ConfigError) as caught:
        read("[[action]]\ndo = 'x'\ncooldown = 5\n")
    said = str(caught.value)
    assert f"oyez: {said[said.index('oyez.toml') :]}" in PAGE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[modell]\n",
            "oyez.toml: expected model, wyoming, http, limits, log, action, got 'modell': did you",
        ),
        ("[model]\nname = 'x'\n", "oyez.toml, model: expected tables that begin with [[model]], got a table"),
        ("[[model]]\n", "[[model]] 1, name: expected text in quotes, got nothing"),
        (
            "[[model]]\nname = 'no.onnx'\n",
            "[[model]] 1, name: expected a model file, as seen from",
        ),
        ("[[model]]\nname = 'a'\nthreshold = 2\n", "threshold: expected a number of 0 to 1, got 2"),
        ("[[model]]\nname = 'a'\nthresholds = {w = 'x'}\n", "[[model]] 1 thresholds, w: expected a number"),
        (
            "[[model]]\nname = 'a'\nthreshold = 0.5\nfalse_accepts = '1/day'\n",
            "expected only one of threshold",
        ),
        ("[[model]]\nname = 'a'\nfalse_accepts = 'often'\n", "false_accepts: expected a rate such as 1/day"),
        (
            "[[model]]\nname = 'a'\n[[model]]\nname = 'b'\ntreshold = 1\n",
            "[[model]] 2: expected name,",
        ),
        ("[wyoming]\n", "[wyoming], uri: expected an address such as tcp://127.0.0.1:10400, got nothing"),
        ("[wyoming]\nuri = 7\n", "[wyoming], uri: expected text in quotes, or a list of texts, got 7"),
        ("[wyoming]\nuri = 'tcp://x:1'\nzeroconf = 1\n", "zeroconf: expected true or false, got 1"),
        ("[wyoming]\nuri = 'unix:///x'\nzeroconf = true\n", "zeroconf: zeroconf tells the network of an"),
        ("[wyoming]\nurl = 'tcp://x:1'\n", "[wyoming], uri: expected an address"),
        ("[http]\nadress = '127.0.0.1:1'\n", "[http]: expected address, "),
        ("[http]\naddress = '0.0.0.0:1'\n", "[http]: --http 0.0.0.0 can be reached by others, so it needs"),
        ("[http.limits]\nconnections = 0\n", "connections: expected a whole number of 1 to 100000, got 0"),
        ("[limits]\nstreams = 0\n", "[limits], streams: expected a whole number of 1 to 10000, got 0"),
        (
            "[limits]\nstream = 5\n",
            "[limits]: expected streams, waiting_s, stop_s, got 'stream'",
        ),
        ("[limits]\nwaiting_s = 0\n", "[limits], waiting_s: expected a number of 0.5 to 40, got 0"),
        ("[[action]]\nword = 'x'\n", "[[action]] 1, do: expected text in quotes, got nothing"),
        ("[[action]]\ndo = 'x'\ncooldown = 5\n", "got 'cooldown': did you mean cooldown_s?"),
        ("[[action]]\ndo = 'x'\ntimeout_s = 0\n", "timeout_s: expected a number of 0.01 to 3600, got 0"),
        ("[log]\njson = 'yes'\n", "[log], json: expected true or false, got 'yes'"),
        ("log = true\n", "oyez.toml, log: expected a table, got True"),
        ("[log]\n[log]\n", "expected TOML, got something else"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(read, text, says):
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert says in str(caught.value)
    assert "oyez.toml" in str(caught.value)
