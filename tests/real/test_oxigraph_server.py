"""The questions sent to a SPARQL server of its own process, as another city's tool would.

The same graphs, the text that `/queries/{name}.rq` gives, SPARQLWrapper as client: the answers must
be those of the embedded store.
"""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

from asking import CITIES, TABLES, cities_of, given
from nhm_graph.graph import Bound, Graph
from nhm_graph.language import LANGUAGES, Language

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(program: Callable[[str], Path], graph: Graph) -> Iterator[str]:
    """The address of an Oxigraph server that holds the graphs of `graph`, in memory."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(program("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        for name in graph.store.graph_names():
            put(address, name, graph)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            httpx.head(address, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(address)


def put(address: str, name: str, graph: Graph) -> None:
    """Puts a graph there (SPARQL 1.1 Graph Store HTTP Protocol, 5.3)."""
    content = ox.serialize(graph.store.read_graph(name), format=ox.RdfFormat.N_TRIPLES)
    response = httpx.put(
        f"{address}/store",
        params={"graph": name},
        content=content,
        headers={"Content-Type": "application/n-triples"},
        trust_env=False,
        timeout=30,
    )
    assert response.status_code in (201, 204), response.text


def sent(address: str, bound: Bound, graph: Graph, form: str) -> Any:
    client = SPARQLWrapper(f"{address}/query")
    client.setMethod(POST)
    client.setTimeout(30)
    client.setReturnFormat(form)
    for name in bound.graphs or graph.store.graph_names():
        client.addDefaultGraph(name)
        client.addNamedGraph(name)  # for the question that tells graphs apart
    client.setQuery(bound.sparql)
    return client.query()


def terms(rows: Any, columns: list[str]) -> list[list[tuple[str, ...] | None]]:
    """The rows of SPARQL JSON, each cell as type, value, language and datatype."""
    return [
        [tuple(sorted(row[name].items())) if name in row else None for name in columns]
        for row in rows
    ]


def embedded(bound: Bound, graph: Graph) -> Any:
    result = graph.evaluate(bound)
    assert isinstance(result, ox.QuerySolutions)
    return httpx.Response(200, content=result.serialize(format=ox.QueryResultsFormat.JSON)).json()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "city"), [(name, city) for name in TABLES for city in cities_of(name)]
)
def test_server_gives_the_rows_of_the_embedded_store_in_their_order(
    server: str, graph: Graph, name: str, city: str, language: Language
) -> None:
    bound = graph.bind(name, given(name, city), language)
    columns = [column.name for column in bound.question.columns]
    answer = sent(server, bound, graph, JSON).convert()
    expected = embedded(bound, graph)
    assert answer["head"]["vars"] == columns
    assert terms(answer["results"]["bindings"], columns) == terms(
        expected["results"]["bindings"], columns
    )


@pytest.mark.parametrize("city", CITIES)
def test_server_gives_the_graph_of_the_embedded_store(server: str, graph: Graph, city: str) -> None:
    asked = given("measure-graph", city)
    bound = graph.bind("measure-graph", asked, "de")
    content = sent(server, bound, graph, TURTLE).response.read()
    here = graph.ask_graph("measure-graph", asked, "de").encode()
    there, own = (
        {quad.triple for quad in ox.parse(each, format=ox.RdfFormat.TURTLE)}
        for each in (content, here)
    )
    assert there == own
    assert len(there) > 5


def test_without_its_graphs_the_server_finds_nothing(server: str, graph: Graph) -> None:
    """The default graph is empty there: that rows came at all is due to the graphs named."""
    bound = graph.bind("sdg-gaps", {"city": "musterstadt"}, "de")
    client = SPARQLWrapper(f"{server}/query")
    client.setMethod(POST)
    client.setTimeout(30)
    client.setReturnFormat(JSON)
    client.setQuery(bound.sparql)
    assert client.query().convert()["results"]["bindings"] == []
