"""How many live streams one core serves: Oyez's server, one process for each stream, another server.

    python benchmarks/serving.py [--streams 1 100 200 300 400] [--seconds 60] [--model NAME_OR_FILE]
                                 [--theirs VENV] [--data DIR] [--trial]

The server runs on core 0 alone; this program, on the others, plays a recording to it in real time over the
Wyoming protocol, each stream 80 ms at a time. Added delay is the time from sending the piece of sound that
completes a word, by what a lone detector says, to the answer. Linux only. Writes its section of RESULTS.md.

`--theirs` names an environment in which wyoming-openwakeword is installed, and `--data` a folder with
recordings of its word (picovoice_6kw/alexa): without them that row is left out. `--trial` is for seconds.
"""

import argparse
import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from results import machine, table, write_section

from oyez import audio, sound
from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path

ROOT = Path(__file__).parent.parent
RATE, BLOCK = 16_000, 1_280  # 80 ms
BLOCK_S = BLOCK / RATE
SPREAD_S = 4.0
"""Streams begin within so much of one another, at any time of it."""
AGAIN_S = 0.5
"""Answers that come closer than that are to one word."""
THEIR_WORD = "picovoice_6kw/alexa"
PROCESSES = 10
TOGETHER, RUNS = 16, 200
HEAD = ["server", "streams", "of the core", "delay, median", "99 %", "most", "heard", "memory"]
SERVER_CORE = 0
TICKS = os.sysconf("SC_CLK_TCK")

Blocks = list[bytes]


@dataclass
class Answers:
    """What one stream was answered, and when its pieces were sent; seconds on one clock."""

    sent_s: list[float] = field(default_factory=list)
    heard_s: list[float] = field(default_factory=list)
    answered_s: float = -AGAIN_S
    """The last answer of all."""

    def hear(self) -> None:
        """An answer has come; the other server gives several to a word, of which the first counts."""
        now_s = time.monotonic()
        if now_s - self.answered_s > AGAIN_S:
            self.heard_s.append(now_s)
        self.answered_s = now_s

    def delays_s(self, when: list[int]) -> list[float]:
        """From sending what completes a word to its answer; where words are missing, from the nearest."""
        due_s = [self.sent_s[number] for number in when]
        if len(self.heard_s) != len(due_s):
            nearest = {int(np.searchsorted(due_s, at + BLOCK_S)) - 1: at for at in reversed(self.heard_s)}
            return [at - due_s[number] for number, at in nearest.items() if number >= 0]
        return [at - due for at, due in zip(self.heard_s, due_s, strict=True)]


@dataclass(frozen=True)
class Load:
    """What one run came to."""

    streams: int
    delays_s: list[float]
    expected: int
    cpu: float
    """Share of one core."""
    memory: float
    """Bytes."""
    late_s: float
    """How late this program itself sent, in 99 of 100 cases."""

    def row(self, name: str) -> list[str]:
        """As it stands in the table."""
        at = np.quantile(self.delays_s, [0.5, 0.99, 1]) if self.delays_s else [np.nan] * 3
        return [
            name,
            str(self.streams),
            f"{self.cpu:.0%}",
            *(f"{1000 * one:.0f} ms" for one in at),
            f"{len(self.delays_s)} of {self.expected}",
            f"{self.memory / 1e6:.0f} MB",
        ]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 100, 200, 300, 400, 450])
    parser.add_argument("--theirs-streams", type=int, nargs="+", default=[1, 5, 10, 20])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--model", default="activate")
    parser.add_argument("--theirs", type=Path, metavar="VENV")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--trial", action="store_true", help="write nothing")
    options = parser.parse_args()
    if options.theirs is not None and not (options.data / THEIR_WORD).is_dir():
        parser.error(f"--theirs needs recordings of its word, got no {options.data / THEIR_WORD}: --data")
    os.sched_setaffinity(0, set(os.sched_getaffinity(0)) - {SERVER_CORE})
    path = model_path(options.model)
    blocks = _blocks(_demo(), options.seconds)
    rows = [load.row("Oyez") for load in _ours(path, options.model, blocks, options.streams)]
    if options.theirs is not None:
        rows += [load.row("wyoming-openwakeword") for load in _theirs(options)]
    text = (
        f"## Serving\n\n{machine()} {_cpu_name()}. The server runs on one core; another program plays the "
        f"demo's recording to it for {options.seconds:.0f} s over the Wyoming protocol, at the pace of "
        "speech, each stream in pieces of 80 ms, beginning at a time of its own. Delay: from sending the "
        "piece that completes a word to the answer, over all words of all streams. Heard: words answered, "
        f"of those that a lone detector hears.{_about(options.theirs)}\n\n{_network(Model(path))}\n\n"
        + table(
            ["server", "streams", "of the core", "delay, median", "99 %", "most", "heard", "memory"], rows
        )
        + f"\n### One process for each stream\n\n{PROCESSES} processes of `oyez listen --stdin`, on the same "
        f"core, fed the same way.\n\n{_alone(path, blocks)}"
    )
    print(text)
    if not options.trial:
        write_section("serving", text)


def _network(model: Model) -> str:
    """What the network costs by itself, by which results of a slower and a quicker machine compare."""
    cost_s = {}
    for streams in (1, TOGETHER):
        pcm, state = np.zeros((streams, model.card.chunk), np.float32), model.initial_state(streams)
        spent_s = []
        for _ in range(RUNS):
            began_s = time.process_time()
            _, state = model.run(pcm, state)
            spent_s.append((time.process_time() - began_s) / streams)
        cost_s[streams] = statistics.median(spent_s)
    chunk_s = model.card.chunk / model.card.rate
    return (
        f"The network by itself takes {1000 * cost_s[1]:.2f} ms of this machine's core for the "
        f"{1000 * chunk_s:.0f} ms that it hears at once of one stream, {1000 * cost_s[TOGETHER]:.2f} ms for "
        f"each of {TOGETHER} heard together: {chunk_s / cost_s[TOGETHER]:.0f} streams would fill a core with "
        "nothing else."
    )


def _demo() -> np.ndarray:
    samples, rate = audio.read(ROOT / "examples" / "demo.flac")
    return sound.to_int16(sound.resample(samples, rate, RATE))


def _blocks(pcm: np.ndarray, seconds: float) -> Blocks:
    """Pieces of a recording, over and over."""
    count = round(seconds / BLOCK_S)
    whole = np.resize(pcm, count * BLOCK).astype("<i2")
    return [whole[at * BLOCK : (at + 1) * BLOCK].tobytes() for at in range(count)]


# -- ours


def _ours(path: Path, name: str, blocks: Blocks, counts: Sequence[int]) -> Iterator[Load]:
    when = _complete_at(path, blocks)
    for count in counts:
        port = _free_port()
        arguments = ["--model", name, "--wyoming", f"tcp://127.0.0.1:{port}", "--streams", "5000"]
        with _server([sys.executable, "-m", "oyez", "serve", *arguments], port) as process:
            yield asyncio.run(_load(process.pid, port, [path.stem], blocks, count, when))


def _complete_at(path: Path, blocks: Blocks) -> list[int]:
    """By detection, the piece of sound that completes it."""
    detector, found = Detector(Model(path), rate=RATE), []
    for number, block in enumerate(blocks):
        found += [number] * len(detector.push(np.frombuffer(block, "<i2")))
    return found


# -- theirs


def _theirs(options: argparse.Namespace) -> Iterator[Load]:
    """Of its word, what a lone stream is answered says which piece completes it."""
    folder = options.data / THEIR_WORD
    parts = [audio.read(folder / f"{number}.flac", RATE)[0] for number in range(20)]
    blocks = _blocks(sound.to_int16(np.concatenate(parts)), options.seconds)
    python = options.theirs / "bin" / "python"
    when: list[int] | None = None
    for count in options.theirs_streams:
        port = _free_port()
        command = [str(python), "-m", "wyoming_openwakeword", "--uri", f"tcp://127.0.0.1:{port}"]
        with _server(command, port) as process:
            names = asyncio.run(_names(port, "alexa"))
            if when is None:
                when = asyncio.run(_lone(port, names, blocks))
            yield asyncio.run(_load(process.pid, port, names, blocks, count, when))


def _about(theirs: Path | None) -> str:
    """What to say of the other server."""
    if theirs is None:
        return ""
    code = "import importlib.metadata; print(importlib.metadata.version('wyoming-openwakeword'))"
    run = subprocess.run([theirs / "bin" / "python", "-c", code], capture_output=True, text=True, check=True)
    return (
        f" wyoming-openwakeword {run.stdout.strip()} is played recordings of its word “alexa” in the same "
        "way; what it should hear, and after which piece, is what it tells a lone stream."
    )


async def _names(port: int, word: str) -> list[str]:
    """What the server calls its model of a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_event("describe"))
    async for kind, data in _events(reader):
        if kind == "info":
            writer.close()
            models = [one["name"] for program in data["wake"] for one in program["models"]]
            return [name for name in models if word in name]
    raise SystemExit("the other server does not describe itself")


async def _lone(port: int, names: list[str], blocks: Blocks) -> list[int]:
    """By detection, how many pieces a lone stream had sent when it was answered."""
    answers = Answers()
    await _stream(port, names, blocks, answers, time.monotonic() + 0.1)
    return [int(np.searchsorted(answers.sent_s, at)) - 1 for at in answers.heard_s]


# -- the load


async def _load(pid: int, port: int, names: list[str], blocks: Blocks, count: int, when: list[int]) -> Load:
    rng = np.random.default_rng(0)
    every = [Answers() for _ in range(count)]
    start_s = time.monotonic() + 1.0 + count / 200
    starts = start_s + rng.uniform(0, SPREAD_S, count)
    streams = [
        asyncio.create_task(_stream(port, names, blocks, one, float(at)))
        for one, at in zip(every, starts, strict=True)
    ]
    await asyncio.sleep(start_s + SPREAD_S - time.monotonic())
    cpu_s, waited_s, from_s = _cpu_s(pid), _waited_s(pid), time.monotonic()
    await asyncio.sleep(len(blocks) * BLOCK_S - SPREAD_S)
    seconds = time.monotonic() - from_s
    cpu = (_cpu_s(pid) - cpu_s) / seconds
    waited = (_waited_s(pid) - waited_s) / seconds
    memory = _memory(pid)
    await asyncio.gather(*streams)
    delays = [delay for one in every for delay in one.delays_s(when)]
    late = [
        sent - (start + number * BLOCK_S)
        for one, start in zip(every, starts, strict=True)
        for number, sent in enumerate(one.sent_s)
    ]
    late_s = float(np.quantile(late, 0.99))
    print(  # is the machine idle enough?
        f"{count} streams: sent {1000 * late_s:.0f} ms late at most, in 99 of 100 cases; the server waited "
        f"for its core {waited:.1%} of the time",
        file=sys.stderr,
    )
    return Load(count, delays, count * len(when), cpu, memory, late_s)


async def _stream(port: int, names: list[str], blocks: Blocks, answers: Answers, start_s: float) -> None:
    """Play the recording at its own pace, from a time on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_event("detect", {"names": names}))
    form = {"rate": RATE, "width": 2, "channels": 1}
    writer.write(_event("audio-start", form))
    listening = asyncio.create_task(_listen(reader, answers))
    head = _event("audio-chunk", form, BLOCK * 2)
    for number, block in enumerate(blocks):
        await asyncio.sleep(max(0.0, start_s + number * BLOCK_S - time.monotonic()))
        writer.write(head + block)
        answers.sent_s.append(time.monotonic())
    await asyncio.sleep(1.0)  # for an answer that is late
    writer.close()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def _listen(reader: asyncio.StreamReader, answers: Answers) -> None:
    async for kind, _data in _events(reader):
        if kind == "detection":
            answers.hear()


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[tuple[str, dict[str, object]]]:
    while line := await reader.readline():
        head = json.loads(line)
        more = await reader.readexactly(head.get("data_length") or 0)
        await reader.readexactly(head.get("payload_length") or 0)
        yield head["type"], (head.get("data") or {}) | (json.loads(more) if more else {})


def _event(kind: str, data: dict[str, object] | None = None, payload: int = 0) -> bytes:
    head = {"type": kind, "data": data or {}}
    return json.dumps(head | ({"payload_length": payload} if payload else {})).encode() + b"\n"


# -- one process for each stream


def _alone(path: Path, blocks: Blocks) -> str:
    """A table."""
    command = [sys.executable, "-m", "oyez", "listen", "--stdin", "--rate", str(RATE), "--json", "--model"]
    processes = [
        subprocess.Popen(
            [*command, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            preexec_fn=_on_core,
        )
        for _ in range(PROCESSES)
    ]
    try:
        quarter = len(blocks) // 4  # they load their models in the first
        start_s, cpu_s, from_s = time.monotonic() + 2.0, 0.0, 0.0
        for number, block in enumerate(blocks):
            time.sleep(max(0.0, start_s + number * BLOCK_S - time.monotonic()))
            if number == quarter:
                cpu_s, from_s = sum(_cpu_s(one.pid) for one in processes), time.monotonic()
            for one in processes:
                assert one.stdin is not None
                one.stdin.write(block)
        seconds = time.monotonic() - from_s
        cpu = (sum(_cpu_s(one.pid) for one in processes) - cpu_s) / seconds / PROCESSES
        memory = statistics.median(_memory(one.pid) for one in processes)
    finally:
        for one in processes:
            one.kill()
            one.wait()
            assert one.stdin is not None
            one.stdin.close()
    row = [f"{cpu:.2%}", f"{1 / cpu:.0f}", f"{memory / 1e6:.0f} MB", f"{300 * memory / 1e9:.1f} GB"]
    return table(["of the core, each", "fill a core", "memory, each", "memory, 300"], [row])


# -- processes


@contextmanager
def _server(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server on its core, once it takes connections."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, preexec_fn=_on_core)
        try:
            until_s = time.monotonic() + 60
            while not _takes_connections(port):
                if process.poll() is not None or time.monotonic() > until_s:
                    said.seek(0)
                    raise SystemExit(f"{command} did not start: {said.read().decode()}")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _on_core() -> None:
    os.sched_setaffinity(0, {SERVER_CORE})


def _takes_connections(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _cpu_s(pid: int) -> float:
    """Of a process, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _waited_s(pid: int) -> float:
    """For a core that others had, of all threads of a process."""
    paths = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[1]) for path in paths) / 1e9


def _memory(pid: int) -> float:
    """Bytes that are a process's own share (Pss)."""
    match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert match is not None
    return 1024 * float(match[1])


def _cpu_name() -> str:
    match = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return match[1] if match else "unknown processor"


if __name__ == "__main__":
    main()
