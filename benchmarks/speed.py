"""How fast: scenes, features, a training step, detection; each beside something else in the same run.

    python benchmarks/speed.py [--scenes N]

Writes its section of RESULTS.md. CPU seconds of this process, one thread, the median of several runs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from matplotlib import mlab
from results import machine, table, write_section

import oyez
from oyez import audio, features, sound
from oyez.config import PRESETS, FeatureConfig, ModelConfig
from oyez.detect.detector import Detector
from oyez.synth.folder import SceneFolder
from oyez.train.layers import GRU
from oyez.train.models import CourseNetwork

RATE = 44_100
RUNS = 5


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=200, help="scenes to write")
    options = parser.parse_args()
    torch.set_num_threads(1)
    text = (
        f"## Speed\n\n{machine()} CPU seconds, the median of {RUNS} runs in one process.\n\n"
        + scenes(options.scenes)
        + spectrograms()
        + training()
        + detection()
    )
    write_section("speed", text)
    print(text)


def cpu_s(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median CPU seconds of a call, after one that is not counted."""
    work()
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def scenes(count: int) -> str:
    """`oyez synth`, one process: audio and labels of ten-second scenes."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_words(folder / "words")
        for arrays in (False, True):
            target = SceneFolder(folder / f"out-{arrays}", folder / "words", count=count, arrays=arrays)
            start = time.process_time()
            target.write(jobs=1)
            spent = time.process_time() - start
            what = "audio, labels" + (", X and Y" if arrays else "")
            rows.append([what, f"{count / spent:.0f}", f"{1000 * spent / count:.0f} s"])
    return f"### Scenes of 10 s ({count} written)\n\n" + table(
        ["written", "scenes per CPU second", "a thousand take"], rows
    )


def spectrograms() -> str:
    """Ten seconds, against the function that the lesson calls."""
    samples = np.random.default_rng(0).integers(-3000, 3000, 10 * RATE).astype(np.int16)
    floats = samples.astype(np.float32) / np.float32(32768)
    ours = cpu_s(lambda: features.spectrogram(floats), 20)
    theirs = cpu_s(lambda: mlab.specgram(samples, 200, 8000, noverlap=120), 20)
    rows = [
        ["`matplotlib.mlab.specgram`", f"{1000 * theirs:.1f} ms", "1"],
        ["`oyez.features.spectrogram`", f"{1000 * ours:.1f} ms", f"{theirs / ours:.1f}"],
    ]
    return "\n### The lesson's spectrogram of 10 s\n\n" + table(["", "CPU", "times as fast"], rows)


class _TracedGRU(GRU):
    """The same equations as a plain loop that autograd traces, for comparison."""

    def forward(
        self, x: torch.Tensor, state: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        h = x.new_zeros(len(x), self.units) if state is None else state
        projected = torch.nn.functional.linear(x, self.weight_ih, self.bias_ih)
        reset, update, new = self.weight_hh.chunk(3)
        out = []
        for step in projected.unbind(1):
            r, z, n = step.chunk(3, 1)
            r, z = torch.sigmoid(r + h @ reset.t()), torch.sigmoid(z + h @ update.t())
            h = z * h + (1 - z) * torch.tanh(n + (r * h) @ new.t())
            out.append(h)
        return torch.stack(out, 1), h


def training(batch: int = 5) -> str:
    """One update's forward and backward on the lesson's batch of five."""
    x, y = torch.randn(batch, 5511, 101), torch.rand(batch, 1375, 1).round()
    rows, base = [], 0.0
    for name, after, layer in (
        ("later edition (torch's GRU)", True, GRU),
        ("the lesson's edition (ours)", False, GRU),
        ("the lesson's edition, loop traced by autograd", False, _TracedGRU),
    ):
        network = CourseNetwork(FeatureConfig(scale="log"), ModelConfig(reset_after=after))
        if layer is not GRU:
            network.first, network.second = (
                layer(196, 128, reset_after=False),
                layer(128, 128, reset_after=False),
            )

        def step(network: CourseNetwork = network) -> None:
            network.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(network(x)[0], y)
            loss.backward()

        spent = cpu_s(step, 3)
        base = base or spent
        rows.append([name, f"{1000 * spent:.0f} ms", f"{spent / base:.1f}"])
    return f"\n### A training step, batch of {batch}\n\n" + table(["GRU", "CPU", "ratio"], rows)


def detection(seconds: int = 60) -> str:
    """The shipped model on a minute of noise."""
    samples = np.asarray(np.random.default_rng(0).standard_normal(seconds * RATE) * 0.05, np.float32)
    model = oyez.load("activate-course").model
    chunk = model.card.chunk
    whole = samples[None, : len(samples) // chunk * chunk]
    frames = features.spectrogram(samples, model.card.preset.features)
    network = CourseNetwork(model.card.preset.features, model.card.preset.model).eval()

    def in_torch() -> None:
        with torch.inference_mode():
            network(torch.from_numpy(features.spectrogram(samples, model.card.preset.features))[None])

    assert len(frames)
    narrow = sound.resample(samples, RATE, 16_000)
    ways = (
        ("live, chunks of 29 ms", lambda: Detector(model).push(samples)),
        ("live at 16 kHz, resampled", lambda: Detector(model, rate=16_000).push(narrow)),
        ("one long run", lambda: model.run(whole, model.initial_state())),
        ("torch, one long run", in_torch),
    )
    rows = []
    for name, work in ways:
        spent = cpu_s(work, 3) / seconds
        rows.append([name, f"{spent:.4f}", f"{1 / spent:.0f}"])
    step_ms = 1000 * PRESETS["course"].step / RATE
    return f"\n### Detection with `activate-course` (a step is {step_ms:.2f} ms)\n\n" + table(
        ["", "CPU s per s of audio", "times real time"], rows
    )


def _write_words(folder: Path) -> None:
    """Something like the lesson's data: 20 clips and two backgrounds, stereo at 44.1 kHz."""
    rng = np.random.default_rng(0)
    for name, seconds, count in (("activate", 0.9, 10), ("negatives", 0.5, 10), ("backgrounds", 10, 2)):
        for number in range(count):
            sound = 0.1 * rng.standard_normal((round(seconds * RATE), 2))
            audio.write(folder / name / f"v{number}_1.wav", sound, RATE)


if __name__ == "__main__":
    main()
