"""What the page's detector costs a browser, beside a plain run of the same network in the same browser.

    make page && python benchmarks/browser.py

Writes its section of RESULTS.md. Needs chromium and Node; the browser is the one of the tests.
"""

import argparse
import functools
import http.server
import os
import platform
import socketserver
import statistics
import sys
import tempfile
import threading
from base64 import b64encode
from pathlib import Path

from results import table, write_section

from oyez import audio, sound

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from chromium import Chromium, Page  # noqa: E402 - after the line above

RUNS, LIVE_S = 5, 20
PIECE_S = 0.043
MODELS = {"activate": (16_000, 5), "activate-course": (44_100, 1)}
"""Hertz, and how often the sound is heard in a run."""

PREPARE = """
const { load } = await import("./oyez-web/index.js");
const ort = await import("./oyez-web/vendor/ort.mjs");
const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const [name, own, other] = values;
const [samples, others] = [floats(own), floats(other)];
const bytes = new Uint8Array(await (await fetch(`models/${name}.onnx`)).arrayBuffer());
const detectors = { own: await load(bytes), other: await load(bytes, { rate: 48_000 }) };
const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
const { card } = detectors.own;
const width = session.inputMetadata.find((one) => one.name === "state").shape[1];

async function plain() {
  let state = new ort.Tensor("float32", new Float32Array(width), [1, width]);
  for (let start = 0; start + card.chunk <= samples.length; start += card.chunk) {
    const pcm = new ort.Tensor("float32", samples.slice(start, start + card.chunk), [1, card.chunk]);
    state = (await session.run({ pcm, state })).state_out;
  }
}

const heard = (detector, sound) => async () => {
  const piece = Math.round(PIECE_S * detector.rate);
  for (let at = 0; at < sound.length; at += piece) await detector.push(sound.subarray(at, at + piece));
  await detector.finish();
};

window.engines = { plain, own: heard(detectors.own, samples), other: heard(detectors.other, others) };
""".replace("PIECE_S", str(PIECE_S))

NAMES = {
    "plain": "onnxruntime-web alone, chunk by chunk",
    "own": "the detector, at the model's own rate",
    "other": "the detector at 48 kHz, resampled",
}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Sends files, and writes nothing about it."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    """Measure, print, write."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    handler = functools.partial(Quiet, directory=str(ROOT / "build" / "page"))
    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server,
        tempfile.TemporaryDirectory() as name,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        spoken = Path(name) / "demo.wav"
        samples, rate = audio.read(ROOT / "examples" / "demo.flac")
        audio.write(spoken, samples, rate)
        browser = Chromium(
            Path(name) / "profile",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={spoken}",
        )
        url = f"http://localhost:{server.server_address[1]}/"
        text = "".join(_engines(browser, url, model) for model in MODELS) + _live(browser, url)
        product, load = browser.call("Browser.getVersion")["product"], os.getloadavg()[1]
        browser.close()
        server.shutdown()
    head = (
        f"## The page in the browser\n\n{platform.system()} {platform.machine()}, {product}, onnxruntime-web "
        f"{_version()} (WebAssembly, one thread). CPU seconds of the page's process for a second of sound, "
        f"the demo's 20 s in pieces of {1000 * PIECE_S:.0f} ms; the median of {RUNS} runs in turn. The whole "
        f"page is drawn without a graphics card here. The machine has {os.cpu_count()} processors; "
        f"its load, of all that ran on it, was {load:.0f}.\n\n"
    )
    write_section("browser", head + text)
    print(head + text)


def _engines(browser: Chromium, url: str, model: str) -> str:
    page = browser.page(url).ready()
    samples, rate = audio.read(ROOT / "examples" / "demo.flac")
    own_rate, times = MODELS[model]
    sounds = [sound.resample(samples, rate, wanted) for wanted in (own_rate, 48_000)]
    page.run(PREPARE, model, *(b64encode(one.tobytes()).decode() for one in sounds))
    spent: dict[str, list[float]] = {name: [] for name in NAMES}
    for run in range(RUNS + 1):
        for name in NAMES:
            before = _cpu_s(browser)
            for _ in range(times):
                page.run("await window.engines[values[0]]()", name)
            if run:  # the first warms up
                spent[name].append((_cpu_s(browser) - before) / times / (len(samples) / rate))
    page.close()
    plain = statistics.median(spent["plain"])
    rows = []
    for name, all_s in spent.items():
        middle = statistics.median(all_s)
        rows.append([NAMES[name], f"{middle:.5f}", f"{min(all_s):.5f}", f"{middle / plain:.2f}"])
    return f"`{model}`\n\n" + table(["", "CPU s per s of sound", "lowest", "times plain"], rows) + "\n"


def _live(browser: Chromium, url: str) -> str:
    """The whole page while it listens: microphone, spectrogram and curve with it."""
    rows = []
    for what, hidden in (("listening, seen", False), ("listening, without its pictures", True)):
        page: Page = browser.page(url, width=1280, height=900, deviceScaleFactor=1, mobile=False).ready()
        if hidden:
            page.run("for (const one of document.querySelectorAll('canvas')) one.getContext = () => null;"
                     "window.requestAnimationFrame = () => 1")  # fmt: skip
        page.click("#start")
        page.until("parseFloat(document.getElementById('time-text').textContent.slice(2)) >= 2")
        before = _cpu_s(browser)
        page.run(f"await new Promise((resolve) => setTimeout(resolve, {1000 * LIVE_S}))")
        rows.append([what, f"{(_cpu_s(browser) - before) / LIVE_S:.4f}"])
        page.close()
    return f"The whole page with `activate` and a microphone, for {LIVE_S} s\n\n" + table(
        ["", "CPU s per s"], rows
    )


def _cpu_s(browser: Chromium) -> float:
    """Of all pages' processes so far."""
    processes = browser.call("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(one["cpuTime"] for one in processes if one["type"] == "renderer"))


def _version() -> str:
    notice = (ROOT / "web" / "vendor" / "NOTICE").read_text(encoding="utf-8")
    return notice.partition("onnxruntime-web ")[2].split()[0]


if __name__ == "__main__":
    main()
