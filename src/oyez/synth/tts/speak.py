"""Many clips at once: what was said before comes from disk, the rest from engines in several processes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from oyez.errors import AudioError, ConfigError, DataError
from oyez.sound import Samples
from oyez.synth.clips import Clip, find_word
from oyez.synth.tts.clip_store import RATE, ClipStore
from oyez.synth.tts.voice import Voice

__all__ = ["Request", "Spoken", "speak", "spoken_from"]

BATCH = 16  # requests that one call of a worker answers


@dataclass(frozen=True)
class Request:
    """One clip that is wanted."""

    voice: Voice
    text: str
    seed: int


@dataclass(frozen=True)
class Spoken:
    """One clip, whoever said it: an engine, or a person."""

    samples: Samples = field(repr=False)
    """(samples,)."""
    rate: int
    """Hertz."""
    text: str
    voice: str
    engine: str
    """Who made it; "recording" for a person."""
    seed: int
    start_s: float
    """Where the word starts."""
    end_s: float
    """Where it ends; the start, where the clip is silent."""
    source: str
    """The file."""

    def clip(self, word: str) -> Clip:
        """As a clip to make scenes of.

        Args:
            word: the trigger word, or the name of a folder of other words.
        """
        voice = f"{self.engine}/{self.voice}"
        return Clip(self.samples, self.rate, word, self.start_s, self.end_s, voice, self.source)


def spoken_from(
    samples: Samples, rate: int, *, text: str, voice: str, engine: str, source: str, seed: int = 0
) -> Spoken:
    """A clip in which the word has been found."""
    try:
        start_s, end_s = find_word(samples, rate)
    except AudioError:
        start_s = end_s = 0.0
    return Spoken(samples, rate, text, voice, engine, seed, start_s, end_s, source)


def speak(
    requests: Sequence[Request],
    cache: Path,
    jobs: int = 1,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Spoken]:
    """Say everything that is asked for.

    Args:
        requests: what to say.
        cache: folder of clips; what is in it is not said again, so work that was stopped goes on.
        jobs: processes, each with its own engines on one thread; with 1 all is done in this one.
        on_progress: called with the number of clips that are ready since the last call.

    Yields:
        A clip for each request, in their order, the same for any number of processes.

    Raises:
        ConfigError: jobs is below 1.
        MissingExtraError, DataError: an engine is not there, or does not do what is asked.
        OutputError: the folder cannot be written to.
    """
    if jobs < 1:
        raise ConfigError(f"jobs must be 1 or more, got {jobs}.")
    store = ClipStore(cache)
    missing = [one for one in dict.fromkeys(requests) if not _path(store, one).exists()]
    on_progress(len(requests) - len(missing))
    # by engine, so that a process opens as few as it can
    missing.sort(key=lambda one: one.voice.engine)
    batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
    for count in _work(store, batches, jobs):
        on_progress(count)
    for request in requests:
        yield _spoken(store, request)


def _path(store: ClipStore, request: Request) -> Path:
    return store.path(request.voice.engine, request.voice.name, request.text, request.seed)


def _spoken(store: ClipStore, request: Request) -> Spoken:
    path = _path(store, request)
    samples = store.get(path)
    if samples is None:  # removed or broken since
        _say_all(store, [request])
        samples = store.get(path)
    if samples is None:
        raise DataError(f"{path} cannot be read back. Remove the folder of clips: {store.folder}.")
    voice = request.voice
    return spoken_from(
        samples,
        RATE,
        text=request.text,
        voice=voice.name,
        engine=voice.engine,
        source=str(path),
        seed=request.seed,
    )


def _say_all(store: ClipStore, requests: Iterable[Request]) -> int:
    count = 0
    for request in requests:
        samples, rate = request.voice.say(request.text, request.seed)
        store.put(_path(store, request), samples, rate)
        count += 1
    return count


def _work(store: ClipStore, batches: list[list[Request]], jobs: int) -> Iterator[int]:
    if jobs == 1 or len(batches) < 2:
        for batch in batches:
            for request in batch:
                yield _say_all(store, [request])
        return
    _say_all(
        store, batches[0][:1]
    )  # an engine that is missing is told here, and not by a process that died of it
    pool = ProcessPoolExecutor(min(jobs, len(batches)), get_context("spawn"))
    try:
        waiting: set[Future[int]] = {pool.submit(_say_all, store, batch) for batch in batches}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
