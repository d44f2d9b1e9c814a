"""A plan drawn: which word stands where, in which noise; which hours are noisy. All chance is here.

Nothing of a recording is read but its header.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.errors import ConfigError, DataError
from oyez.evaluate.plan import WARM_UP_S, Part, Piece, Plan, Sources, Stretch, Take
from oyez.evaluate.words import Word

__all__ = ["draw_plan"]

LEAD_S, TRAIL_S = (1.5, 3.0), 2.0
AT_ONCE_S = 0.1
TALKERS, BABBLE_DB = 6, (10.0, 5.0)
SHORTEST_TALK_S = 1.0
DRAWN = ("noise", "babble", "room")
LONGEST_STRETCH_S = 300.0  # of one recording that is in memory at once
PART_S = 3_600.0


def draw_plan(
    sources: Sources, seed: int = 0, snr_db: Sequence[float] = (10.0,), renderings: int = 1
) -> Plan:
    """Draw who stands where, in which noise.

    Words: each alone between silences; at once, in the first tenth of a second of a stream; over a
    telephone; in noise at each of `snr_db`, where there are noises; among six talkers at 10 and 5 dB,
    where there are recordings of speech enough; in rooms, where there are impulse responses. Each is a
    stream of its own.

    Negatives: each once, in order, one after the other in streams of about an hour; half of them, by
    the draw, in noise at the first of `snr_db`, where there are noises.

    Args:
        sources: recordings.
        seed: of the draw.
        snr_db: of words over noise, in dB.
        renderings: of each word in noise, among talkers, in rooms: more of them, where words are few,
            steady the figures, and are no new evidence.

    Returns:
        The plan: the same for the same recordings and seed.

    Raises:
        ConfigError: noises, but no SNR.
        DataError: neither words nor negatives.
        AudioError: a recording cannot be read.
    """
    if not sources.words and not sources.negatives:
        raise DataError(
            "there is nothing to evaluate on. Name recordings with --positives, --negatives or both."
        )
    if sources.noises and not snr_db:
        raise ConfigError("noises need an SNR in dB. Pass --snr 10.")
    rng = np.random.default_rng(seed)
    lengths = {path: audio.duration_s(path) for path in sources.noises}
    talks = [(path, audio.duration_s(path)) for path, _ in sources.negatives]
    takes = [
        take
        for condition in _conditions(sources, snr_db, talks)
        for number, word in enumerate(sources.words)
        for _ in range(renderings if condition.kind in DRAWN else 1)
        for take in [_take(rng, number, word, condition, sources, lengths, talks)]
    ]
    near = [
        Take(number, "near misses", float(rng.uniform(*LEAD_S)), TRAIL_S)
        for number in range(len(sources.near_misses))
    ]
    return Plan(
        seed=seed,
        words=sources.words,
        near_misses=sources.near_misses,
        takes=tuple(takes),
        near_takes=tuple(near),
        parts=_parts(list(_stretches(rng, sources, [length for _, length in talks], lengths, snr_db))),
    )


@dataclass(frozen=True)
class _Condition:
    name: str
    kind: str
    snr_db: float | None = None


def _conditions(
    sources: Sources, snr_db: Sequence[float], talks: Sequence[tuple[Path, float]]
) -> list[_Condition]:
    found = [_Condition("clean", "clean"), _Condition("at once", "at once")]
    if sources.noises:
        found += [_Condition(f"noise {one:g} dB", "noise", one) for one in snr_db]
    if sum(length >= SHORTEST_TALK_S for _, length in talks) >= TALKERS:
        found += [_Condition(f"six talkers {one:g} dB", "babble", one) for one in BABBLE_DB]
    if sources.rooms:
        found.append(_Condition("rooms", "room"))
    return [*found, _Condition("telephone", "telephone")]


def _take(
    rng: np.random.Generator,
    number: int,
    word: Word,
    condition: _Condition,
    sources: Sources,
    lengths: dict[Path, float],
    talks: Sequence[tuple[Path, float]],
) -> Take:
    lead_s = float(rng.uniform(*LEAD_S))
    around: tuple[tuple[Piece, ...], ...] = ()
    room = None
    if condition.kind == "at once":
        lead_s = min(0.0, AT_ONCE_S - word.start_s)
    elif condition.kind == "noise":
        around = ((_piece(rng, sources.noises, lengths, word.seconds + lead_s + TRAIL_S),),)
    elif condition.kind == "babble":
        around = _talkers(rng, talks, word.seconds + lead_s + TRAIL_S)
    elif condition.kind == "room":
        room = sources.rooms[int(rng.integers(len(sources.rooms)))]
    return Take(
        number, condition.name, lead_s, TRAIL_S, around, condition.snr_db, room,
        condition.kind == "telephone",
    )  # fmt: skip


def _piece(
    rng: np.random.Generator, noises: Sequence[Path], lengths: dict[Path, float], seconds: float
) -> Piece:
    path = noises[int(rng.integers(len(noises)))]
    return Piece(path, float(rng.uniform(0, max(0.0, lengths[path] - seconds))))


def _talkers(
    rng: np.random.Generator, talks: Sequence[tuple[Path, float]], seconds: float
) -> tuple[tuple[Piece, ...], ...]:
    """Six of them, from six recordings at least; who has said all goes on with another recording."""
    long = [(path, length) for path, length in talks if length >= SHORTEST_TALK_S]
    order = rng.permutation(len(long)).tolist()
    firsts, others = order[:TALKERS], iter(order[TALKERS:] + order)
    talkers = []
    for first in firsts:
        pieces: list[Piece] = []
        number: int | None = first
        left = seconds
        while left > 0 and number is not None:
            path, length = long[number]
            start_s = float(rng.uniform(0, max(0.0, length - seconds)))
            pieces.append(Piece(path, start_s))
            left -= length - start_s
            number = next(others, None)
        talkers.append(tuple(pieces))
    return tuple(talkers)


def _stretches(
    rng: np.random.Generator,
    sources: Sources,
    seconds: Sequence[float],
    lengths: dict[Path, float],
    snr_db: Sequence[float],
) -> Iterator[Stretch]:
    for (path, source), total_s in zip(sources.negatives, seconds, strict=True):
        count = int(np.ceil(total_s / LONGEST_STRETCH_S))
        edges = np.linspace(0.0, total_s, count + 1).tolist()
        for start_s, end_s in pairwise(edges):
            noise = None
            if sources.noises:
                drawn = _piece(rng, sources.noises, lengths, end_s - start_s)
                noise = drawn if rng.random() < 0.5 else None
            yield Stretch(path, source, start_s, end_s - start_s, noise, snr_db[0] if noise else None)


def _parts(stretches: Sequence[Stretch]) -> tuple[Part, ...]:
    """About an hour each, all of one length within that of a stretch."""
    total_s = sum(one.length_s for one in stretches)
    count = max(1, round(total_s / PART_S))
    groups: list[list[Stretch]] = [[] for _ in range(count)]
    heard_s = 0.0
    for one in stretches:
        middle_s = heard_s + one.length_s / 2
        groups[min(count - 1, int(middle_s / total_s * count))].append(one)
        heard_s += one.length_s
    parts: list[Part] = []
    for group in filter(None, groups):
        before = parts[-1].stretches if parts else ()
        kept: list[Stretch] = []
        for one in reversed(before):
            if sum(other.length_s for other in kept) >= WARM_UP_S:
                break
            kept.insert(0, one)
        parts.append(Part(tuple(kept), tuple(group)))
    return tuple(parts)
