"""Numbers of an evaluation as a person reads them: with units, with intervals, in whole sentences."""

from oyez.evaluate.result import EngineResult
from oyez.evaluate.verdict import (
    CLAIM_PER_HOUR,
    Delay,
    FalseAccepts,
    Share,
    delay,
    false_accepts,
    missed,
    worst,
)

__all__ = [
    "between",
    "cpu",
    "delays",
    "number",
    "percent",
    "rates",
    "seconds",
    "sentences",
    "share",
    "shares",
]

NO_WORDS = "No recording of the word was used, so nothing is known about misses."
NO_HOURS = "No sound without the word was given, so nothing is known about false accepts."


def number(value: float) -> str:
    """A rate or a time, with as many decimals as tell something."""
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def percent(value: float) -> str:
    """A share of 0..1."""
    return f"{_hundredths(value)} %"


def between(low: float, high: float) -> str:
    """An interval of shares."""
    return f"{_hundredths(low)}–{_hundredths(high)} %"


def share(one: Share) -> str:
    """The count, and the share: `3 of 315, 1.0 %`."""
    return f"{one.count} of {one.total}, {percent(one.value)}"


def shares(one: Share) -> str:
    """With its interval: `3 of 315, 1.0 % (0.2–2.8 %)`."""
    return f"{share(one)} ({between(*one.interval)})"


def rates(one: FalseAccepts) -> str:
    """Per hour, with its interval: `0.49 (0.06–1.78)`; a dash where no hour was heard."""
    if not one.hours:
        return "–"
    low, high = one.interval
    return f"{number(one.per_hour)} ({number(low)}–{number(high)})"


def delays(one: Delay | None) -> str:
    """Median and 95th percentile: `0.16 s, 0.31 s`; a dash where no word was heard."""
    return f"{seconds(one.median_s)}, {seconds(one.late_s)}" if one else "–"


def seconds(value: float) -> str:
    """A delay; negative where it came before its time."""
    return f"{value:.2f} s".replace("-", "−")


def cpu(engine: EngineResult) -> str:
    """CPU seconds for a second of sound; a dash where they were not measured."""
    return f"{engine.cpu_s_per_s:.2g} s" if engine.cpu_s_per_s else "–"


def sentences(engine: EngineResult) -> list[str]:
    """The verdict on one engine at its own threshold, in plain words."""
    said = [*_missed(engine), *_false_accepts(false_accepts(engine.negatives, engine.threshold))]
    late = delay(engine)
    if late:
        said.append(
            f"A word that was heard was known {_after(late.median_s)} its end (median), "
            f"19 of 20 by {_after(late.late_s)} it."
        )
    if engine.cpu_s_per_s:
        said.append(f"A second of sound took {cpu(engine)} on one thread.")
    if not engine.sweeps:
        said.append("It tells only what it heard, so no other threshold could be tried.")
    return said


def _missed(engine: EngineResult) -> list[str]:
    if not any(missed(one.curve.at(engine.threshold)).total for one in engine.conditions):
        return [NO_WORDS]
    first, last = engine.conditions[0], worst(engine)
    said = [f"Missed {shares(missed(first.curve.at(engine.threshold)))} in “{first.name}”."]
    if last is not first:
        said.append(f"Worst was “{last.name}”: {shares(missed(last.curve.at(engine.threshold)))}.")
    return said


def _false_accepts(heard: FalseAccepts) -> list[str]:
    if not heard.hours:
        return [NO_HOURS]
    seen = f"Went off {_times(heard.count)} in {number(heard.hours)} hours without the word"
    said = [
        f"{seen}: {rates(heard)} per hour. With 95 % confidence at most {number(heard.at_most)} per hour."
    ]
    if heard.hours_to_claim:
        said.append(
            f"To claim {CLAIM_PER_HOUR} per hour, {number(heard.hours_to_claim)} further hours without a "
            "false accept are needed."
        )
    else:
        said.append(f"That is enough to claim {CLAIM_PER_HOUR} per hour.")
    return said


def _after(seconds: float) -> str:
    return f"{abs(seconds):.2f} s {'before' if seconds < 0 else 'after'}"


def _times(count: int) -> str:
    return {0: "not once", 1: "once"}.get(count, f"{count} times")


def _hundredths(value: float) -> str:
    return f"{100 * value:.1f}" if 0 < value < 1 else f"{100 * value:.0f}"
