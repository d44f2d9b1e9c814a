"""Elements: whatever a text says, it stays text."""

from html.parser import HTMLParser

from oyez.evaluate.element import element, fill, page, read


class Reader(HTMLParser):
    """What a browser would find."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data):
        self.texts.append(data)


HOSTILE = "<script>alert('1')</script>\" onload=\"x & y'"


def test_no_text_becomes_markup():
    found = Reader(page(element("p", HOSTILE, title=HOSTILE)))
    assert found.tags == ["p"]
    assert found.attributes == [{"title": HOSTILE}]
    assert HOSTILE in "".join(found.texts)


def test_texts_and_elements_keep_their_order():
    made = element("p", "a", element("b", "c"), "d", element("i"), "e")
    fill(made, ["f", element("br"), "g"])
    assert page(made).splitlines()[1] == "<p>a<b>c</b>d<i></i>ef<br>g</p>"


def test_attributes():
    made = element("path", class_="x", stroke_width=1.5, x=100.0, y=1 / 3, n=3, viewBox="0")
    assert made.attrib == {
        "class": "x", "stroke-width": "1.5", "x": "100", "y": "0.33", "n": "3", "viewBox": "0",
    }  # fmt: skip


def test_what_no_page_can_hold_is_marked():
    text = page(element("p", "a\x00b\udc80c\x1b\n\t"))
    assert text.splitlines()[1].startswith("<p>a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c")
    assert text.encode()
    assert "\x1b" not in text


def test_a_template_is_read(tmp_path):
    (tmp_path / "a.html").write_text('<html><style id="x"/><p>é</p></html>', encoding="utf-8")
    root = read(tmp_path / "a.html")
    fill(root[0], ["a > b { }"])
    assert page(root) == '<!doctype html>\n<html><style id="x">a > b { }</style><p>é</p></html>\n'
