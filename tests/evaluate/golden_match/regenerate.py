"""Checks the cases beside it and puts them into shape: one event on a line.

    python regenerate.py            rewrites what is out of shape
    python regenerate.py --check    only says so

What is expected is set by hand, with the reason in `why`, and never computed here: a case that the matching
itself had written would agree with any matching. A case is refused if its counts do not add up.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COUNTS = ("hits", "misses", "duplicates", "false_accepts")


def problem(case: dict[str, Any]) -> str | None:
    """What is wrong with a case whatever the rules of matching, if anything."""
    if case.keys() - {"grace_s"} != {"why", "spans", "detections", "expected"}:
        return "needs why, spans, detections, expected"
    expected = case["expected"]
    if list(expected) != [*COUNTS, "delays_s"] or min(expected[name] for name in COUNTS) < 0:
        return f"expected must hold {', '.join(COUNTS)} and delays_s"
    if any(start_s > end_s for _, start_s, end_s in case["spans"]):
        return "a span ends before it starts"
    if expected["hits"] + expected["misses"] != len(case["spans"]):
        return "each span is a hit or a miss"
    if sum(expected[name] for name in COUNTS) - expected["misses"] != len(case["detections"]):
        return "each detection is a hit, a duplicate or a false accept"
    if expected["hits"] != len(expected["delays_s"]):
        return "each hit has a delay"
    return None


def shaped(case: dict[str, Any]) -> str:
    """A case as it stands in its file."""
    rows = []
    for name, value in case.items():
        text = json.dumps(value, ensure_ascii=False)
        if name in ("spans", "detections") and value:
            events = ",\n".join(f"  {json.dumps(event, ensure_ascii=False)}" for event in value)
            text = f"[\n{events}\n ]"
        rows.append(f' "{name}": {text}')
    return "{\n" + ",\n".join(rows) + "\n}\n"


def main(arguments: list[str] | None = None) -> int:
    """Go through all cases; 1 if one is wrong, or out of shape with --check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(arguments).check
    failed = 0
    for path in sorted(HERE.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        case = json.loads(text)
        wrong = problem(case)
        if wrong is None and shaped(case) != text:
            wrong = "is out of shape" if check else None
            if not check:
                path.write_text(shaped(case), encoding="utf-8")
        if wrong is not None:
            failed = 1
            sys.stdout.write(f"{path.name}: {wrong}\n")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
