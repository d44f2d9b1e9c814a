"""The notebooks are what their chapters give, and they run: in a kernel, whole, in both languages."""

import importlib.util
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from oyez.course.raw_data import make_dev_set, make_raw_data

FOLDER = Path(__file__).parents[2] / "notebooks"
_SPEC = importlib.util.spec_from_file_location("build_notebooks", FOLDER / "build.py")
assert _SPEC is not None
assert _SPEC.loader is not None
build = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(build)

CLIPS = 2
"""In each of the sets, in place of 26 and 25."""

CHECKS = 9
PREPARATION = {"imports", "settings", "raw-data", "hear-clip", "spectrogram", "clocks", "load"}
"""Cells that the exercises need."""

CORRECT = {"en": "correct.", "ko": "정답입니다."}

languages = pytest.mark.parametrize("language", build.LANGUAGES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data, once for all."""
    folder = tmp_path_factory.mktemp("course")
    make_raw_data(folder / "raw_data")
    make_dev_set(folder / "made" / "dev_set", count=CLIPS)
    return folder


@pytest.fixture
def place(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder but for the data; the kernel's own files lie elsewhere, it has one thread."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    return shutil.copytree(made, tmp_path / "course")


def read(language: str, edition: str) -> nbformat.NotebookNode:
    """A committed notebook, with short settings."""
    path = FOLDER / f"{build.EDITIONS[edition]}.{language}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (settings,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    settings.source = re.sub(r"\d+", str(CLIPS), settings.source)
    return notebook


def run(notebook: nbformat.NotebookNode, place: Path, **options: Any) -> nbformat.NotebookNode:
    """Execute in a fresh kernel whose folder is `place`."""
    resources = {"metadata": {"path": str(place)}}
    client = NotebookClient(notebook, timeout=300, resources=resources, **options)
    return client.execute()


def tagged(notebook: nbformat.NotebookNode, tag: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]


def said(cell: nbformat.NotebookNode) -> str:
    return "".join(one.text for one in cell.outputs if one.output_type == "stream")


def is_korean(text: str) -> bool:
    return any("가" <= sign <= "힣" for sign in text)


def test_files_are_what_the_chapters_give() -> None:
    rendered = build.render()
    assert {path.name for path in rendered} == {path.name for path in FOLDER.glob("*.ipynb")}
    stale = [path.name for path, text in rendered.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "render them: make notebooks"


@pytest.mark.parametrize("edition", build.EDITIONS)
@languages
def test_notebook_is_valid_and_holds_no_outputs(language: str, edition: str) -> None:
    notebook = read(language, edition)
    nbformat.validate(notebook)
    names = [cell.id for cell in notebook.cells]
    assert len(names) == len(set(names))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert len(tagged(notebook, "check")) == len(tagged(notebook, "exercise")) == CHECKS


@pytest.mark.parametrize("edition", build.EDITIONS)
def test_languages_differ_in_words_alone(edition: str) -> None:
    """The same cells, the same code but for comments; no Korean in the English, all texts translated."""
    english, korean = (read(language, edition).cells for language in build.LANGUAGES)
    assert [cell.id for cell in english] == [cell.id for cell in korean]
    for one, other in zip(english, korean, strict=True):
        assert not is_korean(one.source)
        if one.cell_type == "markdown":
            assert is_korean(other.source)
            assert one.source.count("<details>") == other.source.count("<details>")
        else:
            lines = (re.sub(r"#.*|\"(en|ko)\"", "", cell.source).split() for cell in (one, other))
            assert next(lines) == next(lines)


@languages
def test_solved_edition_runs(language: str, place: Path) -> None:
    notebook = run(read(language, "solved"), place)
    outputs = {cell.id: said(cell) for cell in notebook.cells if cell.cell_type == "code"}
    assert all(CORRECT[language] in said(cell) for cell in tagged(notebook, "check"))
    assert "Total params: 522,561" in outputs["summary"]
    assert outputs["training-set"] == f"({CLIPS}, 5511, 101) ({CLIPS}, 1375, 1)\n"
    assert "first half: 0.0" in outputs["causal"]
    assert re.search(r"accuracy of silence: +0\.[89]", outputs["silence"])
    assert "silence: precision 0.000, recall 0.000, F1 0.000" in outputs["steps"]
    assert "chimes at [" in outputs["detect"]
    assert "chimes at []" not in outputs["detect"]
    assert "heard" in outputs["detect-command"]
    assert outputs["stream"].count("activate") == outputs["action"].count("lamp is") > 0
    *_, course, small = (line.split() for line in outputs["compare"].splitlines())
    assert (course[0], small[0]) == ("course", "small")
    assert all(int(ours) <= int(lessons) for ours, lessons in zip(small[4:], course[4:], strict=True))
    kinds = [
        kind for cell in notebook.cells for one in cell.get("outputs", ()) for kind in one.get("data", ())
    ]
    assert kinds.count("image/png") >= 8
    assert kinds.count("text/html") >= 11  # players
    assert (place / "mine.onnx").is_file()


@pytest.mark.parametrize("edition", build.EDITIONS)
@languages
def test_last_chapter_tells_what_was_measured(language: str, edition: str) -> None:
    """Its table has the numbers of RESULTS.md, where both models stand."""
    (text,) = (cell.source for cell in read(language, edition).cells if "RESULTS.md" in cell.source)
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("|")][2:]
    results = (FOLDER.parent / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    _, results, _ = re.split("<!-- (?:end of )?accuracy on activate -->", results)
    for column, engine in ((1, "activate-course"), (2, "activate")):
        counts, misses, *_ = re.findall(rf"^\| {engine} \| (.+) \|$", results, re.MULTILINE)
        _, false_accepts, *_, cost = counts.split(" | ")
        _, clean, _, noise, talkers, _, rooms, _ = (part.split(":")[0] for part in misses.split(" | "))
        measured = [false_accepts, clean, noise, talkers, rooms, cost]
        told = [row[column] for row in rows]
        assert [numbers(cell) for cell in told] == [numbers(cell) for cell in measured]
    (hours,) = numbers(rows[0][0])
    assert f"without the word: {hours} h " in results


def numbers(text: str) -> list[str]:
    """In no order: a count and what it is of change places in Korean."""
    return sorted(re.findall(r"[\d.]*\d", text))


def test_learners_own_arrays_are_loaded(place: Path) -> None:
    """Those of the lesson, say: nothing is written over them."""
    notebook = read("en", "solved")
    notebook.cells = [cell for cell in notebook.cells if cell.id in {*PREPARATION, "training-set"}]
    (place / "XY_train").mkdir()
    for name in "XY":
        np.save(place / "XY_train" / f"{name}.npy", np.full((1, 2, 3), 7))
    assert said(run(notebook, place).cells[-1]) == "(1, 2, 3) (1, 2, 3)\n"
    assert np.load(place / "XY_train" / "X.npy").min() == 7


@languages
def test_exercise_fails_kindly_when_blank_and_passes_when_solved(language: str, place: Path) -> None:
    notebook, solved = (read(language, edition) for edition in ("exercise", "solved"))
    blanks = [cell.source for cell in tagged(notebook, "exercise")]
    keep = [cell for cell in notebook.cells if cell.id in PREPARATION or cell.metadata.get("tags")]
    answers = [cell for cell in solved.cells if {"exercise", "check"} & set(cell.metadata.get("tags", ()))]
    for cell in answers:
        cell.id += "-again"
    notebook.cells = [*keep, *answers]
    run(notebook, place, allow_errors=True)

    first, again = tagged(notebook, "check")[:CHECKS], tagged(notebook, "check")[CHECKS:]
    for cell in first:
        (error,) = cell.outputs
        assert (error.output_type, error.ename) == ("error", "ExerciseError")
        assert error.traceback == [error.evalue]
        assert is_korean(error.evalue) == (language == "ko")
        assert "..." in error.evalue
    assert all("..." in blank for blank in blanks)
    failed = [
        cell.id
        for cell in notebook.cells
        if any(one.output_type == "error" for one in cell.get("outputs", ()))
    ]
    assert failed == [cell.id for cell in first], "nothing fails but the checks of blanks"
    assert all(CORRECT[language] in said(cell) for cell in again)


@languages
def test_blank_exercise_stops_at_its_first_check(language: str, place: Path) -> None:
    notebook = read(language, "exercise")
    with pytest.raises(CellExecutionError) as caught:
        run(notebook, place)
    assert caught.value.ename == "ExerciseError"
    stopped = [cell.id for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count]
    assert stopped[-1] == tagged(notebook, "check")[0].id


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<!-- text -->\nhello\n", "there is no Korean for 'hello'"),
        ("<!-- text -->\nhello\n<!-- code x -->\n```python\ny\n```\n", "there is no Korean for 'hello'"),
        ("<!-- code -->\n```python\ny\n```\n", "a code cell is a name and one block"),
        ("<!-- code x -->\ny\n", "a code cell is a name and one block"),
    ],
)
def test_broken_chapter_is_told(
    page: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "HERE", tmp_path)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "1.md").write_text(page)
    with pytest.raises(ValueError, match=said):
        build.render()


def test_chapter_becomes_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(build, "HERE", tmp_path)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "1.md").write_text(
        "<!-- text -->\nhello\n<!-- ko -->\n안녕\n<!-- text exercise -->\nnow you\n<!-- ko -->\n해 보세요\n"
        "<!-- code sum exercise -->\n```python\ndef f(a):\n    # solution\n    # en: twice\n    # ko: 두 배\n"
        "    return 2 * a\n    # blank\n    return ...\n    # end\nf(LANGUAGE)\n```\n",
        encoding="utf-8",
    )
    build.main()
    assert capsys.readouterr().out.split() == [path.name for path in build.render()]
    english, korean, blank = (
        json.loads((tmp_path / name).read_text(encoding="utf-8"))["cells"]
        for name in ("trigger_word.en.ipynb", "trigger_word.ko.ipynb", "exercise.ko.ipynb")
    )
    assert ["".join(cell["source"]) for cell in english] == [
        "hello",
        'def f(a):\n    # twice\n    return 2 * a\nf("en")',
    ]
    assert ["".join(cell["source"]) for cell in korean] == [
        "안녕",
        'def f(a):\n    # 두 배\n    return 2 * a\nf("ko")',
    ]
    assert ["".join(cell["source"]) for cell in blank] == [
        "안녕",
        "해 보세요",
        'def f(a):\n    return ...\nf("ko")',
    ]
    assert (blank[2]["id"], blank[2]["metadata"]) == ("sum", {"tags": ["exercise"]})
