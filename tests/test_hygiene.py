"""The package keeps its house in order: names, docstrings, light imports, nothing of one machine."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import oyez

ROOT = Path(__file__).parent.parent
SOURCE = Path(oyez.__file__).parent
PATHS = {str(path.relative_to(SOURCE)): path for path in sorted(SOURCE.rglob("*.py"))}
del PATHS["__main__.py"]  # the one that is run, not imported
HEAVY = (
    "ctranslate2", "h5py", "hibari", "matplotlib", "onnx", "paho", "scipy", "sounddevice", "starlette",
    "torch", "uvicorn", "websockets", "wyoming", "zeroconf",
)  # fmt: skip
"""What extras bring: the base install must do without."""

ONE_MACHINE = re.compile(rb"(?<![\w.])/(?:work|root)/")
REGISTRY = re.compile(rb"\bpy(?:pi|thonhosted)\.org\b|\bnpmjs\.(?:com|org)\b|\bdeb\.debian\.org\b")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

base_install = pytest.mark.parametrize(
    "code",
    [
        "import oyez",
        "import oyez.detect.recording, oyez.detect.chime",
        "import oyez.synth.folder, oyez.plot",
        "import oyez.synth.tts.cast, oyez.synth.tts.recordings, oyez.synth.tts.verify",
        # each ends in an error, but only after it has imported what the command needs
        "from oyez.cli import main\nassert main(['detect', 'none.wav', '--model', 'none']) == 2",
        "from oyez.cli import main\nassert main(['evaluate', 'none', '--labelled', 'none']) == 2",
        "from oyez.cli import main\nassert main(['info', 'none']) == 2",
        "from oyez.cli import main\nassert main(['listen', '--stdin', '--model', 'none']) == 2",
        "from oyez.cli import main\nassert main(['serve', '--wyoming', 'tcp://h:1', '--model', 'none']) == 2",
        "from oyez.cli import main\nassert main(['record', 'x', '--out', 'x', '--from', 'none.wav']) == 2",
    ],
)

modules = pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _public(body: list[ast.stmt]) -> list[Definition]:
    return [node for node in body if isinstance(node, Definition) and not node.name.startswith("_")]


def _bound(tree: ast.Module) -> dict[str, ast.expr | None]:
    """Names that the module's top level binds, with what is assigned to them."""
    names: dict[str, ast.expr | None] = {}
    for node in tree.body:
        if isinstance(node, Definition):
            names[node.name] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0]: None for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (one for target in targets for one in ast.walk(target)):
                if isinstance(name, ast.Name):
                    names[name.id] = node.value
    return names


def _python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter that finds this package."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )


def test_the_package_offers_what_it_names() -> None:
    public = {
        name
        for name, value in vars(oyez).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert sorted(public | {"__version__"}) == sorted(oyez.__all__)


@modules
def test_module_names_what_it_offers(path: Path) -> None:
    tree = _tree(path)
    bound, public = _bound(tree), {node.name for node in _public(tree.body)}
    if "__all__" not in bound:
        assert not public, f"{path.name} defines public names, so it must have __all__"
        return
    assert bound["__all__"] is not None
    names = ast.literal_eval(bound["__all__"])
    assert len(names) == len(set(names))
    assert set(names) - bound.keys() == set(), "named in __all__, but not there"
    assert public - set(names) == set(), "public, but not named in __all__"


@modules
def test_every_public_thing_says_what_it_is(path: Path) -> None:
    tree = _tree(path)
    silent = [] if ast.get_docstring(tree) else ["the module"]
    for node in _public(tree.body):
        inside = _public(node.body) if isinstance(node, ast.ClassDef) else []
        silent += [one.name for one in (node, *inside) if not ast.get_docstring(one)]
    assert silent == []


@modules
def test_import_only_defines(path: Path) -> None:
    """No call at the top level whose value nobody keeps, no loop, no file: nothing but definitions."""
    allowed = (Definition, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    for node in _tree(path).body:
        documents = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        assert isinstance(node, allowed) or documents or for_types, ast.unparse(node)


def _files_at_home(code: str, home: Path, **variables: str) -> list[str]:
    """What a program leaves in an empty home."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent), "HOME": str(home), **variables}
    environment.pop("XDG_CACHE_HOME", None)
    if not variables:
        environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]


def test_the_runtime_reports_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    """Its usage reports, which begin with a number for the machine on disk, are off before it is loaded."""
    code = "import oyez, numpy\noyez.load().push(numpy.zeros(16_000, numpy.float32))"
    assert _files_at_home(code, tmp_path) == []


def test_who_wants_the_runtimes_reports_keeps_them() -> None:
    code = "import os\nos.environ['ORT_DISABLE_TELEMETRY'] = '0'\nimport oyez\noyez.load()\n"
    assert _python(f"{code}print(os.environ['ORT_DISABLE_TELEMETRY'])").stdout == "0\n"


def test_importing_every_module_prints_nothing() -> None:
    names = [f"oyez.{name.removesuffix('.py').replace('/', '.')}" for name in PATHS]
    run = _python("".join(f"import {name.removesuffix('.__init__')}\n" for name in names))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@base_install
def test_base_install_is_enough(code: str) -> None:
    """With the libraries of the extras blocked, as if they were not installed."""
    blocked = f"import sys\nfor name in {HEAVY}: sys.modules[name] = None\n"
    run = _python(blocked + code)
    assert run.returncode == 0, run.stderr


@base_install
def test_what_is_installed_is_not_loaded_unasked(code: str) -> None:
    run = _python(f"{code}\nimport sys\nprint([name for name in {HEAVY} if name in sys.modules])")
    assert run.stdout.strip() == "[]", run.stderr


def test_a_table_is_written_without_torch() -> None:
    """`oyez evaluate --calibrate` needs onnx, which the extra `evaluate` has, and no more of training."""
    code = "import sys\nfor name in ('torch', 'h5py'): sys.modules[name] = None\nimport oyez.train.model_file"
    assert _python(code).returncode == 0
    assert any(line.startswith("onnx>") for line in _extra("evaluate"))


def _extra(name: str) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["optional-dependencies"][name])


@pytest.mark.parametrize("library", HEAVY)
def test_blocking_a_library_would_be_noticed(library: str) -> None:
    run = _python(f"import sys\nsys.modules[{library!r}] = None\nimport {library}")
    assert "ModuleNotFoundError" in run.stderr


def test_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", oyez.__version__)
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == oyez.__version__
    assert importlib.metadata.version("oyez") == oyez.__version__


def test_precommit_runs_what_make_check_runs() -> None:
    make = (ROOT / "Makefile").read_text("utf-8").replace("$(BIN)", ".venv/bin")
    recipe = re.search(r"^check:.*\n((?:\t.+\n)+)", make, re.MULTILINE)
    assert recipe is not None
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [line.strip() for line in recipe[1].splitlines()] == hooks


def _tracked() -> list[Path]:
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in run.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize(
    "unwanted", [ONE_MACHINE, REGISTRY], ids=["path of one machine", "host of a registry"]
)
def test_files_hold_nothing_of_one_place(unwanted: re.Pattern[bytes]) -> None:
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in _tracked()
        if (match := unwanted.search(path.read_bytes()))
    }
    assert found == {}


def test_what_is_unwanted_would_be_found() -> None:
    folder, host = "work", "pypi"
    assert ONE_MACHINE.search(f"open('/{folder}/x')".encode())
    assert not ONE_MACHINE.search(f"runs/{folder}/x".encode())
    assert REGISTRY.search(f"https://{host}.org/simple".encode())
    assert not REGISTRY.search(b"https://example.org")
