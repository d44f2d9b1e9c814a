"""A browser's runtime gives the same scores, and a page can read a model's card without one."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest

from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path, shipped
from small_model import speech_like, write_small_model

WEB = Path(__file__).parents[2] / "web"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
needs_runtime = pytest.mark.skipif(
    NODE is None or not (WEB / "node_modules" / "onnxruntime-web").is_dir(),
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
def test_identical_samples_give_the_same_scores(small, tmp_path, rng):
    for path in _paths(small):
        model = Model(path)
        samples = speech_like(rng, 2, model.card.rate)
        samples = samples[: len(samples) // model.card.chunk * model.card.chunk]
        (tmp_path / "pcm.f32").write_bytes(samples.astype("<f4").tobytes())
        run = _node("check.mjs", path, tmp_path / "pcm.f32")
        assert run.returncode == 0, run.stderr
        detector = Detector(model)
        detector.push(samples)
        np.testing.assert_allclose(json.loads(run.stdout), detector.last_scores, atol=1e-4)


@needs_runtime
def test_a_model_checks_itself_there(small, tmp_path):
    for path in _paths(small):
        run = _node("check.mjs", path)
        assert run.returncode == 0, run.stdout + run.stderr
        assert "scores as stated to" in run.stdout
    model = onnx.load(small)
    card = json.loads(model.metadata_props[0].value)
    card["check"]["scores"][-1][0] += 0.01
    model.metadata_props[0].value = json.dumps(card)
    onnx.save(model, tmp_path / "other.onnx")
    assert _node("check.mjs", tmp_path / "other.onnx").returncode == 1


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
