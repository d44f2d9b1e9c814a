"""What `oyez phrase` does with its options: verdicts, best first, as text or JSON."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from oyez.synth.verdict import Verdict, better, judge, often

__all__ = ["run", "text"]


def run(options: argparse.Namespace) -> None:
    """Judge each phrase and print them, the best first.

    Raises:
        ConfigError: something is no phrase.
        MissingExtraError: hibari is not installed.
    """
    verdicts = sorted((judge(phrase) for phrase in options.phrases), key=lambda one: (-one.score, one.phrase))
    suggestions = [better(one.phrase) for one in verdicts]
    if options.json:
        pairs = zip(verdicts, suggestions, strict=True)
        print(json.dumps([_plain(one, others) for one, others in pairs], indent=1, ensure_ascii=False))
        return
    print("\n\n".join(text(one, others) for one, others in zip(verdicts, suggestions, strict=True)))


def text(one: Verdict, others: list[Verdict]) -> str:
    """A verdict in a few lines."""
    near = ", ".join(f"{other.text} ({other.edits})" for other in one.neighbours)
    within = ", ".join(f"{count} within {most}" for most, count in enumerate(one.within, start=1))
    rows = [
        ("said", f"{one.spoken} (American), {one.british} (British)"),
        ("length", f"{one.n_sounds} sounds, {_count(one.n_syllables, 'syllable')}"),
        ("rarity", f"{often(one.per_hour)}; what is within 2 sounds: {often(one.near_per_hour)}"),
        ("neighbours", f"{within} sounds" + (f": {near}" if near else "")),
        *(("but", reason) for reason in one.reasons),
    ]
    if others:
        rows.append(("better", ", ".join(f"{other.phrase} ({other.score})" for other in others)))
    lines = [f"“{one.phrase}”: {one.word}, {one.score} of 100"]
    return "\n".join([*lines, *(f"  {name:<11} {value}" for name, value in rows)])


def _plain(one: Verdict, others: list[Verdict]) -> dict[str, Any]:
    return {
        "verdict": one.word,
        **asdict(one),
        "better": [{"phrase": other.phrase, "score": other.score} for other in others],
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
