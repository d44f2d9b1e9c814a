"""More voices that say the word: other blends of Kokoro and other pseudo-speakers than `activate-course` has.

    python recipes/activate/more_voices.py OUT [--seed 2]

The same folders and checks as `activate_course/voices.py` writes, whose requirements it needs; blends have
the same parents, so the held-out voices stay apart. Ten minutes on a core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "activate_course"))

import voices
from cast import Cast

all_orders = voices.positive_orders


def blends_first(cast: Cast) -> Iterator[voices.Order]:
    """Orders for the word by blends and pseudo-speakers; stock voices were heard already."""
    orders = list(all_orders(cast))
    yield from (order for order in orders if order.voice in cast.blend_names)
    yield from (order for order in orders if order.voice in cast.speakers)


def main() -> None:
    """Parse the command line and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    voices.positive_orders = blends_first
    session = voices.Session(options.out, options.seed)
    session.run("positives")
    print(session.summary())


if __name__ == "__main__":
    main()
