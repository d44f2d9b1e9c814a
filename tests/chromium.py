"""A headless Chromium over its DevTools protocol, on a pipe: no driver, no port, nothing left behind."""

import contextlib
import itertools
import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
    "--disable-extensions", "--remote-debugging-pipe", "--force-color-profile=srgb", "--hide-scrollbars",
    "--host-resolver-rules=MAP elsewhere.test 127.0.0.1",
)  # fmt: skip

PATIENCE_S = 60.0


class Chromium:
    """One browser; `page` opens a tab of its own, with storage of its own."""

    def __init__(self, profile: Path, *flags: str) -> None:
        assert PROGRAM is not None
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        ends = [os.dup(end) for end in (to_browser, from_browser)]  # neither of them is 3 or 4
        os.close(to_browser)
        os.close(from_browser)

        def connect() -> None:
            for end, wanted in zip(ends, (3, 4), strict=True):
                os.dup2(end, wanted)

        while min(ends) < 5:
            ends = [os.dup(end) for end in ends]
        self._process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={profile}", *flags, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(3, 4), preexec_fn=connect, env={**os.environ, "HOME": str(profile)},
        )  # fmt: skip
        for end in ends:
            os.close(end)
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One call, and its answer."""
        number = next(self._numbers)
        answer = self._answers[number] = queue.Queue()
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        try:
            found = answer.get(timeout=2 * PATIENCE_S)
        except queue.Empty:
            raise TimeoutError(f"{method}: no answer in {2 * PATIENCE_S} s") from None
        assert "error" not in found, f"{method}: {found['error']}"
        return found["result"]

    def page(self, url: str, **metrics: Any) -> "Page":
        """Open an address in a tab; metrics as for Emulation.setDeviceMetricsOverride."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, context)
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            page.call(f"{domain}.enable")
        if metrics:
            page.call("Emulation.setDeviceMetricsOverride", **metrics)
        page.call("Page.navigate", url=url)
        return page

    def close(self) -> None:
        """End it, and wait until it has ended."""
        with contextlib.suppress(Exception):
            self.call("Browser.close")
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(PATIENCE_S)
        for end in (self._write, self._read):
            os.close(end)

    def _listen(self) -> None:
        waiting = b""
        while data := os.read(self._read, 1 << 20):
            *whole, waiting = (waiting + data).split(b"\0")
            for text in whole:
                self._take(json.loads(text))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers.pop(message["id"]).put(message)
        elif message.get("sessionId") in self._pages:
            self._pages[message["sessionId"]].events.append((message["method"], message["params"]))


class Page:
    """One tab."""

    def __init__(self, browser: Chromium, session: str, context: str) -> None:
        self._browser, self._session, self._context = browser, session, context
        self.events: list[tuple[str, dict[str, Any]]] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One call about this tab."""
        return self._browser.call(method, self._session, **params)

    def run(self, code: str, *values: Any) -> Any:
        """What an async function of JavaScript returns; its arguments are `values`."""
        arguments = ", ".join(json.dumps(value) for value in values)
        found = self.call(
            "Runtime.evaluate", expression=f"(async (...values) => {{ {code} }})({arguments})",
            awaitPromise=True, returnByValue=True, userGesture=True,
        )  # fmt: skip
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, condition: str, *values: Any, seconds: float = PATIENCE_S) -> Any:
        """Wait until an expression is truthy: what it is then."""
        code = (
            f"const end = performance.now() + {1000 * seconds};"
            f"for (;;) {{ let found = null; try {{ found = ({condition}); }} catch {{}}"
            " if (found) return found; if (performance.now() > end) return null;"
            " await new Promise((resolve) => setTimeout(resolve, 20)); }"
        )
        found = self.run(code, *values)
        assert found, f"not within {seconds} s: {condition}; {self.problems()}; {self.text()}"
        return found

    def ready(self) -> "Page":
        """Wait until the page has begun."""
        self.until("document.documentElement.dataset.ready")
        return self

    def text(self) -> str:
        """All that is seen."""
        return str(self.run("return document.body.innerText"))

    def click(self, selector: str) -> None:
        """As a user does: with the mouse, in the middle of it."""
        x, y = self.run(
            "const e = document.querySelector(values[0]); e.scrollIntoView({block: 'center'});"
            "const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]", selector,
        )  # fmt: skip
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, code: int, text: str = "") -> None:
        """One key of the keyboard."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text)

    def set(self, selector: str, value: object) -> None:
        """A select or a slider."""
        self.run(
            "const one = document.querySelector(values[0]); one.value = values[1];"
            "for (const type of ['input', 'change']) one.dispatchEvent(new Event(type))",
            selector,
            value,
        )

    def choose_file(self, selector: str, path: Path) -> None:
        """In a file input."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def problems(self) -> list[str]:
        """Errors and warnings that the browser wrote, exceptions that nobody caught."""
        found = []
        for method, params in list(self.events):
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append(str(details.get("exception", {}).get("description", details["text"])))
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(
                    " ".join(str(one.get("value", one.get("description"))) for one in params["args"])
                )
        return found

    def requests(self) -> list[str]:
        """Every address that was asked."""
        return [
            params["request"]["url"]
            for method, params in list(self.events)
            if method == "Network.requestWillBeSent"
        ]

    def close(self) -> None:
        """With all that it kept."""
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)
