"""Switches a lamp each time the word is heard, by a webhook such as home automation systems offer.

arecord -q -t raw -f S16_LE -r 16000 | python examples/switch_lamp.py http://home:8123/api/webhook/lamp
"""

import json
import sys
import urllib.request
from array import array
from collections.abc import Iterator
from http.client import HTTPException

import oyez

RATE = 16_000  # Hertz of what is piped in
CHUNK = RATE // 10 * 2  # bytes of a tenth of a second


def heard() -> Iterator[oyez.Detection]:
    """Detections in what is piped in, as they come."""
    detector = oyez.load("activate", rate=RATE)
    while chunk := sys.stdin.buffer.read(CHUNK):
        yield from detector.push(array("h", chunk[: len(chunk) // 2 * 2]))
    yield from detector.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("http://", "https://")):
        sys.exit("usage: switch_lamp.py http://… < samples")
    for detection in heard():
        body = json.dumps({"word": detection.word, "time_s": detection.time_s, "score": detection.score})
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(sys.argv[1], body.encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                print(f"{detection.time_s:.2f} s: {detection.word}, answered {answer.status}", flush=True)
        except (OSError, HTTPException) as error:  # the lamp is not there now: listen on
            print(f"{detection.time_s:.2f} s: {detection.word}, but {error!r}", file=sys.stderr, flush=True)
