"""The module of the browser, in Node: the same numbers as here, from the same samples."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from oyez import audio, sound
from oyez.config import EventRate
from oyez.detect.detector import Detector
from oyez.detect.intent import choose
from oyez.detect.model import Model, model_path
from oyez.errors import OyezError
from oyez.record.take import examine
from small_model import speech_like, write_small_model
from sounds import noise, snr_db, take, tone

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
NODE = shutil.which("node")
MISSING = NODE is None or not (WEB / "vendor" / "ort.wasm").is_file()

pytestmark = pytest.mark.skipif(
    MISSING and not os.environ.get("CI"),
    reason="node is not installed, or its packages: npm install --prefix web",
)


@pytest.fixture(scope="module")
def node():
    """Hands a job to Node, which has loaded the runtime once: its answer."""
    with subprocess.Popen(
        [NODE or "node", str(Path(__file__).parent / "hear.mjs")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        sent, told = process.stdin, process.stdout

        def ask(job: dict[str, object]) -> Any:
            sent.write(f"{json.dumps(job)}\n")
            sent.flush()
            return json.loads(told.readline())

        yield ask
        sent.close()


def _write(path: Path, samples: np.ndarray) -> str:
    path.write_bytes(samples.astype("<f4").tobytes())
    return str(path)


def _cuts(rng: np.random.Generator, length: int) -> list[int]:
    """Lengths of pieces: single samples, nothing, and long ones."""
    cuts: list[int] = []
    while sum(cuts) < length:
        cuts.append(int(rng.choice([0, 1, 7, 160, 480, 4_096, 20_000])))
    return cuts


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_model(tmp_path_factory.mktemp("small") / "small.onnx", ("alpha", "bêta"))


def _both(node, path: Path, samples: np.ndarray, rate: int, cuts: list[int], folder: Path, **options: object):
    """Scores and detections of the whole stream: there, and here."""
    job = {"model": str(path), "samples": _write(folder / "x.f32", samples), "rate": rate, "cuts": cuts}
    there = node(job | {"options": options})
    detector = Detector(Model(path), rate=rate, threshold=options.get("threshold"))  # type: ignore[arg-type]
    found = detector.push(samples)
    scores = [detector.last_scores]
    found += detector.finish()
    scores.append(detector.last_scores)
    return there, np.concatenate(scores), [vars(one) for one in found]


def _same(found: list[dict], wanted: list[dict]) -> None:
    assert [(one["word"], one["time_s"]) for one in found] == [(one["word"], one["time_s"]) for one in wanted]
    np.testing.assert_allclose([one["score"] for one in found], [one["score"] for one in wanted], atol=1e-4)


@pytest.mark.parametrize(("name", "seconds", "count"), [("activate", 20, 4), ("activate-course", 10, 1)])
def test_the_demo_is_heard_as_here(node, name, seconds, count, tmp_path, rng):
    """Real rain, a synthetic voice: at the model's own rate, in pieces of all lengths."""
    samples, rate = audio.read(ROOT / "examples" / "demo.flac")
    model = Model(model_path(name))
    samples = sound.resample(samples, rate, model.card.rate)[: seconds * model.card.rate]
    there, scores, found = _both(
        node, model.path, samples, model.card.rate, _cuts(rng, len(samples)), tmp_path
    )
    assert len(found) == count
    np.testing.assert_allclose(there["scores"], scores.ravel(), atol=1e-4)
    _same(there["detections"], found)
    assert there["events"] == there["detections"]
    assert there["difference"] <= 1e-4


def test_two_words_are_heard_as_here(node, small, tmp_path, rng):
    samples = speech_like(rng, 20)
    there, scores, found = _both(node, small, samples, 16_000, _cuts(rng, len(samples)), tmp_path)
    assert {one["word"] for one in found} == {"alpha", "bêta"}
    np.testing.assert_allclose(there["scores"], scores.ravel(), atol=1e-4)
    _same(there["detections"], found)


def test_a_threshold_of_each_word(node, small, tmp_path, rng):
    samples = speech_like(rng, 10)
    there, _, found = _both(node, small, samples, 16_000, [], tmp_path, threshold={"alpha": 0.8})
    assert there["thresholds"] == {"alpha": 0.8, "bêta": 0.6}
    _same(there["detections"], found)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 44_101])
def test_another_rate_gives_nearly_the_same_scores(node, rate, tmp_path, rng):
    """Ours resamples otherwise than soxr: nobody hears the difference, nor does the network."""
    samples, from_rate = audio.read(ROOT / "examples" / "demo.flac")
    samples = sound.resample(samples, from_rate, rate)[: 10 * rate]
    there, scores, found = _both(
        node, model_path("activate"), samples, rate, _cuts(rng, len(samples)), tmp_path
    )
    assert np.abs(np.subtract(there["scores"], scores.ravel())).max() < 1e-3
    assert len(found) >= 2
    assert [one["time_s"] for one in there["detections"]] == [one["time_s"] for one in found]


@pytest.mark.parametrize(
    ("old", "new"), [(48_000, 16_000), (44_100, 16_000), (16_000, 44_100), (8_000, 16_000)]
)
def test_resampling_keeps_what_both_rates_hold_and_drops_the_rest(node, old, new, tmp_path, rng):
    top = 0.45 * min(old, new)
    inside = sum(tone(hz, 1, old, 0.1) for hz in (100.0, 0.5 * top, top))
    wanted = sum(tone(hz, 1, new, 0.1) for hz in (100.0, 0.5 * top, top))
    job = {"from": old, "to": new, "cuts": _cuts(rng, old)}
    got = np.asarray(node(job | {"resampled": _write(tmp_path / "in", inside)}))
    assert len(got) == len(sound.resample(inside, old, new)) == new
    middle = slice(new // 10, -new // 10)
    assert snr_db(got[middle], wanted[middle]) > 90
    if new < old:
        above = tone(0.55 * new, 1, old, 0.5)
        gone = np.asarray(node(job | {"resampled": _write(tmp_path / "above", above)}))
        assert 20 * np.log10(np.abs(gone[middle]).max()) < -95


def test_the_cut_of_a_resampled_stream_does_not_matter(node, tmp_path, rng):
    job = {"resampled": _write(tmp_path / "x", noise(0, 1, 44_100)), "from": 44_100, "to": 16_000}
    assert node(job | {"cuts": _cuts(rng, 44_100)}) == node(job | {"cuts": []})


def _chosen(table: object, word: str, rate: str | float, strict: bool) -> dict[str, object]:
    try:
        choice = choose(table, word, EventRate.of(rate), strict=strict)
    except OyezError as error:
        return {"error": str(error)}
    return {"threshold": choice.threshold, "note": choice.note}


def test_thresholds_by_intent_are_those_of_here(node):
    table = Model(model_path("activate")).card.values["table"]["activate"]
    odd = {"hours": 0.25, "rows": [[0.1, 900], [0.5, 16], [0.9, 4]]}
    no_pairs = {"hours": 1, "rows": [[0.1, 2], 7]}
    jobs = [
        (one, "hey you", rate, strict)
        for one in (table, odd, no_pairs, {"hours": 1, "rows": []}, None)
        for rate in (
            "1/day",
            "2/hour",
            "20/h",
            " 3 per week ",
            "0.5/month",
            1,
            30.0,
            "often",
            "0/day",
            "1/year",
        )
        for strict in (False, True)
    ]
    for job, got in zip(jobs, node({"intents": jobs}), strict=True):
        got.pop("supported", None)
        assert got == _chosen(*job)


def test_a_detector_by_intent_tells_what_it_took(node, tmp_path):
    silence = _write(tmp_path / "x", np.zeros(16_000))
    job = {"model": str(model_path("activate")), "samples": silence, "rate": 16_000, "cuts": []}
    got = node(job | {"options": {"falseAccepts": "1/day"}})
    assert got["thresholds"] == {"activate": 0.515}
    assert "evidence supports at most 0.92 per hour" in got["notes"]["activate"]


def _changed(model: Path, path: Path, change) -> Path:
    graph = onnx.load(model)
    card = json.loads(graph.metadata_props[0].value)
    change(card)
    graph.metadata_props[0].value = json.dumps(card)
    onnx.save(graph, path)
    return path


REFUSED = {
    "has model format 2, this version reads 1 to 1": lambda card: card.update(format=2),
    "its metadata lacks chunk, tail": lambda card: (card.pop("chunk"), card.pop("tail")),
    "lacks trunk_sha256": lambda card: card.pop("trunk_sha256"),
    "chunk must be 1 step or several, of 1280 samples each, got 2000": lambda card: card.update(chunk=2000),
    "trigger of “alpha”: threshold must be between 0 and 1, got 7": (
        lambda card: card["trigger"]["alpha"].update(threshold=7)
    ),
    "its test vector gives scores off by 0.01": (
        lambda card: card["check"]["scores"][-1].__setitem__(0, card["check"]["scores"][-1][0] + 0.01)
    ),
    "its test vector gives": lambda card: card["check"]["scores"].pop(),
}


def test_models_that_do_not_fit_are_refused_with_the_reason(node, small, tmp_path):
    paths = [_changed(small, tmp_path / f"{at}.onnx", change) for at, change in enumerate(REFUSED.values())]
    (tmp_path / "text.onnx").write_text("hello, this is text")
    said = node({"refused": [str(path) for path in (*paths, tmp_path / "text.onnx")]})
    for message, expected in zip(said, (*REFUSED, "the file is no ONNX model"), strict=True):
        assert expected in message


WRONG = ("x", [0.5, None], [30_000.0], {"i16": [1, 2]}, {"channels": [[0.1, 0.2], [0.3]]})


def test_an_old_node_without_custom_events_hears(small):
    code = (
        "delete globalThis.CustomEvent; const { readFileSync } = await import('node:fs');"
        "const { load } = await import('./index.js');"
        "const detector = await load(new Uint8Array(readFileSync(process.argv[1])));"
        "detector.addEventListener('scores', ({ detail }) => console.log(detail.scores.length));"
        "await detector.finish()"
    )
    command = [NODE or "node", "--input-type=module", "-e", code, str(small)]
    run = subprocess.run(command, cwd=WEB, check=True, capture_output=True, text=True)
    assert int(run.stdout.split()[0]) > 0


def test_samples_that_are_none_are_refused(node, small):
    said = node({"wrong": WRONG, "model": str(small)})
    assert said[0] == "samples must be a Float32Array in ±1 or an Int16Array, got String. Convert them."
    assert "no numbers" in said[1]
    assert said[2] == "float samples must lie in ±1, got 30000. If they are 16-bit samples, pass Int16Array."
    assert said[3] == []
    assert said[4] == "channels must be one or more, of one length, got 2, 1. Pass those of one recording."


def test_takes_are_judged_as_oyez_record_judges_them(node, tmp_path):
    takes = [
        take(), take(seed=1, room=5e-2), take(level=1e-3), take(level=0.9), take(word_s=0.05), take(at_s=0.0),
        take(word_s=2.2, seconds=3.0), np.zeros(40_000, np.float32), noise(0, 2.5, 16_000),
        np.clip(20 * take(), -1, 1), take(at_s=1.6), take(rate=48_000, room=2e-2),
    ]  # fmt: skip
    rates = [16_000] * 11 + [48_000]
    jobs = [[_write(tmp_path / f"{at}", one), rates[at]] for at, one in enumerate(takes)]
    names = {
        "silent": "silent", "no word heard": "nothing", "too noisy": "noisy", "too quiet": "quiet",
        "too loud": "loud", "clipped": "clipped", "too short": "short", "too long": "long", "cut off": "cut",
    }  # fmt: skip
    found = set()
    for one, rate, got in zip(takes, rates, node({"takes": jobs}), strict=True):
        wanted = examine(one, rate)
        problem = names[wanted.problems[0].what] if wanted.problems else None
        assert got["problem"] == problem
        found.add(problem)
        for name in ("seconds", "level_dbfs", "peak_dbfs", "noise_dbfs", "snr_db"):
            assert got[name] == pytest.approx(getattr(wanted.measures, name), abs=0.02), (name, problem)
    assert len(found) >= 7
