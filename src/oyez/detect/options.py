"""What can be typed wherever a model, or a threshold, is chosen."""

from typing import Any

from oyez.config import DEFAULT_MODEL

__all__ = ["model_options", "threshold_options"]


def model_options(parser: Any) -> None:
    """`--model`, several times where wanted, and their thresholds; arguments as for `threshold_options`."""
    parser.add_argument(
        "--model",
        action="append",
        metavar="M",
        help=f"shipped name or model file; again for more of them (default: {DEFAULT_MODEL})",
    )
    threshold_options(parser, "its model's")


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
