"""The page: whole, alone, and safe, whatever the files are called."""

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import made_result
from oyez.errors import MissingExtraError, OutputError
from oyez.evaluate.report import write_report
from oyez.evaluate.result import Condition, Group, NearMiss

VOID = {"br", "img", "meta", "link", "input", "hr"}
SECTIONS = (
    "verdict", "curves", "conditions", "thresholds", "groups", "near-misses", "failures", "about",
)  # fmt: skip
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;"


class Page(HTMLParser):
    """A page that was read by another's eyes: fails where tags do not close in order."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.ids, self.open = [], "", [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if self.open[-1:] != ["style"] else ""

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def _page(tmp_path, *engines, **fields):
    write_report(made_result.result(*engines, **fields), tmp_path / "a.html", overwrite=True)
    return Page((tmp_path / "a.html").read_text(encoding="utf-8"))


def test_the_page_is_whole(tmp_path):
    page = _page(tmp_path)
    assert (tmp_path / "a.html").read_bytes().startswith(b'<!doctype html>\n<html lang="en">')
    assert len(page.ids) == len(set(page.ids))
    assert [one["id"] for one in page.all("section")] == list(SECTIONS)
    headings = [tag for tag, _ in page.elements if tag in {"h1", "h2", "h3"}]
    assert headings[:3] == ["h1", "h2", "h3"]
    assert headings.count("h1") == 1
    assert headings.count("h2") == len(SECTIONS)


def test_it_says_what_was_found(tmp_path):
    text = " ".join(_page(tmp_path).text.replace("\N{NO-BREAK SPACE}", " ").split())
    for said in (
        "ours, theirs",
        "2 engines, 100 recordings of the word, 4.00 hours without it.",
        "Missed 2 of 100, 2.0 % (0.2–7.0 %) in “clean”.",
        "To claim 0.1 per hour, 73.5 further hours without a false accept are needed.",
        "hours to claim 0.1/h73.5after 4.00 heard",
        "delay, median0.19 s95 %: 0.28 s",
        "rain, 10 dB",
        "Recordings of the word left out: 1",
        "words/yes/quiet.wav: no word was found in it",
    ):
        assert said in text


def test_nothing_comes_from_elsewhere_and_nothing_runs(tmp_path):
    page = _page(tmp_path)
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "base", "form"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href"}:
                assert value.startswith(("#", "data:image/png;base64,", "data:audio/flac;base64,"))
    raw = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\(|@import", raw)
    (policy,) = (one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert policy.startswith("default-src 'none';")


def test_links_lead_somewhere(tmp_path):
    for page in (_page(tmp_path), _page(tmp_path, made_result.engine(groups=(), near_misses=(), cuts=()))):
        assert {one["href"][1:] for one in page.all("a")} <= set(page.ids)


def test_every_cut_has_a_player_and_a_picture(tmp_path):
    page = _page(tmp_path)
    assert len(page.all("audio")) == len(page.all("img")) == 3
    assert all("controls" in one and one["aria-label"] for one in page.all("audio"))
    assert all(one["alt"] for one in page.all("img"))
    assert all(one.get("role") == "img" or "aria-hidden" in one for one in page.all("svg"))


def test_its_size_is_that_of_its_sounds(tmp_path):
    _page(tmp_path, made_result.engine(cuts=()))
    bare = (tmp_path / "a.html").stat().st_size
    cuts = tuple(made_result.cut(samples=made_result.silence(3.0)) for _ in range(20))
    _page(tmp_path, made_result.engine(cuts=cuts))
    assert bare < 40_000
    assert (tmp_path / "a.html").stat().st_size - bare < 20 * 20_000


def test_the_same_result_gives_the_same_page(tmp_path):
    for name in ("a.html", "b.html"):
        write_report(made_result.result(), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_no_name_becomes_markup(tmp_path):
    curve = made_result.curve((0, 0, 2, 4, 10))
    hostile = made_result.engine(
        HOSTILE,
        word=HOSTILE,
        conditions=(Condition(HOSTILE, curve),),
        groups=(Group(HOSTILE, HOSTILE, {HOSTILE: (1, 2)}),),
        near_misses=(NearMiss(HOSTILE, 2, 1),),
        cuts=(replace(made_result.cut(HOSTILE, HOSTILE, HOSTILE + "\udc80\x00"), engine=HOSTILE),),
    )
    page = _page(tmp_path, hostile, about={HOSTILE: HOSTILE}, skipped=(HOSTILE,))
    assert page.all("script") == []
    assert [one["src"][:5] for one in page.all("img")] == ["data:"]
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.text.count(HOSTILE) > 15


def test_what_was_not_measured_is_left_out(tmp_path):
    bare = made_result.engine(
        conditions=(), groups=(), near_misses=(), cuts=(), cpu_s_per_s=0.0,
        negatives=made_result.curve((0,) * 5, 0, hours=0.0),
    )  # fmt: skip
    page = _page(tmp_path, bare, skipped=())
    assert [one["id"] for one in page.all("section")] == ["verdict", "about"]
    assert [one["id"] for one in page.all("li")] == ["to-verdict", "to-about"]
    assert "1 engine, " in page.text
    empty = made_result.engine(conditions=(Condition("clean", made_result.curve((0,) * 5, words=0)),))
    assert "missed, clean" not in _page(tmp_path, empty).text.partition("Misses against")[0]


def test_nothing_is_overwritten_unasked(tmp_path):
    (tmp_path / "a.html").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        write_report(made_result.result(), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text() == "mine"


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match="matplotlib"):
        write_report(made_result.result(), tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


def _contrast(one, other):
    def light(colour):
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_told_apart_by_day_and_night(tmp_path):
    _page(tmp_path)
    raw = (tmp_path / "a.html").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", raw, re.DOTALL)
    by_day, by_night = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks[:2])
    for colours in (by_day, by_night):
        assert len(colours) == 13
        for name, colour in colours.items():
            if name in {"ink", "soft", "link"}:
                assert min(_contrast(colour, colours["page"]), _contrast(colour, colours["card"])) >= 4.5
            elif name.startswith(("engine", "word")):
                assert min(_contrast(colour, colours["page"]), _contrast(colour, colours["card"])) >= 3


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_browser_shows_it(tmp_path):
    """Read by a real browser: every table and every sound is in its tree, and no policy was broken."""
    _page(tmp_path)
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--enable-logging=stderr", "--dump-dom", (tmp_path / "a.html").as_uri(),
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0
    assert run.stdout.count("<table") == 6
    assert run.stdout.count("<audio") == 3
    assert "Content Security Policy" not in run.stderr
