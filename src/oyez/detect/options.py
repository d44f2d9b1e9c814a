"""What can be typed wherever a threshold is."""

from typing import Any

__all__ = ["threshold_options"]


def threshold_options(parser: Any, whose: str = "the model's") -> None:
    """`--threshold` or `--false-accepts`, and `--strict`.

    Args:
        parser: of a command, or a group of its options.
        whose: threshold is taken where neither is given.
    """
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--threshold", type=float, metavar="T", help=f"score that a word needs (default: {whose})"
    )
    either.add_argument(
        "--false-accepts",
        metavar="RATE",
        help="how often it may be wrong, such as 1/day or 2/hour: the threshold is then of the model's table",
    )
    parser.add_argument(
        "--strict", action="store_true", help="refuse a RATE that the table's hours do not support"
    )
