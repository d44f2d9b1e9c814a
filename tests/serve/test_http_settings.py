"""What `oyez serve --http` may be told, and what not."""

import argparse
import subprocess
from pathlib import Path

import pytest

from http_server import write_certificate
from oyez.errors import ConfigError
from oyez.serve.http_options import http_options
from oyez.serve.http_settings import HttpLimits, HttpSettings, from_options, parse_address


def _typed(*arguments, base=None):
    parser = argparse.ArgumentParser()
    http_options(parser)
    return from_options(parser.parse_args(arguments), base)


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """Certificate and key for this machine, and another key."""
    folder = tmp_path_factory.mktemp("pem")
    (folder / "other").mkdir()
    for one in (folder, folder / "other"):
        write_certificate(one)
    return folder


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8765", ("127.0.0.1", 8765)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("box.local:80", ("box.local", 80)),
        ("[::1]:8765", ("::1", 8765)),
        ("8765", ("127.0.0.1", 8765)),
    ],
)
def test_addresses(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "box", "box:", ":80", "::1:80", "box:x", "box:99999", "http://box:80", "box:-1", "[]:80", "box:٣"],
)
def test_what_is_no_address(text):
    with pytest.raises(ConfigError, match="--http must be HOST:PORT"):
        parse_address(text)


def test_options_as_they_are_typed():
    assert _typed() is None
    assert _typed("--http", "127.0.0.1:80") == HttpSettings("127.0.0.1", 80)
    typed = _typed(
        *("--http", "0.0.0.0:1", "--token-file", "t", "--certificate", "c", "--key", "k"),
        *("--origin", "https://A.example/", "--origin", "http://b:80"),
    )
    assert typed == HttpSettings(
        "0.0.0.0", 1, Path("t"), False, Path("c"), Path("k"), ("https://a.example", "http://b")
    )


def test_options_take_the_place_of_what_the_file_says():
    base = HttpSettings(
        "0.0.0.0", 1, Path("t"), certificate=Path("c"), key=Path("k"), limits=HttpLimits(uploads=3)
    )
    assert _typed(base=base) == base
    moved = _typed("--http", "127.0.0.1:2", base=base)
    assert (moved.host, moved.port, moved.token_file, moved.limits) == (
        "127.0.0.1",
        2,
        Path("t"),
        base.limits,
    )
    assert _typed("--without-token", base=base).token_file is None
    assert _typed("--token-file", "u", base=HttpSettings(without_token=True)).without_token is False
    assert _typed("--certificate", "d", base=base).key is None, "the key was of the other certificate"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--http", "0.0.0.0:80"], "can be reached by others, so it needs --token-file FILE"),
        (["--http", "box:80"], "can be reached by others"),
        (["--http", "[::]:80"], "can be reached by others"),
        (["--without-token"], "--without-token goes with --http HOST:PORT"),
        (["--token-file", "t"], "--token-file goes with --http"),
        (["--origin", "http://x"], "--origin goes with --http"),
        (["--http", "127.0.0.1:80", "--key", "k"], "--key k goes with --certificate FILE, got none"),
        (["--http", "127.0.0.1:80", "--origin", "x"], "an origin must be like"),
    ],
)
def test_options_that_do_not_fit(arguments, said):
    with pytest.raises(ConfigError, match=said):
        _typed(*arguments)


def test_settings_that_exclude_each_other():
    with pytest.raises(ConfigError, match="exclude each other"):
        HttpSettings(token_file=Path("t"), without_token=True)
    with pytest.raises(ConfigError, match=r"must be 0\.\.65535"):
        HttpSettings(port=70_000)
    with pytest.raises(ConfigError, match="idle_s must be"):
        HttpLimits(idle_s=0)


def test_a_certificate_and_its_key(pem, tmp_path):
    assert HttpSettings().tls() is None
    assert HttpSettings(certificate=pem / "certificate.pem", key=pem / "key.pem").tls() is not None
    both = tmp_path / "both.pem"
    both.write_text((pem / "certificate.pem").read_text() + (pem / "key.pem").read_text())
    assert HttpSettings(certificate=both).tls() is not None


def test_certificates_that_are_none(pem, tmp_path):
    (tmp_path / "text").write_text("no certificate")
    locked = tmp_path / "locked.key"
    command = ["openssl", "ec", "-in", "key.pem", "-aes128", "-passout", "pass:secret"]
    command += ["-out", str(locked)]
    subprocess.run(command, cwd=pem, check=True, capture_output=True)
    for certificate, key, said in (
        (tmp_path / "none", None, "none: cannot be read"),
        (pem / "certificate.pem", tmp_path / "none", "none: cannot be read"),
        (tmp_path / "text", None, "text: expected a certificate and its key"),
        (
            pem / "certificate.pem",
            pem / "other" / "key.pem",
            "other/key.pem: expected a certificate and its key",
        ),
        (pem / "certificate.pem", locked, "without a password, got a key with a password"),
    ):
        with pytest.raises(ConfigError, match=said):
            HttpSettings(certificate=certificate, key=key).tls()


def test_the_page_tells_the_limits_as_they_are():
    page = (Path(__file__).parents[2] / "docs" / "server-protocol.md").read_text(encoding="utf-8")
    for name, value in HttpLimits().to_dict().items():
        assert f"`{name}` {value:g}" in page
