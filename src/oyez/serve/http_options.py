"""What can be typed after `oyez serve` about HTTP."""

from pathlib import Path
from typing import Any

__all__ = ["http_options"]


def http_options(parser: Any) -> None:
    """`--http` and what goes with it.

    Args:
        parser: of the command, or a group of its options.
    """
    parser.add_argument(
        "--http",
        metavar="HOST:PORT",
        help="for programs and web pages: HTTP and WebSocket, such as 127.0.0.1:8765 (this machine alone)",
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="tokens, one on a line: who has one may come in; needed for other addresses than loopback",
    )
    either.add_argument(
        "--without-token", action="store_true", default=None, help="let in everybody who reaches HOST"
    )
    parser.add_argument(
        "--certificate", type=Path, metavar="FILE", help="PEM file with the certificate and its chain: HTTPS"
    )
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="PEM file with its key (default: in the certificate's file)"
    )
    parser.add_argument(
        "--origin",
        action="append",
        dest="origins",
        metavar="URL",
        help="site whose pages may call, such as https://example.org; again for more of them",
    )
