"""Foreign queries in reader processes: whatever they do, they hurt nobody else."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uvloop

from foreign import (
    DEADLINE,
    LIMITS,
    LONG,
    PATIENT,
    RUNAWAY,
    ask,
    content,
    exists,
    filled,
    run,
    settled,
)
from nhm_graph.errors import BadQuery, Busy, OutOfMemory, Overrun, ReaderLost, Refusal
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.guard import check_query
from nhm_graph.store.readers.job import BrokenAnswer, Job
from nhm_graph.store.readers.pool import Readers

SMALL = "SELECT ?o { ?s ?p ?o } ORDER BY ?o LIMIT 1"
SAID = b"o\r\n0\r\n"
LITTLE = dataclasses.replace(PATIENT, memory_mib=512)
NESTED = "SELECT ({}1{} AS ?x) {{}}"
HARD = {
    "cartesian product": RUNAWAY,
    "property path": "SELECT (COUNT(*) AS ?n) { ?a (!<http://e/x>|^!<http://e/x>)* ?b . "
    "?c (!<http://e/x>)* ?d . ?e (!<http://e/x>)* ?f }",
    "regular expression": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(REGEX("
    'CONCAT(STR(?a), STR(?d), STR(?g)), "(.*.*.*.*.*.*){20}x{500}$")) }',
    "many patterns": "SELECT * {" + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(400)) + "}",
    "sorting": LONG + " ORDER BY ?c ?f DESC(?i)",
}
DOUBLED = "BIND('0123456789' AS ?t0) " + " ".join(
    f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(40)
)
HUNGRY = {
    "one text": f"SELECT (STRLEN(?t40) AS ?n) {{ {DOUBLED} }}",
    "concatenation": "SELECT (GROUP_CONCAT(CONCAT(?t14, STR(?a))) AS ?x) "
    f"{{ {DOUBLED.partition('AS ?t15')[0]} AS ?t15) ?a ?b ?c . ?d ?e ?f }}",
    "graph": f"CONSTRUCT {{ ?a ?b ?t }} {{ {DOUBLED.partition('AS ?t15')[0]} AS ?t15) "
    "?a ?b ?c . ?d ?e ?f BIND(CONCAT(?t12, STR(?d)) AS ?t) }",
}


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return filled(None)


async def refused(readers: Readers, text: str, accept: str | None = None) -> Refusal:
    """The refusal that a query comes to, however far its answer went; then a small one works."""
    with pytest.raises((Refusal, BrokenAnswer)) as failed:
        await content(await readers.answer(Job(text, accept=accept)))
    problem = failed.value.__cause__ if failed.type is BrokenAnswer else failed.value
    assert isinstance(problem, Refusal)
    await settled(readers)
    assert await ask(readers, SMALL) == SAID
    return problem


@pytest.mark.parametrize("kind", HARD)
def test_deadline_ends_what_takes_too_long(store: EmbeddedStore, kind: str) -> None:
    check_query(HARD[kind], max_bytes=100_000, max_depth=200)

    async def work(readers: Readers) -> None:
        assert await ask(readers, SMALL) == SAID
        began = time.monotonic()
        with pytest.raises(Overrun, match=f"within {DEADLINE} seconds") as overrun:
            await readers.answer(Job(HARD[kind]))
        assert time.monotonic() - began < DEADLINE + 0.5
        assert overrun.value.extra["limit"] == DEADLINE
        await settled(readers)
        assert await ask(readers, SMALL) == SAID
        assert readers.state().killed_deadline == 1

    run(store, work, LIMITS)


@pytest.mark.parametrize("kind", HUNGRY)
def test_memory_is_bounded(store: EmbeddedStore, kind: str) -> None:
    async def work(readers: Readers) -> None:
        problem = await refused(readers, HUNGRY[kind])
        assert isinstance(problem, OutOfMemory)
        assert problem.extra["limit"] == 512
        assert readers.state().died_memory == 1

    run(store, work, LITTLE)


def test_nesting_that_the_guard_would_refuse_costs_one_reader(store: EmbeddedStore) -> None:
    deep = NESTED.format("(" * 20_000, ")" * 20_000)

    async def work(readers: Readers) -> None:
        assert isinstance(await refused(readers, deep), ReaderLost)
        state = readers.state()
        assert (state.died_otherwise, state.busy) == (1, 0)
        assert await ask(readers, NESTED.format("(" * 2_000, ")" * 2_000))

    run(store, work)


def test_many_values_are_answered(store: EmbeddedStore) -> None:
    values = " ".join(map(str, range(15_000)))
    text = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?o {{ {values} }} ?s ?p ?o }}"
    check_query(text, max_bytes=100_000, max_depth=200)
    assert run(store, lambda readers: ask(readers, text)) == b"n\r\n300\r\n"


def test_who_leaves_before_the_answer_takes_the_reader_along(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        await readers.start()
        assert await ask(readers, SMALL) == SAID
        await settled(readers)
        asked = asyncio.create_task(readers.answer(Job(RUNAWAY)))
        await asyncio.sleep(0.1)
        assert readers.state().busy == 1
        first = {each.number for each in readers._all}
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await settled(readers)
        gone = [each for each in first if not exists(each)]
        assert len(gone) == 1
        state = readers.state()
        assert (state.killed_disconnect, state.alive, state.busy) == (1, 2, 0)

    run(store, work)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("how", ["close", "cancel"])
def test_who_leaves_within_the_answer_takes_the_reader_along(
    store: EmbeddedStore, how: str, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def work(readers: Readers) -> None:
        answer = await readers.answer(Job(LONG, accept="text/csv"))
        assert await anext(answer.chunks)
        if how == "close":
            await answer.chunks.aclose()
        else:
            fetching = asyncio.create_task(content(answer))
            await asyncio.sleep(0.05)
            fetching.cancel()
            with pytest.raises(asyncio.CancelledError):
                await fetching
        with pytest.raises(BrokenAnswer):
            await anext(answer.chunks)
        await settled(readers)
        assert readers.state().killed_disconnect == 1
        assert await ask(readers, SMALL) == SAID

    run(store, work, loop=loop)


def test_who_fetches_nothing_keeps_a_reader_until_the_delivery_deadline(
    store: EmbeddedStore,
) -> None:
    async def work(readers: Readers) -> None:
        answer = await readers.answer(Job(LONG, accept="text/csv"))
        await anext(answer.chunks)
        assert readers.state().busy == 1
        await asyncio.sleep(1)
        await settled(readers)
        assert readers.state().killed_delivery == 1
        with pytest.raises(BrokenAnswer, match="within 1 seconds"):
            await content(answer)

    run(store, work, dataclasses.replace(PATIENT, delivery_seconds=1))


def test_time_that_the_client_takes_is_not_the_querys() -> None:
    triples = 30_000

    async def work(readers: Readers) -> int:
        answer = await readers.answer(Job("SELECT ?s ?o { ?s ?p ?o }", accept="text/csv"))
        size = 0
        async for each in answer.chunks:
            size += each.count(b"\n")
            await asyncio.sleep(0.1)
        return size

    limits = dataclasses.replace(LIMITS, seconds=1)
    assert run(filled(None, triples), work, limits) == triples + 1


def test_answer_whose_reader_is_killed_is_visibly_broken(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        answer = await readers.answer(Job(LONG, accept="text/csv"))
        await anext(answer.chunks)
        for each in readers._all:
            os.kill(each.number, signal.SIGKILL)
        with pytest.raises(BrokenAnswer) as broken:
            await content(answer)
        assert isinstance(broken.value.__cause__, ReaderLost)
        await settled(readers)
        assert await ask(readers, SMALL) == SAID

    run(store, work)


def test_idle_reader_that_was_killed_is_replaced_unnoticed(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        await readers.start()
        await settled(readers)
        for each in list(readers._all):
            os.kill(each.number, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert readers.state().alive == 0
        assert await ask(readers, SMALL) == SAID

    run(store, work)


def test_queue_is_bounded_and_who_leaves_it_frees_a_place(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        asked = [asyncio.create_task(readers.answer(Job(RUNAWAY))) for _ in range(4)]
        await asyncio.sleep(0.1)
        state = readers.state()
        assert (state.busy, state.waiting) == (2, 2)
        with pytest.raises(Busy, match="2 queries are waiting"):
            await readers.answer(Job(SMALL))
        asked[3].cancel()
        await asyncio.sleep(0)
        waiting = asyncio.create_task(ask(readers, SMALL))
        for each in asked[:3]:
            each.cancel()
        assert await waiting == SAID
        await asyncio.wait(asked)

    run(store, work, dataclasses.replace(PATIENT, waiting=2))


def test_who_waits_too_long_is_told_to_come_back(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        kept = await readers.answer(Job(LONG, accept="text/csv"))
        with pytest.raises(Busy, match="no reader was free"):
            await readers.answer(Job(SMALL))
        await kept.chunks.aclose()

    run(store, work, dataclasses.replace(LIMITS, readers=1, seconds=1.5))


def test_runaway_queries_stall_the_event_loop_at_no_time(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> float:
        await readers.start()
        await settled(readers)
        asked = [asyncio.create_task(readers.answer(Job(HARD[kind]))) for kind in list(HARD)[:2]]
        longest = 0.0
        while not all(each.done() for each in asked):
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - began)
        await asyncio.wait(asked)
        assert all(isinstance(each.exception(), Overrun) for each in asked)
        return longest

    assert run(store, work, LIMITS) < 0.2


def test_end_breaks_off_what_is_running(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        kept = await readers.answer(Job(LONG, accept="text/csv"))
        asked = [asyncio.create_task(readers.answer(Job(RUNAWAY))) for _ in range(2)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await readers.close()
        assert time.monotonic() - began < 2
        for each in asked:
            with pytest.raises(Busy, match="being stopped"):
                await each
        with pytest.raises(BrokenAnswer):
            await content(kept)
        with pytest.raises(Busy):
            await readers.answer(Job(SMALL))

    run(store, work)


_SERVICE = """
import asyncio, sys
sys.path[:0] = {path!r}
from foreign import *
async def work(readers):
    asked = [asyncio.ensure_future(readers.answer(Job(text))) for text in {texts!r}]
    await asyncio.sleep(0.7)
    print(*[each.number for each in readers._all], flush=True)
    await asyncio.sleep(60)
run(filled(None), work)
"""


@pytest.mark.parametrize("text", [RUNAWAY, HARD["many patterns"]], ids=["evaluated", "parsed"])
def test_readers_end_with_the_service_that_is_killed(text: str, tmp_path: Path) -> None:
    path = [str(Path(__file__).parent)]
    program = _SERVICE.format(path=path, texts=[text, text])
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    ) as service:
        assert service.stdout
        numbers = [int(each) for each in service.stdout.readline().split()]
        assert len(numbers) == 2
        assert all(map(exists, numbers))
        service.kill()
    _until(lambda: not any(map(_runs, numbers)))


def _runs(process: int) -> bool:
    """Whether a process that is nobody's child here runs; a zombie does not."""
    with contextlib.suppress(OSError):
        return ") Z" not in Path(f"/proc/{process}/stat").read_text("utf-8")
    return False


def _until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 3
    while not done():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_reader_outlives_the_thread_that_started_it(store: EmbeddedStore) -> None:
    readers = Readers(store, PATIENT)
    with ThreadPoolExecutor(1) as executor:
        assert executor.submit(asyncio.run, ask(readers, SMALL)).result() == SAID
    time.sleep(0.05)
    assert readers.state().alive == 1
    assert asyncio.run(ask(readers, SMALL)) == SAID
    asyncio.run(readers.close())


def test_process_that_cannot_be_started_is_said(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(readers: Readers) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/nowhere/python")
            with pytest.raises(ReaderLost):
                await readers.answer(Job(SMALL))
            patch.setattr(sys, "executable", "/bin/true")
            with pytest.raises(ReaderLost):
                await readers.answer(Job(SMALL))
        await asyncio.sleep(0.1)
        while True:  # what could not be started is replaced by what can
            with contextlib.suppress(ReaderLost):
                assert await ask(readers, SMALL) == SAID
                break
        assert readers.state().busy == 0

    run(store, work)


def test_no_query_is_no_answer(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        for text in ("", "DELETE WHERE { ?s ?p ?o }", "\x00", "\ud800"):
            with pytest.raises(BadQuery):
                await readers.answer(Job(text))

    run(store, work)
