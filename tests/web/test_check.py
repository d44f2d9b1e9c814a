"""A browser's runtime gives the same scores, and a page can read a model's card without one."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import onnx
import pytest

from oyez.detect.model import Model, model_path, shipped
from small_model import write_small_model

WEB = Path(__file__).parents[2] / "web"
NODE = shutil.which("node")

OPTIONAL = not os.environ.get("CI")
"""There, what is missing is an error."""

needs_node = pytest.mark.skipif(NODE is None and OPTIONAL, reason="node is not installed")
needs_runtime = pytest.mark.skipif(
    (NODE is None or not (WEB / "vendor" / "ort.wasm").is_file()) and OPTIONAL,
    reason="onnxruntime-web is not installed: npm install --prefix web",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write_small_model(tmp_path_factory.mktemp("small") / "small.onnx", ("alpha", "bêta"))


def _node(*arguments) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=WEB, check=False, encoding="utf-8")


def _card(path: Path) -> subprocess.CompletedProcess[str]:
    code = (
        "import { readFileSync } from 'node:fs'; import { readCard } from './metadata.js';"
        f"console.log(JSON.stringify(readCard(new Uint8Array(readFileSync({json.dumps(str(path))})))))"
    )
    return _node("--input-type=module", "-e", code)


def _paths(small):
    return [small, *(model_path(name) for name in shipped())]


@needs_runtime
def test_a_model_checks_itself_there(small, tmp_path):
    run = _node("check.mjs", *_paths(small))
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("scores as stated to") == len(_paths(small))
    model = onnx.load(small)
    card = json.loads(model.metadata_props[0].value)
    card["check"]["scores"][-1][0] += 0.01
    model.metadata_props[0].value = json.dumps(card)
    onnx.save(model, tmp_path / "other.onnx")
    run = _node("check.mjs", tmp_path / "other.onnx")
    assert run.returncode == 1
    assert "its test vector gives scores off by 0.01" in run.stderr


@needs_runtime
def test_its_types_are_those_that_it_has():
    """A program that uses all of it is checked by the compiler."""
    compiler = WEB / "node_modules" / "typescript" / "bin" / "tsc"
    run = _node(compiler, "-p", Path(__file__).parent)
    assert run.returncode == 0, run.stdout
    named = set(
        re.findall(r"^export (?:class|function) (\w+)", (WEB / "index.d.ts").read_text("utf-8"), re.MULTILINE)
    )
    code = "import * as all from './index.js'; console.log(JSON.stringify(Object.keys(all)))"
    assert set(json.loads(_node("--input-type=module", "-e", code).stdout)) == named


@needs_node
def test_the_card_is_read_without_a_runtime(small):
    for path in _paths(small):
        run = _card(path)
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout) == Model(path).card.values


@needs_node
def test_other_files_have_no_card(small, tmp_path):
    model = onnx.load(small)
    model.metadata_props[0].key = "other"
    onnx.save(model, tmp_path / "other.onnx")
    (tmp_path / "text.onnx").write_text("hello, this is text")
    (tmp_path / "empty.onnx").write_bytes(b"")
    (tmp_path / "half.onnx").write_bytes(small.read_bytes()[:100_000])
    (tmp_path / "endless.onnx").write_bytes(b"\xff" * 40)
    said = {
        "other": "carries no oyez metadata",
        "empty": "carries no oyez metadata",
        "text": "no ONNX model",
        "half": "a field ends after it",
        "endless": "a number in it has no end",
    }
    for name, words in said.items():
        run = _card(tmp_path / f"{name}.onnx")
        assert run.returncode != 0
        assert words in run.stderr, name
