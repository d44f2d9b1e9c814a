"""What the documents show runs: blocks of Python in pages, examples in docstrings."""

import doctest
import importlib
import importlib.util
import re
from pathlib import Path

import pytest

import oyez

ROOT = Path(__file__).parent.parent
SOURCE = Path(oyez.__file__).parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def _blocks(text: str) -> list[str]:
    """Contents of the fences that open with ```python, in order."""
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def _modules_with_examples() -> list[str]:
    """Dotted names of the modules with a doctest; nothing is imported to find them."""
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
    names = [".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in paths]
    return [f"oyez.{name}".removesuffix(".__init__") for name in names]


BLOCKS = [(page.name, block) for page in PAGES for block in _blocks(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("page", "block"), BLOCKS, ids=[f"{page}-{number}" for number, (page, _) in enumerate(BLOCKS)]
)
def test_block_runs(page: str, block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a reader would paste it: nothing is defined before, paths are those of the repository."""
    monkeypatch.chdir(ROOT)
    exec(compile(block, page, "exec"), {"__name__": "__main__"})


def test_readme_shows_python() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README.md yet")
    assert _blocks(readme.read_text(encoding="utf-8"))


def test_blocks_are_found() -> None:
    text = "a\n```python\nx = 1\n```\n```sh\nmake\n```\n```python\nraise ValueError\n```\n"
    assert _blocks(text) == ["x = 1\n", "raise ValueError\n"]


@pytest.mark.parametrize("name", _modules_with_examples())
def test_docstring_examples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


def test_doctests_are_discovered() -> None:
    assert "oyez.events" in _modules_with_examples()


def _code(text: str) -> list[str]:
    """Fenced blocks of Python and shell, without their comments."""
    fences = re.findall(r"^```(?:python|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s*#.*", "", fence) for fence in fences]


def test_korean_readme_shows_what_the_english_one_shows() -> None:
    english, korean = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))
    assert _code(korean) == _code(english)
    headings = [re.findall(r"^#+", text, re.MULTILINE) for text in (english, korean)]
    assert headings[0] == headings[1]
    links = [
        set(re.findall(r"\]\(([^)#]+)", text)) - {"README.md", "README.ko.md"} for text in (english, korean)
    ]
    assert links[0] == links[1]


def test_module_map_is_what_the_modules_say() -> None:
    spec = importlib.util.spec_from_file_location("module_map", ROOT / "docs" / "module_map.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "modules.md").read_text(encoding="utf-8") == module.render()
    packages = {path.parent.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("__init__.py")}
    assert all(name == "." or f"## `{name}/`" in module.render() for name in packages)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
