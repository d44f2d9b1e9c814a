"""The lesson's notebook runs here with its import lines changed and nothing else."""

import ast
import builtins
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType

import nbclient
import nbformat
import numpy as np
import pytest

import oyez.course
from course.lesson_cells import FIRST_EDITION, LATER_EDITION
from lesson_data import write_raw_data
from oyez.course.segments import read_segment, write_segment

FRAMES, BINS = 5511, 101
STEPS = 1377
"""Of the small network in the golden file, whose kernel is shorter than the lesson's."""

FOREIGN = re.compile(r"^from (td_utils|keras\S*|tensorflow\S*) import .*\n", re.MULTILINE)
GOLDEN = Path(__file__).parent.parent / "train" / "golden_keras" / "golden.zip"
FILES = {"earlier.h5": "tr_model.h5", "later.json": "model.json", "later-weights.h5": "model.h5"}


def _changed(cells: list[str]) -> list[str]:
    """The cells, with each line that imports from Keras or the lesson's module taken out or replaced."""
    ours = [FOREIGN.sub("from oyez.course import *\n", cell) for cell in cells]
    return [cell for cell in ours if cell.strip()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the lesson's learner has it; sounds and arrays are short, the network is small."""
    raw = write_raw_data(tmp_path / "raw_data")
    (tmp_path / "audio_examples").mkdir()
    for name in ("example_train", "my_audio"):
        two_channels = read_segment(raw / "dev" / "1.wav").set_channels(2)  # as the lesson's are
        write_segment(two_channels, tmp_path / "audio_examples" / f"{name}.wav")
    rng = np.random.default_rng(0)
    for part, suffix, count in (("train", "", 3), ("dev", "_dev", 2)):
        arrays = tmp_path / f"XY_{part}"
        arrays.mkdir()
        np.save(arrays / f"X{suffix}.npy", rng.random((count, FRAMES, BINS), np.float32))
        np.save(arrays / f"Y{suffix}.npy", rng.random((count, STEPS, 1)) > 0.9)
    (tmp_path / "models").mkdir()
    with zipfile.ZipFile(GOLDEN) as archive:
        for member, name in FILES.items():
            (tmp_path / "models" / name).write_bytes(archive.read(member))
    return tmp_path


def _run(cells: list[str], folder: Path, wanted: str) -> dict[str, object]:
    """Run a notebook in a kernel of its own; what `wanted`, an expression, is worth at its end."""
    last = f"import json, pathlib\npathlib.Path('wanted.json').write_text(json.dumps({wanted}))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in [*cells, last]])
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    result: dict[str, object] = json.loads((folder / "wanted.json").read_text())
    printed = [output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ())]
    return {**result, "printed": "".join(printed)}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_first_edition_runs(folder: Path) -> None:
    wanted = """{"data": samples, "frames": frames, "lengths": lengths, "overlaps": [overlap1, overlap2],
        "place": segment_time, "checks": checks, "x": x.shape, "y": y.shape, "acc": acc,
        "prediction": prediction.shape}"""
    got = _run(_changed(FIRST_EDITION), folder, wanted)
    assert got["data"] == [441_000]
    assert got["frames"] == [101, 5511]
    assert got["lengths"] == [10_000, 909, 725]
    assert got["overlaps"] == [False, True]
    assert got["checks"] == [0.0, 1.0, 0.0]
    assert got["x"] == [101, 5511]
    assert got["y"] == [1, 1375]
    assert got["prediction"] == [1, STEPS, 1]
    assert 0 <= got["acc"] <= 1
    assert "Total params: 522,561" in got["printed"]
    assert f"Dev set accuracy =  {got['acc']}" in got["printed"]
    for name in ("insert_test.wav", "train.wav", "chime_output.wav"):
        assert (folder / name).is_file()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_later_edition_runs(folder: Path) -> None:
    got = _run(_changed(LATER_EDITION), folder, '{"acc": acc, "prediction": prediction.shape}')
    assert got["prediction"] == [1, STEPS, 1]
    assert 0 <= got["acc"] <= 1
    assert "Epoch 1/1" in got["printed"]


def _needed(cells: list[str]) -> set[str]:
    """Names that a notebook reads and does not bind itself, in any cell, nor finds in Python."""
    tree = ast.parse("\n".join(re.sub(r"^%.*$", "", cell, flags=re.MULTILINE) for cell in cells))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
              for alias in node.names}  # fmt: skip
    bound |= {
        argument.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for argument in node.args
    }
    return {node.id for node in names} - bound - set(dir(builtins))


def test_names_are_those_that_such_notebooks_need() -> None:
    needed = _needed(_changed(FIRST_EDITION)) | _needed(_changed(LATER_EDITION))
    # drawn and levelled by the cells that a learner writes; the first edition's own `model`
    written = {"get_random_time_segment", "match_target_amplitude", "model"}
    assert needed | written | {"AudioSegment", "use_language"} == set(oyez.course.__all__)


def test_the_module_offers_what_it_names() -> None:
    public = {
        name
        for name, value in vars(oyez.course).items()
        if not name.startswith("_") and (not isinstance(value, ModuleType) or name == "plt")
    }
    assert public == set(oyez.course.__all__)


def test_import_lines_are_all_that_changes() -> None:
    for cells in (FIRST_EDITION, LATER_EDITION):
        before, after = ("\n".join(each) for each in (cells, _changed(cells)))
        kept = [line for line in before.splitlines() if not FOREIGN.match(line + "\n")]
        assert [line for line in kept if line] == [
            line for line in after.splitlines() if line and line != "from oyez.course import *"
        ]
