"""Many streams for a long time: is each word told, and does the server grow? Linux only.

    python benchmarks/soak.py [--streams 200] [--minutes 10] [--speed 1] [--trial]

A server, `oyez serve`, hears streams that play a recording again and again in real time (or faster), over
the Wyoming protocol on loopback; beside them, restless clients come and vanish in the middle of a message.
Every stream must be told what a lone detector hears in its sound, no more and no less. Memory, open files
and threads of the server are read as it runs. Writes its section of RESULTS.md, unless `--trial`; the exit
code is 1 where something was lost, or grew.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from results import machine, table, write_section

from oyez import audio, sound
from oyez.detect.detector import load
from oyez.serve.framing import Framing, Message, encode

ROOT = Path(__file__).parent.parent
RATE, BLOCK = 16_000, 1_280  # 80 ms
BLOCK_S = BLOCK / RATE
FORMAT = {"rate": RATE, "width": 2, "channels": 1}
RESTLESS = 0.1
"""Clients that come and vanish, for each stream that stays."""
STAY_S = 2.0
"""So long a restless client stays, at most."""
GROWTH = 1.03
"""What counts as growth of memory, from the second quarter of the time to the last."""
SLACK_MB = 4.0
WARM_S, COLD_SLACK_MB = 60.0, 16.0
"""Before that time, a server still takes what it keeps for good."""


@dataclass(frozen=True)
class Reading:
    """The server at one time."""

    memory_mb: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Reading":
        """A process, now."""
        status = Path(f"/proc/{pid}/status").read_text()
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(_number("VmRSS", status) / 1024, files, _number("Threads", status))


@dataclass(frozen=True)
class Soak:
    """What came of it."""

    streams: int
    seconds: float
    """Of sound, of each stream."""
    took_s: float
    """All of it."""
    expected: int
    lost: int
    added: int
    """Detections that a lone detector does not make."""
    visits: int
    """Of restless clients."""
    before: Reading
    readings: list[Reading]
    after: Reading
    cpu: float
    """Share of one core."""

    @property
    def memory_mb(self) -> tuple[float, float]:
        """In the second and in the last quarter."""
        quarter = max(1, len(self.readings) // 4)
        parts = (self.readings[quarter : 2 * quarter] or self.readings, self.readings[-quarter:])
        early, late = (float(np.median([one.memory_mb for one in part])) for part in parts)
        return early, late

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost, and nothing grew."""
        early, late = self.memory_mb
        slack_mb = SLACK_MB if self.took_s >= WARM_S else COLD_SLACK_MB
        steady = late <= early * GROWTH + slack_mb and self.after.files <= self.before.files
        return self.lost == self.added == 0 and steady and self.after.threads <= self.readings[-1].threads

    def rows(self) -> list[tuple[str, str]]:
        """What to tell."""
        early, late = self.memory_mb
        files = max(one.files for one in self.readings)
        return [
            ("streams, each of", f"{self.streams}, {self.seconds / 60:.3g} min"),
            ("heard within", f"{self.took_s / 60:.3g} min"),
            ("clients that came and vanished meanwhile", str(self.visits)),
            ("words that a lone detector hears in all streams", str(self.expected)),
            ("of them not told; told beside them", f"{self.lost}; {self.added}"),
            ("memory in the second quarter of the time, in the last", f"{early:.0f} MB, {late:.0f} MB"),
            ("open files before, at most, afterwards", f"{self.before.files}, {files}, {self.after.files}"),
            ("threads", str(self.readings[-1].threads)),
            ("of one core", f"{self.cpu:.0%}"),
        ]


def main() -> None:
    """Soak a server, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--speed", type=float, default=1.0, help="times as fast as people speak")
    parser.add_argument("--trial", action="store_true", help="write nothing")
    options = parser.parse_args()
    soak = asyncio.run(_soak(options.streams, 60 * options.minutes, options.speed))
    text = table(["", ""], soak.rows())
    print(text)
    if not options.trial:
        write_section("soak", f"## Many streams for a long time\n\n{text}\n{machine()}\n")
    sys.exit(not soak.is_well)


async def _soak(streams: int, seconds: float, speed: float) -> Soak:
    blocks, expected = _sound(seconds)
    with _server() as (process, port):
        before, cpu_s, start_s = Reading.of(process.pid), _cpu_s(process.pid), time.monotonic()
        readings: list[Reading] = []
        reading = asyncio.create_task(_read(process.pid, readings, max(0.5, seconds / speed / 60)))
        over = asyncio.Event()
        restless = [
            asyncio.create_task(_come_and_go(port, Random(n), over)) for n in range(round(RESTLESS * streams))
        ]
        pace_s = BLOCK_S / speed
        playing = (_play(port, blocks, pace_s, number / streams) for number in range(streams))
        told = await asyncio.gather(*playing)
        over.set()
        visits = sum(await asyncio.gather(*restless))
        took_s = time.monotonic() - start_s
        cpu = (_cpu_s(process.pid) - cpu_s) / took_s
        reading.cancel()
        after = await _settled(process.pid, before)
    wanted = Counter(expected)
    lost = sum((wanted - Counter(one)).total() for one in told)
    added = sum((Counter(one) - wanted).total() for one in told)
    return Soak(
        streams, seconds, took_s, len(expected) * streams, lost, added, visits, before, readings, after, cpu
    )


def _sound(seconds: float) -> tuple[list[bytes], list[tuple[str, int]]]:
    """Messages with the sound of one stream, and what it must be told: words, and times of their blocks."""
    demo = sound.to_int16(audio.read(ROOT / "examples" / "demo.flac", RATE)[0])
    count = max(1, round(seconds / BLOCK_S))
    samples = np.resize(demo, count * BLOCK)
    detector = load("activate", rate=RATE)
    found = detector.push(samples) + detector.finish()
    last = [min((round(one.time_s * RATE) - 1) // BLOCK, count - 1) for one in found]
    blocks = [samples[number * BLOCK : (number + 1) * BLOCK].tobytes() for number in range(count)]
    messages = [
        encode(Message("audio-chunk", {**FORMAT, "timestamp": round(1000 * BLOCK_S * number)}, block))
        for number, block in enumerate(blocks)
    ]
    words = [one.word for one in found]
    return messages, [(word, round(1000 * BLOCK_S * at)) for word, at in zip(words, last, strict=True)]


async def _play(port: int, blocks: list[bytes], pace_s: float, phase: float) -> list[tuple[str, int]]:
    """One stream, a block at its time; what it is told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    listening = asyncio.create_task(_listen(reader))
    start_s = time.monotonic() + phase * min(4.0, len(blocks) * pace_s)
    for number, block in enumerate(blocks):
        wait_s = start_s + number * pace_s - time.monotonic()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        writer.write(block)
        await writer.drain()
    writer.write(encode(Message("audio-stop")) + encode(Message("ping", {"text": "all"})))
    told = await listening
    writer.close()
    await writer.wait_closed()
    return told


async def _listen(reader: asyncio.StreamReader) -> list[tuple[str, int]]:
    """Until all is told."""
    framing, told = Framing(), []
    while data := await reader.read(65_536):
        for message in framing.push(data):
            if message.type == "detection":
                told.append((message.data["name"], message.data["timestamp"]))
            elif message.type == "pong":
                return told
            elif message.type != "not-detected":
                raise SystemExit(f"the server says {message}")
    raise SystemExit("the server has closed a connection")


async def _come_and_go(port: int, rng: Random, over: asyncio.Event) -> int:
    """A client that vanishes in the middle of a message, again and again; how often."""
    visits, message = 0, encode(Message("audio-chunk", FORMAT, bytes(2 * BLOCK)))
    while not over.is_set():
        with suppress(ConnectionError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            visits += 1
            writer.write(message * rng.randrange(20) + message[: rng.randrange(len(message))])
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), rng.uniform(0, STAY_S))
            writer.transport.abort() if rng.random() < 0.5 else writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
    return visits


async def _read(pid: int, readings: list[Reading], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        readings.append(Reading.of(pid))


async def _settled(pid: int, before: Reading) -> Reading:
    """Once all clients are gone, or some seconds later."""
    for _ in range(100):
        if Reading.of(pid).files <= before.files:
            break
        await asyncio.sleep(0.1)
    return Reading.of(pid)


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server, and the port that it got."""
    with tempfile.TemporaryFile() as log:
        arguments = ("serve", "--wyoming", "tcp://127.0.0.1:0", "--model", "activate", "--log-json")
        process = subprocess.Popen([sys.executable, "-m", "oyez", *arguments], stderr=log)
        try:
            yield process, _port(process, log.fileno())
        finally:
            process.terminate()
            process.wait(30)


def _port(process: subprocess.Popen[bytes], log: int) -> int:
    path = Path(f"/proc/self/fd/{log}")
    until_s = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until_s:
        for line in path.read_text().splitlines():
            with suppress(ValueError):  # a line that is not whole yet
                values = json.loads(line)
                if values.get("event") == "listening":
                    return int(values["address"].rpartition(":")[2])
        time.sleep(0.05)
    raise SystemExit(f"the server did not start: {path.read_text()}")


def _number(name: str, status: str) -> int:
    match = re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)
    assert match is not None
    return int(match[1])


def _cpu_s(pid: int) -> float:
    """Of a process, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
