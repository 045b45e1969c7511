"""What a reader process costs: one small query in process and by a reader, side by side.

`python bench/readers.py [ROUNDS] [--uvloop]` on the example cities, and a million rows as CSV.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, Triple

from nhm_graph.graph import open_graph
from nhm_graph.settings import Settings
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.readers.job import Job
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.pool import Readers

SMALL = "SELECT ?p ?o { <https://w3id.org/nhm/ns#Goal> ?p ?o }"


def resident(process: int) -> int:
    """The memory that a process has in use, in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


async def small(readers: Readers, store: EmbeddedStore, rounds: int) -> None:
    """Prints the median of a small query, in process and by a reader, in turns."""
    in_process, by_reader = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        store.query(SMALL).serialize(format=QueryResultsFormat.JSON)  # type: ignore[call-overload]
        in_process.append(time.perf_counter() - began)
        began = time.perf_counter()
        answer = await readers.answer(Job(SMALL))
        async for _ in answer.chunks:
            pass
        by_reader.append(time.perf_counter() - began)
    for name, times in (("in process", in_process), ("by a reader", by_reader)):
        low, high = statistics.quantiles(times, n=20)[::18]
        print(
            f"{name:12} {statistics.median(times) * 1e3:.3f} ms ({low * 1e3:.3f}-{high * 1e3:.3f})"
        )


async def large(readers: Readers) -> None:
    """Prints how long a million rows take, and the most memory in either process."""
    began = time.perf_counter()
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    answer = await readers.answer(Job(text, accept="text/csv"))
    first = time.perf_counter() - began
    (at_work,) = (each.process for each in readers._deliveries)
    size = rows = 0
    here, there = [], []
    async for each in answer.chunks:
        size += len(each)
        rows += each.count(b"\n")
        here.append(resident(os.getpid()))
        there.append(resident(at_work.number))
    print(f"{rows - 1} rows, {size >> 20} MiB: first bytes {first:.2f} s, all", end=" ")
    print(f"{time.perf_counter() - began:.1f} s; service {min(here)}-{max(here)} MiB,", end=" ")
    print(f"reader {min(there)}-{max(there)} MiB")


async def measured(rounds: int) -> None:
    """Runs both measurements."""
    with tempfile.TemporaryDirectory() as folder:
        graph = open_graph(Settings(store_dir=Path(folder) / "cities"))
        assert isinstance(graph.store, EmbeddedStore)
        readers = Readers(graph.store, Limits())
        began = time.perf_counter()
        await (await readers.answer(Job(SMALL))).chunks.aclose()
        print(f"first query {(time.perf_counter() - began) * 1e3:.0f} ms (start and checkpoint)")
        await small(readers, graph.store, rounds)
        await readers.close()
        store = EmbeddedStore(Path(folder) / "rows")
        named = [NamedNode(f"http://e/{number}") for number in range(1_000)]
        store.replace_graph("http://e/g", [Triple(each, each, Literal("x")) for each in named])
        readers = Readers(store, Limits())
        await large(readers)
        await readers.close()


if __name__ == "__main__":
    words = sys.argv[1:]
    factory = uvloop.new_event_loop if "--uvloop" in words else asyncio.new_event_loop
    numbers = [int(word) for word in words if word.isdigit()]
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(measured(numbers[0] if numbers else 500))
