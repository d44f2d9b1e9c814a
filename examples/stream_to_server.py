"""Sends sound to a server as it comes, and prints what the server hears.

arecord -q -t raw -f S16_LE -r 16000 | python examples/stream_to_server.py ws://127.0.0.1:8765
"""

import json
import sys
import threading

from websockets.sync.client import ClientConnection, connect

RATE = 16_000  # Hertz of what is piped in: one channel of 16-bit samples
CHUNK = RATE // 10 * 2  # bytes of a tenth of a second


def send(server: ClientConnection) -> None:
    """All that is piped in, and then that it is over."""
    while chunk := sys.stdin.buffer.read(CHUNK):
        server.send(chunk)
    server.send(json.dumps({"type": "finish"}))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("ws://", "wss://")):
        sys.exit("usage: stream_to_server.py ws://HOST:PORT < samples")
    with connect(f"{sys.argv[1]}/v1/stream", proxy=None) as server:
        server.send(json.dumps({"type": "start", "rate": RATE}))
        threading.Thread(target=send, args=[server], daemon=True).start()
        for message in map(json.loads, server):
            if message["type"] == "detection":
                print(f"{message['time_s']:.2f} s: {message['word']}", flush=True)
            elif message["type"] == "error":
                sys.exit(message["message"])
            elif message["type"] == "end":
                break
