"""Engines that can hold the same graphs: two embedded ones and two servers of other makers."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from nhm_graph.store.embedded import EmbeddedStore

Graphs = Mapping[str, Sequence[ox.Triple]]
# The engines that are processes of their own, asked for by `make test-all` only.
SERVERS = [
    pytest.param("oxigraph", marks=pytest.mark.real),
    pytest.param("virtuoso", marks=pytest.mark.real),
]

# Own files and ports only; what Debian starts as a service stays as it is.
VIRTUOSO_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = 10000
ServerThreads = 30
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 100000
MaxQueryExecutionTime = 10
"""


def embedded(graphs: Graphs, folder: Path | None = None) -> EmbeddedStore:
    """The graphs in this process, on disk or in memory."""
    store = EmbeddedStore(folder)
    for name, triples in graphs.items():
        store.replace_graph(name, triples)
    return store


@contextlib.contextmanager
def oxigraph_server(program: Path, graphs: Graphs) -> Iterator[str]:
    """The address for queries of an Oxigraph server that holds the graphs in memory."""
    (port,) = free_ports(1)
    with running([str(program), "serve", "--bind", f"127.0.0.1:{port}"], port):
        for name, triples in graphs.items():
            response = httpx.put(
                f"http://127.0.0.1:{port}/store",
                params={"graph": name},
                content=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES),
                headers={"Content-Type": "application/n-triples"},
                trust_env=False,
                timeout=30,
            )
            assert response.status_code in (201, 204), response.text
        yield f"http://127.0.0.1:{port}/query"


@contextlib.contextmanager
def virtuoso(program: Path, isql: Path, folder: Path, graphs: Graphs) -> Iterator[str]:
    """The address for queries of a Virtuoso of its own in an empty folder, with the graphs.

    Its bulk loader reads a file: INSERT DATA fails beyond some 4,900 triples.
    """
    sql, http = free_ports(2)
    (folder / "virtuoso.ini").write_text(VIRTUOSO_INI.format(sql=sql, http=http), "ascii")
    (folder / "data.nq").write_bytes(b"".join(n_quads(graphs)))
    command = [str(program), "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, http, folder):
        load = "ld_dir('.', 'data.nq', 'urn:x'); rdf_loader_run(); checkpoint;"
        state = "SELECT 'failed', ll_error FROM DB.DBA.LOAD_LIST WHERE ll_error IS NOT NULL;"
        done = subprocess.run(
            [str(isql), f"127.0.0.1:{sql}", "dba", "dba", f"exec={load} {state}"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "\n0 Rows." in done.stdout, done.stdout
        yield f"http://127.0.0.1:{http}/sparql"


def n_quads(graphs: Graphs) -> Iterator[bytes]:
    """The graphs as N-Quads."""
    for name, triples in graphs.items():
        graph = ox.NamedNode(name)
        quads = (ox.Quad(each.subject, each.predicate, each.object, graph) for each in triples)
        yield ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def free_ports(number: int) -> list[int]:
    """Ports of this machine that nobody listens on at the moment."""
    with contextlib.ExitStack() as held:
        taken = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in taken]


@contextlib.contextmanager
def running(command: Iterable[str], port: int, folder: Path | None = None) -> Iterator[None]:
    """A server while it is needed, from when it listens on its port."""
    process = subprocess.Popen(
        list(command), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError(port)


ODD = "http://example.org/graph/odd"
XSD = "http://www.w3.org/2001/XMLSchema#"
# Terms that are easily lost on the way, by name.
TERMS: dict[str, ox.Literal | ox.NamedNode] = {
    "plain": ox.Literal("plain"),
    "german": ox.Literal("Grün", language="de"),
    "english": ox.Literal("green", language="en"),
    "region": ox.Literal("Velo", language="de-ch"),
    "lines": ox.Literal('two\nlines, a "quote", a \\ and a tab\t.'),
    "beyond": ox.Literal("\N{SUNFLOWER} 城市 \N{LATIN SMALL LETTER O WITH DIAERESIS}"),
    "empty": ox.Literal(""),
    "integer": ox.Literal("42", datatype=ox.NamedNode(XSD + "integer")),
    "decimal": ox.Literal("2.5", datatype=ox.NamedNode(XSD + "decimal")),
    "date": ox.Literal("2026-11-22", datatype=ox.NamedNode(XSD + "date")),
    "year": ox.Literal("2026", datatype=ox.NamedNode(XSD + "gYear")),
    "true": ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")),
    "address": ox.NamedNode("http://example.org/a%20b?c=d&e=f#g"),
    "umlaut": ox.NamedNode("http://example.org/größe"),
}


def odd_triples() -> list[ox.Triple]:
    """One triple for each of the terms, its name in the predicate."""
    subject = ox.NamedNode("http://example.org/thing")
    return [
        ox.Triple(subject, ox.NamedNode(f"http://example.org/has/{name}"), term)
        for name, term in TERMS.items()
    ]
