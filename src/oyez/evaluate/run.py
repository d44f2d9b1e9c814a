"""One evaluation from end to end: recordings in, a result out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from oyez import audio
from oyez.errors import DataError
from oyez.evaluate.draw import draw_plan
from oyez.evaluate.engines import open_engine
from oyez.evaluate.hearing import EngineName, hear_plan
from oyez.evaluate.judge import judge
from oyez.evaluate.plan import Plan, Sources
from oyez.evaluate.result import Result
from oyez.evaluate.words import find_words

__all__ = ["evaluate", "plan_folders", "recordings_in", "seconds_of"]


def plan_folders(
    positives: Path | None,
    negatives: Path | None,
    *,
    noise: Path | None = None,
    rooms: Path | None = None,
    near_misses: Path | None = None,
    snr_db: Sequence[float] = (10.0,),
    seed: int = 0,
) -> tuple[Plan, tuple[str, ...]]:
    """Draw a plan from folders of recordings.

    Args:
        positives: recordings with the word, one in each.
        negatives: recordings without it, of any length.
        noise: recordings of noise.
        rooms: impulse responses.
        near_misses: recordings of phrases that sound like the word.
        snr_db: of words over noise.
        seed: of the draw.

    Returns:
        The plan, and the recordings of words that were left out, each with the reason.

    Raises:
        DataError, AudioError, ConfigError: a folder holds nothing, a recording cannot be read, or
            there is nothing to evaluate on.
    """
    words, skipped = find_words(positives) if positives else ((), ())
    near, near_skipped = find_words(near_misses, "near misses") if near_misses else ((), ())
    sources = Sources(
        words=words,
        near_misses=near,
        negatives=recordings_in(negatives, "speech without the word"),
        noises=tuple(path for path, _ in recordings_in(noise, "noise")),
        rooms=tuple(path for path, _ in recordings_in(rooms, "impulse responses of rooms")),
    )
    folders = {
        "positives": positives, "negatives": negatives, "noise": noise, "rooms": rooms,
        "near misses": near_misses,
    }  # fmt: skip
    plan = draw_plan(sources, seed, snr_db)
    about = {name: str(folder) for name, folder in folders.items() if folder is not None}
    return replace(plan, about=about), (*skipped, *near_skipped)


def recordings_in(folder: Path | None, what: str) -> tuple[tuple[Path, str], ...]:
    """Recordings in a folder, with their names; none of no folder.

    Raises:
        DataError: there is no such folder, or nothing in it.
    """
    if folder is None:
        return ()
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. Name the folder that holds {what}.")
    found = tuple((path, path.relative_to(folder).as_posix()) for path in audio.files_in(folder))
    if not found:
        raise DataError(f"{folder} holds no recordings, expected {what}. Name a folder that does.")
    return found


def seconds_of(plan: Plan) -> float:
    """Seconds of sound that will be heard, about: warm-ups are not counted."""
    takes = [(take, plan.words) for take in plan.takes] + [
        (take, plan.near_misses) for take in plan.near_takes
    ]
    return plan.hours * 3600 + sum(
        take.lead_s + words[take.word].seconds + take.trail_s for take, words in takes
    )


def evaluate(
    plan: Plan,
    engines: Sequence[EngineName],
    *,
    jobs: int = 1,
    skipped: tuple[str, ...] = (),
    cuts: int = 8,
    threshold: Mapping[str, float] | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Result:
    """Run engines over a plan and judge them.

    Args:
        plan: see `plan_folders`.
        engines: what `open_engine` takes, each with its word or None.
        jobs: processes.
        skipped: recordings that were left out, for the report.
        cuts: misses, and false accepts, that are cut out for each engine.
        threshold: of the first engine, by word; None means its own.
        on_progress: called with seconds of sound heard since the last call.

    Returns:
        The result, the same for any number of processes but for CPU seconds.

    Raises:
        OyezError: an engine cannot be opened, or a recording cannot be read.
    """
    opened = [open_engine(name, word) for name, word in engines]
    rate = max(engine.rate for engine in opened)
    scored = hear_plan(plan, engines, rate, jobs, on_progress)
    triggers = [engine.trigger for engine in opened]
    if threshold is not None:
        triggers[0] = replace(triggers[0], threshold=threshold[opened[0].word])
    results = [
        judge(engine, trigger, plan, one, rate, cuts)
        for engine, trigger, one in zip(opened, triggers, scored, strict=True)
    ]
    return Result(tuple(results), plan.hours, len(plan.words), plan.seed, dict(plan.about), skipped)
