"""What long queries cost: a million rows as CSV, and a query that never ends beside /health."""

import asyncio
import http.client
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

import uvloop
from pyoxigraph import QueryResultsFormat

from endpoint_servers import ROWS_GRAPH, Data, Server, readers_of
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.readers.job import Job
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.pool import Readers
from stores import open_folder

MILLION = f"SELECT ?a ?b ?c ?d ?e ?f FROM <{ROWS_GRAPH}> {{ ?a ?b ?c . ?d ?e ?f }}"
RUNAWAY = f"SELECT (COUNT(*) AS ?n) FROM <{ROWS_GRAPH}> {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
_STEP = 0.02
_PAUSE = 0.005
_LONGEST = 300.0


@dataclass(frozen=True, slots=True)
class Download:
    """Seconds to the first byte and to the last, lines, and the memory seen meanwhile in MiB.

    `service` and `reader` are lowest and highest; (0, 0) where there was none to look at.
    """

    first: float
    whole: float
    lines: int
    service: tuple[int, int]
    reader: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Runaway:
    """How long after its deadline a query ended, and /health before and meanwhile, in seconds."""

    late: float
    status: int
    before: float
    meanwhile: float
    asked: int


def download(server: Server) -> Download:
    """Fetches the million rows."""
    service: list[int] = []
    reader: list[int] = []

    def look() -> None:
        service.append(_resident(server.process))
        reader.append(max(map(_resident, readers_of(server.process)), default=0))

    with _meanwhile(look, _STEP):
        first, whole, lines = _fetched(server.address, MILLION)
    return Download(first, whole, lines, _span(service), _span(reader))


def runaway(server: Server, deadline: float, number: int) -> Runaway:
    """Sends so many queries at once that end at their deadline only, and asks for /health.

    `late` is of the one that took longest.
    """
    calm = _asked_for(server, lambda: time.sleep(2))
    ends: list[tuple[float, int]] = []

    def ask() -> None:
        began = time.perf_counter()
        status = _status(server.address, RUNAWAY)
        ends.append((time.perf_counter() - began, status))

    def all_of_them() -> None:
        threads = [threading.Thread(target=ask) for _ in range(number)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    busy = _asked_for(server, all_of_them)
    late, status = max(ends)
    return Runaway(late - deadline, status, _p99(calm), _p99(busy), len(busy))


def overhead(data: Data, text: str, rounds: int) -> tuple[float, float]:
    """The medians of a small query in process and by a reader, in seconds, asked in turn."""

    async def measured() -> tuple[float, float]:
        graph = open_folder(data.store)
        store = graph.store
        assert isinstance(store, EmbeddedStore)
        readers = Readers(store, Limits(readers=1))
        here, there = [], []
        try:
            for number in range(rounds + 20):
                began = time.perf_counter()
                store.query(text).serialize(format=QueryResultsFormat.JSON)  # type: ignore[call-overload]
                between = time.perf_counter()
                answer = await readers.answer(Job(text))
                async for _ in answer.chunks:
                    pass
                ended = time.perf_counter()
                if number >= 20:  # the first ones start the process and fill its caches
                    here.append(between - began)
                    there.append(ended - between)
        finally:
            await readers.close()
            graph.close()
        return median(here), median(there)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measured())


def _fetched(address: str, text: str) -> tuple[float, float, int]:
    """Seconds to the first byte of the body and to the last, and the lines of it."""
    connection, target = _opened(address, text)
    try:
        began = time.perf_counter()
        connection.request("GET", target, headers={"Accept": "text/csv"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"answered with {answer.status}: {answer.read(500)!r}")
        buffer = bytearray(1 << 18)
        got = answer.readinto(memoryview(buffer)[:1])
        first, lines = time.perf_counter() - began, 0
        while got:
            lines += buffer.count(b"\n", 0, got)
            got = answer.readinto(buffer)
        return first, time.perf_counter() - began, lines
    finally:
        connection.close()


def _status(address: str, text: str) -> int:
    connection, target = _opened(address, text)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _opened(address: str, text: str) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_LONGEST)
    return connection, f"{parts.path}?{urlencode({'query': text})}"


def _asked_for(server: Server, work: Callable[[], None]) -> list[float]:
    """How long each request for /health took while the work was done."""
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_LONGEST)
    times: list[float] = []

    def ask() -> None:
        began = time.perf_counter()
        connection.request("GET", "/health")
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"/health answered {answer.status}")

    with _meanwhile(ask, _PAUSE):
        work()
    connection.close()
    return times


@contextmanager
def _meanwhile(look: Callable[[], None], pause: float) -> Iterator[None]:
    """Does something again and again, in a thread, until the block is left."""
    done = threading.Event()

    def repeat() -> None:
        while not done.is_set():
            look()
            done.wait(pause)

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 1 else max(times, default=0.0)


def _span(seen: Sequence[int]) -> tuple[int, int]:
    real = [each for each in seen if each]
    return (min(real), max(real)) if real else (0, 0)


def _resident(process: int) -> int:
    """The memory that a process has in use, in MiB; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
