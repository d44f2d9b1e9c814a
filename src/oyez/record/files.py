"""Recordings that exist already, looked at as takes are: short ones whole, long ones by utterance."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from oyez import audio, sound
from oyez.errors import AudioError, ConfigError
from oyez.record.folder import BACKGROUNDS, OTHER_WORDS, RecordingFolder, check_speaker
from oyez.record.session import Outcome, Plan
from oyez.record.take import Limits, Take, examine, examine_room
from oyez.record.utterances import Utterance, Utterances

__all__ = ["add_files", "find_files", "takes_in", "voice"]

SHORT_S = 4.0
"""Seconds up to which a recording is one take, if no silence parts it."""


def find_files(names: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Recordings behind what was named, each with the folder that it was found in.

    Raises:
        ConfigError: a folder holds none.
        AudioError: there is no such file.
    """
    found = []
    for name in names:
        if not name.exists():
            raise AudioError(f"{name}: no such file.")
        inside = audio.files_in(name) if name.is_dir() else [name]
        if not inside:
            raise ConfigError(f"{name} holds no recordings. Name a file, or another folder.")
        found += [(path, name if name.is_dir() else name.parent) for path in inside]
    return found


def voice(path: Path, top: Path) -> str:
    """Who speaks in a file, by the rule of a training: the folder between, or the name up to its underscore.

    Args:
        path: the file.
        top: the folder that was named, or the one that the file lies in.

    Raises:
        ConfigError: nothing there can be a speaker's name.
    """
    between = "-".join(path.relative_to(top).parts[:-1]).replace("_", "-")
    try:
        return check_speaker(between or path.stem.partition("_")[0])
    except ConfigError:
        raise ConfigError(f"{path}: its name tells no speaker. Pass --speaker NAME.") from None


def takes_in(path: Path, limits: Limits) -> Iterator[Take]:
    """Everything that is said in a recording, in order.

    Args:
        path: a recording of any length.
        limits: what a good take is.

    Yields:
        Verdicts; `start_s` counts from the start of the file.

    Raises:
        AudioError: the recording cannot be used.
    """
    if audio.duration_s(path) <= SHORT_S:
        samples, rate = audio.read(path)
        samples = _checked(samples, path)
        utterances = Utterances(rate)
        found = [*utterances.push(samples), *utterances.finish()]
        if len(found) <= 1:
            yield examine(samples, rate, limits)
            return
    for utterance, rate in _utterances(path):
        take = examine(utterance.samples, rate, limits)
        yield replace(take, start_s=utterance.start_s + take.start_s)


def add_files(
    files: Sequence[tuple[Path, Path]],
    folder: RecordingFolder,
    plan: Plan,
    speaker: str | None,
    on_take: Callable[[str, Take, Path | None], None],
) -> Outcome:
    """Check, trim and save what is in recordings.

    Args:
        files: of `find_files`.
        folder: where to.
        plan: which sub-folder, at most how many of a speaker, and what passes.
        speaker: who speaks; None: the files' names tell.
        on_take: called with where each take is, the verdict, and the new file; None where it did not
            pass, or is there already.

    Returns:
        What came of it; a recording whose samples are in the folder already is not written again.

    Raises:
        ConfigError: a file's name tells no speaker, or it lies where it would be saved; nothing is.
        AudioError: a recording cannot be used: the others are saved first.
        OutputError: the disk refuses.
    """
    outcome, broken = Outcome(), []
    room = plan.folder == BACKGROUNDS
    target = (folder.root / plan.folder).resolve()
    for path, _ in files:
        if path.resolve().is_relative_to(target):
            raise ConfigError(f"{path} lies in {target} already. Name recordings from elsewhere.")
    # all of them first: a name that tells no speaker leaves nothing half done
    speakers = ["" if room else speaker or voice(path, top) for path, top in files]
    for (path, _), who in zip(files, speakers, strict=True):
        try:
            for take in [_room(path, plan)] if room else takes_in(path, plan.limits):
                if folder.count(plan.folder, who) >= plan.count:
                    break
                where = path.name if room else f"{path.name} at {take.start_s:.2f} s"
                on_take(where, take, _add(take, folder, plan, who, where, outcome))
        except AudioError as error:
            broken.append(error)
    if broken:
        raise AudioError(f"{len(broken)} of {len(files)} recordings could not be used: {broken[0]}")
    return outcome


def _add(
    take: Take, folder: RecordingFolder, plan: Plan, speaker: str, where: str, outcome: Outcome
) -> Path | None:
    if not take.passes:
        outcome.failures.update([take.problems[0].what])
        return None
    if folder.holds(plan.folder, take.clip, take.rate):
        outcome.there += 1
        return None
    outcome.kept += 1
    word = "" if plan.folder in (OTHER_WORDS, BACKGROUNDS) else plan.folder
    return folder.add(plan.folder, speaker, take.clip, take.rate, take.measures, word=word, device=where)


def _room(path: Path, plan: Plan) -> Take:
    rate = audio.info(path)[1]
    samples = audio.segment(path, 0.0, min(plan.take_s, audio.duration_s(path)), rate)
    return examine_room(_checked(samples, path), rate, plan.limits)


def _utterances(path: Path) -> Iterator[tuple[Utterance, int]]:
    """Utterances and their rate, in constant memory."""
    utterances: Utterances | None = None
    rate = 0
    for samples, rate in audio.blocks(path):
        utterances = utterances or Utterances(rate)
        for found in utterances.push(_checked(samples, path)):
            yield found, rate
    assert utterances is not None  # a file without samples is an error
    for found in utterances.finish():
        yield found, rate


def _checked(samples: sound.Samples, path: Path) -> sound.Samples:
    """Refuse floats at another scale."""
    try:
        return sound.as_samples(samples)
    except AudioError as error:
        raise AudioError(f"{path}: {error}") from None
