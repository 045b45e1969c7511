"""The servers that the endpoint is measured beside, each with the same data, and their ends."""

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from service import HOST, free_port, running
from stores import HERE, city_files, open_folder, store_of, vocabulary_files

# A graph of a thousand triples: joined with itself it gives a million rows.
ROWS_GRAPH = "http://example.org/graph/rows"
_TESTS = HERE.parent / "tests"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server takes queries, and its process (0: not known)."""

    name: str
    address: str
    process: int = 0


@dataclass(frozen=True, slots=True)
class Data:
    """The data of a run: the folder of a store, and what stands in its graphs."""

    store: Path
    graphs: Mapping[str, Sequence[Triple]]


def data_in(folder: Path) -> Data:
    """A copy of the store with one city, and the graph of rows beside it, in an empty folder."""
    store = folder / "store"
    shutil.copytree(store_of(1), store)
    graph = open_folder(store)
    try:
        named = [NamedNode(f"http://example.org/{number}") for number in range(1_000)]
        graph.store.replace_graph(ROWS_GRAPH, [Triple(each, each, Literal("x")) for each in named])
        held = {name: list(graph.store.read_graph(name)) for name in graph.store.graph_names()}
    finally:
        graph.close()
    return Data(store, held)


@contextmanager
def nhm_graph(data: Data, **variables: str) -> Iterator[Server]:
    """The service as its command starts it, with these variables of the environment."""
    port = free_port()
    command = ["-m", "nhm_graph", "serve", "--no-examples"]
    command += ["--store", str(data.store), "--port", str(port)]
    with running([sys.executable, *command], port, variables) as process:
        yield Server("nhm-graph", f"http://{HOST}:{port}", process)


@contextmanager
def native(data: Data, folder: Path) -> Iterator[Server]:
    """The native Oxigraph server on disk, at its best.

    All is in its default graph, but for the graph of rows: given the names of graphs with each
    query, it would take 200 ms for what takes 1 ms so.
    """
    program = _program("oxigraph")
    dump, store, port = folder / "native.nq", folder / "native", free_port()
    rest = [each for name, held in data.graphs.items() if name != ROWS_GRAPH for each in held]
    rows = _contract_engines().n_quads({ROWS_GRAPH: data.graphs[ROWS_GRAPH]})
    dump.write_bytes((serialize(rest, format=RdfFormat.N_TRIPLES) or b"") + b"".join(rows))
    load = [program, "load", "--location", str(store), "--file", str(dump)]
    subprocess.run(load, check=True, capture_output=True)
    command = [program, "serve", "--location", str(store), "--bind", f"{HOST}:{port}"]
    with running(command, port) as process:
        yield Server("Oxigraph server", f"http://{HOST}:{port}/query", process)


@contextmanager
def rdflib_endpoint() -> Iterator[Server]:
    """rdflib-endpoint with the same files, in memory; it has no graph of rows."""
    port = free_port()
    files = [str(path) for path in [*vocabulary_files(), *city_files(1)]]
    command = [sys.executable, "-m", "rdflib_endpoint", "serve", *files]
    with running([*command, "--host", HOST, "--port", str(port)], port) as process:
        yield Server("rdflib-endpoint", f"http://{HOST}:{port}/", process)


@contextmanager
def virtuoso(data: Data, folder: Path) -> Iterator[Server]:
    """Virtuoso; raises FileNotFoundError, which says how to install it, where it is absent."""
    program, isql = _program("virtuoso-t"), _program("isql-vt")
    own = folder / "virtuoso"
    own.mkdir()
    engines = _contract_engines()
    with engines.virtuoso(Path(program), Path(isql), own, data.graphs) as address:
        yield Server("Virtuoso", address)


def readers_of(process: int) -> list[int]:
    """The processes that a service has started for foreign queries."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


_PACKAGES = {
    "oxigraph": "python -m pip install --require-hashes -r requirements/bench.txt",
    "virtuoso-t": "apt-get install virtuoso-opensource",
    "isql-vt": "apt-get install virtuoso-opensource",
}


def _program(name: str) -> str:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(name, path=places)
    if not found:
        raise FileNotFoundError(f"{name} is not installed: {_PACKAGES[name]}")
    return found


def _contract_engines() -> Any:
    """The engines of the contract tests: how to start and fill them is known there."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    return importlib.import_module("contract.engines")
