"""Elements of a page, made so that no text can become markup: everything is escaped when it is written."""

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

__all__ = ["Child", "Element", "element", "fill", "page", "read"]

Element = ET.Element

Child = Element | str
"""What an element may hold."""

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def element(tag: str, *children: Child, **attributes: str | float) -> Element:
    """An element with what is in it.

    Args:
        tag: its name.
        children: elements and texts, in order.
        attributes: `class_` stands for `class`, an underscore for a hyphen; numbers get two decimals
            at most.

    Returns:
        The element.
    """
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _text(of) for name, of in attributes.items()})
    fill(made, children)
    return made


def fill(parent: Element, children: Iterable[Child]) -> None:
    """Put elements and texts at an element's end."""
    for child in children:
        if isinstance(child, Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + _text(child)
        else:
            parent.text = (parent.text or "") + _text(child)


def read(path: Path) -> Element:
    """A template, which is well-formed XML."""
    return ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file


def page(root: Element) -> str:
    """The text of a page, ready to be written in UTF-8."""
    return f"<!doctype html>\n{ET.tostring(root, encoding='unicode', method='html')}\n"


def _text(value: str | float) -> str:
    """What stands for no sign, as parts of a file's name can, becomes a visible mark."""
    text = value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
