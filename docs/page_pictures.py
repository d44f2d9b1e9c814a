"""Makes the pictures of the browser page: python docs/page_pictures.py, after `make page`; with chromium."""

import functools
import http.server
import io
import socketserver
import sys
import tempfile
import threading
from base64 import b64decode
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from chromium import Chromium, Page  # noqa: E402 - after the line above

IMAGES = ROOT / "docs" / "images"
DEMO = ROOT / "examples" / "demo.flac"
WIDE = {"width": 1280, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
NARROW = {"width": 360, "height": 960, "deviceScaleFactor": 2, "mobile": True}
COLOURS = 128
"""Of a picture: nobody sees the difference, and the file is a third as large."""

PICTURES: dict[str, dict[str, Any]] = {
    "page": {"metrics": WIDE, "scheme": "light", "language": "en", "live_s": 0, "whole": True},
    "page-dark": {"metrics": WIDE, "scheme": "dark", "language": "en", "live_s": 11, "whole": False},
    "page-narrow": {"metrics": NARROW, "scheme": "light", "language": "en", "live_s": 11, "whole": False},
    "page-korean": {"metrics": NARROW, "scheme": "dark", "language": "ko", "live_s": 0, "whole": True},
}


def main() -> None:
    """Serve the page, look at it, write what is seen."""
    handler = functools.partial(Quiet, directory=str(ROOT / "build" / "page"))
    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server,
        tempfile.TemporaryDirectory() as name,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sound = Path(name) / "demo.wav"
        _write_wav(sound)
        browser = Chromium(
            Path(name) / "profile",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={sound}%noloop",
        )
        for picture, how in PICTURES.items():
            page = browser.page(f"http://localhost:{server.server_address[1]}/", **how["metrics"]).ready()
            _show(page, how)
            _save(page, IMAGES / f"{picture}.png", whole=how["whole"])
            page.close()
        browser.close()
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Sends files, and writes nothing about it."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _show(page: Page, how: dict[str, Any]) -> None:
    scheme = {"name": "prefers-color-scheme", "value": how["scheme"]}
    page.call("Emulation.setEmulatedMedia", features=[scheme])
    page.click(f"[data-language={how['language']}]")
    if how["live_s"]:
        page.click("#start")
        page.until(
            f"parseFloat(document.getElementById('time-text').textContent.slice(2)) >= {how['live_s']}"
        )
    else:
        page.choose_file("#sound-file", DEMO)
        page.until("document.querySelectorAll('#heard li').length === 4")
        page.until("!/%/.test(document.getElementById('listen-status').textContent)")
    page.run("document.activeElement.blur(); scrollTo(0, 0); await new Promise((r) => setTimeout(r, 1000))")


def _save(page: Page, path: Path, *, whole: bool) -> None:
    data = page.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
    if whole:
        size = page.call("Page.getLayoutMetrics")["cssContentSize"]
        data = page.call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip={**size, "scale": 1}
        )["data"]
    picture = Image.open(io.BytesIO(b64decode(data))).convert("RGB")
    picture.quantize(COLOURS).save(path, optimize=True)
    print(f"{path.name}: {picture.size}, {path.stat().st_size // 1024} KB")  # noqa: T201 - a script


def _write_wav(path: Path) -> None:
    from oyez import audio

    samples, rate = audio.read(DEMO)
    audio.write(path, samples, rate)


if __name__ == "__main__":
    main()
