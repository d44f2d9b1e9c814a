import math

import pytest

from oyez.meter import meter


@pytest.mark.parametrize(
    ("dbfs", "cells", "filled", "colour"),
    [
        (-math.inf, 16, 0, "green"),
        (-60, 16, 0, "green"),
        (-30, 16, 8, "green"),
        (-30, 24, 12, "green"),
        (-12, 16, 13, "yellow"),
        (-12, 24, 19, "yellow"),
        (-3, 16, 15, "red"),
        (5, 16, 16, "red"),
    ],
)
def test_a_level_has_a_bar_a_colour_and_a_number(dbfs: float, cells: int, filled: int, colour: str) -> None:
    text = meter(dbfs, cells)
    assert text.plain.count("█") == filled
    assert text.plain.count("█") + text.plain.count("░") == cells
    assert text.plain.endswith(f" {min(0, max(-60, dbfs)):3.0f} dBFS")
    assert not filled or text.spans[0].style == colour
