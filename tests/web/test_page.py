"""The page in a real browser: a fake microphone, dropped files, keys, contrast; nothing asked of others."""

import base64
import functools
import http.server
import io
import json
import os
import re
import shutil
import socketserver
import subprocess
import threading
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest

from chromium import PROGRAM, Chromium
from oyez import audio, sound
from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path
from oyez.detect.recording import hear
from oyez.record.folder import FIELDS
from oyez.synth.tts.recordings import Recordings
from small_model import write_small_model
from sounds import take

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
NODE = shutil.which("node")
MISSING = PROGRAM is None or NODE is None or not (WEB / "vendor" / "ort.wasm").is_file()
WIDE = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
NARROW = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}

pytestmark = pytest.mark.skipif(
    MISSING and not os.environ.get("CI"),
    reason="chromium or node is not installed, or its packages: npm install --prefix web",
)


class Folder(http.server.SimpleHTTPRequestHandler):
    """Any web server: it sends files, and no header that helps."""

    def log_message(self, *_: object) -> None:
        pass


def _shown() -> str:
    """The page that docs/browser.md shows."""
    text = (ROOT / "docs" / "browser.md").read_text("utf-8")
    found = re.search(r"^```html\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page, built and served from a folder: its address."""
    folder = tmp_path_factory.mktemp("site")
    build = [NODE or "node", "build.mjs", "--out", str(folder / "page")]
    subprocess.run(build, cwd=WEB, check=True, capture_output=True)
    (folder / "page" / "example.html").write_text(_shown(), encoding="utf-8")
    server = socketserver.ThreadingTCPServer(
        ("127.0.0.1", 0), functools.partial(Folder, directory=str(folder)), bind_and_activate=True
    )
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}/page/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory) -> Path:
    """Four seconds of the demo with the word in them, for the fake microphone and as a file."""
    samples, rate = audio.read(ROOT / "examples" / "demo.flac")
    path = tmp_path_factory.mktemp("sound") / "spoken.wav"
    audio.write(
        path, sound.resample(samples, rate, 48_000)[round(2.5 * 48_000) : round(6.5 * 48_000)], 48_000
    )
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory, spoken):
    """With a microphone that hears `spoken` again and again."""
    one = Chromium(
        tmp_path_factory.mktemp("profile"),
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}",
    )
    yield one
    one.close()


@pytest.fixture
def page(browser, site):
    one = browser.page(site, **WIDE).ready()
    yield one
    assert one.problems() == []
    assert [url for url in one.requests() if not url.startswith((site, "blob:", "data:"))] == []
    one.close()


def test_a_folder_of_others_is_never_removed(tmp_path):
    def build(folder: Path) -> subprocess.CompletedProcess[str]:
        command = [NODE or "node", "build.mjs", "--server", "--out", str(folder)]
        return subprocess.run(command, cwd=WEB, check=False, capture_output=True, text=True)

    kept = tmp_path / "kept" / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    for content in (None, "{}", "no JSON"):
        if content:
            (kept.parent / "site.json").write_text(content)
        refused = build(kept.parent)
        assert refused.returncode != 0
        assert f"{kept.parent} holds other files: name an empty one" in refused.stderr
        assert kept.read_text() == "mine"
    (tmp_path / "empty").mkdir()
    for _ in range(2):  # an empty one, and then our own
        assert build(tmp_path / "empty").returncode == 0
    assert (tmp_path / "empty" / "index.html").is_file()


def _heard(page) -> list[tuple[str, str]]:
    """Times and words of the list, the first one first."""
    rows = page.run(
        "return [...document.querySelectorAll('#heard li')].map((one) => "
        "[one.children[0].textContent, one.children[1].textContent])"
    )
    return [(time, word) for time, word in reversed(rows)]


def _expected(path: Path, model: str = "activate", threshold: float | None = None) -> list[tuple[str, str]]:
    found = hear(Model(model_path(model)), path, threshold).detections
    return [(f"{int(one.time_s // 60)}:{one.time_s % 60:05.2f}", one.word) for one in found]


def test_the_microphone_is_heard_as_it_is(page):
    page.run(
        "const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = (what) => { window.asked = what; return ask(what); }"
    )
    page.click("#start")
    page.until("document.querySelectorAll('#heard li').length >= 2")
    assert {word for _, word in _heard(page)} == {"activate"}
    assert "Listening to" in page.text()
    lit = page.run(
        "const c = document.getElementById('spectrogram'); const d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; return new Set(d).size"
    )
    assert lit > 50  # a picture, not a plain field
    page.click("#start")
    page.until("document.getElementById('listen-status').textContent.startsWith('Stopped')")
    asked = page.run("return window.asked.audio")
    assert not any(asked[name] for name in ("echoCancellation", "noiseSuppression", "autoGainControl"))


def test_what_the_docs_show_listens(browser, site):
    page = browser.page(f"{site}example.html")
    page.until("document.getElementById('listen').onclick !== null")
    page.click("#listen")
    assert page.until("document.getElementById('heard').value").startswith("activate at ")
    assert [one for one in page.problems() if "favicon" not in one] == []
    page.close()


def test_a_sound_file_gives_what_python_hears(page):
    path = ROOT / "examples" / "demo.flac"
    page.choose_file("#sound-file", path)
    page.until("document.getElementById('listen-status').textContent.includes('heard')")
    assert _heard(page) == _expected(path)


def test_a_dropped_file_gives_what_python_hears(page, tmp_path):
    samples, rate = audio.read(ROOT / "examples" / "demo.flac")
    path = tmp_path / "dropped.wav"
    samples = sound.resample(samples, rate, 16_000)
    audio.write(path, samples, 16_000)
    _drop(page, "dropped.wav", path.read_bytes())
    page.until("document.getElementById('listen-status').textContent.includes('heard')")
    assert _heard(page) == _expected(path)
    page.set("#threshold-0", 0.9)  # a slider judges the same scores anew
    assert len(_heard(page)) == len(hear(Model(model_path("activate")), path, 0.9).detections)
    scores = page.run(
        "const { load } = await import('./oyez-web/index.js');"
        "const detector = await load('models/activate.onnx');"
        "const bytes = Uint8Array.from(atob(values[0]), (c) => c.charCodeAt(0));"
        "return Array.from(await detector.scores(new Float32Array(bytes.buffer)))",
        base64.b64encode(samples[: 8 * 16_000].tobytes()).decode(),
    )
    wanted = Detector(Model(model_path("activate"))).scores(samples[: 8 * 16_000])
    np.testing.assert_allclose(scores, wanted.ravel(), atol=1e-4)


def _drop(page, name: str, content: bytes) -> None:
    page.run(
        "const bytes = Uint8Array.from(atob(values[1]), (c) => c.charCodeAt(0));"
        "const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File([bytes], values[0]));"
        "document.body.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}))",
        name, base64.b64encode(content).decode(),
    )  # fmt: skip


def _while_hearing(page, code: str) -> None:
    """Do something as soon as a part of a file was heard."""
    page.run(
        "const status = document.getElementById('listen-status');"
        "const change = (id, value) => { const one = document.getElementById(id); one.value = value;"
        " for (const type of ['input', 'change']) one.dispatchEvent(new Event(type)); };"
        "new MutationObserver((_, watch) => { if (!status.textContent.startsWith('Hearing')) return;"
        f" watch.disconnect(); {code} }}).observe(status, {{childList: true}})"
    )


def _until_heard(page) -> None:
    page.until(r"/: heard \d+\.$/.test(document.getElementById('listen-status').textContent)")


def test_a_threshold_chosen_while_a_file_is_heard_holds(page):
    path = ROOT / "examples" / "demo.flac"
    wanted = _expected(path, threshold=0.995)
    assert wanted != _expected(path)
    _while_hearing(page, "change('threshold-0', '0.995')")
    page.choose_file("#sound-file", path)
    _until_heard(page)
    assert _heard(page) == wanted


def test_another_detector_chosen_while_a_file_is_heard_hears_it(page):
    path = ROOT / "examples" / "demo.flac"
    _while_hearing(page, "change('model', '1')")
    page.choose_file("#sound-file", path)
    page.until("document.getElementById('model-status').textContent.includes('44.1')")
    _until_heard(page)
    assert _heard(page) == _expected(path, "activate-course")
    assert page.run("return document.getElementById('listen-problem').hidden")


def test_listening_while_a_file_is_decoded_leaves_the_file(page):
    page.run(
        "const read = File.prototype.arrayBuffer; const wait = new Promise((go) => { window.go = go; });"
        "File.prototype.arrayBuffer = async function () {"
        " window.reading = true; await wait; return read.call(this); }"
    )
    page.choose_file("#sound-file", ROOT / "examples" / "demo.flac")
    page.until("window.reading")
    page.click("#start")
    page.until("document.getElementById('start').dataset.running")
    page.run("window.go(); await new Promise((resolve) => setTimeout(resolve, 500))")
    page.until("document.querySelectorAll('#heard li').length >= 1")
    assert "Listening to" in page.text()
    assert page.run("return document.getElementById('player').hidden")


def _ask_later(page) -> None:
    """The question for the microphone stands until `go`."""
    page.run(
        "const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "const wait = new Promise((go) => { window.go = go; }); window.asked = 0; window.streams = [];"
        "navigator.mediaDevices.getUserMedia = async (what) => { window.asked += 1; await wait;"
        " window.streams.push(await ask(what)); return window.streams.at(-1); }"
    )


def test_another_detector_chosen_while_the_microphone_is_asked_for_listens(page):
    _ask_later(page)
    page.click("#start")
    page.until("window.asked")
    page.set("#model", "1")
    page.until("document.getElementById('model-status').textContent.includes('44.1')")
    page.run("window.go()")
    page.until("document.getElementById('start').dataset.running")
    page.until("/\\d/.test(document.getElementById('score-text').textContent)")
    page.run("await new Promise((resolve) => setTimeout(resolve, 500))")
    assert page.run("return document.getElementById('listen-problem').hidden")
    assert "Listening to" in page.text()


def test_a_file_opened_while_the_microphone_is_asked_for_wins(page):
    _ask_later(page)
    page.click("#start")
    page.until("window.asked")
    path = ROOT / "examples" / "demo.flac"
    page.choose_file("#sound-file", path)
    _until_heard(page)
    page.run("window.go()")
    page.until("window.streams[0]?.getTracks().every((track) => track.readyState === 'ended')")
    assert _heard(page) == _expected(path)
    assert not page.run("return document.getElementById('start').dataset.running")


def test_a_stop_and_a_quick_start_hear(page):
    page.click("#start")
    page.until("document.getElementById('start').dataset.running")
    page.run(
        "const old = document.createElement('li'); old.id = 'old';"
        "document.getElementById('heard').append(old);"
        "const start = document.getElementById('start'); start.click(); start.click()"
    )
    page.until("!document.getElementById('old') && document.querySelectorAll('#heard li').length")
    page.click("#start")
    page.until("!document.getElementById('start').dataset.running")


def test_a_list_that_stays_is_not_written_anew(page):
    page.choose_file("#sound-file", ROOT / "examples" / "demo.flac")
    _until_heard(page)
    assert page.run("return document.getElementById('log').getAttribute('aria-live')") == "off"
    page.set("#threshold-0", 0.5)
    page.run("for (const one of document.querySelectorAll('#heard li')) one.dataset.kept = 'true'")
    count = len(_heard(page))
    page.set("#threshold-0", 0.505)  # all four rise past both in one step
    assert page.run("return document.querySelectorAll('#heard li[data-kept]').length") == count
    page.click("[data-language=ko]")
    assert "점수" in page.run("return document.querySelector('#heard li').textContent")
    page.set("#threshold-0", 0.995)
    assert page.run("return document.querySelectorAll('#heard li[data-kept]').length") == 0


REMOTE = """
const sockets = [];
window.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  bufferedAmount = 2 ** 21;
  sent = [];
  constructor() { sockets.push(this); setTimeout(() => this.onopen()); }
  send(one) {
    if (typeof one !== 'string') this.sent.push(one[0]);
    else setTimeout(() => this.onmessage({data: '{"type": "ready"}'}));
  }
  close() { this.readyState = 3; }
};
const sleep = () => new Promise((resolve) => setTimeout(resolve, 50));
const { RemoteDetector } = await import('./remote.js');
const { Model } = await import('./oyez-web/index.js');
const { card } = await Model.open('models/activate.onnx');
const detector = new RemoteDetector('activate', card, {rate: 16000});
const push = (value) => detector.push(Float32Array.of(value));
const [socket] = sockets;
const full = [push(1), push(2)];
await sleep();
socket.bufferedAmount = 0;
await Promise.all([...full, push(3)]);
socket.bufferedAmount = 2 ** 21;
const stuck = push(4).catch(({ code }) => code);
await sleep();
socket.readyState = 3;
return [socket.sent, await stuck, await detector.finish().catch(({ code }) => code)];
"""


def test_what_goes_to_a_server_stays_in_order_and_ends_with_it(page):
    assert page.run(REMOTE) == [[1, 2, 3], "server", "server"]


def test_takes_that_are_only_here_are_kept(page):
    page.run(
        "const { Recorder } = await import('./recorder.js');"
        "const measured = {seconds: 1, level_dbfs: -20, peak_dbfs: -6, noise_dbfs: -60, snr_db: 40};"
        "const take = {...measured, clip: new Float32Array(1600), rate: 16000, device: '', recorded: ''};"
        "Recorder.prototype.run = async function (takes) {"
        " while (takes.length < this.count) takes.push({...take}); this.screen.verdict(take);"
        " this.screen.say(1); };"
    )

    def record(word: str) -> None:
        page.run(
            "const set = (id, value) => { document.getElementById(id).value = value; };"
            "set('record-word', values[0]); set('record-speaker', 'ann'); set('record-count', 2);"
            "document.getElementById('record-start').click(); await new Promise((go) => setTimeout(go, 100))",
            word,
        )

    def takes() -> object:
        return page.run("return document.querySelectorAll('#takes li').length")

    record("alpha")
    assert takes() == 2
    assert page.run("return document.getElementById('record-prompt').hasAttribute('aria-live')") is False
    record("beta")
    assert "The takes of “alpha” are only here. Download these takes first" in page.text()
    page.click("#takes li:first-child button:last-child")
    assert takes() == 1
    assert page.run("return document.activeElement.closest('#takes li') !== null")
    page.click("#takes li:first-child button:last-child")
    assert page.run("return document.activeElement.id") == "record-start"
    record("beta")
    assert takes() == 2
    assert page.run("return document.getElementById('record-problem').hidden")
    assert 'oyez train "beta"' in page.text()
    page.run(  # they are saved: the page may be left, and nothing asks
        "HTMLAnchorElement.prototype.click = () => {}; document.getElementById('record-download').click()"
    )
    record("gamma")
    assert 'oyez train "gamma"' in page.text()
    page.run("document.getElementById('record-download').click()")


def test_a_model_that_lacks_something_is_told_in_korean(page, tmp_path):
    graph = onnx.load(write_small_model(tmp_path / "mine.onnx", ("alpha",)))
    card = json.loads(graph.metadata_props[0].value)
    del card["chunk"]
    graph.metadata_props[0].value = json.dumps(card)
    page.click("[data-language=ko]")
    _drop(page, "mine.onnx", graph.SerializeToString())
    page.until("!document.getElementById('model-problem').hidden")
    assert "mine.onnx에 모델 정보가 일부 빠져 있습니다" in page.text()


def test_a_table_that_does_not_fit_is_none(page, tmp_path):
    graph = onnx.load(write_small_model(tmp_path / "mine.onnx", ("alpha",)))
    card = json.loads(graph.metadata_props[0].value)
    card["table"] = {"alpha": {"hours": 1, "rows": [["high", None]]}}
    graph.metadata_props[0].value = json.dumps(card)
    _drop(page, "mine.onnx", graph.SerializeToString())
    page.until("document.getElementById('threshold-note').textContent.includes('“alpha” is heard wrongly')")
    assert page.run("return document.querySelector('#intent [value=\"1/day\"]').disabled")
    assert page.run("return document.getElementById('model-problem').hidden")


def test_a_model_of_ones_own_is_dropped(page, tmp_path):
    path = write_small_model(tmp_path / "mine.onnx", ("alpha", "bêta"))
    _drop(page, "mine.onnx", path.read_bytes())
    page.until("document.getElementById('model-status').textContent.includes('“alpha”, “bêta”')")
    assert page.run("return document.querySelectorAll('#sliders input').length") == 2
    _drop(page, "other.onnx", b"hello, this is text")
    page.until("!document.getElementById('model-problem').hidden")
    assert "other.onnx is no ONNX model" in page.text()
    assert "mine.onnx goes on listening" in page.text()


def test_a_threshold_by_intent(page):
    def choose(value: str) -> str:
        page.set("#intent", value)
        return str(page.run("return document.getElementById('threshold-note').textContent"))

    assert "At 0.135, 0.77 false wakes an hour" in choose("1/hour")
    assert "show at most 0.92 an hour" in choose("1/day")
    assert page.run("return document.getElementById('threshold-0').value") == "0.515"
    page.run(
        "const s = document.getElementById('model'); s.value = '1'; s.dispatchEvent(new Event('change'))"
    )
    page.until("document.getElementById('model-status').textContent.includes('44.1')")
    assert "was not measured" in page.text()
    assert page.run("return document.querySelector('#intent [value=\"1/day\"]').disabled")


def test_there_is_no_microphone(tmp_path, site):
    browser = Chromium(tmp_path)
    page = browser.page(site, **WIDE).ready()
    page.click("#start")
    page.until("!document.getElementById('listen-problem').hidden")
    assert re.search("There is no microphone|may not be used", page.text())
    page.click("[data-language=ko]")
    assert re.search("마이크", page.run("return document.getElementById('listen-problem').textContent"))
    page.close()
    browser.close()


def test_it_may_not_be_used(browser, site):
    page = browser.page(site, **WIDE).ready()
    page.run(
        "const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
        "navigator.mediaDevices.getUserMedia = refuse"
    )
    page.click("#start")
    page.until("!document.getElementById('listen-problem').hidden")
    assert "may not be used. Allow it" in page.text()
    page.close()


def test_a_page_without_https_gets_none_and_says_so(browser, site):
    page = browser.page(site.replace("localhost", "elsewhere.test"), **WIDE).ready()
    page.click("#start")
    page.until("!document.getElementById('listen-problem').hidden")
    assert "served over HTTPS or from this computer" in page.text()
    assert "elsewhere.test" in page.text()
    page.close()


def test_twenty_takes_become_one_folder_of_recordings(page, tmp_path):
    """The takes are made here: in real time they would take a minute and a half."""
    data = page.run(
        "const { packed } = await import('./recorder.js'); const { examine } = await import('./take.js');"
        "const bytes = Uint8Array.from(atob(values[0]), (c) => c.charCodeAt(0));"
        "const samples = new Float32Array(bytes.buffer);"
        "const told = {rate: 16000, device: 'mic, \"best\"', recorded: '2026-01-01'};"
        "const one = {...examine(samples, 16000), ...told};"
        "const zip = packed({word: 'hé you', speaker: 'ann'}, Array.from({length: 20}, () => one));"
        "return btoa(Array.from(zip, (b) => String.fromCharCode(b)).join(''))",
        base64.b64encode(take().tobytes()).decode(),
    )
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(data))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    folder = tmp_path / "words"
    assert (folder / "metadata.csv").read_text("utf-8").splitlines()[0] == ",".join(FIELDS)
    samples, rate = audio.read(folder / "hé you" / "ann_0020.wav")
    assert rate == 16_000
    np.testing.assert_allclose(np.abs(samples).max(), 0.1 * 2**0.5, atol=1e-2)
    assert 0.7 < len(samples) / rate < 0.9
    for named in (folder, folder / "hé you"):
        assert {one.voice for one in Recordings(named, "hé you").spoken()} == {"ann"}


def test_a_take_is_recorded(page):
    page.run(
        "const set = (id, value) => { document.getElementById(id).value = value; };"
        "set('record-word', 'activate'); set('record-speaker', 'ann_b'); set('record-count', 1)"
    )
    page.click("#record-start")
    page.until("document.getElementById('record-problem').textContent.includes('no underscore')")
    page.run("document.getElementById('record-speaker').value = 'ann'")
    page.click("#record-start")
    page.until("document.getElementById('record-prompt').textContent.includes('get ready')")
    assert page.until("document.getElementById('record-prompt').textContent.includes('say “activate”')")
    page.until("/Good|Cut off|Too|No word/.test(document.getElementById('record-prompt').textContent)")
    page.click("#record-start")


def test_the_keyboard_is_enough(page):
    page.press("Tab", 9)
    assert page.run("return document.activeElement.className") == "skip"
    order = []
    for _ in range(12):
        page.press("Tab", 9)
        order.append(page.run("return document.activeElement.id || document.activeElement.dataset.language"))
    wanted = [
        "en",
        "ko",
        "model",
        "model-file",
        "start",
        "sound-file",
        "log",
        "intent",
        "threshold-0",
        "record-word",
    ]
    assert [one for one in order if one in wanted] == wanted
    page.run("document.getElementById('start').focus()")
    page.press("Enter", 13, "\r")
    page.until("document.getElementById('start').dataset.running")
    page.press(" ", 32, " ")
    page.until("!document.getElementById('start').dataset.running")


def test_axe_finds_nothing(page):
    """Labels, names, roles, contrast (WCAG 2.2 AA), with everything that can be shown."""
    page.run(
        "for (const one of document.querySelectorAll('.problem, progress')) one.hidden = false;"
        "for (const one of document.querySelectorAll('main .problem')) one.textContent = 'x y';"
        "document.getElementById('record-download').disabled = false"
    )
    page.call("Page.setBypassCSP", enabled=True)
    page.run((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    for language in ("en", "ko"):
        page.click(f"[data-language={language}]")
        for scheme in ("light", "dark"):
            page.call(
                "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
            )
            found = page.run(
                "const runOnly = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];"
                "const { violations } = await axe.run(document, {runOnly});"
                "return violations.map((one) => [one.id, one.nodes.map((node) => node.html)])"
            )
            assert found == [], (language, scheme)
        assert page.run("return document.documentElement.lang") == language


def test_a_phone_needs_no_scrolling_aside(browser, site):
    page = browser.page(site, **NARROW).ready()
    for language in ("en", "ko"):
        page.click(f"[data-language={language}]")
        assert page.run("return document.documentElement.scrollWidth") <= 360
        wide = page.run(
            "return [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() && "
            "one.getBoundingClientRect().right > 361).map((one) => one.outerHTML.slice(0, 80))"
        )
        assert wide == []
    small = page.run(  # what a finger has to hit
        "const all = [...document.querySelectorAll('button, select, label.button')];"
        "const low = (one) => one.offsetParent && one.getBoundingClientRect().height < 36;"
        "return all.filter(low).map((one) => one.outerHTML.slice(0, 80))"
    )
    assert small == []
    page.close()


def test_both_languages_say_the_same_things():
    code = (
        "import en from './page/texts-en.js'; import ko from './page/texts-ko.js';"
        "console.log(JSON.stringify([en, ko]))"
    )
    run = subprocess.run(
        [NODE or "node", "--input-type=module", "-e", code],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=True,
    )
    english, korean = json.loads(run.stdout)
    assert list(english) == list(korean)
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", korean[key])), key
    shown = re.findall(r'data-text="(\w+)"', (WEB / "page" / "index.html").read_text("utf-8"))
    assert set(shown) <= set(english)
