"""Who may come in: tokens, names of this server, sites whose pages may call."""

import pytest

from oyez.errors import ConfigError
from oyez.serve.access import Sites, Tokens, bearer, is_loopback, origin_of

TOKEN = "0123456789abcdef"


def test_a_token_fits_or_it_does_not(tmp_path):
    path = tmp_path / "tokens"
    path.write_text(f"# of the kitchen\n{TOKEN}\n\n  another-token-of-mine \n")
    tokens = Tokens.read(path)
    assert tokens.fit(TOKEN)
    assert tokens.fit("another-token-of-mine")
    for other in (None, "", TOKEN[:-1], TOKEN + "x", "# of the kitchen", "x" * 10_000, "\ud800" * 20):
        assert not tokens.fit(other)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a token on a line, got none. Make one: openssl"),
        ("# nothing\n", "got none"),
        ("too-short\n", "token 1 must be 16 to 1024 .* got 9 characters"),
        (f"{TOKEN}\nwith spaces in between\n", "token 2 must be"),
        ("x" * 2000, "got 2000 characters"),
    ],
)
def test_tokens_that_are_none(tmp_path, text, said):
    path = tmp_path / "tokens"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        Tokens.read(path)
    assert str(path) in str(caught.value)
    assert "spaces in" not in str(caught.value)  # a secret is never shown


def test_files_of_tokens_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Tokens.read(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        Tokens.read(tmp_path / "bytes")


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("", None),
        (f"Bearer {TOKEN}", TOKEN),
        (f"bearer   {TOKEN}", TOKEN),
        (f"Basic {TOKEN}", None),
        ("Bearer", None),
        ("Bearer ", None),
    ],
)
def test_authorization(header, token):
    assert bearer(header) == token


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8765",
        "localhost",
        "LOCALHOST:1",
        "app.localhost:80",
        "[::1]:8765",
        "192.168.1.7:80",
        "Box.local.",
        "box.local:1",
        "site.example",
    ],
)
def test_names_of_this_server(host):
    assert Sites(["box.local", ""], ["https://site.example"]).know(host)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:8765",
        "localhost.evil.example",
        "box.local.evil",
        "127.0.0.1.evil.example",
        "a@localhost",
        "localhost/x",
        "[::1",
        "localhost:99999",
        "localhost:0",
        ":80",
        "localhost evil",
    ],
)
def test_names_that_others_made_point_here(host):
    assert not Sites(["box.local", ""], ["https://site.example"]).know(host)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://site.example",
        "http://localhost:3000",
        "https://127.0.0.1",
        "http://[::1]:5000",
        "http://box.local:8765",
    ],
)
def test_pages_that_may_call(origin):
    assert Sites(["box.local"], ["https://site.example"]).let_in(origin, "box.local:8765")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://site.example",
        "https://site.example:444",
        "null",
        "",
        "http://box.local",
        "http://localhost.evil.example",
        "file://",
        "ftp://localhost",
        "http://[::1",
        "http://127.0.0.1.evil.example",
    ],
)
def test_pages_that_may_not(origin):
    assert not Sites(["box.local"], ["https://site.example"]).let_in(origin, "box.local:8765")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Site.example", "https://site.example"),
        ("http://box:80/", "http://box"),
        ("https://box:8080", "https://box:8080"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_as_browsers_write_it(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "site.example",
        "https://",
        "ftp://x",
        "https://x/path",
        "https://x?q",
        "https://u@x",
        "http://x:0",
        "http://[::1",
        "*",
    ],
)
def test_what_is_no_origin(url):
    with pytest.raises(ConfigError, match="an origin must be like"):
        origin_of(url)


def test_loopback():
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost", "LocalHost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.1", "box", "", "127.0.0.1.evil")))
