"""Many WebSockets at once: each hears what it would hear alone, and nothing grows."""

import asyncio
import json

import numpy as np
from websockets.asyncio.client import connect

from http_server import running
from tone_model import tones

RATE = 44_100
CLIENTS = 40


async def _hear(address, data, cut):
    async with connect(f"{address}/v1/stream", proxy=None) as client:
        await client.send(json.dumps({"type": "start", "rate": RATE, "names": ["tone"]}))
        for begin in range(0, len(data), cut):
            await client.send(data[begin : begin + cut])
        await client.send('{"type":"finish"}')
        told = []
        async for text in client:
            told.append(json.loads(text))
            if told[-1]["type"] in ("end", "error"):
                return told
    raise AssertionError("there was no end")


def test_each_hears_its_own(catalog, tone, alone):
    streams = [tones([0.1 * (number % 7) + 0.3, 1.4], 2.0) for number in range(CLIENTS)]
    expected = [alone(tone, samples) for samples in streams]

    async def all_of_them(address):
        data = [np.rint(samples * 32768).astype("<i2").tobytes() for samples in streams]
        return await asyncio.gather(*(_hear(address, one, 7_000 + 111 * n) for n, one in enumerate(data)))

    with running(catalog, {"requests_per_s": 1_000}) as server:
        for _ in range(2):
            told = asyncio.run(all_of_them(server.address.replace("http", "ws", 1)))
            for messages, wanted in zip(told, expected, strict=True):
                words = [one for one in messages if one["type"] == "detection"]
                assert [(one["word"], round(one["time_s"], 6)) for one in words] == wanted
            server.until_idle()
        assert server.service.counts.streams_most > CLIENTS / 2
        assert server.service.counts.lost == 0
