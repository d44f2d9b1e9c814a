"""A folder of scenes: audio, labels and arrays, written by any number of processes.

Scene k of a seed is the same whoever writes it, so a folder that was left half done is gone on
with, and more processes change nothing but the time.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from oyez import audio, features, plot, sound
from oyez.config import FULL_SCALE, PRESETS, Preset
from oyez.errors import ConfigError, OutputError
from oyez.events import spans_to_json, to_audacity
from oyez.output import whole, write_text
from oyez.synth.clips import Corpus, load_corpus
from oyez.synth.render import ONES, Rendered, Renderer, targets
from oyez.synth.scene import Scene, SceneConfig, draw

__all__ = ["SceneFolder", "Summary"]

SETTINGS = "synth.json"
BATCH = 8  # scenes that one call of a worker writes


@dataclass(frozen=True)
class Summary:
    """What a folder holds when it is done."""

    scenes: int
    written: int
    """Scenes that were not there before."""
    words: int
    """Trigger words in those."""
    dropped: int
    """Clips that were drawn for those but found no place."""


@dataclass(frozen=True)
class SceneFolder:
    """Scenes to write, and how."""

    out: Path
    words: Path
    """Folder of words (see `load_corpus`)."""
    backgrounds: Path | None = None
    """None: the folder `backgrounds` in `words`."""
    only: tuple[str, ...] = ()
    count: int = 100
    seed: int = 0
    config: SceneConfig = field(default_factory=SceneConfig)
    ones: int = ONES
    """Output steps labelled after a word."""
    arrays: bool = False
    """Whether X.npy and Y.npy are written too, as the lesson's training has them."""
    plots: bool = False
    """Whether a picture of each scene is written too."""

    preset: ClassVar[Preset] = PRESETS["course"]

    def write(self, jobs: int = 1, on_scene: Callable[[], None] = lambda: None) -> Summary:
        """Write what is not there yet.

        Scene 7 is `00007.wav`, its labels `00007.txt` (Audacity) and `00007.spans.json`, how it was
        drawn `00007.scene.json`, its picture `00007.png`. X.npy is (scenes, frames, bins), the
        power spectrogram, and Y.npy (scenes, steps, words).

        Args:
            jobs: processes.
            on_scene: called for each scene that is done or was there.

        Returns:
            Counts.

        Raises:
            OutputError: the folder holds scenes of other settings.
            DataError, AudioError: the recordings cannot be used.
        """
        self._check(jobs)
        if self.plots:
            plot.require_matplotlib()
        corpus = load_corpus(self.words, self.backgrounds, self.only)
        self._claim()
        missing = [number for number in range(self.count) if not self._done(number)]
        if self.arrays and not self._has_arrays():
            missing = list(range(self.count))
        for _ in range(self.count - len(missing)):
            on_scene()
        if missing and self.arrays:
            self._make_arrays(len(corpus.words))
        words = dropped = 0
        for some_words, some_dropped, scenes in self._work(missing, corpus, jobs):
            words, dropped = words + some_words, dropped + some_dropped
            for _ in range(scenes):
                on_scene()
        if self.arrays:
            self._finish_arrays()
        return Summary(self.count, len(missing), words, dropped)

    def _check(self, jobs: int) -> None:
        if self.seed < 0:
            raise ConfigError(f"seed must be 0 or more, got {self.seed}.")
        for name, value in (("count", self.count), ("jobs", jobs), ("ones", self.ones)):
            if value < 1:
                raise ConfigError(f"{name} must be 1 or more, got {value}.")

    def _work(self, missing: list[int], corpus: Corpus, jobs: int) -> Iterator[tuple[int, int, int]]:
        parts = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        if not parts:
            return
        if jobs == 1 or len(parts) < 2:
            writer = _Writer(self, corpus)
            yield from (writer(part) for part in parts)
            return
        pool = ProcessPoolExecutor(
            min(jobs, len(parts)), get_context("spawn"), initializer=_start, initargs=(self,)
        )
        with pool:
            futures: list[Future[tuple[int, int, int]]] = [pool.submit(_write, part) for part in parts]
            try:
                yield from (future.result() for future in as_completed(futures))
            finally:
                pool.shutdown(cancel_futures=True)

    def _claim(self) -> None:
        path = self.out / SETTINGS
        text = json.dumps(self._settings(), indent=1, sort_keys=True) + "\n"
        if path.exists():
            if path.read_text(encoding="utf-8") != text:
                raise OutputError(
                    f"{self.out} holds scenes of other settings (see {SETTINGS} in it). "
                    "Name another folder, or remove that one."
                )
        elif self.out.is_dir() and any(self.out.iterdir()):
            raise OutputError(f"{self.out} holds other files. Name a new or an empty folder.")
        else:
            write_text(path, text)

    def _settings(self) -> dict[str, Any]:
        paths = {"words": str(self.words), "backgrounds": str(self.backgrounds or "")}
        rest = {name: getattr(self, name) for name in ("count", "seed", "ones", "arrays", "plots")}
        config = self.config.to_dict()
        return {**paths, **rest, "only": list(self.only), "scene": config}

    def _done(self, number: int) -> bool:
        # the scene's own file is written last
        return (self.out / f"{number:05}.scene.json").exists()

    def _array(self, name: str) -> Path:
        return self.out / f".{name}.partial.npy"

    def _has_arrays(self) -> bool:
        paths = ((self._array(name), self.out / f"{name}.npy") for name in ("X", "Y"))
        return all(partial.exists() or finished.exists() for partial, finished in paths)

    def _make_arrays(self, words: int) -> None:
        samples = round(self.config.duration_s * self.preset.features.rate)
        frames = self.preset.features.frames(samples)
        shapes = {
            "X": (self.count, frames, self.preset.features.bins),
            "Y": (self.count, self.preset.steps(samples), words),
        }
        for name, shape in shapes.items():
            finished = self.out / f"{name}.npy"
            if finished.exists():  # some of its scenes were removed
                finished.replace(self._array(name))
            elif not self._array(name).exists():
                np.lib.format.open_memmap(self._array(name), "w+", np.float32, shape).flush()

    def _finish_arrays(self) -> None:
        for name in ("X", "Y"):
            if self._array(name).exists():
                self._array(name).replace(self.out / f"{name}.npy")


class _Writer:
    """Writes scenes: one per process."""

    def __init__(self, folder: SceneFolder, corpus: Corpus) -> None:
        self.folder, self.corpus = folder, corpus
        self.render = Renderer(corpus, folder.preset.features.rate)
        self.arrays = {
            name: np.load(folder._array(name), mmap_mode="r+") for name in ("X", "Y")
        } if folder.arrays else {}  # fmt: skip

    def __call__(self, numbers: list[int]) -> tuple[int, int, int]:
        """Write some scenes; returns trigger words, dropped clips and scenes."""
        words = dropped = 0
        for number in numbers:
            rng = np.random.default_rng((self.folder.seed, number))
            scene = draw(rng, self.corpus, self.folder.config)
            rendered = self.render(scene)
            self._write(number, scene, rendered)
            words, dropped = words + len(rendered.spans), dropped + scene.dropped
        return words, dropped, len(numbers)

    def _write(self, number: int, scene: Scene, rendered: Rendered) -> None:
        folder, stem = self.folder, f"{number:05}"
        rate = folder.preset.features.rate
        audio.write(folder.out / f"{stem}.wav", rendered.samples, rate, overwrite=True)
        write_text(folder.out / f"{stem}.txt", to_audacity(rendered.spans), overwrite=True)
        write_text(folder.out / f"{stem}.spans.json", spans_to_json(rendered.spans), overwrite=True)
        if folder.arrays:
            # of the 16-bit samples, as the lesson computes them
            heard = sound.to_int16(rendered.samples).astype(np.float32) / np.float32(FULL_SCALE)
            self.arrays["X"][number] = features.spectrogram(heard, folder.preset.features)
            self.arrays["Y"][number] = self._labels(rendered)
        if folder.plots:
            labels = self._labels(rendered)
            with whole(folder.out / f"{stem}.png", overwrite=True) as draft:
                plot.scene(draft, rendered.samples, rate, rendered.spans, labels)
        text = json.dumps(scene.to_dict(), indent=1) + "\n"
        write_text(folder.out / f"{stem}.scene.json", text, overwrite=True)

    def _labels(self, rendered: Rendered) -> Any:
        steps = self.folder.preset.steps(len(rendered.samples))
        duration_s, ones = self.folder.config.duration_s, self.folder.ones
        return targets(rendered.spans, self.corpus.words, duration_s, steps, ones)


_writer: _Writer | None = None


def _start(folder: SceneFolder) -> None:
    """In a new process: read the recordings."""
    global _writer
    _writer = _Writer(folder, load_corpus(folder.words, folder.backgrounds, folder.only))


def _write(numbers: list[int]) -> tuple[int, int, int]:
    assert _writer is not None
    return _writer(numbers)
