"""What `oyez record` does with its options: from a microphone, a pipe, or files."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path

from rich.console import Console

from oyez.detect.pcm import PcmStream
from oyez.detect.sources import Microphone, Source, play
from oyez.errors import AudioError, ConfigError
from oyez.record.files import add_files, find_files
from oyez.record.folder import BACKGROUNDS, OTHER_WORDS, RecordingFolder, check_speaker, check_word
from oyez.record.keyboard import Keyboard
from oyez.record.prompts import other_words
from oyez.record.session import Outcome, Plan, Session
from oyez.record.take import Limits, Take
from oyez.record.terminal import Terminal, summary

__all__ = ["run"]

COUNT, SPEAKER = 20, "me"


def run(options: argparse.Namespace) -> None:
    """Record, check, save; print what came of it.

    Args:
        options: of `oyez record`.

    Raises:
        OyezError: bad options, no microphone, files that cannot be used, or nothing that passed. What was
            kept is on disk.
    """
    plan = _plan(options)
    files = None if options.files is None else find_files(options.files)
    folder = RecordingFolder(options.out)
    folder.check(plan.folder)
    console = Console(stderr=True)
    if files is not None:
        outcome = _from_files(files, options, plan, folder, console)
    elif folder.count(plan.folder, plan.speaker) >= plan.count:
        there = folder.count(plan.folder, plan.speaker)
        print(f"{options.out / plan.folder}: {there} recordings of {plan.speaker} are there already. "
              "For more, pass a higher --count or another --speaker")  # fmt: skip
        return
    else:
        outcome = _from_source(options, plan, folder, console)
    _report(outcome, plan, folder)


def _plan(options: argparse.Namespace) -> Plan:
    """What is wanted, checked before anything is opened or heard."""
    room = options.room is not None
    if options.word is None and not options.negatives and not room:
        raise ConfigError("no WORD to record. Name it, or pass --negatives or --room SECONDS.")
    if room and (options.count is not None or options.speaker is not None):
        raise ConfigError("--room is one recording of nobody. Leave --count and --speaker out.")
    word = None if options.word is None else check_word(options.word)
    speaker = "" if room else check_speaker(SPEAKER if options.speaker is None else options.speaker)
    many = sys.maxsize if room or options.files is not None else COUNT
    return Plan(
        folder=BACKGROUNDS if room else OTHER_WORDS if options.negatives else str(word),
        speaker=speaker,
        count=many if options.count is None else options.count,
        take_s=options.room if room else options.seconds,
        countdown_s=options.countdown,
        limits=Limits(min_snr_db=options.min_snr_db),
        automatic=options.yes or options.stdin or options.files is not None,
    )


def _from_files(
    files: list[tuple[Path, Path]],
    options: argparse.Namespace,
    plan: Plan,
    folder: RecordingFolder,
    console: Console,
) -> Outcome:
    def tell(where: str, take: Take, path: Path | None) -> None:
        problems = "; ".join(str(problem) for problem in take.problems)
        verdict = f"→ {path} ({summary(take)})" if path else problems or "is there already"
        console.print(f"{where}: {verdict}", markup=False, highlight=False, soft_wrap=True)

    speaker = None if options.speaker is None else plan.speaker
    return add_files(files, folder, plan, speaker, tell)


def _from_source(
    options: argparse.Namespace, plan: Plan, folder: RecordingFolder, console: Console
) -> Outcome:
    with ExitStack() as stack:
        key = None
        if not plan.automatic:
            key = stack.enter_context(Keyboard()).key
        source: Source
        if options.stdin:
            source = _standard_input(options)
        else:
            source = stack.enter_context(Microphone(_device(options.device), options.rate))
        terminal = Terminal(console, key)
        stack.callback(terminal.close)
        there = folder.count(plan.folder, plan.speaker)
        goes_on = f", where {there} of {plan.speaker} are" if there and plan.speaker else ""
        terminal.note(f"{source.name}, {source.rate} Hz: into {folder.root / plan.folder}{goes_on}")
        player = None if plan.automatic or options.no_play else play
        return Session(source, folder, terminal, plan, player=player).run(_words(options, plan, folder))


def _words(options: argparse.Namespace, plan: Plan, folder: RecordingFolder) -> Iterator[str]:
    """What to ask for."""
    if plan.folder == OTHER_WORDS:
        return other_words(options.word or "", folder.said(OTHER_WORDS, plan.speaker))
    if plan.folder == BACKGROUNDS:
        return iter([""])
    return repeat(plan.folder)


def _standard_input(options: argparse.Namespace) -> PcmStream:
    if sys.stdin.isatty():
        raise ConfigError("--stdin expects sound on a pipe, got a keyboard. Pipe a recorder's output in.")
    return PcmStream(sys.stdin.buffer, options.rate, options.channels)


def _device(name: str | None) -> int | str | None:
    return int(name) if name is not None and name.isdecimal() else name


def _report(outcome: Outcome, plan: Plan, folder: RecordingFolder) -> None:
    """One line of what came of it; an error where that is nothing."""
    failures = ", ".join(f"{count} {what}" for what, count in outcome.failures.most_common())
    if not outcome.kept and not outcome.there and plan.automatic:
        why = f"of what was heard: {failures}" if failures else "it ended before a whole take"
        raise AudioError(f"nothing was kept; {why}. Record again.")
    text = f"{folder.root / plan.folder}: {outcome.kept} new"
    if outcome.there:
        text += f", {outcome.there} there already"
    if failures:
        text += f"; not kept: {failures}"
    if outcome.ended:
        text += "; the stream ended"
    print(text)
