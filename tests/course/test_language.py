import ast
import importlib
import string
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import oyez.course
from oyez.course import insert_ones, model, use_language
from oyez.course.language import LANGUAGES, Text
from oyez.errors import ConfigError, DataError

FOLDER = Path(oyez.course.__file__).parent
MODULES = [
    importlib.import_module(".".join(("oyez.course", *path.relative_to(FOLDER).with_suffix("").parts)))
    for path in sorted(FOLDER.rglob("[a-z]*.py"))
]
TEXTS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Text)
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """As a program starts."""
    yield
    use_language("en")


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _is_korean(text: str) -> bool:
    return any("가" <= sign <= "힣" for sign in text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_says_the_same_in_both_languages(text: Text) -> None:
    assert _fields(text.en) == _fields(text.ko)
    assert _is_korean(text.ko)
    assert not _is_korean(text.en)


def test_texts_are_found() -> None:
    assert sum(".checks." in name for name in TEXTS) > 40
    assert sum(".checks." not in name for name in TEXTS) > 15


def test_language_is_chosen_for_all_that_is_said() -> None:
    text = Text(en="{n} words", ko="단어 {n}개")
    said = []
    for language in LANGUAGES:
        use_language(language)
        said.append(text(n=3))
    assert said == ["3 words", "단어 3개"]


def test_errors_speak_korean() -> None:
    use_language("ko")
    with pytest.raises(DataError, match="모양의 배열이어야"):
        insert_ones(np.zeros(3), 0)
    with pytest.raises(ConfigError, match="입력은"):
        model((5511, 100))


def _spoken(path: Path) -> list[str]:
    """What a module raises with words of its own, in place of a `Text`."""
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        for value in node.exc.args
        if isinstance(value, ast.JoinedStr | ast.Constant)
    ]


def test_no_error_speaks_one_language_only() -> None:
    """But for that of a language which is not known."""
    found = [place for path in sorted(FOLDER.rglob("*.py")) for place in _spoken(path)]
    assert [place.partition(":")[0] for place in found] == ["language.py"]


def test_unknown_language_is_told() -> None:
    with pytest.raises(ConfigError, match="en, ko, got 'fr'"):
        use_language("fr")
    assert Text(en="a", ko="b")() == "a"
