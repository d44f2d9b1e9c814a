"""The page as `oyez serve --http` gives it: the server's detectors, and its ears where WebAssembly fails."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from chromium import PROGRAM, Chromium
from http_server import running
from oyez.detect.model import Model, model_path
from oyez.detect.recording import hear
from oyez.serve import http_app
from oyez.serve.catalog import Catalog

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
NODE = shutil.which("node")
MISSING = PROGRAM is None or NODE is None or not (WEB / "vendor" / "ort.wasm").is_file()
TOKEN = "a-token-that-nobody-guesses"

pytestmark = pytest.mark.skipif(
    MISSING and not os.environ.get("CI"),
    reason="chromium or node is not installed, or its packages: npm install --prefix web",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    one = Chromium(tmp_path_factory.mktemp("profile"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load(["activate"])


@pytest.fixture(autouse=True)
def built(tmp_path_factory, monkeypatch):
    """The server's edition of the page, where the server looks for it."""
    folder = tmp_path_factory.getbasetemp() / "served"
    if not folder.exists():
        build = [NODE or "node", "build.mjs", "--server", "--out", str(folder)]
        subprocess.run(build, cwd=WEB, check=True, capture_output=True)
    monkeypatch.setitem(http_app.application.__kwdefaults__, "web", folder)


def _heard(page):
    page.choose_file("#sound-file", ROOT / "examples" / "demo.flac")
    page.until("/heard \\d/.test(document.getElementById('listen-status').textContent)")
    return page.run(
        "const rows = [...document.querySelectorAll('#heard li')];"
        "return rows.map((one) => one.children[0].textContent).reverse()"
    )


def _expected(threshold=None):
    found = hear(Model(model_path("activate")), ROOT / "examples" / "demo.flac", threshold).detections
    return [f"{int(one.time_s // 60)}:{one.time_s % 60:05.2f}" for one in found]


def test_the_servers_detectors_run_in_the_browser(browser, catalog):
    with running(catalog) as server:
        page = browser.page(f"http://127.0.0.1:{server.port}/").ready()
        assert "samples at 16 kHz" in page.text()
        assert _heard(page) == _expected()
        assert page.problems() == []
        assert not [url for url in page.requests() if "v1/stream" in url]
        page.close()


def test_without_webassembly_the_server_listens(browser, catalog):
    with running(catalog) as server:
        page = browser.page("about:blank")
        page.call("Page.addScriptToEvaluateOnNewDocument", source="delete globalThis.WebAssembly")
        page.call("Page.navigate", url=f"http://127.0.0.1:{server.port}/")
        page.ready()
        assert f"the sound goes to 127.0.0.1:{server.port}" in page.text()
        assert "No sound leaves this machine" not in page.text()
        assert "sends it the sound" in page.text()
        assert _heard(page) == _expected()
        page.set("#threshold-0", 0.99)
        assert page.run("return document.querySelectorAll('#heard li').length") == len(_expected(0.99))
        page.close()
        server.until_idle()


def test_a_server_with_a_token_is_asked_with_it(browser, catalog, tmp_path):
    (tmp_path / "tokens").write_text(f"{TOKEN}\n")
    with running(catalog, token_file=tmp_path / "tokens") as server:
        page = browser.page(f"http://127.0.0.1:{server.port}/").ready()
        page.until("!document.getElementById('token-form').hidden")
        page.run("document.getElementById('token').value = values[0]", TOKEN)
        page.click("#token-form button")
        page.until("document.getElementById('model-status').textContent.includes('16 kHz')")
        assert page.run("return document.getElementById('token-form').hidden")
        page.close()
        page = browser.page(f"http://127.0.0.1:{server.port}/#token={TOKEN}").ready()
        assert "16 kHz" in page.text()
        assert TOKEN not in page.run("return location.href")
        page.close()
