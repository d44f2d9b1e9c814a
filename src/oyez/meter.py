"""A level as a bar of text, for the terminal."""

from rich.text import Text

__all__ = ["LOWEST_DBFS", "meter"]

LOWEST_DBFS, LOUD_DBFS, CLIPPING_DBFS = -60.0, -12.0, -3.0


def meter(level_dbfs: float, cells: int) -> Text:
    """A bar from −60 to 0 dBFS: green, yellow from −12 on, red from −3 on; and the number.

    Args:
        level_dbfs: −∞ for silence.
        cells: characters of the bar.
    """
    level_dbfs = min(0.0, max(LOWEST_DBFS, level_dbfs))
    filled = round(cells * (1 - level_dbfs / LOWEST_DBFS))
    colour = "red" if level_dbfs >= CLIPPING_DBFS else "yellow" if level_dbfs >= LOUD_DBFS else "green"
    return Text.assemble(("█" * filled, colour), ("░" * (cells - filled), "dim"), f" {level_dbfs:3.0f} dBFS")
