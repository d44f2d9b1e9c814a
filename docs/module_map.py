"""Writes docs/modules.md from the first line of each module: python docs/module_map.py."""

import ast
from pathlib import Path

__all__ = ["render"]

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "modules.md"
ORDER = (
    "", "course", "train", "serve", "record", "listen", "evaluate", "synth", "actions", "detect", "config",
)  # fmt: skip
"""Packages, from the top layer down; the first are the modules that stand alone."""

HEAD = """# The modules

What each module of `src/oyez` is: its own first line, collected by `docs/module_map.py`. Packages stand from
the top layer down; a module imports only from below it (`tests/test_layers.py` holds the order).
"""


def render() -> str:
    """The page."""
    source = ROOT / "src" / "oyez"
    packages = {name: source / name for name in ORDER}
    packages |= {name: source / name for name in ("course/checks", "evaluate/engines", "synth/tts")}
    parts = [HEAD]
    for name, folder in packages.items():
        rows = [f"| `{path.name}` | {_first_line(path)} |" for path in sorted(folder.glob("*.py"))]
        title = f"`{name}/`" if name else "The package"
        parts.append("\n".join([f"## {title}", "", "| module | is |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def _first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0].replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
