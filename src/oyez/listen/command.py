"""What `oyez listen` does with its options: the terminal's side of listening."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from oyez.actions.dispatch import Dispatcher
from oyez.actions.rule import Chime, Rule, parse
from oyez.config import DEFAULT_MODEL
from oyez.detect import sources
from oyez.detect.chime import LENGTH_S
from oyez.detect.detector import Detector
from oyez.detect.intent import thresholds
from oyez.detect.loudspeaker import Loudspeaker
from oyez.detect.model import Model, model_path
from oyez.detect.pcm import PcmStream
from oyez.errors import ConfigError
from oyez.listen.listener import Listener
from oyez.listen.pipe import Pipe
from oyez.listen.reactions import Reactions
from oyez.listen.recovery import Lasting
from oyez.listen.saves import SaveFolder, Saves
from oyez.listen.screen import Screen

__all__ = ["run"]

BRIEF_S = 2.0
"""So long what is under way may go on after an interrupt."""

PAUSE_S = 1.0
"""The meter rests after a word that starts a program, which may have something to say."""

TOLD_AGAIN_S = 10.0
"""Seconds of sound between two lines about lost samples."""


ENDING = ("SIGTERM", "SIGHUP")
"""Names of the signals that end it, where the system has them: a request, a terminal that was closed."""


class _Stopped(BaseException):
    """The system asked the program to end."""


def run(options: argparse.Namespace) -> None:
    """Listen until the stream ends, or until somebody ends it.

    Args:
        options: of `oyez listen`.

    Raises:
        OyezError: a model, an action, a folder or the source cannot be used, or the microphone is gone
            for good.
        KeyboardInterrupt: Ctrl-C; all that was under way was brought to its end before.
    """
    if options.devices:
        print("\n".join(sources.microphones()))
        return
    models = _load(options)
    words = [(word, one.trigger[word].threshold) for one in models.values() for word in one.words]
    pause_s = PAUSE_S if options.on or options.pipe else 0.0
    screen = Screen(Console(), Console(stderr=True), words, as_json=options.json, pause_s=pause_s)
    speaker = Loudspeaker(sources.play)
    rules = _rules(options, words, screen, speaker)
    dry_run = options.dry_run
    folder = None if options.save is None else SaveFolder(options.save, options.save_most, dry_run=dry_run)
    with suppress(_Stopped), _terminable(), closing(_source(options, screen.tell, speaker)) as source:
        detectors = {
            name: partial(Detector, one.model, rate=source.rate, threshold=_by_word(one))
            for name, one in models.items()
        }
        listener = Listener(
            detectors,
            chimes=() if dry_run else _chimes(rules, words),
            chime_s=LENGTH_S,
            excerpts=folder is not None,
            passages=options.pipe is not None,
            sounding=speaker.sounds,
        )
        tell, rate = screen.tell, source.rate
        reactions = Reactions(
            screen,
            Dispatcher(rules, tell, dry_run=dry_run),
            None if folder is None else Saves(folder, rate, tell),
            None if options.pipe is None else Pipe(options.pipe, rate, tell, dry_run=dry_run),
        )
        named = " or ".join(f"“{word}” (threshold {threshold:g})" for word, threshold in words)
        tell(f"listening for {named} on {source.name} at {rate} Hz; Ctrl-C ends it")
        with screen:
            _listen(source, listener, reactions, tell)


def _listen(
    source: Lasting | PcmStream, listener: Listener, reactions: Reactions, tell: Callable[[str], None]
) -> None:
    """From the first block to the end, whatever ends it."""
    patience_s: float | None = BRIEF_S

    def finish() -> None:
        for event in listener.finish():
            reactions.react(event)

    try:
        _follow(source, listener, reactions, tell)
        patience_s = None
        finish()
    except (KeyboardInterrupt, _Stopped):
        finish()
        raise
    finally:
        reactions.stop(patience_s)
        counts = ", ".join(f"{word} {count} ×" for word, count in reactions.counts.most_common())
        lost = f"; samples were lost {source.lost} times" if source.lost else ""
        tell(f"listened for {listener.heard_s:.1f} s: {counts or 'nothing heard'}{lost}")


def _follow(
    source: Lasting | PcmStream, listener: Listener, reactions: Reactions, tell: Callable[[str], None]
) -> None:
    """Hear all blocks; tell of samples that were lost, but not too often."""
    lost, told_s = 0, -TOLD_AGAIN_S
    for block in source:
        for event in listener.finish() if block is None else listener.push(block):
            reactions.react(event)
        if source.lost > lost and listener.heard_s - told_s >= TOLD_AGAIN_S:
            tell(
                f"samples were lost, {source.lost - lost} times: this computer is too slow or too busy, and "
                "words may be missed"
            )
            lost, told_s = source.lost, listener.heard_s


def _load(options: argparse.Namespace) -> dict[str, Detector]:
    """The detectors by name; their rate is still their model's."""
    names = options.model or [DEFAULT_MODEL]
    if len({Path(name).stem for name in names}) < len(names):
        raise ConfigError(f"each --model must have a name of its own, got {', '.join(names)}. Rename one.")
    found = {}
    for name in names:
        model = Model(model_path(name))
        chosen = thresholds(model, options.threshold, options.false_accepts, strict=options.strict)
        for line in chosen.told("--strict"):
            print(f"oyez: note: {line}", file=sys.stderr)
        found[Path(name).stem] = Detector(model, threshold=chosen.by_word)
    return found


def _by_word(detector: Detector) -> dict[str, float]:
    return {word: config.threshold for word, config in detector.trigger.items()}


def _rules(
    options: argparse.Namespace, words: list[tuple[str, float]], screen: Screen, speaker: Loudspeaker
) -> list[Rule]:
    """What was asked for with --on and --chime."""
    known = [word for word, _ in words]
    parsed = [parse(text, known, say=screen.say, ring=speaker.ring) for text in options.on]
    by_itself = not options.stdin and not any(isinstance(action, Chime) for _, action in parsed)
    if by_itself if options.chime is None else options.chime:
        parsed.append((None, Chime(speaker.ring)))
    return [Rule(word, action, options.cooldown, options.timeout) for word, action in parsed]


def _chimes(rules: list[Rule], words: list[tuple[str, float]]) -> set[str]:
    """Words that are answered with our own sound."""
    return {
        word
        for rule in rules
        if isinstance(rule.action, Chime)
        for word, _ in words
        if rule.word in (None, word)
    }


def _source(
    options: argparse.Namespace, tell: Callable[[str], None], speaker: Loudspeaker
) -> Lasting | PcmStream:
    if options.stdin:
        if sys.stdin.isatty():
            raise ConfigError("--stdin expects sound on a pipe, got a keyboard. Pipe a recorder's output in.")
        return PcmStream(sys.stdin.buffer, options.rate, options.channels)
    name = options.device
    device = int(name) if name is not None and name.isdecimal() else name

    def again(rate: int) -> sources.Microphone:
        if not speaker.sounds():  # it would be cut off
            sources.look_again()
        return sources.Microphone(device, rate)

    return Lasting(again, sources.Microphone(device, options.rate), tell=tell, wait=time.sleep)


@contextmanager
def _terminable() -> Iterator[None]:
    """A signal that asks the program to end is heeded as Ctrl-C is; one that is ignored stays so."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise _Stopped

    before = {}
    if threading.current_thread() is threading.main_thread():  # elsewhere, signals cannot be handled
        for number in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
