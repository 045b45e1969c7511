"""A small load generator: keep-alive connections that each ask again as soon as they are answered.

A process of its own, so that it does not slow down what it measures:
`python bench/client.py < job.json` prints the result as JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask: one request, over and over on each connection, for so many seconds."""

    host: str
    port: int
    request: str
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Requests answered, per second, and the median time to an answer in milliseconds."""

    requests: int
    per_second: float
    milliseconds: float


def load(job: Job) -> Outcome:
    """The outcome of a job, done by a process of its own. Raises RuntimeError where it fails."""
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed: {done.stderr.strip()}")
    return Outcome(**json.loads(done.stdout))


def main() -> None:
    """Reads a job from standard input and prints its outcome."""
    outcome = asyncio.run(_load(Job(**json.load(sys.stdin))))
    print(json.dumps(asdict(outcome)))


async def _load(job: Job) -> Outcome:
    """Each connection finishes what it has begun, and that time counts."""
    streams = [
        await asyncio.open_connection(job.host, job.port, limit=2**24)
        for _ in range(job.connections)
    ]
    started = time.perf_counter()
    until = started + job.seconds
    each = await asyncio.gather(
        *(_repeat(reader, writer, job.request.encode(), until) for reader, writer in streams)
    )
    elapsed = time.perf_counter() - started
    times = [one for connection in each for one in connection]
    for _, writer in streams:
        writer.close()
    return Outcome(len(times), len(times) / elapsed, median(times) * 1000)


async def _repeat(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, until: float
) -> list[float]:
    times: list[float] = []
    size: int | None = None
    while not times or time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        got = await _response(reader)
        times.append(time.perf_counter() - started)
        if size not in (None, got):
            raise RuntimeError(f"the answer had {size} bytes and now has {got}")
        size = got
    return times


async def _response(reader: asyncio.StreamReader) -> int:
    """Reads one response to its end; the size of its body. Raises RuntimeError unless it is 200."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if " 200 " not in head.partition("\r\n")[0]:
        raise RuntimeError(f"not answered: {head}")
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name == "content-length":
            await reader.readexactly(int(value))
            return int(value)
    raise RuntimeError("a response without Content-Length")


if __name__ == "__main__":
    main()
