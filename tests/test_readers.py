"""Foreign queries in reader processes: their answers."""

import asyncio
import dataclasses
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, parse, parse_query_results

from foreign import LIMITS, PATIENT, ask, content, filled, number, run, settled
from nhm_graph.errors import BadParameter, BadQuery, NotAcceptable
from nhm_graph.rdf.formats import DATA_FORMATS, RESULT_FORMATS
from nhm_graph.settings import Settings
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.readers import child, delivery, frames
from nhm_graph.store.readers.evaluation import GRAPHS, TABLES
from nhm_graph.store.readers.job import ROW_LIMIT_HEADER, Job, Order
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.pool import Readers

THREE = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = filled(None, 3)
    store.replace_graph("http://e/h", [number(7)])
    return store


def test_the_limits_are_the_settings() -> None:
    assert Limits.of(Settings()) == Limits()
    given = Settings(max_rows=5, reader_memory_mib=600, query_seconds=7, delivery_seconds=8)
    limits = Limits.of(given)
    assert (limits.rows, limits.memory_mib, limits.seconds, limits.delivery_seconds) == (
        *(5, 600),
        *(7, 8),
    )


def test_each_form_has_its_kind_and_the_format_asked_for(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        for text, accept, kind, media_type in (
            (THREE, None, "table", TABLES[0]),
            (THREE, "text/csv;q=0.5, application/json", "table", "application/json"),
            ("ASK {}", "*/*", "truth", TABLES[0]),
            ("CONSTRUCT WHERE { ?s ?p ?o }", None, "graph", "text/turtle"),
            ("DESCRIBE <http://e/s1>", "application/n-quads", "graph", "application/n-quads"),
        ):
            answer = await readers.answer(Job(text, accept=accept))
            assert (answer.kind, answer.media_type) == (kind, media_type)
            assert answer.headers == {}
            assert await content(answer)

    run(store, work)


def test_every_format_offered_says_the_same(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        for form in RESULT_FORMATS[:2] + RESULT_FORMATS[3:]:
            said = parse_query_results(await ask(readers, THREE, form.media_type), form.oxigraph)
            assert [int(row["o"].value) for row in said] == [0, 1, 2, 7]
        assert await ask(readers, THREE) == b"o\r\n0\r\n1\r\n2\r\n7\r\n"
        graphs = []
        for form in DATA_FORMATS:
            assert form.media_type in GRAPHS
            text = await ask(readers, "CONSTRUCT WHERE { ?s ?p ?o }", form.media_type)
            graphs.append({quad.triple for quad in parse(text, form.oxigraph)})
        assert all(graph == graphs[0] and len(graph) == 4 for graph in graphs)

    run(store, work)


def test_prefixes_shorten_the_names_in_a_graph(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> bytes:
        job = Job("CONSTRUCT WHERE { ?s ?p 7 }", prefixes={"e": "http://e/"})
        return await content(await readers.answer(job))

    assert b"e:s7 e:p 7" in run(store, work)


def test_the_graphs_are_those_of_the_protocol_else_of_the_query_else_all(
    store: EmbeddedStore,
) -> None:
    h, every, named = ("http://e/h",), "{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }"

    async def work(readers: Readers) -> None:
        for text, default_graphs, named_graphs, rows in (
            (every, None, None, 4),
            ("FROM <http://e/h> " + every, None, None, 1),
            (every, h, None, 1),
            ("FROM <http://e/g> " + every, h, None, 1),
            (every, ("http://e/unknown",), None, 0),
            (every, None, h, 0),
            (named, None, h, 1),
            (named, h, None, 0),
            (named, None, None, 4),
            ("FROM NAMED <http://e/h> " + named, None, None, 1),
        ):
            job = Job("SELECT ?o " + text, default_graphs, named_graphs, accept="text/csv")
            told = await content(await readers.answer(job))
            assert told.count(b"\n") == rows + 1, job

    run(store, work)


def test_what_is_refused_is_said_and_costs_no_reader(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        with pytest.raises(BadQuery) as bad:
            await readers.answer(Job("SELECT * {\n oops"))
        assert bad.value.extra["line"] == 2
        with pytest.raises(NotAcceptable) as none:
            await readers.answer(Job("ASK {}", accept="text/csv"))
        assert "application/sparql-results+json" in none.value.extra["offered"]
        with pytest.raises(BadParameter, match="no iri"):
            await readers.answer(Job("ASK {}", default_graphs=("no iri",)))
        first = {each.number for each in readers._all}
        assert await ask(readers, THREE)
        assert {each.number for each in readers._all} == first

    run(store, work)


def test_a_long_answer_comes_whole_and_in_order() -> None:
    triples = 20_000

    async def work(readers: Readers) -> list[bytes]:
        answer = await readers.answer(Job(THREE, accept="text/csv"))
        chunks = []
        async for each in answer.chunks:
            chunks.append(each)
            await asyncio.sleep(0)
        assert readers.state().busy == 0
        return chunks

    chunks = run(filled(None, triples), work)
    assert len(chunks) > 1
    assert {len(each) for each in chunks[:-1]} == {65_536}, "all but the last are full"
    assert len(chunks[-1]) <= 65_536
    lines = b"".join(chunks).split()
    assert lines == [b"o", *(str(value).encode() for value in range(triples))]


def test_row_limit_is_said_in_header_and_body_of_every_format(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        for accept in TABLES:
            answer = await readers.answer(Job(THREE, accept=accept))
            assert answer.headers == {ROW_LIMIT_HEADER: "2"}
            text = (await content(answer)).decode()
            assert ROW_LIMIT_HEADER.lower() in text.lower(), accept
            if "json" in accept:
                assert len(json.loads(text)["results"]["bindings"]) == 2
            if accept.endswith("xml"):
                said = parse_query_results(text, QueryResultsFormat.XML)
                assert len(list(said)) == 2
        for form in DATA_FORMATS:
            job = Job("CONSTRUCT WHERE { ?s ?p ?o }", accept=form.media_type)
            answer = await readers.answer(job)
            assert answer.headers == {ROW_LIMIT_HEADER: "2"}
            text = (await content(answer)).decode()
            assert ROW_LIMIT_HEADER in text, form.name
            assert len(list(parse(text, form.oxigraph))) == 2, form.name

    run(store, work, dataclasses.replace(PATIENT, rows=2))


def test_an_answer_of_just_as_many_rows_as_allowed_is_whole(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        for text in (THREE, "CONSTRUCT WHERE { ?s ?p ?o }", "SELECT * {}", "SELECT ?x {}"):
            answer = await readers.answer(Job(text))
            assert answer.headers == {}
            assert ROW_LIMIT_HEADER.encode() not in await content(answer)

    run(store, work, dataclasses.replace(PATIENT, rows=4))


def test_row_limit_changes_no_term() -> None:
    every = (
        'SELECT * { VALUES (?a ?b ?c ?d) { ("a\\t\\"b\\n"@de 1.50 "x"^^<http://e/t> UNDEF) '
        "(1e3 true <http://e/ü> UNDEF) (UNDEF UNDEF UNDEF UNDEF) } }"
    )

    async def work(readers: Readers) -> bytes:
        return await ask(readers, every, TABLES[0])

    store = EmbeddedStore()
    free = run(store, work)
    assert run(store, work, dataclasses.replace(PATIENT, rows=3)) == free
    assert len(json.loads(free)["results"]["bindings"]) == 3


def test_the_reader_imports_nothing_it_does_not_need() -> None:
    shown = (
        "import sys, nhm_graph.store.readers.child;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", shown], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "pyoxigraph" in loaded
    too_much = {"fastapi", "starlette", "rdflib", "pyshacl", "owlready2", "asyncio", "ssl", "click"}
    assert too_much.isdisjoint(loaded)


def test_readers_serve_one_event_loop_after_another(tmp_path: Path) -> None:
    store = filled(tmp_path / "store", 3)
    readers = Readers(store, LIMITS)
    try:
        asyncio.run(readers.start())
        for _ in range(2):
            assert asyncio.run(ask(readers, THREE)) == b"o\r\n0\r\n1\r\n2\r\n"
        assert readers.state().alive == 2
    finally:
        asyncio.run(readers.close())
    assert not (tmp_path / "store" / "checkpoints").exists()


def test_reader_that_has_grown_says_that_it_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(tmp_path / "store", 3)
    store.backup(tmp_path / "copy")
    space = iter([100, 100, 700])  # at rest twice, then after the query
    monkeypatch.setattr(child, "_address_space", lambda: next(space))
    monkeypatch.setattr(child, "_bound_processor_time", lambda seconds: None)
    monkeypatch.setattr(child, "_WORTH_A_LOOK", -1)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        order = Order(Job(THREE, accept="text/csv"), str(tmp_path / "copy"), 5, 0)
        ours.sendall(frames.packed(frames.JOB, order.packed()))
        next(space)
        child.Reader(theirs, 1_000).serve()
        received = bytearray(ours.recv(10_000))
    said = []
    while frame := frames.first_frame(received):
        said.append(frame)
    assert [kind for kind, _ in said] == [frames.READY, frames.HEAD, frames.DATA, frames.END]
    assert said[-1][1] == frames.LEAVING


def test_reader_that_leaves_is_replaced_and_its_answer_whole(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LEAVING", b"")  # as every END says

    async def work(readers: Readers) -> None:
        seen = set()
        for _ in range(3):
            seen |= {each.number for each in readers._all}
            assert await ask(readers, "ASK {}", TABLES[0])
            await settled(readers)
        assert len(seen) == 2
        state = readers.state()
        assert (state.served, state.alive, state.died_otherwise) == (3, 1, 0)

    run(store, work)
