"""Sends a recording to a Wyoming server, and prints what both of them say.

python examples/wyoming_client.py tcp://127.0.0.1:10400 examples/demo.flac activate
"""

import asyncio
import sys

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.ping import Ping, Pong
from wyoming.wake import Detect

from oyez import audio
from oyez.sound import to_int16

FORMAT, CHUNK = (16_000, 2, 1), 1_024  # Hertz, bytes of a sample, channels; samples


async def main(uri: str, path: str, word: str) -> None:
    """One recording, as fast as the server takes it; a ping is answered after all else."""
    samples = to_int16(audio.read(path, FORMAT[0])[0])
    events = [Detect([word]), AudioStart(*FORMAT, timestamp=0)]
    for start in range(0, len(samples), CHUNK):
        data = samples[start : start + CHUNK].tobytes()
        events.append(AudioChunk(*FORMAT, data, timestamp=1_000 * start // FORMAT[0]))
    events += [AudioStop(), Ping("was that all?")]
    async with AsyncClient.from_uri(uri) as client:
        for event in events:
            await client.write_event(event.event())
        print("\n".join(f"> {event.event().type} {event.event().data}" for event in events))
        while (answer := await client.read_event()) and not Pong.is_type(answer.type):
            print("<", answer.type, answer.data)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: wyoming_client.py tcp://HOST:PORT RECORDING WORD")
    asyncio.run(main(*sys.argv[1:]))
