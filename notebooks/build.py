"""Renders the chapters as four notebooks: English and Korean, solved and as an exercise.

    python notebooks/build.py

A chapter is a page of Markdown in `chapters/`. Comments in it open the cells:

    <!-- text -->            what follows is English; `text exercise` and `text solved` are for one edition
    <!-- ko -->              … and from here on the same in Korean
    <!-- code NAME tags -->  a block of Python follows; the name is the cell's

In Python, lines `# en: …` and `# ko: …` are comments of one language, LANGUAGE is its code, and what stands
between `# solution` and `# blank` is the solution, from there to `# end` what an exercise has instead.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["EDITIONS", "LANGUAGES", "notebook", "render"]

HERE = Path(__file__).parent
LANGUAGES = ("en", "ko")
EDITIONS = {"solved": "trigger_word", "exercise": "exercise"}
"""What each edition's file is called, before the language."""

MARK = re.compile(r"^<!-- (text|ko|code)\b ?(.*?) ?-->\n", re.MULTILINE)
FENCE = re.compile(r"```python\n(.*?)\n?```\s*", re.DOTALL)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(language: str, edition: str) -> dict[str, Any]:
    """One notebook, in version 4.5 of the format.

    Args:
        language: one of LANGUAGES.
        edition: one of EDITIONS.
    """
    cells: list[dict[str, Any]] = []
    for path in sorted((HERE / "chapters").glob("*.md")):
        for number, (kind, names, body) in enumerate(_parts(path.read_text(encoding="utf-8")), 1):
            name, *tags = names or [""]
            if kind == "code":
                source = _code(body, language, edition)
                cell = {"cell_type": "code", "execution_count": None, "outputs": []}
            else:
                if name and name != edition:
                    continue
                name, tags = f"{path.stem}-{number}", []
                source = _text(body, language)
                cell = {"cell_type": "markdown"}
            cells.append({**cell, "id": name, "metadata": {"tags": tags} if tags else {}, "source": source})
    for cell in cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def render() -> dict[Path, str]:
    """The four files and what is in them."""
    return {
        HERE / f"{stem}.{language}.ipynb": json.dumps(
            notebook(language, edition), indent=1, sort_keys=True, ensure_ascii=False
        )
        + "\n"
        for edition, stem in EDITIONS.items()
        for language in LANGUAGES
    }


def _parts(page: str) -> Iterator[tuple[str, list[str], str]]:
    """Cells of a chapter: text or code, the names in its mark, what it holds; Korean behind its mark."""
    marks = list(MARK.finditer(page))
    bodies = [
        page[mark.end() : after.start() if after else len(page)].strip()
        for mark, after in zip(marks, [*marks[1:], None], strict=True)
    ]
    for number, (mark, body) in enumerate(zip(marks, bodies, strict=True)):
        if mark[1] == "code":
            fence = FENCE.fullmatch(body + "\n")
            if fence is None or not mark[2]:
                raise ValueError(f"a code cell is a name and one block of Python, got {body[:60]!r}")
            yield "code", mark[2].split(), fence[1]
        elif mark[1] == "text":
            if number + 1 == len(marks) or marks[number + 1][1] != "ko":
                raise ValueError(f"there is no Korean for {body[:60]!r}")
            yield "text", mark[2].split(), f"{body}\0{bodies[number + 1]}"


def _text(body: str, language: str) -> str:
    return body.split("\0")[LANGUAGES.index(language)]


def _code(body: str, language: str, edition: str) -> str:
    """The lines that a language and an edition have."""
    kept, shown = [], True
    for line in body.replace("LANGUAGE", repr(language).replace("'", '"')).splitlines():
        word = line.strip().removeprefix("# ")
        if word in ("solution", "blank", "end"):
            shown = word == "end" or (word == "solution") == (edition == "solved")
            continue
        tongue = re.match(r"(.*?# )(en|ko): (.*)", line)
        if not shown or (tongue and tongue[2] != language):
            continue
        kept.append(tongue[1] + tongue[3] if tongue else line)
    return "\n".join(kept)


def main() -> None:
    """Write the four files."""
    for path, text in render().items():
        path.write_text(text, encoding="utf-8")
        print(path.name)


if __name__ == "__main__":
    main()
