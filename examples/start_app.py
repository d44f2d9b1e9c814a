"""Starts a program each time the word is heard in 16-bit samples on standard input.

arecord -q -t raw -f S16_LE -r 16000 | python examples/start_app.py xdg-open https://example.org
"""

import subprocess
import sys
from array import array

import oyez

RATE = 16_000  # Hertz of what is piped in
CHUNK = RATE // 10 * 2  # bytes of a tenth of a second


def main(command: list[str]) -> None:
    """Listen until the stream ends."""
    detector = oyez.load("activate", rate=RATE)

    def start(detections: list[oyez.Detection]) -> None:
        for detection in detections:
            print(f"{detection.time_s:.2f} s: {detection.word} ({detection.score:.2f})", flush=True)
            try:
                subprocess.Popen(command, stdin=subprocess.DEVNULL)  # and goes on listening
            except OSError as error:
                sys.exit(f"{command[0]} cannot be started: {error.strerror}")

    while chunk := sys.stdin.buffer.read(CHUNK):
        start(detector.push(array("h", chunk[: len(chunk) // 2 * 2])))
    start(detector.finish())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: start_app.py PROGRAM [ARGUMENT …] < samples")
    main(sys.argv[1:])
