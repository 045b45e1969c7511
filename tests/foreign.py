"""Runs foreign queries on readers of their own, and sees to it that nothing is left behind."""

import asyncio
import dataclasses
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple

from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.readers.job import Answer, Job
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.pool import Readers

_Made = TypeVar("_Made")

# Long enough for a small query on a busy machine, short enough to wait for.
DEADLINE = 0.4
LIMITS = Limits(seconds=DEADLINE, delivery_seconds=20, waiting=2)
PATIENT = dataclasses.replace(LIMITS, seconds=20)
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
# 27 million rows: an answer that never ends.
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def number(value: int) -> Triple:
    """A triple that says a number."""
    return Triple(NamedNode(f"http://e/s{value}"), NamedNode("http://e/p"), Literal(value))


def filled(folder: Path | None, triples: int = 300) -> EmbeddedStore:
    """A store with one graph of so many triples."""
    store = EmbeddedStore(folder)
    store.replace_graph("http://e/g", map(number, range(triples)))
    return store


def run(
    store: EmbeddedStore,
    work: Callable[[Readers], Awaitable[_Made]],
    limits: Limits = PATIENT,
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
) -> _Made:
    """What the work on new readers gives. No process and no checkpoint outlives it."""

    async def inside() -> _Made:
        readers = Readers(store, limits)
        try:
            return await asyncio.wait_for(work(readers), 60)
        finally:
            processes = [each.number for each in readers._all]
            await readers.close()
            assert not any(map(exists, processes)), "a reader is left, alive or as a zombie"
            assert readers.state().checkpoints == 0

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(inside())


async def content(answer: Answer) -> bytes:
    """All of an answer."""
    return b"".join([each async for each in answer.chunks])


async def ask(readers: Readers, text: str, accept: str = "text/csv") -> bytes:
    """The whole answer to a query."""
    return await content(await readers.answer(Job(text, accept=accept)))


def exists(process: int) -> bool:
    """Whether there is such a process; one that nobody has waited for counts."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def settled(readers: Readers) -> None:
    """Waits until no reader is at work, being replaced or starting."""
    while readers.state().busy:
        await asyncio.sleep(0.005)
    for each in readers._idle:
        await each.ready()
